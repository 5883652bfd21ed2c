"""One list-and-watch: a copy of all objects of a kind that follows the cluster.

It lists once, then follows from that version on; when the server has forgotten the version (410),
it lists again after a random moment. Trouble keeps the copy as it was and says how old it is. What
is missing from a later list leaves the copy as `LOST`, never as a deletion: nobody may remove
anything because of it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum

from provider.cluster.errors import ClusterError
from provider.cluster.kubernetes.api import GONE, Api, Expired, refusal
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.kinds import Kind

log = logging.getLogger(__name__)


class Change(StrEnum):
    """What became of an object."""

    PRESENT = "present"
    """It is there, new or different."""
    DELETED = "deleted"
    """The server said that it was deleted."""
    LOST = "lost"
    """A list made later does not have it; nobody said why."""


Told = Callable[[Change, Object], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of a watch, in seconds."""

    watch: int = 240
    """Asked length of one watch."""
    quiet: float = 300.0
    """Longest silence believed; the server sends bookmarks about every minute."""
    first_retry: float = 0.5
    last_retry: float = 30.0
    shortest: float = 1.0
    """A watch that ends sooner is not asked for again at once: something cuts them."""
    relist: float = 2.0
    """A list after 410 waits a random part of this."""


class Reflector:
    """The copy. `run` keeps it until cancelled."""

    def __init__(
        self,
        api: Api,
        kind: Kind,
        *,
        selector: str = "",
        told: Told = lambda change, object: None,
        pace: Pace | None = None,
    ) -> None:
        self._api, self._kind, self._selector = api, kind, selector
        self._told = told
        self._pace = pace or Pace()
        self._version = ""
        self.objects: dict[tuple[str, str], Object] = {}
        self.synced = asyncio.Event()
        self.heard_at: float | None = None
        """Loop time at which the server was last heard; None before."""

    @property
    def age(self) -> float:
        """Seconds since the server was last heard."""
        if self.heard_at is None:
            return float("inf")
        return asyncio.get_running_loop().time() - self.heard_at

    async def run(self) -> None:
        """Follow the cluster until cancelled; trouble is sat out."""
        delay = self._pace.first_retry
        while True:
            try:
                if not self._version:
                    await self._list()
                begun = asyncio.get_running_loop().time()
                await self._follow()
                delay = self._pace.first_retry
                if asyncio.get_running_loop().time() - begun < self._pace.shortest:
                    await asyncio.sleep(self._pace.shortest)
            except Expired:
                self._version = ""
                await asyncio.sleep(random.uniform(0, self._pace.relist))
            except ClusterError as error:
                log.warning(
                    "watch interrupted", extra={"kind": self._kind.name, "reason": str(error)}
                )
                await asyncio.sleep(random.uniform(delay / 2, delay))
                delay = min(delay * 2, self._pace.last_retry)

    async def _list(self) -> None:
        items, version = await self._api.snapshot(self._kind, "", self._selector)
        found = {_key(item): item for item in items}
        for key, old in list(self.objects.items()):
            if key not in found:
                del self.objects[key]
                self._told(Change.LOST, old)
        for key, item in found.items():
            old_version = _version(self.objects[key]) if key in self.objects else None
            self.objects[key] = item
            if old_version != _version(item):
                self._told(Change.PRESENT, item)
        self._version = version
        self._heard()
        self.synced.set()

    async def _follow(self) -> None:
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version,
            "timeoutSeconds": str(self._pace.watch),
        }
        if self._selector:
            query["labelSelector"] = self._selector
        changes = self._api.changes(self._kind, "", query, quiet=self._pace.quiet)
        async with aclosing(changes) as events:
            async for event in events:
                self._take(event)

    def _take(self, event: Object) -> None:
        word, item = event.get("type"), event.get("object") or {}
        if word == "ERROR":
            status = int(item.get("code", 500))
            if item.get("reason") == "Expired":
                status = GONE
            raise refusal(status, item, f"watch of {self._kind.plural}")
        self._heard()
        self._version = _version(item) or self._version
        if word == "DELETED":
            self.objects.pop(_key(item), None)
            self._told(Change.DELETED, item)
        elif word in ("ADDED", "MODIFIED"):
            self.objects[_key(item)] = item
            self._told(Change.PRESENT, item)

    def _heard(self) -> None:
        self.heard_at = asyncio.get_running_loop().time()


def _key(item: Object) -> tuple[str, str]:
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _version(item: Object) -> str:
    return str(item.get("metadata", {}).get("resourceVersion", ""))
