"""Which lease a port of a leased address belongs to, and the service that follows from it.

Services of one tenant that name the same endpoint share an address. With addresses in the settings
they are given out here, the first free one first; without, another program of the cluster
(MetalLB) answers services of type LoadBalancer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from akashpy.types.market import LeaseID
from provider.cluster.errors import EndpointRefused
from provider.cluster.kubernetes import kinds, names
from provider.cluster.kubernetes.api import CONFLICT, MERGE, Api, ApiError
from provider.cluster.kubernetes.builder import records
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.builder.network import leased, leased_service
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.service import Expose, Service
from provider.cluster.workload import Workload, namespace

OURS = f"{names.SERVICE_TARGET}=metal-lb"
Ports = dict[str, tuple[Service, Expose]]
"""Ports of leased addresses by the names of their records."""


class Addresses:
    """Leased addresses of all leases."""

    def __init__(self, api: Api, settings: KubernetesSettings) -> None:
        self._api, self._settings = api, settings
        self._giving = asyncio.Lock()

    async def settle(self, workload: Workload) -> tuple[str, ...]:
        """Declare what a workload wants, drop what it wants no more, and make its services.

        Answers with sentences about what it does not get, because others hold it.
        """
        lease, withheld, made = workload.lease, [], []
        wanted = self._wanted(workload)
        for service, expose in wanted.values():
            if await self._declare(lease, service, expose):
                made.append(await self._serve(lease, service, expose))
            else:
                withheld.append(f"port {expose.number} of the address {expose.ip!r}")
        for record in await self._records(lease):
            if record["metadata"]["name"] not in wanted:
                await self._drop(record)
        await self._drop_others(lease, made)
        return tuple(withheld)

    async def align(self, workload: Workload) -> None:
        """Bring a lease's services in line with the ports it holds; none changes hands."""
        lease, made = workload.lease, []
        held = {record["metadata"]["name"] for record in await self._records(lease)}
        for name, (service, expose) in self._wanted(workload).items():
            if name in held:
                made.append(await self._serve(lease, service, expose))
        await self._drop_others(lease, made)

    async def release(self, lease: LeaseID) -> None:
        """Give back all addresses of a lease; its services go with its namespace."""
        for record in await self._records(lease):
            await self._drop(record)

    async def move(self, workload: Workload, endpoints: Iterable[str]) -> None:
        """Take endpoints over from other leases of the same tenant.

        Raises EndpointRefused; then nothing was moved.
        """
        wanted = self._wanted(workload)
        declared = {expose.ip for _, expose in wanted.values()}
        asked = tuple(endpoints)
        for endpoint in asked:
            if endpoint not in declared:
                raise EndpointRefused.not_declared(endpoint)
        for name, (service, expose) in wanted.items():
            if expose.ip not in asked:
                continue
            old = _holder(await self._api.get(kinds.LEASED_IP, self._where, name))
            await self._api.apply(self._record(workload.lease, service, expose))
            if old is not None and old != workload.lease:
                gone = leased_service(old, service, expose)["metadata"]["name"]
                await self._api.delete(kinds.SERVICE, namespace(old), gone)

    @property
    def _where(self) -> str:
        return self._settings.manifest_namespace

    def _wanted(self, workload: Workload) -> Ports:
        return {
            self._record(workload.lease, service, expose)["metadata"]["name"]: (service, expose)
            for service in workload.services
            for expose in leased(service)
        }

    async def _declare(self, lease: LeaseID, service: Service, expose: Expose) -> bool:
        made = self._record(lease, service, expose)
        name = made["metadata"]["name"]
        found = await self._api.get(kinds.LEASED_IP, self._where, name)
        if found is None:
            try:
                await self._api.create(made)
                return True
            except ApiError as error:
                if error.status != CONFLICT:
                    raise
                found = await self._api.get(kinds.LEASED_IP, self._where, name)
        if _holder(found) != lease:
            return False
        if found is not None and found.get("spec") != made["spec"]:
            await self._api.apply(made)
        return True

    async def _serve(self, lease: LeaseID, service: Service, expose: Expose) -> str:
        """Make the service and give it its address; the service's name."""
        made = leased_service(lease, service, expose)
        name = str(made["metadata"]["name"])
        found = await self._api.apply(made)
        if self._settings.addresses and not _address(found):
            async with self._giving:
                await self._give(namespace(lease), name, made["metadata"]["annotations"])
        return name

    async def _give(self, where: str, name: str, annotations: dict[str, str]) -> None:
        """The address others of the same key have, or the first free one; none when all are out.

        A service without one says so by its status; the next settling tries again.
        """
        key, taken = annotations[names.SHARED_IP], dict[str, str]()
        for other in await self._api.items(kinds.SERVICE, "", OURS):
            if address := _address(other):
                shared = (other["metadata"].get("annotations") or {}).get(names.SHARED_IP, "")
                taken[address] = shared
        shared_ones = [address for address, of in taken.items() if of == key]
        free = [address for address in self._settings.addresses if address not in taken]
        for address in (*shared_ones, *free)[:1]:
            path = f"{kinds.SERVICE.path(where, name)}/status"
            status = {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}}
            query = {"fieldManager": names.FIELD_MANAGER}
            await self._api.ask("PATCH", path, query, status, MERGE)

    async def _drop_others(self, lease: LeaseID, made: list[str]) -> None:
        for found in await self._api.items(kinds.SERVICE, namespace(lease), OURS):
            if found["metadata"]["name"] not in made:
                await self._api.delete(kinds.SERVICE, namespace(lease), found["metadata"]["name"])

    async def _records(self, lease: LeaseID) -> list[Object]:
        chosen = f"{names.LEASE}owner={lease.owner},{names.LEASE}dseq={lease.dseq}"
        found = await self._api.items(kinds.LEASED_IP, self._where, chosen)
        return [record for record in found if _holder(record) == lease]

    async def _drop(self, record: Object) -> None:
        metadata = record["metadata"]
        await self._api.delete(
            kinds.LEASED_IP, self._where, metadata["name"], uid=str(metadata.get("uid", ""))
        )

    def _record(self, lease: LeaseID, service: Service, expose: Expose) -> Object:
        return records.leased_ip_record(lease, service, expose, where=self._where)


def _holder(record: Object | None) -> LeaseID | None:
    return None if record is None else records.holder(record)


def _address(service: Object) -> str:
    given = service.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
    return next((str(at["ip"]) for at in given if at.get("ip")), "")
