"""Server reflection, so that tools like grpcurl find services and their messages.

One servicer answers both versions of the protocol, whose messages are the same bytes. The whole
descriptor pool is loaded at the first question, off the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha import reflection, reflection_pb2

from akashpy import wire

V1ALPHA = "grpc.reflection.v1alpha.ServerReflection"
V1 = "grpc.reflection.v1.ServerReflection"
METHOD = "ServerReflectionInfo"


class Reflection:
    """Answers questions about `services`."""

    def __init__(self, services: Iterable[str]) -> None:
        self._servicer = reflection.aio.ReflectionServicer(tuple(services))
        self._loading: asyncio.Task[None] | None = None

    async def respond(self, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[Any]:
        """One response per request of the stream."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(wire.load_all))
        await asyncio.shield(self._loading)
        asked = _read(requests, context)
        async for response in self._servicer.ServerReflectionInfo(asked, context):
            yield response


async def _read(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[Any]:
    """The requests; the call ends with Internal at the first that is none."""
    async for data in requests:
        try:
            request = reflection_pb2.ServerReflectionRequest.FromString(data)
        except DecodeError as error:
            text = f"grpc: error unmarshalling request: {error}"
            await context.abort(grpc.StatusCode.INTERNAL, text)
        yield request
