"""The gRPC port of an embedded node.

Methods are registered by path from the query tables, so there is no generated server code. Runs on
the loop of the node's core; a query reads a committed snapshot. Heights travel in the metadata
`x-cosmos-block-height`, both ways. It must not know what a query means.
Source: SDK 0.53 `baseapp/grpcserver.go`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message
from grpc_health.v1 import health, health_pb2

from akashpy.node import grpc_reflection
from akashpy.node.core import Core
from akashpy.node.grpc_reflection import Reflection
from akashpy.node.grpc_status import DETAILS_KEY, status_of
from akashpy.node.heights import HEIGHT, height_of
from akashpy.node.queries.services import SERVICES, Service, install
from akashpy.node.queries.table import QUERIES, Query
from akashpy.types.errors import ChainError

log = logging.getLogger(__name__)

HEALTH = "grpc.health.v1.Health"
CODES = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class GrpcLimits:
    """Bounds of the port. Sizes in bytes; `grace` is the seconds that calls get when it closes."""

    max_receive: int = 10 * 1024 * 1024
    max_send: int = 2**31 - 1
    max_calls: int = 1000
    grace: float = 1.0


@asynccontextmanager
async def serve(
    core: Core, host: str, port: int, limits: GrpcLimits | None = None
) -> AsyncIterator[str]:
    """Serve until left; gives the address as host:port. Port 0 picks a free one.

    Raises OSError when the port cannot be had.
    """
    limits = limits or GrpcLimits()
    install(core)
    server = grpc.aio.server(
        handlers=[Doors(core)],
        maximum_concurrent_rpcs=limits.max_calls,
        options=[
            ("grpc.max_receive_message_length", limits.max_receive),
            ("grpc.max_send_message_length", limits.max_send),
            ("grpc.so_reuseport", 0),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
        ],
    )
    try:
        bound = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise OSError(f"gRPC port {host}:{port} cannot be opened: {error}") from error
    await server.start()
    try:
        yield f"{host}:{bound}"
    finally:
        await server.stop(limits.grace)


class Doors(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Finds the handler of a path; what is unknown is refused with grpc-go's words."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._handlers: dict[str, Any] = {}
        for path, query in QUERIES.items():
            self._handlers[path] = _unary(_state_query(core, query))
        for path, service in SERVICES.items():
            self._handlers[path] = _unary(_node_query(core, service))
        self._services = {path.split("/")[1] for path in self._handlers}
        self._add_health()
        self._add_reflection()

    def service(self, handler_call_details: Any) -> Any:
        """The handler for a call's path, always one."""
        path: str = handler_call_details.method
        found = self._handlers.get(path)
        if found is not None:
            return found
        parts = path.split("/")
        if len(parts) != 3:
            return _refusing(f'malformed method name: "{path}"')
        if parts[1] in self._services:
            return _refusing(f"unknown method {parts[2]} for service {parts[1]}")
        return _refusing(f"unknown service {parts[1]}")

    def _add_health(self) -> None:
        servicer = health.aio.HealthServicer()

        async def check(data: bytes, context: Any) -> bytes:
            request = await _read(health_pb2.HealthCheckRequest, data, context)
            if request.service:  # type: ignore[attr-defined]  # the library has no types
                await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
            serving = health_pb2.HealthCheckResponse.SERVING
            return bytes(health_pb2.HealthCheckResponse(status=serving).SerializeToString())

        async def watch(data: bytes, context: Any) -> None:
            await servicer.Watch(await _read(health_pb2.HealthCheckRequest, data, context), context)

        self._handlers[f"/{HEALTH}/Check"] = _unary(_guarded(check))
        self._handlers[f"/{HEALTH}/Watch"] = grpc.unary_stream_rpc_method_handler(
            watch, response_serializer=health_pb2.HealthCheckResponse.SerializeToString
        )
        self._services.add(HEALTH)

    def _add_reflection(self) -> None:
        names = (grpc_reflection.V1ALPHA, grpc_reflection.V1)
        self._services.update(names)
        reflection = Reflection(sorted(self._services))
        for name in names:
            path = f"/{name}/{grpc_reflection.METHOD}"
            self._handlers[path] = grpc.stream_stream_rpc_method_handler(
                reflection.respond,
                response_serializer=lambda response: response.SerializeToString(),
            )


def _unary(respond: Any) -> Any:
    return grpc.unary_unary_rpc_method_handler(respond)


def _refusing(text: str) -> Any:
    """A handler that refuses, whether the client streams or not."""

    async def refuse(requests: Any, context: Any) -> None:
        del requests
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, text)

    return grpc.stream_stream_rpc_method_handler(refuse)


def _state_query(core: Core, query: Query) -> Any:
    async def respond(data: bytes, context: Any) -> bytes:
        try:
            ctx = core.app.query_context(_height(context) or None)
            await _say_height(context, ctx.height)
            request = await _read(query.request, data, context)
            return query.respond(ctx, request).SerializeToString()
        except ChainError as error:
            return await _refuse(context, error)

    return _guarded(respond)


def _node_query(core: Core, service: Service) -> Any:
    async def respond(data: bytes, context: Any) -> bytes:
        try:
            await _say_height(context, _height(context) or core.height)
            request = await _read(service.request, data, context)
            return (await service.respond(core, request)).SerializeToString()
        except ChainError as error:
            return await _refuse(context, error)

    return _guarded(respond)


def _guarded(respond: Any) -> Any:
    """A failure that no rule foresees is logged and answered as Internal.

    A client that has left meanwhile is none.
    """

    async def guarded(data: bytes, context: Any) -> bytes:
        try:
            reply: bytes = await respond(data, context)
            return reply
        except grpc.aio.AbortError:
            raise
        except grpc.aio.InternalError as error:  # the call is over: there is nobody to answer
            log.info("a client left before its answer", extra={"why": str(error)})
            raise asyncio.CancelledError from error
        except Exception:
            log.exception("query failed")
            await context.abort(grpc.StatusCode.INTERNAL, "panic: internal error")
            raise

    return guarded


def _height(context: Any) -> int:
    """The height a client asks for; 0 for the latest. Raises InvalidRequest."""
    return height_of([value for key, value in context.invocation_metadata() if key == HEIGHT])


async def _say_height(context: Any, height: int) -> None:
    await context.send_initial_metadata(((HEIGHT, str(height)),))


async def _read(kind: type[Message], data: bytes, context: Any) -> Message:
    try:
        return kind.FromString(data)
    except DecodeError as error:
        text = f"grpc: error unmarshalling request: {error}"
        await context.abort(grpc.StatusCode.INTERNAL, text)
        raise


async def _refuse(context: Any, error: ChainError) -> bytes:
    status = status_of(error)
    trailing = ((DETAILS_KEY, status.SerializeToString()),) if status.details else ()
    await context.abort(CODES[status.code], status.message, trailing)
    raise AssertionError("abort raises")
