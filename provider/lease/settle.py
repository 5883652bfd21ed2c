"""Taking earnings home: on schedule, and in time before a tenant's escrow runs dry.

How long the money lasts is computed from the chain's own numbers, in whole blocks.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from akashpy.client.query import DeploymentView
from akashpy.types.dec import Dec
from akashpy.types.market import Lease, LeaseID, LeaseState
from provider.belief import NO_ANSWER
from provider.ledger import Ledger

log = logging.getLogger(__name__)

AFTER_END = 2
"""Blocks after an escrow's end at which its lease should be over on a chain that ends it itself."""
RUNNING = (LeaseState.ACTIVE, LeaseState.RECLAIMING)


@dataclass(frozen=True, slots=True)
class SettleSettings:
    """Seconds: `period` between withdrawals (0: only before the escrow is empty), `look` between
    looks at the escrow, `retry` after a failure. `margin`: blocks before the escrow is empty.
    """

    period: float = 24 * 3600.0
    look: float = 600.0
    retry: float = 60.0
    margin: int = 10


class Settlement:
    """Withdraws what leases earn."""

    def __init__(self, ledger: Ledger, settings: SettleSettings | None = None) -> None:
        self._ledger = ledger
        self._settings = settings or SettleSettings()
        self.withdrawals = 0
        self.failures = 0

    async def run(self, lease: LeaseID) -> None:
        """Withdraw for one lease until cancelled."""
        loop, settings = asyncio.get_running_loop(), self._settings
        due = loop.time() + settings.period if settings.period > 0 else float("inf")
        warned = asked = 0
        while True:
            dry = await self._empty_at(lease)
            call = next_call(dry, warned, asked, settings.margin)
            seconds = max(0.0, min(settings.look, due - loop.time()))
            called = await self._wait(call, seconds)
            if not called and loop.time() < due:
                continue
            after_end = called and call > dry
            if after_end and await self._empty_at(lease) != dry:
                continue  # the chain ended the lease itself, or somebody paid
            if not await self._withdraw(lease):
                await asyncio.sleep(settings.retry)
                continue
            due = loop.time() + settings.period if settings.period > 0 else float("inf")
            if after_end:
                asked = dry
            elif called:
                warned = dry

    async def _empty_at(self, lease: LeaseID) -> int:
        """The height at which the lease's escrow is empty; 0 when that is not known."""
        chain = self._ledger.chain
        try:
            async with asyncio.timeout(self._ledger.settings.patience):
                view = await chain.deployment(lease.deployment)
                found = chain.leases(owner=lease.owner, dseq=lease.dseq)
                leases = [one async for one in found if one.state in RUNNING]
        except NO_ANSWER as error:
            log.info("escrow not known", extra={"lease": str(lease), "reason": str(error)})
            return 0
        return empty_at(view, leases)

    async def _wait(self, height: int, seconds: float) -> bool:
        """Wait for a block (0: none) or a time; True when it was the block."""
        if height == 0:
            await asyncio.sleep(seconds)
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ledger.reached(height)
                return True
        return False

    async def _withdraw(self, lease: LeaseID) -> bool:
        try:
            await self._ledger.withdraw(lease)
        except NO_ANSWER as error:
            self.failures += 1
            log.warning("not withdrawn", extra={"lease": str(lease), "reason": str(error)})
            return False
        self.withdrawals += 1
        return True


def next_call(dry: int, warned: int, asked: int, margin: int) -> int:
    """The height at which to withdraw because the escrow ends at `dry`; 0 for none.

    Once `margin` blocks before the end, and once after it: Akash's chain ends a lease that can no
    longer be paid only when somebody settles it. `warned` and `asked` are the ends for which that
    was done; settling drops fractions, which moves an end by a block or so and makes no new one.
    """
    if dry > warned + margin:
        return max(1, dry - margin)
    return dry + AFTER_END if dry > asked else 0


def empty_at(view: DeploymentView, leases: list[Lease]) -> int:
    """The last height that a deployment's escrow pays for in full; 0 when nothing draws on it."""
    if not leases:
        return 0
    denom = leases[0].price.denom
    rate = sum((lease.price.amount.raw for lease in leases), start=0)
    held = view.account.fund(denom) or Dec.ZERO
    if rate <= 0:
        return 0
    return view.account.settled_at + max(0, held.raw) // rate
