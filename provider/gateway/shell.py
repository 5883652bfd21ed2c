"""A command in a replica over a websocket: one code byte, then the payload.

The final frame is a result or a failure, then the connection ends without a goodbye.
"""

from __future__ import annotations

import logging
import struct
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from akashpy.types.market import LeaseID
from provider.cluster.driver import ExecSession, ExecStream, TerminalSize
from provider.cluster.errors import ExecRefused, LeaseMissing, ServiceMissing
from provider.gateway import websocket
from provider.gateway.answers import empty
from provider.gateway.backend import Backend
from provider.gateway.gojson import dumps
from provider.gateway.golang import parse_index

log = logging.getLogger(__name__)

STDOUT = 100
STDERR = 101
RESULT = 102
FAILURE = 103
STDIN = 104
RESIZE = 105
SIZE_BYTES = 4
NO_REPLICA = "no active replicase for service"
"""Spelled as a real provider does."""


@dataclass(frozen=True, slots=True)
class ShellQuery:
    """What to run and where."""

    service: str
    replica: int
    command: tuple[str, ...]
    tty: bool
    stdin: bool

    @classmethod
    def read(cls, request: web.Request) -> ShellQuery | None:
        """From the query; None when it is not complete.

        Without `podIndex`, which a real provider takes in an upgrade but not otherwise, the first.
        """
        query = request.query
        command: list[str] = []
        while word := query.get(f"cmd{len(command)}"):
            command.append(word)
        service, tty, stdin = (query.get(name, "") for name in ("service", "tty", "stdin"))
        index = query.get("podIndex", "0" if websocket.is_upgrade(request) else "")
        if not (command and tty and service and stdin and index):
            return None
        try:
            replica = parse_index(index)
        except ValueError:
            return None
        return cls(service, replica, tuple(command), tty == "1", stdin == "1")


async def shell(request: web.Request, backend: Backend, lease: LeaseID) -> web.StreamResponse:
    """Run a command for the client."""
    query = ShellQuery.read(request)
    if query is None:
        return empty(400)
    if refusal := websocket.refusal(request):
        return refusal
    socket = await websocket.accept(request)
    frame = await _run(socket, backend, lease, query)
    if frame is not None:
        with suppress(ConnectionError):
            await socket.send_bytes(frame)
    websocket.cut(request)
    return socket


async def _run(
    socket: web.WebSocketResponse, backend: Backend, lease: LeaseID, query: ShellQuery
) -> bytes | None:
    """The final frame; None when the client has gone."""
    try:
        status = await backend.service_status(lease, query.service)
        if not status.ready_replicas:
            return _result(0, NO_REPLICA)
        running = backend.exec(
            lease,
            query.service,
            query.command,
            replica=query.replica,
            tty=query.tty,
            stdin=query.stdin,
            size=None,
        )
        async with running as session:
            carrier = Carrier(socket, session, query)
            done = await websocket.attend(
                socket, carrier.send(), carrier.take if query.stdin else None
            )
            return _result(await session.wait()) if done else None
    except (ExecRefused, ServiceMissing, LeaseMissing) as error:
        return _result(0, str(error))
    except Exception:
        log.exception("a command of lease %s failed", lease)
        return bytes([FAILURE])


class Carrier:
    """Carries a command's streams to and from the frames."""

    def __init__(
        self, socket: web.WebSocketResponse, session: ExecSession, query: ShellQuery
    ) -> None:
        self._socket = socket
        self._session = session
        self._query = query

    async def send(self) -> None:
        """All output, then the end."""
        codes = {ExecStream.STDOUT: STDOUT, ExecStream.STDERR: STDERR}
        async for output in self._session.output():
            await self._socket.send_bytes(bytes([codes[output.stream]]) + output.data)
        await self._session.wait()

    async def take(self, frame: bytes) -> bool:
        """One frame of the client; False when no more are read, as after an unknown code."""
        if not frame:
            return True
        code, payload = frame[0], frame[1:]
        if code == STDIN:
            await self._session.write(payload)
        elif code == RESIZE and len(payload) == SIZE_BYTES:
            width, height = struct.unpack(">HH", payload)
            if self._query.tty:
                await self._session.resize(TerminalSize(width, height))
        else:
            return False
        return True


def _result(code: int, message: str = "") -> bytes:
    value = {"exit_code": code} | ({"message": message} if message else {})
    return bytes([RESULT]) + dumps(value).encode() + b"\n"
