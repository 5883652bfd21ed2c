"""Waiting until the end of a lease is proven, however long that takes.

News and silence only make us ask; the ledger says what an answer proves; and the proof must still
stand some blocks later. It removes nothing itself.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from akashpy.types.market import LeaseID
from provider.events import DeploymentEnded, Feed, LeaseEnded, Listener, LookAgain, OrderEnded
from provider.ledger import Finding, Ledger, Verdict


@dataclass(frozen=True, slots=True)
class EndSettings:
    """`confirm`: blocks after which an end must still stand. `look`: seconds between unasked looks,
    `doubt`: seconds after which a doubtful answer is asked for again.
    """

    confirm: int = 2
    look: float = 120.0
    doubt: float = 10.0


class EndOfLease:
    """Asks the ledger about leases until an end is certain."""

    def __init__(self, ledger: Ledger, feed: Feed, settings: EndSettings | None = None) -> None:
        self._ledger = ledger
        self._feed = feed
        self._settings = settings or EndSettings()

    async def proven(self, lease: LeaseID, *, chain_id: str, created_at: int) -> Finding:
        """Wait for the proof that a lease of this chain, made at this height, is over."""
        with self._feed.listen(lease.deployment) as news:
            while True:
                first = await self._ask(lease, chain_id, created_at, 0)
                if first.verdict is Verdict.OVER:
                    later = first.height + self._settings.confirm
                    await self._block(later)
                    second = await self._ask(lease, chain_id, created_at, later)
                    if second.verdict is Verdict.OVER:
                        return second
                    first = second
                in_doubt = first.verdict is Verdict.DOUBT
                await self._hint(
                    lease, news, self._settings.doubt if in_doubt else self._settings.look
                )

    async def _ask(self, lease: LeaseID, chain_id: str, created_at: int, height: int) -> Finding:
        if chain_id != self._ledger.chain_id:
            return Finding(
                Verdict.DOUBT,
                why=f"the lease is on chain {chain_id!r}, the node on {self._ledger.chain_id!r}",
            )
        return await self._ledger.examine(lease, created_at=created_at, not_below=height)

    async def _block(self, height: int) -> None:
        """Wait for a block, but not for ever: a silent chain is then asked and proves nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.look):
                await self._ledger.reached(height)

    async def _hint(self, lease: LeaseID, news: Listener, patience: float) -> None:
        """Wait for news about the lease, at most `patience` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    match await news.next():
                        case LeaseEnded(ended) if ended == lease:
                            return
                        case OrderEnded(order) if order == lease.order:
                            return
                        case DeploymentEnded() | LookAgain():
                            return
