"""The Driver that runs leases on a Kubernetes cluster.

Puts records, objects, watches and streams together; one lock per lease orders its verbs. The
cluster keeps everything: a provider that starts again finds what is there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager

from akashpy.types.market import LeaseID
from provider.cluster.driver import (
    ExecSession,
    LeaseEvent,
    LeaseStatus,
    LogLine,
    Observation,
    TerminalSize,
)
from provider.cluster.errors import (
    ClusterError,
    Declined,
    ExecRefused,
    LeaseMissing,
    ServiceMissing,
    Unavailable,
)
from provider.cluster.kubernetes import kinds, names, report, rollout
from provider.cluster.kubernetes.addresses import Addresses
from provider.cluster.kubernetes.api import Api, Transport
from provider.cluster.kubernetes.apply import Applier, is_ending
from provider.cluster.kubernetes.builder import records
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.builder.isolation import notes
from provider.cluster.kubernetes.builder.pods import is_stateful
from provider.cluster.kubernetes.cluster import ClusterView
from provider.cluster.kubernetes.happenings import event_stream
from provider.cluster.kubernetes.hostnames import Hostnames
from provider.cluster.kubernetes.http import HttpTransport
from provider.cluster.kubernetes.judge import declines
from provider.cluster.kubernetes.leases import Leases
from provider.cluster.kubernetes.logs import Wish, log_stream, places_of
from provider.cluster.kubernetes.session import Commands
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace
from provider.ending import ended
from provider.tally import Tally

log = logging.getLogger(__name__)

LOOK = 15.0
"""Longest wait before a watched lease is looked at again; changes are told sooner."""
RETRY = 2.0
STUCK_LOOK = 3.0
"""Seconds between looks for updates that do not come up."""
COMPLETED = "service with that name is not running: the service has completed"
FAILED = "service with that name is not running: the service has failed"
NOT_RUNNING = "service with that name is not running"


class KubernetesDriver:
    """Runs leases in namespaces of a cluster. Made by `open`."""

    name = "kubernetes"

    def __init__(self, settings: KubernetesSettings, api: Api, view: ClusterView, leases: Leases):
        self._settings, self._api, self._view, self._leases = settings, api, view, leases
        self._hostnames = Hostnames(api, settings)
        self._addresses = Addresses(api, settings)
        self._applier = Applier(api, settings, self._hostnames, self._addresses, view.around)
        self._commands = Commands(api)
        self._withheld: dict[LeaseID, tuple[str, ...]] = {}

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: KubernetesSettings,
        transport: Transport | None = None,
        tally: Tally | None = None,
    ) -> AsyncIterator[KubernetesDriver]:
        """The driver of a cluster; removals begun before are finished behind it.

        Questions to the API server are counted in `tally`.

        Raises NoCluster when the settings lead nowhere; a cluster that does not answer is none.
        """
        async with AsyncExitStack() as stack:
            if transport is None:
                transport = await stack.enter_async_context(HttpTransport.open(settings))
            api, leases = Api(transport, settings.patience, tally), Leases()
            view = await stack.enter_async_context(ClusterView.open(api, settings, leases))
            driver = cls(settings, api, view, leases)
            for life in (driver._finish_removals(), driver._go_back(), driver._keep_walls()):
                stack.push_async_callback(ended, (asyncio.create_task(life),))
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
        known = self._leases.of(lease)
        async with known.lock:
            await self._applier.remove(lease)
            self._withheld.pop(lease, None)
            self._leases.end(known.namespace)

    async def status(self, lease: LeaseID) -> LeaseStatus:
        """See Driver. Read from the cluster at this moment."""
        workload = await self._workload(lease)
        where = namespace(lease)
        chosen = f"{names.MANAGED}=true"
        pods, deployments, sets, services, hosts = await asyncio.gather(
            self._api.items(kinds.POD, where, names.SERVICE),
            self._api.items(kinds.DEPLOYMENT, where, chosen),
            self._api.items(kinds.STATEFUL_SET, where, chosen),
            self._api.items(kinds.SERVICE, where, chosen),
            self._hostnames.held(lease),
        )
        ports = report.forwarded(services, self._settings.public_hostname)
        ips = report.leased(services)
        found = []
        for service in workload.services:
            controllers = sets if is_stateful(service) else deployments
            named = (c for c in controllers if c["metadata"]["name"] == service.name)
            found.append(
                report.service_status(
                    service,
                    next(named, None),
                    report.pods_of(pods, service.name),
                    uris=hosts.get(service.name, ()),
                    ports=ports.get(service.name, ()),
                    ips=ips.get(service.name, ()),
                )
            )
        deadline = self._settings.progress_deadline
        told = self._notes(workload) + rollout.notes(deployments + sets, deadline)
        return LeaseStatus(lease, tuple(found), told, self._view.doubt())

    async def watch(self, lease: LeaseID) -> AsyncGenerator[LeaseStatus, None]:
        """See Driver."""
        known, last = self._leases.of(lease), None
        while not known.is_over:
            changed = known.changed
            try:
                status = await self.status(lease)
            except LeaseMissing:
                if last is None:
                    raise
                return
            except Unavailable:
                await asyncio.sleep(RETRY)
                continue
            if status != last:
                last = status
                yield status
            try:
                async with asyncio.timeout(LOOK):
                    await changed.wait()
            except TimeoutError:
                continue  # looked at now and then in any case

    async def logs(
        self,
        lease: LeaseID,
        *,
        services: tuple[str, ...] = (),
        follow: bool = False,
        tail: int | None = None,
        cursor: str = "",
    ) -> AsyncGenerator[LogLine, None]:
        """See Driver. Lines of pods that are gone are gone with them."""
        wish = Wish(services, tail, places_of(cursor))
        known = self._leases.of(lease)
        await self._workload(lease)
        async with aclosing(log_stream(self._api, known, wish, follow=follow)) as lines:
            async for line in lines:
                yield line

    async def events(
        self, lease: LeaseID, *, services: tuple[str, ...] = (), follow: bool = False
    ) -> AsyncGenerator[LeaseEvent, None]:
        """See Driver."""
        known = self._leases.of(lease)
        of = tuple(s.name for s in (await self._workload(lease)).services)
        stream = event_stream(self._api, known, of, services, follow=follow)
        async with aclosing(stream) as events:
            async for event in events:
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
        """See Driver. Workloads are read from the cluster at this moment."""
        workloads, strange = [], []
        for record in await self._records():
            try:
                workloads.append(records.unpack(record))
            except records.RecordUnreadable as error:
                strange.append(f"not ours to touch: {error}")
        return Observation(
            nodes=self._view.capacities(),
            workloads=tuple(workloads),
            version=self._view.version,
            notes=tuple(strange),
            pools=self._settings.storage_classes,
            addresses=len(self._settings.addresses),
        )

    async def move_hostnames(self, lease: LeaseID, hosts: tuple[str, ...]) -> None:
        """Give host names of other leases of the tenant to this one, which declares them.

        Raises LeaseMissing, HostnameRefused; then nothing was moved.
        """
        async with self._leases.of(lease).lock:
            workload = await self._workload(lease)
            await self._hostnames.move(workload, hosts)
            left = (h for h in self._withheld.get(lease, ()) if h not in hosts)
            self._withheld[lease] = tuple(left)

    async def move_endpoints(self, lease: LeaseID, endpoints: tuple[str, ...]) -> None:
        """Give leased addresses of other leases of the tenant to this one, which declares them.

        Raises LeaseMissing, EndpointRefused; then nothing was moved.
        """
        async with self._leases.of(lease).lock:
            workload = await self._workload(lease)
            await self._addresses.move(workload, endpoints)
            left = await self._hostnames.settle(workload)
            self._withheld[lease] = left + await self._addresses.settle(workload)

    @asynccontextmanager
    async def _exec(
        self,
        lease: LeaseID,
        service: str,
        command: tuple[str, ...],
        replica: int,
        streams: tuple[bool, bool, TerminalSize | None],
    ) -> AsyncIterator[ExecSession]:
        workload = await self._workload(lease)
        if workload.service(service) is None:
            raise ServiceMissing
        pod = await self._pod(lease, service, replica)
        metadata = pod["metadata"]
        path = kinds.POD.path(metadata["namespace"], metadata["name"])
        tty, stdin, size = streams
        opened = self._commands.open(path, service, command, tty=tty, stdin=stdin, size=size)
        async with opened as session:
            yield session

    async def _pod(self, lease: LeaseID, service: str, replica: int) -> Object:
        """The pod of a replica, if a command can run in it. Raises ExecRefused."""
        found = await self._api.items(kinds.POD, namespace(lease), f"{names.SERVICE}={service}")
        pods = [p for p in report.pods_of(found, service) if not report.is_leaving(p)]
        if not pods:
            raise ExecRefused(NOT_RUNNING)
        if replica >= len(pods):
            raise ExecRefused.out_of_range(len(pods))
        pod = pods[replica]
        phase = pod.get("status", {}).get("phase")
        if phase in ("Succeeded", "Failed"):
            raise ExecRefused(COMPLETED if phase == "Succeeded" else FAILED)
        if not report.is_ready(pod):
            raise ExecRefused.not_ready()
        return pod

    async def _bring(self, workload: Workload, *, must_exist: bool) -> None:
        if reason := declines(workload):
            raise Declined(*reason)
        known = self._leases.of(workload.lease)
        async with known.lock:
            brought = await self._applier.bring(workload, must_exist=must_exist)
            known.uid = brought.uid
            self._withheld[workload.lease] = brought.withheld
        known.wake()

    async def _workload(self, lease: LeaseID) -> Workload:
        """What a lease runs, as its record says. Raises LeaseMissing, Unavailable."""
        record = await self._applier.record(lease)
        if record is None or is_ending(record):
            raise LeaseMissing
        self._leases.of(lease).uid = str(record["metadata"].get("uid", ""))
        try:
            return records.unpack(record)
        except records.RecordUnreadable as error:
            raise Unavailable(f"{error}; it is left as it is") from error

    async def _records(self) -> list[Object]:
        found = await self._api.items(
            kinds.MANIFEST, self._settings.manifest_namespace, f"{names.MANAGED}=true"
        )
        return [record for record in found if not is_ending(record)]

    def _notes(self, workload: Workload) -> tuple[str, ...]:
        relaxed = ((s.name, self._settings.relaxations(s.image)) for s in workload.services)
        held_back = (
            f"{host} belongs to another lease: it is served here after a migration"
            for host in self._withheld.get(workload.lease, ())
        )
        return (*notes(relaxed), *held_back)

    async def _finish_removals(self) -> None:
        """Finish what was being removed when the provider ended."""
        while True:
            try:
                where = self._settings.manifest_namespace
                found = await self._api.items(kinds.MANIFEST, where, f"{names.MANAGED}=true")
                for record in found:
                    lease = names.lease_of(record["metadata"].get("labels") or {})
                    if lease is not None and is_ending(record):
                        await self.teardown(lease)
                return
            except ClusterError as error:
                log.warning("removals not finished yet", extra={"reason": str(error)})
            await asyncio.sleep(RETRY)

    async def _go_back(self) -> None:
        """Give services whose update does not come up the version before."""
        since: dict[tuple[str, str, object], float] = {}
        while True:
            await asyncio.sleep(STUCK_LOOK)
            stuck = [
                (kinds.DEPLOYMENT, *key)
                for key, found in self._view.deployments.objects.items()
                if rollout.is_stuck(found)
            ]
            stuck += [(kinds.STATEFUL_SET, *key) for key in self._overdue(since)]
            for kind, where, name in stuck:
                try:
                    await self._go_back_one(kind, where, name)
                except ClusterError as error:
                    log.warning("not rolled back", extra={"name": name, "reason": str(error)})
            await self._unblock()

    def _overdue(self, since: dict[tuple[str, str, object], float]) -> list[tuple[str, str]]:
        """StatefulSets whose update takes too long; `since` is from when each is known to."""
        now = asyncio.get_running_loop().time()
        unfinished = {
            (*key, found["metadata"].get("generation")): now
            for key, found in self._view.sets.objects.items()
            if rollout.is_unfinished(found)
        }
        for key in since.keys() - unfinished.keys():
            del since[key]
        for key in unfinished:
            since.setdefault(key, now)
        deadline = self._settings.progress_deadline
        return [(where, name) for (where, name, _), at in since.items() if now - at >= deadline]

    async def _unblock(self) -> None:
        """Remove pods of earlier versions that cannot start and that StatefulSets wait for."""
        for (where, name), found in list(self._view.sets.objects.items()):
            pods = [
                pod
                for (of, _), pod in self._view.pods.objects.items()
                if of == where and (pod["metadata"].get("labels") or {}).get(names.SERVICE) == name
            ]
            if not rollout.in_the_way(found, pods):
                continue
            try:
                await self._applier.unblock(where, name)
            except ClusterError as error:
                log.warning("update waits for a pod", extra={"name": name, "reason": str(error)})

    async def _go_back_one(self, kind: kinds.Kind, where: str, name: str) -> None:
        record = await self._api.get(kinds.MANIFEST, self._settings.manifest_namespace, where)
        lease = names.lease_of(((record or {}).get("metadata") or {}).get("labels") or {})
        if record is None or lease is None or is_ending(record):
            return
        async with self._leases.of(lease).lock:
            if await self._applier.go_back(kind, where, name):
                log.warning("rolled back", extra={"lease": str(lease), "service": name})

    async def _keep_walls(self) -> None:
        """Close every lease to machines that join the cluster later."""
        walled = self._view.around().machines
        while True:
            changed = self._view.machines_changed
            machines = self._view.around().machines
            if machines != walled:
                try:
                    for record in await self._records():
                        await self._applier.wall(records.unpack(record))
                    walled = machines
                except (ClusterError, records.RecordUnreadable) as error:
                    log.warning("leases not closed to machines", extra={"reason": str(error)})
                    await asyncio.sleep(RETRY)
                    continue
            await changed.wait()
