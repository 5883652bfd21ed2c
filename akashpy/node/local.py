"""A node as its own process's client sees it: requests without sockets, events without a network.

Exists for tests and for programs that run chain and client together. The answers are those of the
gRPC port. It must not know what a query means.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from google.protobuf.message import DecodeError

from akashpy.client.errors import ClientError
from akashpy.client.events import BlockEvents, TxEvents
from akashpy.client.transport import MemoryTransport
from akashpy.node.core import Core
from akashpy.node.queries.refusal import Refused, internal
from akashpy.node.queries.services import SERVICES
from akashpy.node.queries.table import QUERIES
from akashpy.types.errors import Status


def transport(core: Core) -> MemoryTransport:
    """A transport that hands requests to this node."""

    async def answer(path: str, request: bytes, height: int | None) -> bytes:
        try:
            return await _answer(core, path, request, height)
        except DecodeError as error:
            raise internal(f"grpc: error unmarshalling request: {error}") from error

    return MemoryTransport(answer)


async def _answer(core: Core, path: str, request: bytes, height: int | None) -> bytes:
    query = QUERIES.get(path)
    if query is not None:
        ctx = core.app.query_context(height)
        return query.respond(ctx, query.request.FromString(request)).SerializeToString()
    service = SERVICES.get(path)
    if service is not None:
        response = await service.respond(core, service.request.FromString(request))
        return response.SerializeToString()
    raise Refused(Status.UNIMPLEMENTED, f"unknown method {path}")


class LocalEvents:
    """Events of this node's blocks, read from its block store."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def follow(self, since_height: int | None = None) -> AsyncIterator[BlockEvents]:
        """Blocks from a height on (None: the next one), without gaps.

        Raises ClientError when a block that is needed is no longer stored.
        """
        core = self._core
        height = core.height + 1 if since_height is None else since_height
        if height < core.store.base:
            raise ClientError(f"events of height {height} are gone; oldest is {core.store.base}")
        while True:
            await core.reached(height)
            yield self._block(height)
            height += 1

    async def close(self) -> None:
        """Nothing is held."""

    def _block(self, height: int) -> BlockEvents:
        outcome = self._core.store.outcome(height)
        results = self._core.store.results(height)
        if outcome is None or results is None:
            raise ClientError(f"events of height {height} are not stored")
        txs = tuple(
            TxEvents(index, result.code, tuple(result.events))
            for index, result in enumerate(results)
        )
        return BlockEvents(height, txs, tuple(outcome.events))
