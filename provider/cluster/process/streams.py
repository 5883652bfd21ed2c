"""Lines and events of a whole lease, gathered from its replicas' journals.

What is past is read from the files; what is to come is asked of the launchers. A replica that is
replaced meanwhile is taken up again where its journal was left.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from provider.cluster.driver import LeaseEvent, LogLine
from provider.cluster.process import control, journal
from provider.cluster.process.journal import Record
from provider.ending import ended

WAITING_RECORDS = 64
"""Records fetched ahead of a slow reader."""


@dataclass(frozen=True, slots=True)
class Source:
    """A lease's journals; `live` gives the control sockets by replica, None when all is over.

    `changed` gives an event that is set when `live` may answer differently.
    """

    directory: Path
    live: Callable[[], Mapping[str, Path] | None]
    changed: Callable[[], asyncio.Event]

    def replicas(self, services: tuple[str, ...]) -> list[str]:
        """Names of replicas of these services (none named: all) that wrote anything."""
        names = {p.name for p in self.directory.iterdir() if (p / "logs").is_dir()}
        return sorted(n for n in names | set(self.live() or ()) if _is_wanted(n, services))


def service_of(replica: str) -> str:
    """The service a replica's name was made from."""
    return replica.rpartition("-")[0]


async def log_stream(
    source: Source, *, services: tuple[str, ...], follow: bool, tail: int | None, cursor: str
) -> AsyncGenerator[LogLine, None]:
    """Log lines; see Driver.logs."""
    positions = _positions(cursor)
    if tail is not None:
        for name in source.replicas(services):
            last = await asyncio.to_thread(journal.newest, source.directory / name / "logs")
            positions[name] = max(positions.get(name, 0), last - tail)
    records = _follow if follow else _past
    async with aclosing(records(source, "logs", services, positions)) as found:
        async for name, record in found:
            positions[name] = record["n"]
            yield LogLine(
                service=service_of(name),
                replica=name,
                message=record["m"],
                time=record["t"],
                stream=record["s"],
                cursor=",".join(f"{n}={p}" for n, p in sorted(positions.items())),
            )


async def event_stream(
    source: Source, *, services: tuple[str, ...], follow: bool
) -> AsyncGenerator[LeaseEvent, None]:
    """Events; see Driver.events."""
    records = _follow if follow else _past
    async with aclosing(records(source, "events", services, {})) as found:
        async for name, record in found:
            yield LeaseEvent(
                kind=record["k"],
                reason=record["r"],
                note=record["m"],
                service=service_of(name),
                replica=name,
                time=record["t"],
                source=record["s"],
            )


async def _past(
    source: Source, kind: str, services: tuple[str, ...], positions: Mapping[str, int]
) -> AsyncGenerator[tuple[str, Record], None]:
    """What is on disk, merged by time."""
    found = []
    for name in source.replicas(services):
        directory, after = source.directory / name / kind, positions.get(name, 0)
        records = await asyncio.to_thread(_all, directory, after)
        found.append([(record["t"], name, record) for record in records])
    for _, name, record in heapq.merge(*found, key=lambda item: (item[0], item[1])):
        yield name, record


def _all(directory: Path, after: int) -> list[Record]:
    return list(journal.read(directory, after=after))


async def _follow(
    source: Source, kind: str, services: tuple[str, ...], positions: Mapping[str, int]
) -> AsyncGenerator[tuple[str, Record], None]:
    """Records of all replicas as they come, until the lease is over."""
    ready: asyncio.Queue[tuple[str, Record] | None] = asyncio.Queue(maxsize=WAITING_RECORDS)
    start = dict(positions)

    async def gather() -> None:
        tasks: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                changed, live = source.changed(), source.live()
                if live is None:
                    break
                for name in live:
                    if _is_wanted(name, services) and (name not in tasks or tasks[name].done()):
                        tasks[name] = asyncio.create_task(one(name))
                await changed.wait()
            await asyncio.gather(*tasks.values())
            await ready.put(None)
        finally:
            await ended(tasks.values())

    async def one(name: str) -> None:
        """One replica, over all its launchers, until it is no longer wanted."""
        while True:
            changed, live = source.changed(), source.live()
            if live is None or name not in live:
                return
            message = {"op": "follow", "journal": kind, "after": start.get(name, 0), "follow": True}
            try:
                async with aclosing(control.answers(live[name], message)) as records:
                    async for record in records:
                        await ready.put((name, record))
                        start[name] = record["n"]
            except (OSError, ValueError):
                pass  # no launcher at this moment, or it was killed in the middle of a line
            await changed.wait()

    gathering = asyncio.create_task(gather())
    try:
        while (item := await ready.get()) is not None:
            yield item
    finally:
        await ended((gathering,))


def _is_wanted(replica: str, services: tuple[str, ...]) -> bool:
    return not services or service_of(replica) in services


def _positions(cursor: str) -> dict[str, int]:
    """Places in the journals, from a cursor. Raises ValueError when it is none of ours."""
    positions = {}
    for part in cursor.split(",") if cursor else ():
        name, equals, number = part.partition("=")
        if not equals or not number.isdigit():
            raise ValueError(f"cursor {cursor!r} is not one that logs gave")
        positions[name] = int(number)
    return positions
