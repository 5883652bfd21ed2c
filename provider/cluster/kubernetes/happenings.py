"""What happened to a lease's replicas: Kubernetes' events of its namespace, past and to come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from provider.cluster.driver import LeaseEvent
from provider.cluster.errors import ClusterError
from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import Api, Expired
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.leases import Lease
from provider.cluster.kubernetes.logs import nanoseconds
from provider.ending import ended

WATCH_SECONDS = 240
QUIET = 300.0
RETRY = 1.0


async def event_stream(
    api: Api, lease: Lease, known: tuple[str, ...], services: tuple[str, ...], *, follow: bool
) -> AsyncGenerator[LeaseEvent, None]:
    """Events; see Driver.events. `known` are the names of the lease's services."""
    items, version = await api.snapshot(kinds.EVENT, lease.namespace)
    for item in sorted(items, key=_time):
        if (event := _event(item, known, services)) is not None:
            yield event
    if not follow:
        return
    ready: asyncio.Queue[Object | None] = asyncio.Queue(maxsize=256)
    following = asyncio.create_task(_follow(api, lease, version, ready))
    ending = asyncio.create_task(_over(lease, ready))
    try:
        while (fresh := await ready.get()) is not None:
            if (event := _event(fresh, known, services)) is not None:
                yield event
    finally:
        await ended((following, ending))


async def _over(lease: Lease, ready: asyncio.Queue[Object | None]) -> None:
    while not lease.is_over:
        await lease.changed.wait()
    await ready.put(None)


async def _follow(
    api: Api, lease: Lease, version: str, ready: asyncio.Queue[Object | None]
) -> None:
    """Events after a version; what is missed while the server is away is read again."""
    seen: set[str] = set()
    while True:
        query = {
            "watch": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(WATCH_SECONDS),
            "allowWatchBookmarks": "true",
        }
        try:
            changes = api.changes(kinds.EVENT, lease.namespace, query, quiet=QUIET)
            async with aclosing(changes) as events:
                async for event in events:
                    item = event.get("object") or {}
                    if event.get("type") == "ERROR":
                        raise Expired(str(item.get("message", "")))
                    version = item["metadata"].get("resourceVersion", version)
                    seen.add(version)
                    if event.get("type") in ("ADDED", "MODIFIED"):
                        await ready.put(item)
        except Expired:
            items, version = await api.snapshot(kinds.EVENT, lease.namespace)
            for item in sorted(items, key=_time):
                if item["metadata"]["resourceVersion"] not in seen:
                    await ready.put(item)
        except ClusterError:
            await asyncio.sleep(RETRY)


def _event(item: Object, known: tuple[str, ...], services: tuple[str, ...]) -> LeaseEvent | None:
    about = item.get("involvedObject") or {}
    replica = str(about.get("name", ""))
    service = service_of(replica, known)
    if services and service not in services:
        return None
    source = (item.get("source") or {}).get("component") or item.get("reportingComponent") or ""
    return LeaseEvent(
        kind=str(item.get("type", "Normal")),
        reason=str(item.get("reason", "")),
        note=str(item.get("message", "")),
        service=service,
        replica=replica,
        time=_time(item),
        source=str(source),
    )


def service_of(name: str, known: Iterable[str]) -> str:
    """The service whose object has this name: the longest that it begins with."""
    fitting = [s for s in known if name == s or name.startswith(f"{s}-")]
    return max(fitting, key=len, default="")


def _time(item: Object) -> int:
    for member in ("lastTimestamp", "eventTime", "firstTimestamp"):
        if item.get(member):
            return nanoseconds(str(item[member]))
    return nanoseconds(str(item["metadata"].get("creationTimestamp", "")))
