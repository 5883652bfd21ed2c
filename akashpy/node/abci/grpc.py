"""ABCI over gRPC: the service `tendermint.abci.ABCI`.

Methods are registered by path, one for each kind of request. It must not know any request.
Source: CometBFT 0.38 proto/tendermint/abci/types.proto, abci/server/grpc_server.go.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

from akashpy.node.abci.application import AbciApplication
from akashpy.wire import abci as pb

SERVICE = "tendermint.abci.ABCI"
MAX_MESSAGE = 104_857_600
GRACE = 1.0
"""Seconds that calls in progress are given at the end."""


def _method_name(kind: str) -> str:
    return "".join(part.title() for part in kind.split("_"))


def _kinds() -> dict[str, str]:
    """Method -> kind of request, from the fields of `Request`."""
    return {_method_name(field.name): field.name for field in pb.Request.DESCRIPTOR.fields}


@asynccontextmanager
async def serve(
    application: AbciApplication, address: str, failed: Callable[[BaseException], None]
) -> AsyncIterator[str]:
    """Listen at `tcp://host:port` (port 0 picks one) until left; gives `host:port`,
    which is how CometBFT wants to be told.

    `failed` hears of an exception that ended a request; the caller gets it as status UNKNOWN.
    Raises OSError when the address is taken.
    """
    options = [("grpc.max_receive_message_length", MAX_MESSAGE),
               ("grpc.max_send_message_length", MAX_MESSAGE), ("grpc.so_reuseport", 0)]  # fmt: skip
    server = grpc.aio.server(options=options)

    def method(kind: str) -> Any:
        request = getattr(pb, f"Request{_method_name(kind)}")

        async def respond(message: Any, context: Any) -> Any:
            try:
                return await application.answer(kind, message)
            except Exception as error:  # noqa: BLE001  # CometBFT must hear of it, whatever it is
                failed(error)
                await context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")

        behaviour: Callable[[Any, Any], Awaitable[Any]] = respond
        return grpc.unary_unary_rpc_method_handler(
            behaviour,
            request_deserializer=request.FromString,
            response_serializer=lambda reply: reply.SerializeToString(),
        )

    handlers = {name: method(kind) for name, kind in _kinds().items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    place = address.removeprefix("tcp://")
    host, _, _ = place.rpartition(":")
    try:
        port = server.add_insecure_port(place)
    except RuntimeError as error:
        raise OSError(f"cannot listen at {address}: {error}") from error
    await server.start()
    try:
        yield f"{host}:{port}"
    finally:
        await server.stop(GRACE)
