"""Keeps what follows from records in line with them: made again when it is deleted by hand.

Watches the records and what was made of them; when either changes, the lease's are read afresh and
brought in line. A lease without a readable Manifest, or one that is being removed, is left alone:
its end is the provider's business. Nothing follows from what a watch lost.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Protocol

from provider.cluster.errors import ClusterError
from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import NOT_FOUND, Api, ApiError
from provider.cluster.kubernetes.apply import is_ending
from provider.cluster.kubernetes.builder import records
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.kubernetes.watch import Change, Reflector
from provider.cluster.workload import Workload, namespace
from provider.operator.failures import Failures, FailureSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeeperSettings:
    """Seconds between attempts, and between looks at all leases even without news."""

    retry_delay: float = 3.0
    prune_interval: float = 600.0
    failures: FailureSettings = field(default_factory=FailureSettings)


class Aligns(Protocol):
    """Brings what follows from a lease's records in line with them."""

    async def align(self, workload: Workload) -> None:
        """Make what is missing, remove what is too much. Raises ClusterError."""


class Keeper:
    """One operator's life, `run`. `records` and `made` are what it watches."""

    def __init__(
        self,
        name: str,
        api: Api,
        settings: KubernetesSettings,
        aligns: Aligns,
        watched: tuple[kinds.Kind, kinds.Kind, str],
        pace: KeeperSettings | None = None,
    ) -> None:
        record, made, selector = watched
        self.name = name
        self._api, self._settings, self._aligns = api, settings, aligns
        self._pace = pace or KeeperSettings()
        self.failures = Failures(self._pace.failures)
        self.records = Reflector(api, record, told=self._record_changed)
        self.made = Reflector(api, made, selector=selector, told=self._made_changed)
        self._dirty: set[str] = set()
        self._news = asyncio.Event()

    @property
    def is_ready(self) -> bool:
        """True once records and what was made of them are known."""
        return self.records.synced.is_set() and self.made.synced.is_set()

    async def run(self) -> None:
        """Keep everything in line until cancelled; trouble is sat out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.records.run())
            tasks.create_task(self.made.run())
            await self.records.synced.wait()
            await self.made.synced.wait()
            while True:
                await self._wait()
                due, self._dirty = sorted(self._dirty), set()
                self._news.clear()
                for name in due:
                    await self._try(name)
                if self._dirty:
                    await asyncio.sleep(self._pace.retry_delay)

    async def _wait(self) -> None:
        """Until something changed, or everything is due for a look."""
        try:
            async with asyncio.timeout(self._pace.prune_interval):
                await self._news.wait()
        except TimeoutError:
            self.failures.prune()
            for record in self.records.objects.values():
                self._record_changed(Change.PRESENT, record)

    async def _try(self, name: str) -> None:
        if self.failures.is_ignored(name):
            return
        try:
            await self._keep(name)
        except ClusterError as error:
            log.warning(
                "not in line", extra={"operator": self.name, "lease": name, "reason": str(error)}
            )
            if isinstance(error, ApiError) and error.status == NOT_FOUND:
                self.failures.note(name, error)
            self._due(name)
        except records.RecordUnreadable as error:
            log.info("left alone", extra={"operator": self.name, "reason": str(error)})
        else:
            self.failures.forget(name)

    async def _keep(self, name: str) -> None:
        record = await self._api.get(kinds.MANIFEST, self._settings.manifest_namespace, name)
        if record is not None and not is_ending(record):
            await self._aligns.align(records.unpack(record))

    def _record_changed(self, change: Change, record: Object) -> None:
        lease = records.holder(record)
        if lease is not None:
            self._due(namespace(lease))

    def _made_changed(self, change: Change, made: Object) -> None:
        self._due(made["metadata"].get("namespace", ""))

    def _due(self, name: str) -> None:
        self._dirty.add(name)
        self._news.set()
