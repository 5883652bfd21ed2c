"""CometBFT's RPC port: JSON-RPC by POST, methods by URI, a websocket at /websocket.

Exists as one small HTTP handler below the framework's router, because a broadcast must cost
microseconds. Must not know the methods' meaning. Bodies, batches and connections are bounded, and
what is refused says which bound it met.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import escape

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from akashpy.node.core import Core
from akashpy.node.rpc import calls
from akashpy.node.rpc.methods import ROUTES
from akashpy.node.rpc.params import ParamError, from_uri
from akashpy.node.rpc.websocket import PING_INTERVAL, WebsocketClient

log = logging.getLogger(__name__)

JSON_TYPE = "application/json"
_WEBSOCKET_ONLY = ("subscribe", "unsubscribe", "unsubscribe_all")
READ_TIMEOUT = 10.0
"""Seconds a request's body may take to arrive."""
_CACHE = "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class RpcLimits:
    """Bounds of the port: bytes of a body, calls in a batch, requests and websockets at once."""

    body_bytes: int = 1_000_000
    batch: int = 100
    connections: int = 900
    cors_origins: tuple[str, ...] = ()


@asynccontextmanager
async def serve(
    core: Core, host: str, port: int, limits: RpcLimits | None = None
) -> AsyncIterator[str]:
    """Serve until left; gives the address as http://host:port. Port 0 picks a free one."""
    handler = RpcHandler(core, limits or RpcLimits())
    server = web.Server(
        handler.handle, request_factory=handler.make_request, access_log=None
    )
    runner = web.ServerRunner(server, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        await site.start()
        bound = runner.addresses[0]
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        await handler.close()
        await runner.cleanup()


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

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One HTTP request."""
        if self._busy >= self._limits.connections:
            text = f"max_open_connections {self._limits.connections} reached"
            return _json(calls.failure(None, calls.SERVER_ERROR, text), status=503)
        self._busy += 1
        try:
            return await self._answer(request)
        finally:
            self._busy -= 1

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path == "/websocket":
            return await self._websocket(request)
        if request.method == "OPTIONS":
            response = web.Response(status=204)
        elif path in ("/", ""):
            response = await self._post(request)
        else:
            response = await self._uri(request, path[1:])
        self._add_headers(request, response)
        return response

    async def _post(self, request: web.BaseRequest) -> web.Response:
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                body = await request.read()
        except TimeoutError:
            text = f"error reading request body: not complete after {READ_TIMEOUT:g} s"
            return _json(calls.failure(None, calls.INVALID_REQUEST, text), status=408)
        except web.HTTPRequestEntityTooLarge:
            text = "error reading request body: http: request body too large"
            return _json(calls.failure(None, calls.INVALID_REQUEST, text), status=400)
        if not body:
            return _endpoints(request.host)
        try:
            requests, is_batch = calls.read(body)
        except calls.UnreadableRequest as error:
            return _json(calls.failure(None, calls.PARSE_ERROR, str(error)), status=500)
        if is_batch and len(requests) > self._limits.batch:
            text = (
                f"batch request exceeds maximum ({self._limits.batch}) allowed number of requests"
            )
            return _json(calls.failure(None, calls.INVALID_REQUEST, text))
        answers = await calls.serve_all(
            self._core, [call for call in requests if call.id is not None]
        )
        if not answers:
            return web.Response()
        response = _json(calls.joined([answer.body for answer in answers]))
        if all(answer.is_cacheable for answer in answers):
            response.headers["Cache-Control"] = _CACHE
        return response

    async def _uri(self, request: web.BaseRequest, name: str) -> web.Response:
        if name in _WEBSOCKET_ONLY:
            return _json(calls.failure(-1, calls.METHOD_NOT_FOUND), status=404)
        route = ROUTES.get(name)
        if route is None:
            return web.Response(text="404 page not found\n", status=404)
        try:
            arguments = from_uri(route.spec, request.query)
        except ParamError as error:
            text = f"error converting http params to arguments: {error}"
            return _json(calls.failure(-1, calls.INVALID_PARAMS, text), status=500)
        answer = await calls.answer(self._core, -1, route, arguments)
        response = _json(answer.body, status=500 if answer.is_error else 200)
        if answer.is_cacheable:
            response.headers["Cache-Control"] = _CACHE
        return response

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

    def _add_headers(self, request: web.BaseRequest, response: web.Response) -> None:
        response.headers["X-Server-Time"] = str(int(time.time()))
        origin = request.headers.get("Origin")
        allowed = self._limits.cors_origins
        if origin and (origin in allowed or "*" in allowed):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Methods"] = "HEAD, GET, POST, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = (
                "Origin, Accept, Content-Type, X-Requested-With, X-Server-Time"
            )


def _json(body: bytes, *, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type=JSON_TYPE)


def _endpoints(host: str) -> web.Response:
    """The page a browser sees: every method with its arguments."""
    rows = []
    for name, route in sorted(ROUTES.items()):
        query = "&".join(f"{argument}=_" for argument, _ in route.spec)
        link = escape(f"//{host}/{name}" + (f"?{query}" if query else ""))
        rows.append(f'<a href="{link}">{link}</a></br>')
    page = "<html><body><br>Available endpoints:<br>" + "".join(rows) + "</body></html>"
    return web.Response(text=page, content_type="text/html")
