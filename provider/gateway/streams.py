"""The logs and events of a lease over a websocket."""

from __future__ import annotations

import logging
from contextlib import aclosing
from dataclasses import dataclass

from aiohttp import web

from akashpy.types.market import LeaseID
from provider.cluster.errors import ClusterError, LeaseMissing, Unavailable
from provider.cluster.workload import namespace
from provider.gateway import websocket
from provider.gateway.backend import Backend, Refused
from provider.gateway.gojson import dumps
from provider.gateway.golang import parse_bool, parse_int

log = logging.getLogger(__name__)

NORMAL = 1000
INTERNAL = 4000
NOT_FOUND = 4001
UNAVAILABLE = 4002
NO_PODS = "no running pods"


@dataclass(frozen=True, slots=True)
class StreamQuery:
    """What of a stream is wanted; `tail` None is all."""

    services: tuple[str, ...]
    follow: bool
    tail: int | None

    @classmethod
    def read(cls, request: web.Request) -> StreamQuery:
        """From the query. The Go client says `services`, the Go server reads `service`: both.

        Raises Refused 400.
        """
        query = request.query
        named: list[str] = []
        for key in ("service", "services"):
            text = query.get(key, "")
            if text.endswith(","):
                raise Refused(400, f'parameter "{key}" must not contain trailing comma')
            named += [name for name in text.split(",") if name]
        try:
            follow = parse_bool(text) if (text := query.get("follow", "")) else False
            tail = parse_int(text) if (text := query.get("tail", "")) else -1
        except ValueError as error:
            raise Refused(400, str(error)) from error
        if tail < -1:
            raise Refused(400, 'parameter "tail" contains invalid value')
        return cls(tuple(named), follow, None if tail == -1 else tail)


async def logs(
    request: web.Request, backend: Backend, lease: LeaseID, query: StreamQuery
) -> web.StreamResponse:
    """Send lines; the end of the stream is the end of the connection, without a close frame."""
    if refusal := websocket.refusal(request):
        return refusal
    socket = await websocket.accept(request)

    async def send() -> None:
        status = await backend.lease_status(lease)
        if status is None:
            raise LeaseMissing
        if not any(s.total and s.name in (query.services or (s.name,)) for s in status.services):
            raise Refused(INTERNAL, NO_PODS)
        lines = backend.logs(lease, services=query.services, follow=query.follow, tail=query.tail)
        async with aclosing(lines):
            async for line in lines:
                frame = {"name": line.replica, "message": line.message}
                await socket.send_str(dumps(frame) + "\n")

    try:
        await websocket.attend(socket, send())
    except Exception as error:  # noqa: BLE001  # told apart, and logged if unknown, in _close
        await _close(socket, error)
    else:
        websocket.cut(request)
    return socket


async def events(
    request: web.Request, backend: Backend, lease: LeaseID, query: StreamQuery
) -> web.StreamResponse:
    """Send events; the stream ends with a normal close."""
    if refusal := websocket.refusal(request):
        return refusal
    socket = await websocket.accept(request)

    async def send() -> None:
        if await backend.lease_status(lease) is None:
            raise LeaseMissing
        found = backend.events(lease, services=query.services, follow=query.follow)
        async with aclosing(found):
            async for event in found:
                frame = {
                    "type": event.kind,
                    "reportingController": event.source,
                    "reportingInstance": event.source,
                    "reason": event.reason,
                    "note": event.note,
                    "object": {
                        "kind": "Pod",
                        "namespace": namespace(lease),
                        "name": event.replica,
                    },
                }
                await socket.send_str(dumps({k: v for k, v in frame.items() if v != ""}) + "\n")

    try:
        await websocket.attend(socket, send())
    except Exception as error:  # noqa: BLE001  # told apart, and logged if unknown, in _close
        await _close(socket, error)
    else:
        await socket.close(code=NORMAL)
    return socket


async def _close(socket: web.WebSocketResponse, error: Exception) -> None:
    """Say in a close frame what went wrong, as far as a tenant may know."""
    match error:
        case LeaseMissing():
            await socket.close(code=NOT_FOUND)
        case Unavailable():
            await socket.close(code=UNAVAILABLE)
        case Refused(status=status, text=text):
            await socket.close(code=status, message=text.encode())
        case ClusterError():
            log.warning("a stream failed: %s", error)
            await socket.close(code=INTERNAL)
        case _:
            log.exception("a stream failed", exc_info=error)
            await socket.close(code=INTERNAL)
