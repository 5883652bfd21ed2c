"""Transactions as values: from messages to bytes and JSON and back, without a node.

Must not know flags. JSON is the SDK's, so that files pass between these commands and Akash's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy.tx import build
from akashpy.tx.text import as_json as as_json
from akashpy.tx.text import parts_of as parts_of
from akashpy.types.coin import Coin
from akashpy.wire import tx as pb


@dataclass(frozen=True, slots=True)
class Terms:
    """What a transaction says beside its messages. `timeout` in unix nanoseconds, 0 for none."""

    gas: int = 0
    fee: tuple[Coin, ...] = ()
    payer: str = ""
    granter: str = ""
    memo: str = ""
    timeout_height: int = 0
    timeout: int = 0
    unordered: bool = False

    def with_gas(self, gas: int, fee: Iterable[Coin]) -> Terms:
        """The same with another gas limit and fee."""
        return replace(self, gas=gas, fee=tuple(fee))


def body_of(msgs: Sequence[Message], terms: Terms) -> bytes:
    """The bytes of a transaction's body."""
    plain = build.body(msgs, memo=terms.memo, timeout_height=terms.timeout_height)
    if not terms.timeout and not terms.unordered:
        return plain
    body = pb.TxBody.FromString(plain)
    body.unordered = terms.unordered
    if terms.timeout:
        stamp = Timestamp()
        stamp.FromNanoseconds(terms.timeout)
        body.timeout_timestamp.CopyFrom(stamp)
    return body.SerializeToString(deterministic=True)


def auth_of(signers: Sequence[build.Signer], terms: Terms) -> bytes:
    """The bytes of a transaction's signers and fee."""
    return build.auth_info(
        signers, fee=terms.fee, gas=terms.gas, payer=terms.payer, granter=terms.granter
    )


def unsigned(msgs: Sequence[Message], terms: Terms) -> dict[str, Any]:
    """The transaction as JSON without signers."""
    return as_json(build.assemble(body_of(msgs, terms), auth_of([], terms), []))
