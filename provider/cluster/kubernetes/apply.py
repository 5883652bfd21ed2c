"""Bringing a lease's objects to be as its workload says, and removing all of them.

The record (Manifest) comes first and goes last, so that after a crash at any step it is known what
is here: deploying again completes it, removing again finishes. Objects are applied server-side,
which changes nothing where nothing differs. Nothing is removed here because it is missing from
some list of the chain: `remove` is called on proof alone, and within a lease only what its own
newest manifest no longer has is dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from akashpy.types.market import LeaseID
from provider.cluster.errors import ClusterError, Declined, LeaseMissing, Unavailable
from provider.cluster.kubernetes import kinds, names, rollout
from provider.cluster.kubernetes.addresses import Addresses
from provider.cluster.kubernetes.api import CONFLICT, NOT_FOUND, Api, ApiError
from provider.cluster.kubernetes.builder import records
from provider.cluster.kubernetes.builder.given import Given, Object
from provider.cluster.kubernetes.builder.lease import namespace_object, objects
from provider.cluster.kubernetes.builder.network import policies
from provider.cluster.kubernetes.builder.pods import digest, is_stateful
from provider.cluster.kubernetes.hostnames import Hostnames
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace

log = logging.getLogger(__name__)

INVALID = (400, 422)
SWEPT = (
    kinds.DEPLOYMENT,
    kinds.STATEFUL_SET,
    kinds.SERVICE,
    kinds.BINDING,
    kinds.ROLE,
    kinds.SERVICE_ACCOUNT,
    kinds.SECRET,
    kinds.POLICY,
)
"""Kinds whose objects go when a newer manifest has them no more."""
FIRST_LOOK, LONGEST_LOOK = 0.1, 1.0
"""Seconds between looks at something that is going away."""
SETTLE_SECONDS = 5.0
"""How long a controller may take to notice a change."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of applying: the record's uid, and names that other leases hold."""

    uid: str
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cluster says around a lease."""

    api_servers: tuple[tuple[str, int], ...] = ()
    machines: tuple[str, ...] = ()


class Applier:
    """Makes and removes leases' objects."""

    def __init__(
        self,
        api: Api,
        settings: KubernetesSettings,
        hostnames: Hostnames,
        addresses: Addresses,
        around: Callable[[], Surroundings],
    ) -> None:
        self._api, self._settings = api, settings
        self._hostnames, self._addresses = hostnames, addresses
        self._around = around

    async def record(self, lease: LeaseID) -> Object | None:
        """The record of a lease; None when there is none. Raises Unavailable."""
        return await self._api.get(kinds.MANIFEST, self._where, namespace(lease))

    async def bring(self, workload: Workload, *, must_exist: bool) -> Brought:
        """Make everything of a lease be as its workload says.

        Raises LeaseMissing, Declined, ApiError, Unavailable.
        """
        record = await self.record(workload.lease)
        if record is not None and is_ending(record):
            await self.remove(workload.lease)
            record = None
        if record is None and must_exist:
            raise LeaseMissing
        stands = await self._stands(namespace(workload.lease))
        try:
            if record is not None and stands:
                await self._rehearse(workload)
            return await self._make(workload)
        except ApiError as error:
            if error.status not in INVALID:
                raise
            if record is None:
                await self.remove(workload.lease)
            raise Declined("kubernetes-refused", f"the cluster refuses it: {error}") from error

    async def wall(self, workload: Workload) -> None:
        """Bring the policies of a lease in line with the machines there are now."""
        where = namespace(workload.lease)
        found = await self._api.get(kinds.NAMESPACE, "", where)
        if found is None or is_leaving(found):
            return
        version = (found["metadata"].get("labels") or {}).get(names.VERSION, "")
        for policy in policies(self._given(workload, version, {})):
            await self._api.apply(policy)

    async def go_back(self, kind: kinds.Kind, where: str, name: str) -> bool:
        """Give a stuck controller the template before; False when it is not stuck (any more)."""
        is_stuck = rollout.is_stuck if kind is kinds.DEPLOYMENT else rollout.is_unfinished
        found = await self._api.get(kind, where, name)
        if found is None or not is_stuck(found):
            return False
        await self._api.apply(rollout.gone_back(found))
        return True

    async def unblock(self, where: str, name: str) -> None:
        """Remove the pods that a StatefulSet would wait for without end."""
        found = await self._api.get(kinds.STATEFUL_SET, where, name)
        if found is None:
            return
        pods = await self._api.items(kinds.POD, where, f"{names.SERVICE}={name}")
        for pod in rollout.in_the_way(found, pods):
            metadata = pod["metadata"]
            await self._api.delete(kinds.POD, where, metadata["name"], uid=metadata["uid"])

    async def remove(self, lease: LeaseID) -> None:
        """Remove everything of a lease; returns when all of it is gone. Raises Unavailable."""
        name = namespace(lease)
        mark = {"metadata": {"annotations": {names.ENDING: "true"}}}
        await self._api.merge(kinds.MANIFEST, self._where, name, mark)
        await self._hostnames.release(lease)
        await self._addresses.release(lease)
        found = await self._api.get(kinds.NAMESPACE, "", name)
        if found is not None:
            if not is_leaving(found):
                await self._delete_namespace(name, found)
            await self._end_programs(name, found)
            await self._gone(kinds.NAMESPACE, "", name)
        await self._api.delete(kinds.MANIFEST, self._where, name)

    @property
    def _where(self) -> str:
        return self._settings.manifest_namespace

    async def _rehearse(self, workload: Workload) -> None:
        """Ask whether the cluster would take the controllers, before anything is changed."""
        given = self._given(workload, "", {})
        for object in objects(given):
            if kinds.kind_of(object) is kinds.DEPLOYMENT:
                query = {"fieldManager": names.FIELD_MANAGER, "force": "true", "dryRun": "All"}
                await self._api.ask(
                    "PATCH", kinds.path_of(object), query, object, "application/apply-patch+yaml"
                )

    async def _make(self, workload: Workload) -> Brought:
        record = await self._api.apply(records.manifest(workload, self._where))
        before = await self._controllers(namespace(workload.lease))
        version = str(record["metadata"]["resourceVersion"])
        given = self._given(workload, version, before)
        await self._api.apply(namespace_object(given))
        made = objects(given)
        for object in made:
            await self._apply(object, before)
        await self._sweep(given.namespace, made)
        withheld = await self._hostnames.settle(workload)
        withheld += await self._addresses.settle(workload)
        await self._noticed(given)
        return Brought(str(record["metadata"].get("uid", "")), withheld)

    def _given(self, workload: Workload, version: str, before: dict[str, Object]) -> Given:
        around = self._around()
        bare = Given(
            workload,
            self._settings,
            version=version,
            api_servers=around.api_servers,
            machines=around.machines,
        )
        kept = {}
        for name, controller in before.items():
            service = workload.service(name)
            annotations = controller["metadata"].get("annotations") or {}
            if service is not None and annotations.get(names.TEMPLATE) == digest(bare, service):
                labels = controller["spec"]["template"]["metadata"]["labels"]
                kept[name] = labels[names.VERSION]
        return replace(bare, kept=kept)

    async def _controllers(self, where: str) -> dict[str, Object]:
        """What makes the pods of a lease, by service."""
        found = await self._api.items(kinds.DEPLOYMENT, where)
        found += await self._api.items(kinds.STATEFUL_SET, where)
        return {controller["metadata"]["name"]: controller for controller in found}

    async def _apply(self, made: Object, before: dict[str, Object]) -> None:
        """Apply; a StatefulSet whose claims changed is made anew around its pods and volumes."""
        object: Object | None = made
        if made["kind"] in ("Deployment", "StatefulSet"):
            object = rollout.prepared(made, before.get(made["metadata"]["name"]))
        if object is None:
            return  # given up before: what ran before it runs
        try:
            await self._api.apply(object)
        except ApiError as error:
            if kinds.kind_of(object) is not kinds.STATEFUL_SET or error.status not in INVALID:
                raise
            name, where = object["metadata"]["name"], object["metadata"]["namespace"]
            if await self._api.get(kinds.STATEFUL_SET, where, name) is None:
                raise
            await self._api.delete(kinds.STATEFUL_SET, where, name, propagation="Orphan")
            await self._gone(kinds.STATEFUL_SET, where, name)
            # What ran before had other volumes: there is no way back to it.
            object["metadata"]["annotations"].pop(names.PREVIOUS, None)
            await self._api.apply(object)

    async def _sweep(self, where: str, wanted: list[Object]) -> None:
        """Remove what the lease's newest manifest has no more."""
        keep = {(kinds.kind_of(o), o["metadata"]["name"]) for o in wanted}
        for kind in SWEPT:
            for found in await self._api.items(kind, where, f"{names.MANAGED}=true"):
                name = found["metadata"]["name"]
                is_address = names.SERVICE_TARGET in found["metadata"]["labels"]
                if (kind, name) not in keep and not is_address:
                    await self._api.delete(kind, where, name)

    async def _noticed(self, given: Given) -> None:
        """Wait a moment for the controllers, so that a status is of what was just applied."""
        for service in given.workload.services:
            kind = kinds.STATEFUL_SET if is_stateful(service) else kinds.DEPLOYMENT

            async def noticed(kind: kinds.Kind = kind, name: str = service.name) -> bool:
                return await self._is_noticed(kind, given.namespace, name)

            # A slow controller is no failure: its status follows.
            await _looked_for(noticed, SETTLE_SECONDS)

    async def _is_noticed(self, kind: kinds.Kind, where: str, name: str) -> bool:
        found = await self._api.get(kind, where, name)
        if found is None:
            return True
        seen = found.get("status", {}).get("observedGeneration", 0)
        return bool(seen >= found["metadata"].get("generation", 0))

    async def _delete_namespace(self, name: str, found: Object) -> None:
        try:
            await self._api.delete(kinds.NAMESPACE, "", name, uid=_uid(found))
        except ApiError as error:
            if error.status not in (CONFLICT, NOT_FOUND):
                raise

    async def _end_programs(self, name: str, of: Object) -> None:
        """End the programs of a namespace that is going away, and give back their volumes.

        Its controller would do so later: it lets every deletion rest for some seconds, and looks
        again after a guess or, where it is troubled, after up to a minute; nobody pays meanwhile.
        """
        now = await self._api.get(kinds.NAMESPACE, "", name)
        if now is None or not is_leaving(now) or _uid(now) != _uid(of):
            return
        for kind in (kinds.POD, kinds.CLAIM):
            try:
                await self._api.delete_all(kind, name)
            except ClusterError as error:
                log.info("left to the namespace's end", extra={"reason": str(error)})

    async def _stands(self, name: str) -> bool:
        """Whether a namespace is there; one that is just going away is waited for."""
        found = await self._api.get(kinds.NAMESPACE, "", name)
        if found is None or not is_leaving(found):
            return found is not None
        await self._gone(kinds.NAMESPACE, "", name)
        return False

    async def _gone(self, kind: kinds.Kind, where: str, name: str) -> None:
        async def gone() -> bool:
            return await self._api.get(kind, where, name) is None

        patience = self._settings.removal_patience
        if not await _looked_for(gone, patience):
            raise Unavailable(f"{kind.name} {name} is not gone after {patience} s")


async def _looked_for(claim: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Look until something is so; False when it is not by then."""
    delay, clock = FIRST_LOOK, asyncio.get_running_loop().time
    end = clock() + seconds
    while not await claim():
        if clock() >= end:
            return False
        await asyncio.sleep(delay)
        delay = min(delay * 1.5, LONGEST_LOOK)
    return True


def is_ending(record: Object) -> bool:
    """True when a lease is being removed."""
    return names.ENDING in (record["metadata"].get("annotations") or {})


def _uid(object: Object) -> str:
    return str(object["metadata"].get("uid", ""))


def is_leaving(object: Object) -> bool:
    """True when an object is being deleted."""
    return "deletionTimestamp" in object["metadata"]
