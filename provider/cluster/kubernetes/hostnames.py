"""Which lease a host name belongs to, and the route that follows from it.

A name belongs to whoever declared it first (ProviderHost); another lease of the same tenant gets
it only by a migration, another tenant never. A route exists exactly for the names a lease holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from akashpy.types.market import LeaseID
from provider.cluster.errors import HostnameRefused
from provider.cluster.kubernetes import kinds, names
from provider.cluster.kubernetes.api import CONFLICT, Api, ApiError
from provider.cluster.kubernetes.builder import records, routes
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace


class Hostnames:
    """Host names of all leases."""

    def __init__(self, api: Api, settings: KubernetesSettings) -> None:
        self._api, self._settings = api, settings
        gateway = settings.ingress_mode == "gateway-api"
        self._route = kinds.HTTP_ROUTE if gateway else kinds.INGRESS

    async def settle(self, workload: Workload) -> tuple[str, ...]:
        """Declare what a workload wants, drop what it wants no more, and bring its routes in line.

        Answers with the names it does not get, because others hold them.
        """
        wanted = routes.hosts(workload, self._settings)
        held, withheld = {}, []
        for host, target in wanted.items():
            if await self._declare(workload.lease, host, target):
                held[host] = target
            else:
                withheld.append(host)
        for record in await self._records(workload.lease):
            if record["metadata"]["name"] not in wanted:
                await self._drop(record)
        await self._align(workload, held)
        return tuple(withheld)

    async def align(self, workload: Workload) -> None:
        """Bring a lease's routes in line with the names it holds; names do not change hands."""
        wanted = routes.hosts(workload, self._settings)
        names_held = {r["metadata"]["name"] for r in await self._records(workload.lease)}
        held = {host: target for host, target in wanted.items() if host in names_held}
        await self._align(workload, held)

    async def held(self, lease: LeaseID) -> dict[str, tuple[str, ...]]:
        """Host names of a lease by service."""
        found: dict[str, tuple[str, ...]] = {}
        for record in sorted(await self._records(lease), key=lambda r: r["metadata"]["name"]):
            service = record["spec"]["service_name"]
            found[service] = (*found.get(service, ()), record["spec"]["hostname"])
        return found

    async def release(self, lease: LeaseID) -> None:
        """Give back all names of a lease; their routes go first, so that nobody waits for pods
        that are ending."""
        where = namespace(lease)
        for route in await self._routes(lease):
            await self._api.delete(self._route, where, route["metadata"]["name"])
        for record in await self._records(lease):
            await self._drop(record)

    async def move(self, workload: Workload, hosts: Iterable[str]) -> None:
        """Give names of other leases of the same tenant to a workload that declares them.

        Raises HostnameRefused; then nothing was moved.
        """
        wanted = routes.hosts(workload, self._settings)
        asked = [host.lower() for host in hosts]
        before: dict[str, Object | None] = {}
        for host in asked:
            if host not in wanted:
                raise HostnameRefused.not_used(host)
            before[host] = await self._api.get(kinds.HOST, self._where, host)
            owner = _holder(before[host])
            if owner is not None and owner.owner != workload.lease.owner:
                raise HostnameRefused.of_another(host)
        for host in asked:
            await self._api.apply(self._record(workload.lease, host, wanted[host]))
            old = _holder(before[host])
            if old is not None and old != workload.lease:
                await self._api.delete(self._route, namespace(old), host)
        await self.settle(workload)

    @property
    def _where(self) -> str:
        return self._settings.manifest_namespace

    async def _declare(self, lease: LeaseID, host: str, target: tuple[str, int]) -> bool:
        made = self._record(lease, host, target)
        found = await self._api.get(kinds.HOST, self._where, host)
        if found is None:
            try:
                await self._api.create(made)
                return True
            except ApiError as error:
                if error.status != CONFLICT:
                    raise
                found = await self._api.get(kinds.HOST, self._where, host)
        if _holder(found) != lease:
            return False
        if found is not None and found.get("spec") != made["spec"]:
            await self._api.apply(made)
        return True

    async def _align(self, workload: Workload, held: dict[str, tuple[str, int]]) -> None:
        lease = workload.lease
        for host, target in held.items():
            service = workload.service(target[0])
            assert service is not None
            http = routes.options(service, target[1])
            await self._api.apply(routes.route(lease, host, target, http, self._settings))
        for route in await self._routes(lease):
            if route["metadata"]["name"] not in held:
                await self._api.delete(self._route, namespace(lease), route["metadata"]["name"])

    async def _routes(self, lease: LeaseID) -> list[Object]:
        return await self._api.items(self._route, namespace(lease), f"{names.MANAGED}=true")

    async def _records(self, lease: LeaseID) -> list[Object]:
        """Records whose holder is this lease, however they are labelled."""
        chosen = f"{names.LEASE}owner={lease.owner},{names.LEASE}dseq={lease.dseq}"
        found = await self._api.items(kinds.HOST, self._where, chosen)
        return [record for record in found if _holder(record) == lease]

    async def _drop(self, record: Object) -> None:
        metadata = record["metadata"]
        await self._api.delete(
            kinds.HOST, self._where, metadata["name"], uid=str(metadata.get("uid", ""))
        )

    def _record(self, lease: LeaseID, host: str, target: tuple[str, int]) -> Object:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return records.host_record(lease, host, target, where=self._where, at=at)


def _holder(record: Object | None) -> LeaseID | None:
    return None if record is None else records.holder(record)
