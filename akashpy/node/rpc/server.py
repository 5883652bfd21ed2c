"""CometBFT's RPC port: JSON-RPC by POST, methods by URI, a websocket at /websocket.

Joins the quick path for POST and the framework for everything else on one port. Must not know the
methods' meaning. Bodies, batches, connections and waits are bounded, and what is refused says
which bound it met.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from akashpy.node.core import Core
from akashpy.node.http_faults import HTTP_LOG
from akashpy.node.rpc import calls, post
from akashpy.node.rpc.methods import ROUTES
from akashpy.node.rpc.params import ParamError, from_uri
from akashpy.node.rpc.post import CACHE, Reply, RpcLimits, cors_headers
from akashpy.node.rpc.quick import QuickProtocol
from akashpy.node.rpc.websocket import PING_INTERVAL, WebsocketClient

_WEBSOCKET_ONLY = ("subscribe", "unsubscribe", "unsubscribe_all")
SHUTDOWN_TIMEOUT = 1.0
"""Seconds that open requests have when the node stops."""
SWEEP_INTERVAL = 5.0
"""Seconds between two looks at idle connections."""


@asynccontextmanager
async def serve(
    core: Core, host: str, port: int, limits: RpcLimits | None = None
) -> AsyncIterator[str]:
    """Serve until left; gives the address as http://host:port. Port 0 picks a free one."""
    bounds = limits or RpcLimits()
    handler = RpcHandler(core, bounds)
    framework = web.Server(
        handler.handle, request_factory=handler.make_request, access_log=None, logger=HTTP_LOG
    )
    quick: set[QuickProtocol] = set()
    loop = asyncio.get_running_loop()

    def accept() -> asyncio.Protocol:
        if len(quick) + len(framework.connections) >= bounds.connections:
            return RefusingProtocol(bounds)
        return QuickProtocol(handler.post, bounds, framework, quick)

    server = await loop.create_server(accept, host, port, backlog=1024)
    sweeping = asyncio.create_task(_sweep(quick), name="stale connections")
    try:
        bound = server.sockets[0].getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        sweeping.cancel()
        server.close()
        await handler.close()
        for connection in list(quick):
            connection.close()
        await framework.shutdown(SHUTDOWN_TIMEOUT)


async def _sweep(connections: set[QuickProtocol]) -> None:
    """End connections that idle or stall."""
    while True:
        await asyncio.sleep(SWEEP_INTERVAL)
        now = time.monotonic()
        for connection in list(connections):
            connection.close_if_stale(now)


class RefusingProtocol(asyncio.Protocol):
    """A connection too many: told so, and closed."""

    def __init__(self, limits: RpcLimits) -> None:
        self._limits = limits

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say why and close."""
        reply = post.too_many(self._limits)
        head = (
            f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {reply.content_type}\r\n"
            f"Content-Length: {len(reply.body)}\r\nConnection: close\r\n\r\n"
        )
        writer = cast(asyncio.Transport, transport)
        writer.write(head.encode() + reply.body)
        writer.close()


class RpcHandler:
    """Answers HTTP requests from a Core."""

    def __init__(self, core: Core, limits: RpcLimits) -> None:
        self._core = core
        self._limits = limits
        self._sockets: set[web.WebSocketResponse] = set()
        self._busy = 0

    def make_request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: object,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        """A request with our own bound on its body."""
        return web.BaseRequest(
            message,
            payload,
            protocol,
            writer,  # type: ignore[arg-type]  # aiohttp's abstract writer, not exported
            task,
            asyncio.get_running_loop(),
            client_max_size=self._limits.body_bytes,
        )

    async def close(self) -> None:
        """End the websockets, which would otherwise hold the server open."""
        for socket in list(self._sockets):
            await socket.close(code=1001, message=b"node stops")

    async def post(self, body: bytes, host: str) -> Reply:
        """The reply to a POST of `body`."""
        return await post.answer(self._core, self._limits, body, host)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One HTTP request."""
        path = request.path
        if path == "/websocket":
            return await self._websocket(request)
        if request.method == "OPTIONS":
            response = web.Response(status=204)
        elif path in ("/", ""):
            response = _response(await self._read_and_answer(request))
        else:
            response = await self._uri(request, path[1:])
        response.headers["X-Server-Time"] = str(int(time.time()))
        response.headers.update(cors_headers(request.headers.get("Origin"), self._limits))
        return response

    async def _read_and_answer(self, request: web.BaseRequest) -> Reply:
        try:
            async with asyncio.timeout(self._limits.read_timeout):
                body = await request.read()
        except TimeoutError:
            return post.too_slow(self._limits)
        except web.HTTPRequestEntityTooLarge:
            return post.too_large()
        return await self.post(body, request.host)

    async def _uri(self, request: web.BaseRequest, name: str) -> web.Response:
        if name in _WEBSOCKET_ONLY:
            return _response(Reply(calls.failure(-1, calls.METHOD_NOT_FOUND), status=404))
        route = ROUTES.get(name)
        if route is None:
            return web.Response(text="404 page not found\n", status=404)
        try:
            arguments = from_uri(route.spec, request.query)
        except ParamError as error:
            text = f"error converting http params to arguments: {error}"
            return _response(Reply(calls.failure(-1, calls.INVALID_PARAMS, text), status=500))
        answer = await calls.answer(self._core, -1, route, arguments)
        status = 500 if answer.is_error else 200
        return _response(Reply(answer.body, status=status, is_cacheable=answer.is_cacheable))

    async def _websocket(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(
            heartbeat=PING_INTERVAL, max_msg_size=self._limits.body_bytes
        )
        await socket.prepare(request)
        self._sockets.add(socket)
        peer = request.transport.get_extra_info("peername") if request.transport else None
        name = f"{peer[0]}:{peer[1]}" if peer else f"socket-{id(socket)}"
        try:
            await WebsocketClient(self._core, name, socket).talk()
        finally:
            self._sockets.discard(socket)
        return socket


def _response(reply: Reply) -> web.Response:
    response = web.Response(body=reply.body, status=reply.status, content_type=reply.content_type)
    if reply.is_cacheable:
        response.headers["Cache-Control"] = CACHE
    return response
