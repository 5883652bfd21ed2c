"""All leases of the provider, each with one coroutine; found by winning, on disk and on chain.

After a restart everything that runs or is promised is counted before anything new is bid on.
Absence from a list means nothing here: lists only add.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from akashpy.types.deployment import GroupSpec
from akashpy.types.market import BidNotFound, LeaseID, LeaseState
from provider.belief import NO_ANSWER
from provider.cluster.driver import Driver
from provider.cluster.errors import ClusterError
from provider.cluster.workload import Workload
from provider.ending import is_asked
from provider.events import Feed, LeaseOpened, LookAgain
from provider.inventory.place import with_offer
from provider.inventory.reserve import Inventory
from provider.lease.running import spec_of
from provider.lease.tenancy import Tenancy, Tools
from provider.ledger import Ledger

log = logging.getLogger(__name__)

RUNNING = (LeaseState.ACTIVE, LeaseState.RECLAIMING)


class Roll:
    """The leases. `recover` once, then `run` for life."""

    def __init__(self, tools: Tools, feed: Feed) -> None:
        self._tools = tools
        self._feed = feed
        self._tenancies: dict[LeaseID, Tenancy] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._waiting: list[Tenancy] = []
        self.is_counted = False
        """Whether every lease that the chain lists has its place; until then nothing is bid on."""
        self.strangers: tuple[LeaseID, ...] = ()
        """Workloads in the cluster that never were leases of ours: reported, never touched."""

    @property
    def tenancies(self) -> tuple[Tenancy, ...]:
        """All leases, oldest first."""
        return tuple(self._tenancies.values())

    def tenancy(self, lease: LeaseID) -> Tenancy | None:
        """One lease."""
        return self._tenancies.get(lease)

    async def recover(self, kept: Iterable[Workload]) -> None:
        """Take up what ran or was to run before a restart; only the cluster is waited for."""
        known = {workload.lease: workload for workload in kept}
        for workload in await self._observed():
            known.setdefault(workload.lease, workload)
        ours = self._ledger.address
        self.strangers = tuple(lease for lease in known if lease.provider != ours)
        for lease in self.strangers:
            log.error("a workload is no lease of ours; left alone", extra={"lease": str(lease)})
        for lease, workload in known.items():
            if lease.provider == ours:
                self._inventory.adopt(lease.order, await self._spec_or(workload))
                self._begin(lease, workload)

    async def run(self) -> None:
        """Serve every lease there is and will be."""
        with self._feed.listen() as news:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for tenancy in self._waiting:
                    self._start(tenancy)
                self._waiting.clear()
                await self._look()
                self.is_counted = True
                while True:
                    match await news.next():
                        case LeaseOpened(lease) if lease.provider == self._ledger.address:
                            self.begin(lease)
                        case LookAgain():
                            await self._look()

    def begin(self, lease: LeaseID) -> None:
        """Serve a lease that we have won; the same one again is the same."""
        self._begin(lease, None)

    @property
    def _ledger(self) -> Ledger:
        return self._tools.ledger

    @property
    def _inventory(self) -> Inventory:
        return self._tools.inventory

    @property
    def _driver(self) -> Driver:
        return self._tools.driver

    def _begin(self, lease: LeaseID, workload: Workload | None) -> None:
        known = self._tenancies.get(lease)
        if known is not None:
            if known.workload is None:
                known.workload = workload
            return
        tenancy = Tenancy(lease, self._tools, workload)
        self._tenancies[lease] = tenancy
        if self._tasks is None:
            self._waiting.append(tenancy)
        else:
            self._start(tenancy)

    def _start(self, tenancy: Tenancy) -> None:
        assert self._tasks is not None
        self._tasks.create_task(self._live(tenancy), name=f"lease {tenancy.lease}")

    async def _live(self, tenancy: Tenancy) -> None:
        """A tenancy's life; a defect in it is logged and it begins again, what runs goes on."""
        while True:
            try:
                await self._count(tenancy.lease)
                await tenancy.run()
                break
            except (Exception, asyncio.CancelledError) as error:
                if is_asked():
                    raise asyncio.CancelledError from error
                log.exception("tenancy failed", extra={"lease": str(tenancy.lease)})
            await asyncio.sleep(self._tools.retry)
        del self._tenancies[tenancy.lease]

    async def _observed(self) -> tuple[Workload, ...]:
        while True:
            try:
                return (await self._driver.observe()).workloads
            except ClusterError as error:
                log.warning("cluster not observed yet", extra={"reason": str(error)})
            await asyncio.sleep(self._tools.retry)

    async def _look(self) -> None:
        """Take up every lease of ours that our chain lists as running; outages are sat out."""
        while True:
            try:
                if not self._ledger.trouble:
                    found = self._ledger.chain.leases(provider=self._ledger.address)
                    async for lease in found:
                        if lease.state in RUNNING and lease.id not in self._tenancies:
                            self._inventory.adopt(lease.id.order, await self._spec(lease.id))
                            self._begin(lease.id, None)
                    return
            except NO_ANSWER as error:
                log.warning("leases not known yet", extra={"reason": str(error)})
            await asyncio.sleep(self._tools.retry)

    async def _count(self, lease: LeaseID) -> None:
        """Make sure that a lease has its place in the inventory; outages are sat out."""
        while not self._inventory.holds(lease.order):
            try:
                self._inventory.adopt(lease.order, await self._spec(lease))
                return
            except NO_ANSWER as error:
                log.info("lease not known", extra={"lease": str(lease), "reason": str(error)})
            await asyncio.sleep(self._tools.retry)

    async def _spec_or(self, workload: Workload) -> GroupSpec:
        """What a lease was promised, or at least what its workload takes."""
        if not self._ledger.trouble:
            try:
                return await self._spec(workload.lease)
            except NO_ANSWER as error:
                log.warning("counted by its manifest", extra={"reason": str(error)})
        return spec_of(workload)

    async def _spec(self, lease: LeaseID) -> GroupSpec:
        """What a lease was promised: its order with the GPU models of our bid."""
        order = await self._ledger.chain.order(lease.order)
        try:
            offers = (await self._ledger.chain.bid(lease.bid)).resources_offer
        except BidNotFound:
            offers = ()
        return with_offer(order.spec, offers)
