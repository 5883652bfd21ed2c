"""A cluster in memory, and a provider's parts joined around a chain in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from akashpy.types.market import LeaseID
from provider.anchor import AnchorFile
from provider.bid.auction import Auctioneer, AuctionSettings, Won
from provider.bid.engine import Engine, EngineSettings, Record
from provider.bid.policy import PolicySettings
from provider.bid.pricing import Pricing
from provider.cluster.driver import (
    ExecSession,
    LeaseEvent,
    LeaseStatus,
    LogLine,
    Observation,
    ServiceStatus,
    TerminalSize,
)
from provider.cluster.errors import Declined, LeaseMissing, Unavailable
from provider.cluster.workload import Workload
from provider.config import prices_of
from provider.events import Feed, RoomFreed
from provider.inventory.nodes import Cluster, Node
from provider.inventory.reserve import Inventory
from provider.lease.end import EndOfLease, EndSettings
from provider.lease.monitor import Monitor, MonitorSettings
from provider.lease.roll import Roll
from provider.lease.settle import Settlement, SettleSettings
from provider.lease.tenancy import Tools
from provider.ledger import Ledger
from provider.manifest.receive import Reception
from provider.manifest.watchdog import Watchdog
from provider.obstacles import Obstacles
from tests.provider.market import GIB, PROVIDER, FakeChain

NODE = Node("n1", 8000, 32 * GIB, 100 * GIB)


@dataclass
class FakeDriver:
    """Runs nothing and remembers everything."""

    workloads: dict[LeaseID, Workload] = field(default_factory=dict)
    deployed: list[Workload] = field(default_factory=list)
    updated: list[Workload] = field(default_factory=list)
    torn_down: list[LeaseID] = field(default_factory=list)
    is_down: bool = False
    is_healthy: bool = True
    doubt: str = ""
    refusal: tuple[str, str] | None = None
    name: str = "fake"

    def declines(self, workload: Workload) -> tuple[str, str] | None:
        return self.refusal

    async def deploy(self, workload: Workload) -> None:
        self._answer()
        if self.refusal:
            raise Declined(*self.refusal)
        self.deployed.append(workload)
        self.workloads[workload.lease] = workload

    async def update(self, workload: Workload) -> None:
        self._answer()
        if workload.lease not in self.workloads:
            raise LeaseMissing
        if self.workloads[workload.lease] != workload:
            self.updated.append(workload)
            self.workloads[workload.lease] = workload

    async def teardown(self, lease: LeaseID) -> None:
        self._answer()
        self.torn_down.append(lease)
        self.workloads.pop(lease, None)

    async def status(self, lease: LeaseID) -> LeaseStatus:
        self._answer()
        if lease not in self.workloads:
            raise LeaseMissing
        ready = 1 if self.is_healthy else 0
        return LeaseStatus(lease, (ServiceStatus("web", ready, 1),), doubt=self.doubt)

    async def watch(self, lease: LeaseID) -> AsyncGenerator[LeaseStatus, None]:
        yield await self.status(lease)

    async def logs(
        self, lease: LeaseID, *, services: tuple[str, ...] = (), follow: bool = False,
        tail: int | None = None, cursor: str = "",
    ) -> AsyncGenerator[LogLine, None]:  # fmt: skip
        for line in list[LogLine]():
            yield line

    async def events(
        self, lease: LeaseID, *, services: tuple[str, ...] = (), follow: bool = False
    ) -> AsyncGenerator[LeaseEvent, None]:
        for event in list[LeaseEvent]():
            yield event

    def exec(
        self, lease: LeaseID, service: str, command: tuple[str, ...], *, replica: int = 0,
        tty: bool = False, stdin: bool = False, size: TerminalSize | None = None,
    ) -> AbstractAsyncContextManager[ExecSession]:  # fmt: skip
        raise LeaseMissing

    async def observe(self) -> Observation:
        self._answer()
        return Observation((), tuple(self.workloads.values()))

    def _answer(self) -> None:
        if self.is_down:
            raise Unavailable("the cluster is down")


@dataclass
class FakeStore:
    """Manifests that outlive a provider."""

    kept: dict[LeaseID, Workload] = field(default_factory=dict)

    def read(self) -> Iterator[Workload]:
        yield from list(self.kept.values())

    def put(self, workload: Workload) -> None:
        self.kept[workload.lease] = workload

    def remove(self, lease: LeaseID) -> None:
        self.kept.pop(lease, None)


@dataclass
class Durable:
    """What outlives a provider's process: chain, cluster, disk."""

    chain: FakeChain = field(default_factory=FakeChain)
    driver: FakeDriver = field(default_factory=FakeDriver)
    store: FakeStore = field(default_factory=FakeStore)
    anchor: AnchorFile = field(default_factory=lambda: AnchorFile(None))


@dataclass
class Running:
    """The parts of a provider that runs."""

    ledger: Ledger
    inventory: Inventory
    reception: Reception
    roll: Roll
    engine: Engine
    won: list[Won]


@asynccontextmanager
async def running(
    world: Durable,
    *,
    cluster: Cluster | None = None,
    auction: AuctionSettings | None = None,
    policy: PolicySettings | None = None,
    prices: dict[str, Any] | None = None,
    manifest_timeout: float = 300.0,
    settle: SettleSettings | None = None,
    monitor: MonitorSettings | None = None,
    end: EndSettings | None = None,
) -> AsyncIterator[Running]:
    """A provider without gateway and sockets; left as by SIGKILL, nothing is said to anyone."""
    feed = Feed()
    ledger = Ledger(world.chain, PROVIDER, feed, anchor=world.anchor)
    await ledger.open()
    inventory = Inventory(cluster or Cluster((NODE,)), freed=lambda: feed.publish(RoomFreed()))
    reception = Reception(ledger, world.store, world.driver)
    await reception.open()
    roll = Roll(
        Tools(
            ledger=ledger,
            driver=world.driver,
            inventory=inventory,
            manifests=Watchdog(reception, ledger, patience=manifest_timeout),
            end=EndOfLease(ledger, feed, end),
            monitor=Monitor(world.driver, ledger, monitor),
            settlement=Settlement(ledger, settle),
        ),
        feed,
    )
    await roll.recover(reception.workloads)
    pricing = Pricing(prices_of(prices or {}))
    record = Record(ledger, pricing, policy or PolicySettings(), max_age=300.0)
    won: list[Won] = []

    def on_won(one: Won) -> None:
        won.append(one)
        roll.begin(one.lease)

    auctioneer = Auctioneer(
        ledger, feed, inventory, pricing, record.policy, on_won, auction or AuctionSettings()
    )
    obstacles = Obstacles(ledger, inventory, lambda: roll.is_counted)
    engine = Engine(auctioneer, record, obstacles=obstacles.found, settings=EngineSettings())
    lives = [
        asyncio.create_task(life)
        for life in (world.chain.produce(), ledger.follow(), roll.run(), engine.run())
    ]
    try:
        yield Running(ledger, inventory, reception, roll, engine, won)
    finally:
        for life in lives:
            life.cancel()
        ended = await asyncio.gather(*lives, return_exceptions=True)
        for error in ended:
            if not isinstance(error, asyncio.CancelledError) and error is not None:
                raise error
