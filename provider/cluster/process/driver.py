"""The Driver that runs leases as processes of this machine.

Puts plan, store and keepers together; one lock per lease orders its verbs. A lease's record is
on disk before its first process starts, and says so before its last one ends.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import provider
from akashpy.types.market import LeaseID
from provider.cluster.driver import (
    ExecSession,
    LeaseEvent,
    LeaseStatus,
    LogLine,
    NodeCapacity,
    Observation,
    TerminalSize,
)
from provider.cluster.errors import Declined, ExecRefused, LeaseMissing, ServiceMissing
from provider.cluster.process import limits
from provider.cluster.process.keeper import Keeper
from provider.cluster.process.plan import Place, Plan, declines, plans, socket_path
from provider.cluster.process.ports import Ports
from provider.cluster.process.report import service_status
from provider.cluster.process.session import open_session
from provider.cluster.process.settings import (
    WARNING,
    ProcessSettings,
    Surroundings,
    require_local,
)
from provider.cluster.process.store import LeaseRecord, Store, keep_journals
from provider.cluster.process.streams import Source, event_stream, log_stream
from provider.cluster.workload import Workload

log = logging.getLogger(__name__)

PROBE_SECONDS = 20.0


class Lease:
    """One lease that runs here: its record and the keepers of its replicas, by name."""

    def __init__(self, record: LeaseRecord) -> None:
        self.record = record
        self.keepers: dict[str, Keeper] = {}
        self.changed = asyncio.Event()
        self.is_over = False

    def wake(self) -> None:
        """Tell those who wait that something changed."""
        self.changed.set()
        self.changed = asyncio.Event()


class ProcessDriver:
    """Runs leases as processes. Made by `open`."""

    name = "process"

    def __init__(self, settings: ProcessSettings, store: Store, obstacle: str) -> None:
        self._settings = settings
        self._store = store
        self._limiter = limits.detect(settings.limits)
        self._groups = f"akashpy-{_digest(settings.root)}"
        self._place = Place(
            leases=store.leases,
            sockets=store.sockets,
            host=settings.host,
            path=settings.path,
            isolated=not obstacle,
        )
        self._ports = Ports(settings.host)
        self._leases: dict[LeaseID, Lease] = {}
        # Gone with the last one who waits for it.
        self._locks: WeakValueDictionary[LeaseID, asyncio.Lock] = WeakValueDictionary()
        way = (
            "each replica has a user and network namespace of its own, without a way out"
            if not obstacle
            else f"no namespaces ({obstacle}): programs must listen on the port given in PORT"
        )
        self._notes = (WARNING, way, self._limiter.words)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: ProcessSettings, around: Surroundings
    ) -> AsyncIterator[ProcessDriver]:
        """The driver of a directory, with everything found there running again.

        Raises NotLocal, StoreBusy.
        """
        require_local(settings.host, around)
        log.warning(WARNING)
        obstacle = "switched off" if settings.isolation == "none" else await _obstacle()
        if obstacle and settings.isolation == "namespaces":
            raise Declined("no-namespaces", f"namespaces were required: {obstacle}")
        store = Store(settings.root)
        driver = cls(settings, store, obstacle)
        async with AsyncExitStack() as stack:
            stack.callback(store.close)
            stack.push_async_callback(driver._leave)
            await driver._resume()
            pruning = asyncio.create_task(driver._prune())
            stack.callback(pruning.cancel)
            yield driver

    def declines(self, workload: Workload) -> tuple[str, str] | None:
        """See Driver."""
        return declines(workload)

    async def deploy(self, workload: Workload) -> None:
        """See Driver."""
        await self._bring(workload, must_exist=False)

    async def update(self, workload: Workload) -> None:
        """See Driver."""
        await self._bring(workload, must_exist=True)

    async def teardown(self, lease: LeaseID) -> None:
        """See Driver."""
        async with self._lock(lease):
            found = self._leases.get(lease)
            if found is None:
                return
            self._store.mark_ending(found.record)
            found.record = replace(found.record, is_ending=True)
            await asyncio.gather(*(keeper.stop() for keeper in found.keepers.values()))
            await asyncio.to_thread(self._store.archive, lease)
            self._ports.release(found.record.ports)
            found.is_over = True
            del self._leases[lease]
            found.wake()
        await asyncio.to_thread(self._prune_now)

    async def status(self, lease: LeaseID) -> LeaseStatus:
        """See Driver."""
        return self._status(self._require(lease))

    async def watch(self, lease: LeaseID) -> AsyncGenerator[LeaseStatus, None]:
        """See Driver."""
        found = self._require(lease)
        while not found.is_over:
            changed = found.changed
            yield self._status(found)
            await changed.wait()

    async def logs(
        self,
        lease: LeaseID,
        *,
        services: tuple[str, ...] = (),
        follow: bool = False,
        tail: int | None = None,
        cursor: str = "",
    ) -> AsyncGenerator[LogLine, None]:
        """See Driver. Lines of a lease that ended are there for a while, without following."""
        stream = log_stream(
            self._sources(lease), services=services, follow=follow, tail=tail, cursor=cursor
        )
        async for line in stream:
            yield line

    async def events(
        self, lease: LeaseID, *, services: tuple[str, ...] = (), follow: bool = False
    ) -> AsyncGenerator[LeaseEvent, None]:
        """See Driver."""
        async for event in event_stream(self._sources(lease), services=services, follow=follow):
            yield event

    def exec(
        self,
        lease: LeaseID,
        service: str,
        command: tuple[str, ...],
        *,
        replica: int = 0,
        tty: bool = False,
        stdin: bool = False,
        size: TerminalSize | None = None,
    ) -> AbstractAsyncContextManager[ExecSession]:
        """See Driver."""
        return self._exec(lease, service, command, replica, (tty, stdin, size))

    async def observe(self) -> Observation:
        """See Driver."""
        settings = self._settings
        node = NodeCapacity(
            name=settings.node,
            cpu=settings.cpu,
            memory=settings.memory,
            ephemeral_storage=settings.storage,
            gpu=settings.gpu,
        )
        return Observation(
            nodes=(node,),
            workloads=tuple(lease.record.workload for lease in self._leases.values()),
            version=(("platform", sys.platform), ("python", sys.version.split()[0])),
            notes=self._notes,
        )

    @asynccontextmanager
    async def _exec(
        self,
        lease: LeaseID,
        service: str,
        command: tuple[str, ...],
        replica: int,
        streams: tuple[bool, bool, TerminalSize | None],
    ) -> AsyncIterator[ExecSession]:
        found = self._require(lease)
        named = found.record.workload.service(service)
        if named is None:
            raise ServiceMissing
        if replica >= named.count:
            raise ExecRefused.out_of_range(named.count)
        keeper = found.keepers[f"{service}-{replica}"]
        if keeper.state["phase"] != "running":
            raise ExecRefused.not_ready()
        tty, stdin, size = streams
        session = open_session(keeper.control, command, tty=tty, stdin=stdin, size=size)
        async with session as running:
            yield running

    async def _bring(self, workload: Workload, *, must_exist: bool) -> None:
        """Make the lease be this workload, touching only replicas whose plan differs."""
        lease = workload.lease
        if reason := declines(workload):
            raise Declined(*reason)
        async with self._lock(lease):
            found = self._leases.get(lease)
            if found is None:
                if must_exist:
                    raise LeaseMissing
                found = Lease(LeaseRecord(workload, generation=0))
            elif found.record.workload == workload:
                return
            before = found.record
            ports = self._ports.choose(workload, before.ports, isolated=self._place.isolated)
            found.record = LeaseRecord(workload, ports, before.generation + 1)
            self._store.write(found.record)
            self._leases[lease] = found
            await self._settle(found)
            found.record = replace(found.record, is_settled=True)
            self._store.write(found.record)
            self._ports.release(tuple(set(before.ports) - set(ports)))
            found.wake()

    async def _settle(self, lease: Lease) -> None:
        """End replicas that are not planned as they are, then start those that are missing."""
        wanted = {plan.name: plan for plan in self._plans(lease.record)}
        leaving = [k for name, k in lease.keepers.items() if wanted.get(name) != k.plan]
        await asyncio.gather(*(keeper.stop() for keeper in leaving))
        for keeper in leaving:
            del lease.keepers[keeper.plan.name]
            if keeper.plan.name not in wanted:
                keep_journals(keeper.directory)
        for name, plan in wanted.items():
            if name not in lease.keepers:
                keeper = self._keeper(lease, plan)
                lease.keepers[name] = keeper
                keeper.start()

    def _plans(self, record: LeaseRecord) -> tuple[Plan, ...]:
        return plans(record.workload, dict(record.ports), self._place)

    def _keeper(self, lease: Lease, plan: Plan) -> Keeper:
        workload = lease.record.workload
        directory = self._store.directory(workload.lease) / plan.name
        return Keeper(
            plan,
            directory,
            Path(socket_path(workload, plan.name, self._place, "ctl")),
            isolated=self._place.isolated,
            settings=self._settings,
            limiter=self._limiter,
            group=f"{self._groups}-{_digest(directory)}",
            changed=lease.wake,
        )

    async def _resume(self) -> None:
        """Take up every lease on disk: find or start its replicas, or finish what was begun."""
        for record in list(self._store.records()):
            ports = self._ports.take(record.workload, record.ports, isolated=self._place.isolated)
            lease = Lease(replace(record, ports=ports))
            self._leases[record.workload.lease] = lease
            planned = {plan.name: plan for plan in self._plans(lease.record)}
            for name, plan in planned.items():
                lease.keepers[name] = self._keeper(lease, plan)
            if record.is_ending:
                await self.teardown(record.workload.lease)
                continue
            if not record.is_settled:
                await self._finish_update(lease)
            for keeper in lease.keepers.values():
                keeper.start()
            lease.record = replace(lease.record, is_settled=True)
            self._store.write(lease.record)
        kept = {k.group for lease in self._leases.values() for k in lease.keepers.values()}
        self._limiter.remove_others(self._groups, kept)

    async def _finish_update(self, lease: Lease) -> None:
        """End what an interrupted update left running in another shape."""
        for name in self._store.replicas(lease.record.workload.lease):
            keeper = lease.keepers.get(name)
            if keeper is None:
                stranger = self._keeper(lease, Plan.unknown(name))
                await stranger.stop()
                keep_journals(stranger.directory)
            elif not keeper.runs_as_planned():
                await keeper.stop()
                lease.keepers[name] = self._keeper(lease, keeper.plan)

    async def _leave(self) -> None:
        """Let go of everything; programs go on unless they are to die with us."""
        keepers = [k for lease in self._leases.values() for k in lease.keepers.values()]
        end: Callable[[Keeper], Any] = (
            Keeper.stop if self._settings.dies_with_daemon else Keeper.leave
        )
        await asyncio.gather(*(end(keeper) for keeper in keepers))
        self._ports.close()

    async def _prune(self) -> None:
        """Drop old logs of ended leases, for as long as the driver is open."""
        while True:
            await asyncio.to_thread(self._prune_now)
            await asyncio.sleep(max(1.0, self._settings.keep_ended / 10))

    def _prune_now(self) -> None:
        settings = self._settings
        self._store.prune(seconds=settings.keep_ended, size=settings.keep_ended_bytes)

    def _require(self, lease: LeaseID) -> Lease:
        found = self._leases.get(lease)
        if found is None:
            raise LeaseMissing
        return found

    def _lock(self, lease: LeaseID) -> asyncio.Lock:
        lock = self._locks.get(lease)
        if lock is None:
            lock = self._locks[lease] = asyncio.Lock()
        return lock

    def _status(self, lease: Lease) -> LeaseStatus:
        record = lease.record
        services = tuple(
            service_status(
                service,
                [
                    keeper.state
                    for i in range(service.count)
                    if (keeper := lease.keepers.get(f"{service.name}-{i}"))
                ],
                generation=record.generation,
                ports=dict(record.ports),
                host=self._settings.host,
            )
            for service in record.workload.services
        )
        return LeaseStatus(record.workload.lease, services, self._notes)

    def _sources(self, lease: LeaseID) -> Source:
        """Where the journals of a lease are: with launchers that run, or among the ended."""
        found = self._leases.get(lease)
        if found is not None:
            return Source(self._store.directory(lease), lambda: _live(found), lambda: found.changed)
        kept = self._store.ended_directory(lease)
        if not kept.exists():
            raise LeaseMissing
        return Source(kept, lambda: None, asyncio.Event)


def _digest(path: Path) -> str:
    """A name of fixed length for a path."""
    return hashlib.sha256(bytes(path.absolute())).hexdigest()[:16]


def _live(lease: Lease) -> dict[str, Path] | None:
    """Control sockets of the replicas that run, by name; None when the lease is over."""
    if lease.is_over:
        return None
    return {name: keeper.control for name, keeper in lease.keepers.items()}


async def _obstacle() -> str:
    """Why namespaces do not work here, empty when they do; asked of a process of its own."""
    probe = await asyncio.create_subprocess_exec(
        sys.executable,
        "-s",
        "-S",
        "-m",
        "provider.cluster.process.launcher",
        "--probe",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(provider.__path__[0]).parent)},
    )
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            said, _ = await probe.communicate()
    except BaseException:
        if probe.returncode is None:
            probe.kill()
            await probe.wait()
        raise
    if probe.returncode == 0:
        return ""
    return said.decode().strip() or "the probe failed"
