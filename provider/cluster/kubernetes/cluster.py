"""The driver's picture of the cluster, kept by watches: machines, pods, controllers, records.

It wakes those who wait for a lease when something in the lease's namespace changes, knows the
addresses that tenants must not reach, and writes Akash's labels on machines. No removal ever
follows from it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from provider.cluster.driver import NodeCapacity
from provider.cluster.errors import ClusterError, Unavailable
from provider.cluster.kubernetes import crds, kinds, machines, names
from provider.cluster.kubernetes.api import Api
from provider.cluster.kubernetes.apply import Surroundings
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.leases import Leases
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.kubernetes.watch import Change, Reflector
from provider.ending import ended

log = logging.getLogger(__name__)

OLDEST = 600.0
"""Seconds for which what was last heard of machines and pods is taken for true."""
RETRY = 2.0
READY_LOOKS, READY_SECONDS = 50, 0.2
"""How often and how far apart a new kind is asked for until it is served."""
LABEL_SECONDS = 30.0
"""Between looks at the machines' labels."""


class ClusterView:
    """What is known of the cluster. Made by `open`."""

    def __init__(self, api: Api, settings: KubernetesSettings, leases: Leases) -> None:
        self._api, self._settings, self._leases = api, settings, leases
        ours = f"{names.MANAGED}=true"
        self.nodes = Reflector(api, kinds.NODE, told=self._machine_changed)
        self.pods = Reflector(api, kinds.POD, told=self._changed)
        self.deployments = Reflector(api, kinds.DEPLOYMENT, selector=ours, told=self._changed)
        self.sets = Reflector(api, kinds.STATEFUL_SET, selector=ours, told=self._changed)
        self._others = (self.deployments, self.sets)
        self._records = Reflector(api, kinds.MANIFEST, selector=ours, told=self._record_changed)
        self._api_servers: tuple[tuple[str, int], ...] = ()
        self.version: tuple[tuple[str, str], ...] = ()
        self.machines_changed = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, api: Api, settings: KubernetesSettings, leases: Leases
    ) -> AsyncIterator[ClusterView]:
        """A picture that is kept; a cluster that does not answer is waited for behind it."""
        view = cls(api, settings, leases)
        lives: list[Callable[[], Awaitable[None]]] = [view._prepare_patiently, view.nodes.run]
        lives += [view.pods.run, *(other.run for other in view._others)]
        if settings.label_nodes:
            lives.append(view._label)
        try:
            async with asyncio.timeout(settings.patience):
                await view._prepare()
        except (ClusterError, TimeoutError) as error:
            log.warning("the cluster does not answer yet", extra={"reason": str(error)})
        else:
            lives.remove(view._prepare_patiently)
            lives.append(view._records.run)
        tasks = [asyncio.ensure_future(life()) for life in lives]
        try:
            await view._first_look()
            yield view
        finally:
            await ended(tasks)

    def around(self) -> Surroundings:
        """What the builders must know."""
        found = (a for node in self.nodes.objects.values() for a in machines.addresses(node))
        return Surroundings(self._api_servers, tuple(sorted(set(found))))

    def capacities(self) -> tuple[NodeCapacity, ...]:
        """What the usable machines can give. Raises Unavailable when nothing new was heard."""
        for reflector in (self.nodes, self.pods):
            if not reflector.synced.is_set() or reflector.age > OLDEST:
                raise Unavailable("the cluster's machines are not known at the moment")
        by_node: dict[str, list[Object]] = {}
        for pod in self.pods.objects.values():
            by_node.setdefault(pod["spec"].get("nodeName", ""), []).append(pod)
        return tuple(
            machines.capacity(node, by_node.get(name, ()), self._settings)
            for (_, name), node in sorted(self.nodes.objects.items())
            if machines.is_usable(node, self._settings.gpu_tolerations)
        )

    def doubt(self) -> str:
        """Why a lease that does not run may be none of its tenant's doing; empty when it is."""
        if self.nodes.age > OLDEST:
            return "the cluster's machines have not been heard of for a while"
        down = sorted(
            name for (_, name), node in self.nodes.objects.items() if machines.is_down(node)
        )
        return f"machine {', '.join(down)} is down" if down else ""

    async def _prepare(self) -> None:
        """Install what the driver needs, and learn where the API server is."""
        told = await self._api.ask("GET", "/version")
        self.version = tuple((name, text) for name, text in told.items() if isinstance(text, str))
        for definition in crds.definitions():
            name = definition["metadata"]["name"]
            if await self._api.get(kinds.DEFINITION, "", name) is None:
                await self._api.apply(definition)
                await self._established(name)
        for kind in (kinds.MANIFEST, kinds.HOST, kinds.LEASED_IP):
            await self._served(kind)
        where = self._settings.manifest_namespace
        if await self._api.get(kinds.NAMESPACE, "", where) is None:
            home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": where}}
            await self._api.apply(home)
        self._api_servers = await self._servers()

    async def _prepare_patiently(self) -> None:
        while True:
            try:
                await self._prepare()
                break
            except ClusterError as error:
                log.warning("cluster not prepared", extra={"reason": str(error)})
            await asyncio.sleep(RETRY)
        await self._records.run()

    async def _established(self, name: str) -> None:
        while True:
            found = await self._api.get(kinds.DEFINITION, "", name) or {}
            for condition in found.get("status", {}).get("conditions") or ():
                if condition.get("type") == "Established" and condition.get("status") == "True":
                    return
            await asyncio.sleep(0.1)

    async def _served(self, kind: kinds.Kind) -> None:
        """Wait until a kind can be asked for: an established one may still be getting ready."""
        for _ in range(READY_LOOKS):
            try:
                await self._api.items(kind, self._settings.manifest_namespace)
                return
            except ClusterError as error:
                log.info("kind not served yet", extra={"kind": kind.name, "reason": str(error)})
            await asyncio.sleep(READY_SECONDS)
        raise Unavailable(f"the cluster does not serve {kind.name} yet")

    async def _servers(self) -> tuple[tuple[str, int], ...]:
        found = await self._api.get(kinds.ENDPOINTS, "default", "kubernetes") or {}
        return tuple(
            sorted(
                (address["ip"], int(port["port"]))
                for subset in found.get("subsets") or ()
                for address in subset.get("addresses") or ()
                for port in subset.get("ports") or ()
            )
        )

    async def _first_look(self) -> None:
        try:
            async with asyncio.timeout(self._settings.patience):
                await self.nodes.synced.wait()
                await self.pods.synced.wait()
        except TimeoutError:
            return  # observe says so; what runs goes on

    async def _label(self) -> None:
        """Keep Akash's labels on every usable machine."""
        await self.nodes.synced.wait()
        while True:
            for (_, name), node in list(self.nodes.objects.items()):
                if machines.is_usable(node, self._settings.gpu_tolerations):
                    try:
                        await self._label_one(name, node)
                    except ClusterError as error:
                        log.warning("not labelled", extra={"node": name, "reason": str(error)})
            changed = self.machines_changed
            try:
                async with asyncio.timeout(LABEL_SECONDS):
                    await changed.wait()
            except TimeoutError:
                continue  # looked at now and then in any case

    async def _label_one(self, name: str, node: Object) -> None:
        changes = machines.label_changes(node, await self._classes())
        if changes:
            await self._api.merge(kinds.NODE, "", name, {"metadata": {"labels": changes}})

    async def _classes(self) -> tuple[str, ...]:
        """Persistent classes on offer: as set, or as marked in the cluster."""
        if self._settings.storage_classes:
            return tuple(name for name, _ in self._settings.storage_classes)
        found = await self._api.items(kinds.STORAGE_CLASS, "", f"{names.MANAGED}=true")
        return tuple(sorted(c["metadata"]["name"] for c in found))

    def _changed(self, change: Change, object: Object) -> None:
        self._leases.wake(object["metadata"].get("namespace", ""))

    def _machine_changed(self, change: Change, object: Object) -> None:
        self.machines_changed.set()
        self.machines_changed = asyncio.Event()

    def _record_changed(self, change: Change, object: Object) -> None:
        name = object["metadata"]["name"]
        if change is Change.DELETED:
            self._leases.end(name, str(object["metadata"].get("uid", "")))
        else:
            self._leases.wake(name)
