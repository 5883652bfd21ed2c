"""Taking a tenant's manifest: who may, is it sound, is it the one on chain, can it run here.

In the order of a real provider, with its texts. What is accepted is on disk before the tenant
hears of it. It must not know HTTP: refusals are classes here, their statuses are the gateway's.
Source: facts of the provider, manifest service (6.1 to 6.4), recordings of its answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol
from weakref import WeakValueDictionary

import sdl
from akashpy.client.query import DeploymentView
from akashpy.types.deployment import DeploymentID, DeploymentNotFound, GroupID
from akashpy.types.market import BidNotFound, Lease, LeaseID, LeaseState
from provider.belief import NO_ANSWER
from provider.cluster.workload import ManifestMalformed, Workload
from provider.errors import ProviderError
from provider.ledger import Ledger
from provider.manifest.groups import group_json
from provider.manifest.store import Store

log = logging.getLogger(__name__)

RUNNING = (LeaseState.ACTIVE, LeaseState.RECLAIMING)


Devices = tuple[tuple[int, str], ...]
"""Keys of GPU models by resource id."""


class ManifestRefused(ProviderError):
    """The manifest itself is not right."""


class NoLease(ProviderError):
    """No lease of ours for this deployment."""

    def __init__(self) -> None:
        super().__init__("no lease for deployment")


class NotKnown(ProviderError):
    """What is needed to decide is not known: the chain refused or did not answer."""


class HostnameTaken(ProviderError):
    """A host name belongs to another tenant here."""

    def __init__(self, host: str) -> None:
        super().__init__(f'hostname not allowed: host "{host}" in use')


class Judge(Protocol):
    """A driver, as far as it judges workloads."""

    def declines(self, workload: Workload) -> tuple[str, str] | None:
        """Reason code and text when it can never run here."""
        ...


class Reception:
    """The accepted manifest of every lease, and the way in for new ones."""

    def __init__(
        self, ledger: Ledger, store: Store, judge: Judge, *, public_hostname: str = ""
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._judge = judge
        self._public_hostname = public_hostname
        self._kept: dict[LeaseID, Workload] = {}
        self._tried: set[LeaseID] = set()
        self._news = asyncio.Condition()
        self._locks: WeakValueDictionary[DeploymentID, asyncio.Lock] = WeakValueDictionary()

    async def open(self) -> None:
        """Read what was accepted before a restart."""
        for workload in await asyncio.to_thread(lambda: list(self._store.read())):
            self._kept[workload.lease] = workload

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """All accepted manifests."""
        return tuple(self._kept.values())

    def kept(self, lease: LeaseID) -> Workload | None:
        """The accepted manifest of one lease."""
        return self._kept.get(lease)

    async def submit(self, owner: str, dseq: int, manifest: list[Any]) -> None:
        """Take a manifest for every lease we have of a deployment.

        Raises NoLease, ManifestRefused, HostnameTaken, NotKnown.
        """
        id = DeploymentID(owner, dseq)
        lock = self._locks.setdefault(id, asyncio.Lock())
        async with lock:
            leases, view = await self._facts(id)
            async with self._news:
                self._tried.update(lease.id for lease in leases)
                self._news.notify_all()
            devices = {lease.id: await self._devices(lease.id, view) for lease in leases}
            workloads = self._workloads(manifest, leases, view, devices)
            for workload in workloads:
                await asyncio.to_thread(self._store.put, workload)
            async with self._news:
                self._kept.update({workload.lease: workload for workload in workloads})
                self._news.notify_all()
        log.info("manifest accepted", extra={"deployment": str(id), "leases": len(workloads)})

    async def tried(self, lease: LeaseID) -> None:
        """Wait until a manifest for the lease was sent, a wrong one included."""
        async with self._news:
            await self._news.wait_for(lambda: lease in self._tried or lease in self._kept)

    async def next(self, lease: LeaseID, after: Workload | None) -> Workload:
        """Wait for an accepted manifest that is not `after`."""
        async with self._news:
            await self._news.wait_for(lambda: self._kept.get(lease) not in (None, after))
            return self._kept[lease]

    async def forget(self, lease: LeaseID) -> None:
        """Remove what is kept of a lease that has ended."""
        await asyncio.to_thread(self._store.remove, lease)
        self._kept.pop(lease, None)
        self._tried.discard(lease)

    async def _facts(self, id: DeploymentID) -> tuple[list[Lease], DeploymentView]:
        """Our leases of a deployment and the deployment, both as the chain has them now."""
        ledger = self._ledger
        try:
            async with asyncio.timeout(ledger.settings.patience):
                view = await ledger.chain.deployment(id)
                found = ledger.chain.leases(owner=id.owner, dseq=id.dseq, provider=ledger.address)
                leases = [lease async for lease in found if lease.state in RUNNING]
        except DeploymentNotFound as error:
            raise NotKnown(f"rpc error: code = NotFound desc = {error}") from error
        except NO_ANSWER as error:
            raise NotKnown(f"the chain does not answer: {error}") from error
        if not leases:
            raise NoLease
        return leases, view

    async def _devices(self, lease: LeaseID, view: DeploymentView) -> Devices:
        """The GPU models our bid named for a lease, by resource id. Raises NotKnown."""
        spec = next((g.spec for g in view.groups if g.id == lease.group), None)
        if spec is None or not any(
            u.resources.gpu and u.resources.gpu.units for u in spec.resources
        ):
            return ()
        try:
            async with asyncio.timeout(self._ledger.settings.patience):
                bid = await self._ledger.chain.bid(lease.bid)
        except (BidNotFound, *NO_ANSWER) as error:
            raise NotKnown(f"the chain does not tell our bid: {error}") from error
        named = ((offer.resources.id, offer.resources.gpu) for offer in bid.resources_offer)
        return tuple(
            (id, gpu.attributes[0].key) for id, gpu in named if gpu and gpu.units and gpu.attributes
        )

    def _workloads(
        self,
        manifest: list[Any],
        leases: list[Lease],
        view: DeploymentView,
        devices: Mapping[LeaseID, Devices],
    ) -> list[Workload]:
        """The workload of each of our leases, once the manifest has passed every check."""
        try:
            sdl.check_manifest(manifest)
            # The hash is of what a provider understood: unknown members are not part of it.
            read = {group["name"]: self._workload(group, leases[0]) for group in manifest}
            if sdl.version([one.to_manifest() for one in read.values()]) != view.deployment.hash:
                raise ManifestRefused("manifest version validation failed")
            sdl.check_manifest(manifest, [group_json(group.spec) for group in view.groups])
        except (sdl.SdlError, ManifestMalformed) as error:
            raise ManifestRefused(str(error)) from error
        names = {group.id: group.spec.name for group in view.groups}
        workloads = [
            replace(self._of_lease(lease, names, read), devices=devices[lease.id])
            for lease in leases
        ]
        for workload in workloads:
            if declined := self._judge.declines(workload):
                raise ManifestRefused(f"{declined[0]}: {declined[1]}")
            self._check_hosts(workload)
        return workloads

    def _of_lease(
        self, lease: Lease, names: dict[GroupID, str], read: dict[str, Workload]
    ) -> Workload:
        name = names.get(lease.id.group)
        if name is None or name not in read:
            raise ManifestRefused(f"manifest has no group for lease {lease.id}")
        return self._workload(read[name].to_manifest(), lease)

    def _workload(self, group: object, lease: Lease) -> Workload:
        return Workload.from_manifest(
            group,
            lease.id,
            chain_id=self._ledger.chain_id,
            height=lease.created_at,
            public_hostname=self._public_hostname,
        )

    def _check_hosts(self, workload: Workload) -> None:
        wanted = _hosts(workload)
        for other in self._kept.values():
            if other.lease.owner != workload.lease.owner:
                for host in sorted(wanted & _hosts(other)):
                    raise HostnameTaken(host)


def _hosts(workload: Workload) -> set[str]:
    return {
        host.lower()
        for service in workload.services
        for expose in service.exposes
        for host in expose.hosts or ()
    }
