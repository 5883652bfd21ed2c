"""The REST port: gRPC methods by HTTP paths and JSON, as gRPC-gateway serves them.

Paths come from the google.api.http rules in the descriptors, answers from the tables that gRPC
has, so there is no code per route. gRPC-Web shares the port where it is wanted. It must not know
what a query means.
Source: grpc-gateway v1.16 `runtime`, SDK 0.53 `server/api/server.go`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import posixpath
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar, cast
from urllib.parse import quote

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status as RpcStatus

from akashpy.node import rest_web
from akashpy.node.core import Core
from akashpy.node.heights import HEIGHT
from akashpy.node.http_faults import HTTP_LOG
from akashpy.node.rest_answer import Answers, Refusal, json_steps
from akashpy.node.rest_body import BodyError, read_body
from akashpy.node.rest_cors import Cors
from akashpy.node.rest_fields import FieldError, decoded, fill, fill_query
from akashpy.node.rest_routes import Route, Router
from akashpy.node.rest_settings import RestSettings
from akashpy.node.slices import run_sliced
from akashpy.types.errors import Status

log = logging.getLogger(__name__)

T = TypeVar("T")

JSON_TYPE = "application/json"
GRPC_TYPE = "application/grpc+cosmos-sdk-grpc-codec"
"""What the SDK's gRPC says of itself, and the gateway passes on."""
METADATA = "Grpc-Metadata-"
"""Before the names of gRPC metadata in HTTP headers, both ways."""
SHUTDOWN_TIMEOUT = 1.0
"""Seconds that open requests have when the node stops."""
HTTP_STATUS = {
    Status.OK: 200,
    Status.CANCELLED: 408,
    Status.UNKNOWN: 500,
    Status.INVALID_ARGUMENT: 400,
    Status.DEADLINE_EXCEEDED: 504,
    Status.NOT_FOUND: 404,
    Status.ALREADY_EXISTS: 409,
    Status.PERMISSION_DENIED: 403,
    Status.RESOURCE_EXHAUSTED: 429,
    Status.FAILED_PRECONDITION: 400,
    Status.ABORTED: 409,
    Status.OUT_OF_RANGE: 400,
    Status.UNIMPLEMENTED: 501,
    Status.INTERNAL: 500,
    Status.UNAVAILABLE: 503,
    Status.DATA_LOSS: 500,
    Status.UNAUTHENTICATED: 401,
}
"""Of a gRPC status, as gRPC-gateway has it."""


@asynccontextmanager
async def serve(
    core: Core, host: str, port: int, settings: RestSettings | None = None
) -> AsyncIterator[str]:
    """Serve until left; gives the address as http://host:port. Port 0 picks a free one.

    Raises OSError when the port cannot be had.
    """
    gate = Gate(core, settings or RestSettings())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(gate.accept, host, port, backlog=1024)
    try:
        bound = server.sockets[0].getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{shown}:{bound[1]}"
    finally:
        server.close()
        await gate.close()


