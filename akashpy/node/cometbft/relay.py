"""The node's core where CometBFT holds the transactions that wait.

gRPC and REST hand transactions to CometBFT's own mempool, which checks them through ABCI and tells
its peers. It must not know any wire format.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from akashpy.client.errors import StatusRefusal, Unreachable
from akashpy.client.rpc import RpcTransport
from akashpy.node.comet.block import tx_hash
from akashpy.node.core import Broadcast, CommitTimeout, Core, Mode
from akashpy.node.mempool import MempoolError, MempoolFull, TxInCache, TxTooLarge
from akashpy.types.abci import CheckResult

TIMEOUT = 10.0


class RelayRefused(MempoolError):
    """CometBFT did not take the transaction; the text is its own."""


class RelayFull(MempoolFull):
    """CometBFT's mempool is full; the text is its own."""

    def __init__(self, text: str) -> None:
        MempoolError.__init__(self, text)


class RelayTooLarge(TxTooLarge):
    """The transaction is above CometBFT's limit; the text is its own."""

    def __init__(self, text: str) -> None:
        MempoolError.__init__(self, text)


def refused(text: str) -> MempoolError:
    """CometBFT's refusal as the kind that the embedded node's mempool knows."""
    if "tx already exists in cache" in text:
        return TxInCache()
    if "mempool is full" in text:
        return RelayFull(text)
    if "Tx too large" in text:
        return RelayTooLarge(text)
    return RelayRefused(text)


class RelayingCore(Core):
    """A core that gives every transaction to the CometBFT at `relay`."""

    relay: RpcTransport

    async def broadcast(self, raw: bytes, mode: Mode = "sync") -> Broadcast:
        """As Core.broadcast; in mode commit the answer comes when the block is followed.

        Raises MempoolError, CommitTimeout.
        """
        if mode == "commit":
            return await self._broadcast_commit(raw)
        return Broadcast(*await self._hand_over(raw, mode))

    async def broadcast_many(self, raws: Sequence[bytes]) -> list[Broadcast | MempoolError]:
        """As Core.broadcast_many, one after the other."""
        found: list[Broadcast | MempoolError] = []
        for raw in raws:
            try:
                found.append(await self.broadcast(raw))
            except MempoolError as error:
                found.append(error)
        return found

    async def _offer(self, raw: bytes) -> tuple[bytes, CheckResult]:
        return await self._hand_over(raw, "sync")

    async def _hand_over(self, raw: bytes, mode: Mode) -> tuple[bytes, CheckResult]:
        asked: dict[str, Any] = {"tx": b64encode(raw).decode()}
        try:
            found = await self.relay.ask(f"broadcast_tx_{mode}", asked, timeout=TIMEOUT)
        except StatusRefusal as error:
            raise refused(str(error)) from error
        except Unreachable as error:
            raise CommitTimeout(str(error)) from error
        check = CheckResult(
            code=int(found["code"]),
            codespace=found.get("codespace") or "",
            log=found.get("log") or "",
            data=b64decode(found.get("data") or ""),
        )
        return tx_hash(raw), check
