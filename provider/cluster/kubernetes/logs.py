"""Log lines of all replicas of a lease, past and to come.

Each pod is read on its own, over all runs of its container; a place in the stream is the time of
the last line read of each pod. The API tells no output from error output: all lines are of one
stream.
"""

from __future__ import annotations

import asyncio
import heapq
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

from provider.cluster.driver import LogLine
from provider.cluster.errors import ClusterError
from provider.cluster.kubernetes import kinds, names
from provider.cluster.kubernetes.api import Api, ApiError, Query
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.leases import Lease

STREAM = "stdout"
WAITING_LINES = 256
"""Lines fetched ahead of a slow reader."""
QUIET = 3600.0
"""Seconds without a line after which a followed log is asked for anew."""
LOOK = 1.0
"""Longest wait before looking again at a container that starts; changes are told sooner."""
SECOND = 10**9
STAMP = re.compile(r"(\d{4}-\d\d-\d\dT[\d:]{8})(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)")
"""A time of RFC 3339: date and time, fraction of the second, zone."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one pod; `time` is unix nanoseconds."""

    pod: str
    service: str
    time: int
    message: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Which lines: of these services, the last `tail` of each pod, after these places."""

    services: tuple[str, ...]
    tail: int | None
    places: Mapping[str, int]


async def log_stream(
    api: Api, lease: Lease, wish: Wish, *, follow: bool
) -> AsyncGenerator[LogLine, None]:
    """Log lines; see Driver.logs."""
    places = dict(wish.places)
    read = _follow if follow else _past
    async with aclosing(read(api, lease, wish)) as lines:
        async for line in lines:
            places[line.pod] = line.time
            yield LogLine(
                service=line.service,
                replica=line.pod,
                message=line.message,
                time=line.time,
                stream=STREAM,
                cursor=",".join(f"{pod}={at}" for pod, at in sorted(places.items())),
            )


def places_of(cursor: str) -> dict[str, int]:
    """Places of pods, from a cursor. Raises ValueError when it is none of ours."""
    found = {}
    for part in cursor.split(",") if cursor else ():
        name, equals, number = part.partition("=")
        if not equals or not number.isdigit():
            raise ValueError(f"cursor {cursor!r} is not one that logs gave")
        found[name] = int(number)
    return found


async def _past(api: Api, lease: Lease, wish: Wish) -> AsyncGenerator[Line, None]:
    """What is kept, merged by time."""
    found = [
        await _kept(api, pod, wish.tail, wish.places.get(pod["metadata"]["name"], 0))
        for pod in await _pods(api, lease, wish.services)
    ]
    for line in heapq.merge(*found, key=lambda line: line.time):
        yield line


async def _kept(api: Api, pod: Object, tail: int | None, after: int) -> list[Line]:
    """The lines of a pod's last two runs; the last `tail` of them."""
    if tail == 0:
        return []
    lines: list[Line] = []
    for previous in (True, False) if _restarts(pod) else (False,):
        async with aclosing(_run(api, pod, after, tail=tail, previous=previous)) as found:
            lines.extend([line async for line in found])
    return lines if tail is None else lines[-tail:]


async def _follow(api: Api, lease: Lease, wish: Wish) -> AsyncGenerator[Line, None]:
    """Lines of all pods as they come, until the lease is over."""
    ready: asyncio.Queue[Line | None] = asyncio.Queue(maxsize=WAITING_LINES)

    async def gather() -> None:
        tasks: dict[str, asyncio.Task[None]] = {}
        try:
            while not lease.is_over:
                changed = lease.changed
                for pod in await _pods(api, lease, wish.services):
                    uid = str(pod["metadata"]["uid"])
                    if uid not in tasks:
                        tasks[uid] = asyncio.create_task(_whole(api, lease, pod, wish, ready))
                await changed.wait()
            await asyncio.gather(*tasks.values())
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
            await ready.put(None)

    gathering = asyncio.create_task(gather())
    try:
        while (line := await ready.get()) is not None:
            yield line
        await gathering
    finally:
        gathering.cancel()
        await asyncio.gather(gathering, return_exceptions=True)


