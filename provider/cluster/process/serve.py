"""The launcher's side of its control socket: one request per connection, one JSON line each.

Requests: `watch` (the state now and at every change), `follow` (records of a journal), `exec`
(a command beside the program; its descriptors come with the request), `stop`.
The other side is control.py; both speak of the same members.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections import deque
from typing import Any, Protocol

from provider.cluster.process.journal import Journal
from provider.cluster.process.program import Children
from provider.cluster.process.spec import ReplicaSpec
from provider.ending import ended

REQUEST_BYTES = 1 << 20
DESCRIPTORS = 3


class Replica(Protocol):
    """What the control needs of the supervisor that owns it."""

    spec: ReplicaSpec
    logs: Journal
    events: Journal
    children: Children
    env: dict[str, str]
    state: dict[str, Any]
    changed: asyncio.Event

    def stop(self, grace: float) -> None:
        """Ask for the end."""
        ...


class Control:
    """Answers the driver."""

    def __init__(self, supervisor: Replica) -> None:
        self._supervisor = supervisor
        self._served: set[asyncio.Task[None]] = set()
        self._listener: socket.socket | None = None

    async def start(self, listener: socket.socket) -> None:
        """Begin to accept connections."""
        listener.setblocking(False)
        self._listener = listener
        asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    async def close(self) -> None:
        """Let the streams that end by themselves end, then drop the rest."""
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
        if self._served:
            _, late = await asyncio.wait(self._served, timeout=1.0)
            await ended(late)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            connection, _ = listener.accept()
            connection.setblocking(False)
            task = asyncio.get_running_loop().create_task(self._serve(connection))
            self._served.add(task)
            task.add_done_callback(self._served.discard)

    async def _serve(self, connection: socket.socket) -> None:
        descriptors: list[int] = []
        try:
            request = await _receive(connection, descriptors)
            reader, writer = await asyncio.open_unix_connection(sock=connection)
        except (OSError, ValueError):
            connection.close()
            _close(descriptors)
            return
        verbs = {"watch": self._watch, "follow": self._follow, "stop": self._stop}
        with contextlib.suppress(OSError):
            try:
                if request["op"] == "exec":
                    await self._exec(request, descriptors, reader, writer)
                else:
                    await _while_connected(reader, verbs[request["op"]](request, writer))
            finally:
                _close(descriptors)
                writer.close()

    async def _watch(self, _: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        supervisor = self._supervisor
        while True:
            changed, state = supervisor.changed, supervisor.state
            await _send(writer, state)
            if state["phase"] == "stopped":
                return
            await changed.wait()

    async def _follow(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        journals = {"logs": self._supervisor.logs, "events": self._supervisor.events}
        journal = journals[request["journal"]]
        after = int(request["after"])
        records = journal.records(after=after)
        if (tail := request.get("tail")) is not None:
            records = iter(deque(records, maxlen=tail))
            after = journal.last
        while True:
            for record in records:
                await _send(writer, record)
                after = max(after, record["n"])
            if not request["follow"] or not await journal.wait(after=after):
                return
            records = journal.records(after=after)

    async def _stop(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        self._supervisor.stop(float(request["grace"]))
        await self._watch(request, writer)

    async def _exec(
        self,
        request: dict[str, Any],
        descriptors: list[int],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Start a command; its end when it ends, and its death when the driver hangs up."""
        supervisor = self._supervisor
        if supervisor.state["phase"] != "running":
            await _send(writer, {"refused": "not_ready"})
            return
        has_terminal = bool(request["tty"])
        stdio = (descriptors * 3)[:3] if has_terminal else descriptors
        try:
            pid, end = supervisor.children.start(
                tuple(request["command"]),
                env=supervisor.env | ({"TERM": "xterm"} if has_terminal else {}),
                directory=supervisor.spec.root,
                limits=supervisor.spec.limits,
                stdio=(stdio[0], stdio[1], stdio[2]),
                has_terminal=has_terminal,
            )
        except FileNotFoundError:
            await _send(writer, {"refused": "not_found"})
            return
        except OSError:
            await _send(writer, {"refused": "not_executable"})
            return
        _close(descriptors)
        await _send(writer, {"started": True})
        try:
            await _while_connected(reader, _wait(end))
            if end.done():
                await _send(writer, {"exit": end.result()})
        finally:
            # Its children, and itself when the driver left first.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


async def _wait(end: asyncio.Future[int]) -> None:
    await asyncio.wait({end})


async def _while_connected(reader: asyncio.StreamReader, work: Any) -> None:
    """Do the work until it is done or the other side hangs up."""
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(reader.read())
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        await ended((working, gone))


async def _receive(connection: socket.socket, descriptors: list[int]) -> dict[str, Any]:
    """The request line, with the descriptors that came beside it."""
    loop = asyncio.get_running_loop()
    data = b""
    while not data.endswith(b"\n"):
        try:
            piece, passed, _, _ = socket.recv_fds(connection, REQUEST_BYTES, DESCRIPTORS)
        except BlockingIOError:
            readable = loop.create_future()
            loop.add_reader(connection, readable.set_result, None)
            try:
                await readable
            finally:
                loop.remove_reader(connection)
            continue
        descriptors.extend(passed)
        data += piece
        if not piece or len(data) > REQUEST_BYTES:
            raise ValueError("the request is cut short or too long")
    request = json.loads(data)
    if not isinstance(request, dict):
        raise ValueError("the request is no object")
    return request


async def _send(writer: asyncio.StreamWriter, value: object) -> None:
    writer.write(json.dumps(value).encode() + b"\n")
    await writer.drain()


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