class Gate:
    """Takes connections and answers the requests on them."""

    def __init__(self, core: Core, settings: RestSettings) -> None:
        self._settings = settings
        self._answers = Answers(core, settings.calls, settings.call_timeout)
        self._router = Router.serving(self._answers.paths)
        self._cors = Cors(settings.cors_origins)
        self._silent: set[RequestHandler] = set()
        self._framework = web.Server(
            self.handle,
            request_factory=self._make_request,
            access_log=None,
            logger=HTTP_LOG,
            keepalive_timeout=settings.idle_timeout,
            max_line_size=settings.line_bytes,
            max_field_size=settings.line_bytes,
            auto_decompress=False,
        )

    def accept(self) -> asyncio.Protocol:
        """The protocol of a new connection; a refusing one when there are too many."""
        if len(self._framework.connections) >= self._settings.connections:
            return RefusingProtocol(self._settings.connections)
        protocol = self._framework()
        self._silent.add(protocol)
        loop = asyncio.get_running_loop()
        loop.call_later(self._settings.read_timeout, self._drop_silent, protocol)
        return protocol

    async def close(self) -> None:
        """End all connections."""
        await self._framework.shutdown(SHUTDOWN_TIMEOUT)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One HTTP request."""
        response = self._cors.preflight(request)
        if response is None:
            try:
                response = await self._respond(request)
            except Refusal as refusal:
                response = _error(refusal)
            except Exception:
                log.exception("request failed")
                response = _error(Refusal.of(Status.INTERNAL, "internal error"))
        response.headers["X-Server-Time"] = str(int(time.time()))
        response.headers.update(self._cors.headers(request))
        return response

    async def _respond(self, request: web.BaseRequest) -> web.Response:
        raw_path, _, query = request.raw_path.partition("?")
        try:
            path = decoded(raw_path)
        except FieldError:  # Go's server does not let such a path through to the gateway
            return web.Response(status=400, text="400 Bad Request")
        is_web = self._settings.grpc_web and request.content_type.startswith(rest_web.TYPE)
        if is_web and request.method == "POST":
            return await rest_web.answer(self._answers, request, path, await self._body(request))
        if not path.startswith("/"):
            raise Refusal.of(Status.INVALID_ARGUMENT, "Bad Request")
        clean = _clean(path)
        if clean != path:
            location = quote(clean) + (f"?{query}" if query else "")
            return web.Response(status=301, headers={"Location": location})
        found = self._router.find(request.method, path)
        if found is None:
            raise Refusal.of(Status.UNIMPLEMENTED, "Not Implemented")
        route, fields = found
        body = await self._body(request) if route.rule.body else b""
        message = _request(route, fields, query, body)
        answer = await self._answers.answer(
            route.method.path, message, _heights(request), _patience(request)
        )
        try:
            text = await run_sliced(json_steps(answer.message, route.rule.response_body))
        except ValueError as error:  # stored bytes that no JSON can show
            raise Refusal.of(Status.UNKNOWN, str(error)) from error
        response = web.Response(body=text.encode(), content_type=JSON_TYPE)
        if answer.height:
            _say_height(response, answer.height)
            response.headers["X-Cosmos-Block-Height"] = str(answer.height)
        return response

    async def _body(self, request: web.BaseRequest) -> bytes:
        try:
            async with asyncio.timeout(self._settings.read_timeout):
                return await request.read()
        except TimeoutError as error:
            text = f"the body was not complete after {self._settings.read_timeout:g} s"
            raise Refusal.of(Status.INVALID_ARGUMENT, text) from error
        except web.HTTPRequestEntityTooLarge as error:
            text = "http: request body too large"
            raise Refusal.of(Status.INVALID_ARGUMENT, text) from error

    def _make_request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: object,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        """A request with our own bound on its body."""
        self._silent.discard(protocol)
        return web.BaseRequest(
            message,
            payload,
            protocol,
            writer,  # type: ignore[arg-type]  # aiohttp's abstract writer, not exported
            task,
            asyncio.get_running_loop(),
            client_max_size=self._settings.body_bytes,
        )

    def _drop_silent(self, protocol: RequestHandler) -> None:
        """End a connection that has not made a request in time."""
        if protocol in self._silent:
            self._silent.discard(protocol)
            if protocol.transport is not None:
                protocol.transport.close()


class RefusingProtocol(asyncio.Protocol):
    """A connection too many: told so, and closed."""

    def __init__(self, connections: int) -> None:
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say why and close."""
        text = f"{self._connections} connections are open; try again later"
        body = _body_of(RpcStatus(code=int(Status.UNAVAILABLE), message=text))
        head = (
            f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {JSON_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer = cast(asyncio.Transport, transport)
        writer.write(head.encode() + body)
        writer.close()


def _request(route: Route, fields: Mapping[str, str], query: str, body: bytes) -> Message:
    """The method's request from body, path and query string. Raises Refusal."""
    message = _from_body(route, body)
    for name, text in fields.items():
        try:
            fill(message, name, [text])
        except FieldError as error:
            text = f"type mismatch, parameter: {name}, error: {error}"
            raise Refusal.of(Status.INVALID_ARGUMENT, text) from error
    if route.wants_query:
        taken = {*fields, route.rule.body} - {""}
        _checked(lambda: fill_query(message, query, taken))
    return message


def _from_body(route: Route, body: bytes) -> Message:
    kind, field = route.method.input, route.rule.body
    if not field:
        return kind()
    try:
        return read_body(kind, body, field)
    except BodyError as error:
        raise Refusal.of(Status.INVALID_ARGUMENT, str(error)) from error


def _checked(read: Callable[[], T]) -> T:
    """What `read` gives. Raises Refusal for a FieldError."""
    try:
        return read()
    except FieldError as error:
        raise Refusal.of(Status.INVALID_ARGUMENT, str(error)) from error


def _heights(request: web.BaseRequest) -> list[str]:
    return [
        *request.headers.getall(HEIGHT, []),
        *request.headers.getall(f"{METADATA}{HEIGHT}", []),
    ]


def _patience(request: web.BaseRequest) -> float | None:
    """Seconds in the header Grpc-Timeout, if there is one. Raises Refusal."""
    text = request.headers.get("Grpc-Timeout")
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,18})([HMSmun])", text, re.ASCII)
    if found is None:
        raise Refusal.of(Status.INVALID_ARGUMENT, f"invalid grpc-timeout: {text}")
    return int(found[1]) * _UNITS[found[2]]


def _say_height(response: web.Response, height: int) -> None:
    response.headers[f"{METADATA}Content-Type"] = GRPC_TYPE
    response.headers[f"{METADATA}X-Cosmos-Block-Height"] = str(height)


def _clean(path: str) -> str:
    """The path without empty, `.` and `..` parts; a slash at the end stays."""
    clean = posixpath.normpath(f"/{path.lstrip('/')}")
    return f"{clean}/" if path.endswith("/") and clean != "/" else clean


def _error(refusal: Refusal) -> web.Response:
    status = refusal.status
    response = web.Response(
        body=_body_of(status),
        status=HTTP_STATUS.get(Status(status.code), 500),
        content_type=JSON_TYPE,
    )
    if refusal.height:
        _say_height(response, refusal.height)
    return response


def _body_of(status: RpcStatus) -> bytes:
    """gRPC-gateway's error; without details, as the Go node writes none."""
    body = {"code": status.code, "message": status.message, "details": []}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


_UNITS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
