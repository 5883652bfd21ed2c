"""Whether a node is on the chain we know, by a block that must stand where we saw it.

Asked before every block's news and before every proof. It must not know what news or proofs say.
"""

from __future__ import annotations

import asyncio
import logging

from akashpy.client.errors import ClientError
from akashpy.types.errors import ChainError
from provider.anchor import Anchor, AnchorFile
from provider.chain import Chain
from provider.errors import GiveUp, Retry

log = logging.getLogger(__name__)

NO_ANSWER = (ClientError, ChainError, TimeoutError)
"""What a question may end with; all of it means that nothing is known."""
ANCHOR_TXS = 10
"""The most transactions that a block may have to serve as anchor: it is asked for often."""


class Belief:
    """Holds a node against the anchor; `patience` in seconds, `every` in blocks."""

    def __init__(self, chain: Chain, anchor: AnchorFile, *, patience: float, every: int) -> None:
        self._chain = chain
        self._anchor = anchor
        self._patience = patience
        self._every = every
        self.trouble = "the chain has not been reached yet"
        """Why the node is not believed; empty when it is."""

    async def open(self, chain_id: str, height: int) -> int:
        """The height up to which the chain is known: the node's, or ours while it is strange.

        Raises GiveUp for another chain id than ours, Retry without an answer.
        """
        known = self._anchor.anchor
        if known is None:
            try:
                async with asyncio.timeout(self._patience):
                    await self._move(chain_id, height)
            except NO_ANSWER as error:
                raise Retry(f"the chain does not answer: {error}") from error
        elif known.chain_id != chain_id:
            raise GiveUp(
                f"node is on chain {chain_id!r}, but this home's leases are on "
                f"{known.chain_id!r}: give the right --node, or another --home"
            )
        believed = await self.holds()
        return height if believed or known is None else known.height

    async def holds(self) -> bool:
        """Whether the node is on our chain at this moment; sets `trouble`."""
        try:
            async with asyncio.timeout(self._patience):
                trouble = await self.strange()
        except NO_ANSWER as error:
            trouble = f"the chain cannot be held against the one known: {error}"
        if trouble and trouble != self.trouble:
            log.error("node not believed", extra={"reason": trouble})
        self.trouble = trouble
        return not trouble

    async def strange(self) -> str:
        """Why the node's chain is not ours by the anchor block; empty when it is.

        Raises ChainError, ClientError.
        """
        known = self._anchor.anchor
        if known is None:
            return "no block of the chain is known yet"
        mark = await self._chain.block(known.height)
        if mark.hash != known.hash:
            return (
                f"block {known.height} is {mark.hash.hex()[:16]} on this node and "
                f"{known.hash.hex()[:16]} on ours: another genesis or another history"
            )
        return ""

    async def saw(self, height: int, txs: int) -> None:
        """A believed block was seen: from time to time a small one becomes the anchor."""
        known = self._anchor.anchor
        if known is None or height < known.height + self._every or txs > ANCHOR_TXS:
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._move(known.chain_id, height)
        except NO_ANSWER as error:
            log.info("anchor stays", extra={"reason": str(error)})

    async def _move(self, chain_id: str, height: int) -> None:
        mark = await self._chain.block(height)
        await asyncio.to_thread(self._anchor.move, Anchor(chain_id, mark.height, mark.hash))
