"""A gRPC port over the real chain, and a channel to it."""

from __future__ import annotations

import grpc
import pytest

from akashpy.node.grpc import serve
from akashpy.wire import service_methods
from tests.node.realchain import real_chain


class Port:
    """Calls by path, with metadata; `chain` is behind it."""

    def __init__(self, chain, channel):
        self.chain = chain
        self.channel = channel

    async def call(self, path, /, *, metadata=(), raw=None, timeout=60, **fields):
        """The response and the height that came with it."""
        service, _, name = path[1:].rpartition("/")
        method = next(m for m in service_methods(service) if m.name == name)
        data = method.input(**fields).SerializeToString() if raw is None else raw
        call = self.channel.unary_unary(path)(data, metadata=metadata, timeout=timeout)
        reply = method.output.FromString(await call)
        headers = dict(list(await call.initial_metadata()))
        return reply, int(headers["x-cosmos-block-height"])

    async def refused(self, path, /, **options):
        """The error of a call."""
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await self.call(path, **options)
        return caught.value


@pytest.fixture
async def port(tmp_path):
    async with (
        real_chain(tmp_path) as chain,
        serve(chain.core, "127.0.0.1", 0) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):
        yield Port(chain, channel)