async def _whole(
    api: Api, lease: Lease, pod: Object, wish: Wish, ready: asyncio.Queue[Line | None]
) -> None:
    """One pod over all runs of its container, until the pod is gone."""
    metadata = pod["metadata"]
    after, tail = wish.places.get(metadata["name"], 0), wish.tail
    if _restarts(pod) or tail is not None:
        for line in await _kept(api, pod, tail, after):
            await ready.put(line)
            after = line.time
        after = max(after, _now(pod) if tail == 0 else after)
    while True:
        changed = lease.changed
        try:
            async with aclosing(_run(api, pod, after, follow=True)) as lines:
                async for line in lines:
                    await ready.put(line)
                    after = line.time
        except ClusterError:
            pass  # not started yet, or the server is away: both are looked at again
        if not await _is_there(api, pod):
            return
        await _either(changed, LOOK)


async def _is_there(api: Api, pod: Object) -> bool:
    """Whether a pod still may say something; a server that does not answer proves nothing."""
    metadata = pod["metadata"]
    try:
        found = await api.get(kinds.POD, metadata["namespace"], metadata["name"])
    except ClusterError:
        return True
    if found is None or found["metadata"]["uid"] != metadata["uid"]:
        return False
    ended = [
        (c.get("state") or {}).get("terminated")
        for c in found.get("status", {}).get("containerStatuses") or ()
    ]
    return not ("deletionTimestamp" in found["metadata"] and ended and all(ended))


async def _run(
    api: Api,
    pod: Object,
    after: int,
    *,
    follow: bool = False,
    tail: int | None = None,
    previous: bool = False,
) -> AsyncGenerator[Line, None]:
    """Lines of one run of a pod's container, those after a time. Raises ApiError, Unavailable."""
    metadata = pod["metadata"]
    service = str((metadata.get("labels") or {}).get(names.SERVICE, ""))
    query = _query(service, after, follow=follow, tail=tail, previous=previous)
    path = f"{kinds.POD.path(metadata['namespace'], metadata['name'])}/log"
    try:
        async with aclosing(api.lines(path, query, quiet=QUIET)) as lines:
            async for raw in lines:
                time, message = _stamped(raw)
                if time > after:
                    yield Line(metadata["name"], service, time, message)
    except ApiError:
        # Not started yet, or no run before this one: nothing was written.
        if follow:
            raise


def _query(service: str, after: int, *, follow: bool, tail: int | None, previous: bool) -> Query:
    query = {"container": service, "timestamps": "true"}
    if follow:
        query["follow"] = "true"
    if previous:
        query["previous"] = "true"
    if tail is not None:
        query["tailLines"] = str(tail)
    if after:
        query["sinceTime"] = datetime.fromtimestamp(after // SECOND, UTC).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
    return query


def _stamped(raw: bytes) -> tuple[int, str]:
    """Time and text of a line `2026-11-22T14:29:00.123456789Z text`."""
    text = raw.decode("utf-8", "replace").rstrip("\r")
    stamp, _, message = text.partition(" ")
    return nanoseconds(stamp), message


def nanoseconds(stamp: str) -> int:
    """Unix nanoseconds of an RFC 3339 time; 0 of what is none."""
    found = re.fullmatch(
        r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)", stamp
    )
    if found is None:
        return 0
    whole = datetime.fromisoformat(found[1] + found[3].replace("Z", "+00:00"))
    return int(whole.timestamp()) * SECOND + int((found[2] or "0").ljust(9, "0"))


def _now(pod: Object) -> int:
    """A moment before which nothing of a pod is wanted: the start of its present run."""
    for told in pod.get("status", {}).get("containerStatuses") or ():
        started = ((told.get("state") or {}).get("running") or {}).get("startedAt", "")
        return nanoseconds(str(started))
    return 0


def _restarts(pod: Object) -> int:
    return sum(
        int(c.get("restartCount", 0)) for c in pod.get("status", {}).get("containerStatuses") or ()
    )


async def _pods(api: Api, lease: Lease, services: tuple[str, ...]) -> list[Object]:
    chosen = names.SERVICE
    if services:
        chosen = f"{names.SERVICE} in ({','.join(services)})"
    found = await api.items(kinds.POD, lease.namespace, chosen)
    return sorted(found, key=lambda p: (p["metadata"].get("creationTimestamp", ""),
                                        p["metadata"]["name"]))  # fmt: skip


async def _either(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return  # the other of the two ends of this wait
