"""The wait for a lease's first manifest, and what happens when it never comes.

Counted from the lease's own block, so that a restart does not begin it anew. Any manifest sent for
the lease ends the wait, a wrong one included, as on Akash.
"""

from __future__ import annotations

import asyncio
import logging

from akashpy.types.market import LeaseClosedReason, LeaseID
from provider.cluster.workload import Workload
from provider.ledger import Ledger
from provider.manifest.receive import Reception

log = logging.getLogger(__name__)


class Watchdog:
    """Gives tenants `patience` seconds; 0 is for ever."""

    def __init__(self, reception: Reception, ledger: Ledger, *, patience: float = 300.0) -> None:
        self._reception = reception
        self._ledger = ledger
        self._patience = patience

    async def first(self, lease: LeaseID, created_at: int) -> Workload | None:
        """The lease's first manifest; None when it never came and the lease was closed for it."""
        if not await self._in_time(lease, created_at):
            log.warning("no manifest in time, closing", extra={"lease": str(lease)})
            reason = LeaseClosedReason.LEASE_CLOSED_REASON_MANIFEST_TIMEOUT
            await self._ledger.close_bid(lease.bid, reason)
            return None
        return await self._reception.next(lease, None)

    async def next(self, lease: LeaseID, after: Workload) -> Workload:
        """The next manifest that differs."""
        return await self._reception.next(lease, after)

    async def forget(self, lease: LeaseID) -> None:
        """Forget the manifest of a lease that has ended."""
        await self._reception.forget(lease)

    async def _in_time(self, lease: LeaseID, created_at: int) -> bool:
        if self._patience <= 0 or self._reception.kept(lease) is not None:
            return True
        left = self._patience - await self._ledger.age(created_at)
        try:
            async with asyncio.timeout(max(0.0, left)):
                await self._reception.tried(lease)
        except TimeoutError:
            return self._reception.kept(lease) is not None
        return True
