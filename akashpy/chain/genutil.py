"""Transactions of a genesis: how the first validators of a chain register themselves.

A document may hold signed transactions that each make one validator. This module reads them;
running them when the other modules have begun is the app's business. It must not know accounts
or stake. Source: Cosmos SDK 0.53 x/genutil.
"""

from collections.abc import Mapping
from typing import Any

from akashpy import wire
from akashpy.chain import staking
from akashpy.chain.module import JsonState, Module
from akashpy.state.context import Context
from akashpy.tx.build import Tx, decode
from akashpy.tx.text import bytes_of
from akashpy.types.errors import ChainError, PlainError
from akashpy.wire import staking as pb

CREATE = "/cosmos.staking.v1beta1.MsgCreateValidator"


def transactions(state: JsonState) -> list[bytes]:
    """The bytes of a document's transactions, in their order. Raises PlainError, naming which."""
    return [read(index, content).raw for index, content in enumerate(state.get("gen_txs") or ())]


def read(index: int, content: Mapping[str, Any]) -> Tx:
    """One transaction of a document. Raises PlainError unless it makes exactly one validator."""
    where = f"gen_txs[{index}]"
    try:
        tx = decode(bytes_of(content))
    except (ChainError, wire.WireError, ValueError) as error:
        raise PlainError(f"{where}: {error}") from error
    if len(tx.msgs) != 1 or not isinstance(tx.msgs[0], pb.MsgCreateValidator):
        raise PlainError(f"{where}: must provide genesis Tx with exactly 1 CreateValidator message")
    check = staking.MODULE.handlers[CREATE].validate
    try:
        if check is not None:
            check(tx.msgs[0])
    except ChainError as error:
        raise PlainError(f"{where}: invalid GenTx '{tx.msgs[0]}': {error}") from error
    return tx


def default_genesis(preset: str) -> JsonState:
    """No transactions."""
    del preset
    return {"gen_txs": []}


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for a transaction that does not make exactly one validator."""
    transactions(state)


def export_genesis(ctx: Context) -> JsonState:
    """No transactions: what they made is state of other modules now."""
    del ctx
    return {"gen_txs": []}


MODULE = Module(
    name="genutil",
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
)
