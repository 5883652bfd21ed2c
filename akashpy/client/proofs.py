"""Reads of a chain's state that a client need not believe: each comes with its proof.

A block's header holds the app hash of the state after the block before it, so what a node says of
height H is checked against the header of H + 1. `verify` is the check alone, for whoever has an
answer and a header that it trusts; `ProvenReads` asks a node's JSON-RPC for both. A header that
comes from the same node proves only that the node is of one mind: give `app_hash` from a light
client, or from another node, to be sure. Must not know what rows mean.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from akashpy.client.errors import ClientError
from akashpy.state import proof as buckets
from akashpy.types.errors import rebuild

HEADER_WAIT = 60.0
"""Seconds to wait for the block after the one that was read."""


class ProofRefused(ClientError):
    """An answer whose proof does not show it: the node errs or lies, or the header is another's."""


@dataclass(frozen=True, slots=True)
class ProofOp:
    """One proof operation of an answer; `kind` names its format."""

    kind: str
    key: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Proven:
    """A row at a height, proved: `value` None means that there is none."""

    value: bytes | None
    height: int
    app_hash: bytes


def verify(
    ops: Sequence[ProofOp], app_hash: bytes, store: str, key: bytes, value: bytes
) -> bytes | None:
    """What the proof shows for `key` of `store`; `value` is what the node said, empty for absent.

    `app_hash` is that of the header one height above the answer's. None is a proof of absence.
    Raises ProofRefused when the proof is not of this key under this app hash, or shows another
    value.
    """
    full = store.encode() + b"/" + key
    if len(ops) != 1 or ops[0].kind != buckets.OPERATION:
        kinds = [op.kind for op in ops]
        raise ProofRefused(f"proof operations are {kinds}, not one {buckets.OPERATION!r}")
    if ops[0].key != full:
        raise ProofRefused(f"proof is of key {ops[0].key.hex()}, asked was {full.hex()}")
    try:
        proof = buckets.Proof.decode(ops[0].data)
        root = proof.root(buckets.place_of(buckets.row_key(buckets.physical_key(full))))
    except ValueError as error:
        raise ProofRefused(f"proof of key {full.hex()} cannot be read: {error}") from error
    if root != app_hash:
        raise ProofRefused(
            f"proof of key {full.hex()} does not lead to app hash {app_hash.hex()}, which must be "
            "that of the header one height above"
        )
    shown = buckets.value_in(proof, full)
    if (shown or b"") != value:
        raise ProofRefused(
            f"node said {value.hex() or 'nothing'} of key {full.hex()}, its proof shows "
            f"{'nothing' if shown is None else shown.hex()}"
        )
    return shown


class Asks(Protocol):
    """A node's JSON-RPC, as `client.rpc.RpcTransport` has it."""

    async def ask(self, method: str, params: dict[str, Any], *, timeout: float = 10.0) -> Any:
        """The result of one call."""


class ProvenReads:
    """Proven reads of one node.

    `app_hash` gives the trusted app hash in the header of a height; without it the node's own
    header is taken, once the node has it, `poll` seconds apart.
    """

    def __init__(
        self,
        node: Asks,
        *,
        app_hash: Callable[[int], Awaitable[bytes]] | None = None,
        poll: float = 0.25,
    ) -> None:
        self._node = node
        self._app_hash = app_hash or self._own_app_hash
        self._poll = poll

    async def read(self, store: str, key: bytes, *, height: int = 0) -> Proven:
        """The row of `key` at a height; 0 is the latest.

        Raises ProofRefused, ChainError when the node refuses (a height too old), TimeoutError when
        the next block does not come.
        """
        path = f"/store/{store}/key"
        params = {"path": path, "data": key.hex(), "height": str(height), "prove": True}
        answer = (await self._node.ask("abci_query", params))["response"]
        if answer.get("code"):
            raise rebuild(answer.get("codespace", ""), answer["code"], answer.get("log", ""))
        try:
            at = int(answer["height"])
            ops = [
                ProofOp(op["type"], _bytes(op["key"]), _bytes(op["data"]))
                for op in (answer["proofOps"] or {}).get("ops") or ()
            ]
            value = _bytes(answer["value"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ProofRefused(f"answer of {path} cannot be read: {error!r}") from error
        if at < 1 or (height and at != height):
            raise ProofRefused(f"answer is of height {at}, asked was {height or 'the latest'}")
        app_hash = await self._app_hash(at + 1)
        return Proven(verify(ops, app_hash, store, key, value), at, app_hash)

    async def _own_app_hash(self, height: int) -> bytes:
        """The app hash in the node's header at a height, waiting for the block if need be."""
        async with asyncio.timeout(HEADER_WAIT):
            while True:
                status = await self._node.ask("status", {})
                if int(status["sync_info"]["latest_block_height"]) >= height:
                    break
                await asyncio.sleep(self._poll)
        answer = await self._node.ask("header", {"height": str(height)})
        try:
            found, app_hash = int(answer["header"]["height"]), answer["header"]["app_hash"]
            if found == height:
                return bytes.fromhex(app_hash)
        except (KeyError, TypeError, ValueError) as error:
            raise ProofRefused(f"header {height} cannot be read: {error!r}") from error
        raise ProofRefused(f"header is of height {found}, asked was {height}")


def _bytes(text: str | None) -> bytes:
    return b64decode(text or "", validate=True)
