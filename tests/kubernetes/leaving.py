"""Removes leases beside the tests: Kubernetes lets a namespace rest for seconds before it goes.

What the driver's `teardown` does is done here in a thread of its own, so that the next test does
not wait for it; in the end it must all have been done. It must not know what the tests look at.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from akashpy.types.market import LeaseID
from provider.cluster.driver import Driver
from provider.cluster.errors import ClusterError
from provider.cluster.kubernetes import kinds, names
from provider.cluster.kubernetes.addresses import Addresses
from provider.cluster.kubernetes.api import Api
from provider.cluster.kubernetes.apply import Applier, Surroundings
from provider.cluster.kubernetes.hostnames import Hostnames
from provider.cluster.kubernetes.http import HttpTransport
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from tests.provider.cluster.conformance import workloads_of_test

LIMIT_S = 300.0
"""For a namespace to go while the controllers find back from what a test did to them."""
PAUSE_S = 1.0


class Leaving:
    """Leases on their way out. Made by `beside`."""

    def __init__(self, kubeconfig: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._settings = KubernetesSettings(kubeconfig=kubeconfig)
        self._loop = loop
        self._going: set[asyncio.Task[None]] = set()

    @classmethod
    @contextmanager
    def beside(cls, kubeconfig: Path) -> Iterator[Leaving]:
        """Removals run until left, which waits for all of them. Raises what the last one did."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="leaving", daemon=True)
        thread.start()
        made = cls(kubeconfig, loop)
        try:
            yield made
            made.wait()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(LIMIT_S)
            loop.close()

    def end(self, *leases: LeaseID) -> None:
        """Begin to remove leases; from here on no driver knows them."""
        asyncio.run_coroutine_threadsafe(self._begin(leases), self._loop).result(LIMIT_S)

    async def end_all(self, driver: Driver, *, keep: tuple[LeaseID, ...] = ()) -> None:
        """Begin to remove what the test at work has deployed, but what is kept."""
        found = [w.lease for w in await workloads_of_test(driver) if w.lease not in keep]
        await asyncio.to_thread(self.end, *found)

    def wait(self) -> None:
        """Wait until all of them are gone."""
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result(2 * LIMIT_S)

    async def _begin(self, leases: tuple[LeaseID, ...]) -> None:
        mark = {"metadata": {"annotations": {names.ENDING: "true"}}}
        async with self._api() as api:
            for lease in leases:
                where = self._settings.manifest_namespace
                await api.merge(kinds.MANIFEST, where, namespace(lease), mark)
        for lease in leases:
            self._going.add(asyncio.create_task(self._remove(lease)))

    async def _finish(self) -> None:
        while self._going:
            await self._going.pop()

    async def _remove(self, lease: LeaseID) -> None:
        async with asyncio.timeout(LIMIT_S), self._api() as api:
            hostnames, addresses = Hostnames(api, self._settings), Addresses(api, self._settings)
            applier = Applier(api, self._settings, hostnames, addresses, Surroundings)
            while True:
                try:
                    return await applier.remove(lease)
                except ClusterError as error:
                    print(f"removing {namespace(lease)}: {error}", flush=True)
                await asyncio.sleep(PAUSE_S)

    @asynccontextmanager
    async def _api(self) -> AsyncIterator[Api]:
        async with HttpTransport.open(self._settings) as transport:
            yield Api(transport, self._settings.patience)
