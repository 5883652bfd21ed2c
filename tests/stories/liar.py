"""A node that can lie: gRPC and RPC ports in front of a real one.

It passes everything on until it is told a lie to tell: to answer with errors, to know nothing, to
know half of every list, to be where the chain was long ago, or to be the node of another chain. It
carries bytes, and knows of messages only what a lie needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any

import aiohttp
import grpc
from aiohttp import web

from akashpy.wire import cmtservice, service_methods
from akashpy.wire import node as node_pb

HEIGHT = "x-cosmos-block-height"
NODE_STATUS = "/cosmos.base.node.v1beta1.Service/Status"
LATEST_BLOCK = "/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock"
BLOCK_AT = "/cosmos.base.tendermint.v1beta1.Service/GetBlockByHeight"
LISTS = ("Orders", "Bids", "Leases", "Deployments", "Accounts", "Payments", "Certificates")
SINGLES = ("Order", "Bid", "Lease", "Deployment", "Group")
SECONDS = 10.0


class Lie(Enum):
    """What it pretends."""

    NONE = "nothing: it passes everything on"
    ERRORS = "every answer is an error"
    EMPTY = "no order, bid, lease or deployment exists"
    HALF = "every list ends after its first half"
    OLD = "the chain is where it was long ago"
    OTHER = "it is the node of another chain"


class Liar:
    """Made by `open`. Set `lie`; for OLD set `old_height`, for OTHER `other`, too."""

    def __init__(self, grpc_target: str, rpc: str, http: aiohttp.ClientSession) -> None:
        self.lie = Lie.NONE
        self.old_height = 1
        self.asked: dict[Lie, int] = dict.fromkeys(Lie, 0)
        """How many questions were answered under each lie."""
        self._rpc = rpc
        self._other_rpc = ""
        self._http = http
        self._channel: Any = grpc.aio.insecure_channel(grpc_target)
        self._other: Any = None
        self._sockets: set[web.WebSocketResponse] = set()
        self.grpc = ""
        self.rpc = ""

    @classmethod
    @asynccontextmanager
    async def open(cls, grpc_target: str, rpc: str) -> AsyncIterator[Liar]:
        """Serve in front of a node, on ports of its own."""
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            liar = cls(grpc_target, rpc, http)
            server = grpc.aio.server()
            server.add_generic_rpc_handlers((_Everything(liar._answer),))
            port = server.add_insecure_port("127.0.0.1:0")
            await server.start()
            liar.grpc = f"127.0.0.1:{port}"
            app = web.Application(client_max_size=2**24)
            app.router.add_post("/", liar._post)
            app.router.add_get("/websocket", liar._websocket)
            runner = web.AppRunner(app, shutdown_timeout=1.0)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            liar.rpc = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                yield liar
            finally:
                await liar._drop_sockets()
                await runner.cleanup()
                await server.stop(None)
                await liar._channel.close()
                if liar._other is not None:
                    await liar._other.close()

    def impersonate(self, grpc_target: str, rpc: str) -> None:
        """Whom to pass on to while the lie is OTHER."""
        self._other = grpc.aio.insecure_channel(grpc_target)
        self._other_rpc = rpc

    async def tell(self, lie: Lie) -> None:
        """Begin or end a lie; those who are connected must connect again."""
        self.lie = lie
        await self._drop_sockets()

    async def _drop_sockets(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    # gRPC

    async def _answer(self, path: str, request: bytes, context: Any) -> bytes:
        lie = self.lie
        self.asked[lie] += 1
        name = path.rsplit("/", 1)[1]
        if lie is Lie.ERRORS:
            await context.abort(grpc.StatusCode.INTERNAL, "out of luck")
        if lie is Lie.EMPTY and path.startswith("/akash."):
            if name in LISTS:
                return b""
            if name in SINGLES:
                await context.abort(grpc.StatusCode.NOT_FOUND, f"{name.lower()} not found")
        metadata = [(k, v) for k, v in context.invocation_metadata() or () if k == HEIGHT]
        if lie is Lie.OLD:
            metadata = [(HEIGHT, str(self.old_height))]
            if path == LATEST_BLOCK:
                path, request = BLOCK_AT, _block_at(self.old_height)
        channel = self._other if lie is Lie.OTHER else self._channel
        try:
            reply: bytes = await channel.unary_unary(path)(
                request, timeout=SECONDS, metadata=tuple(metadata)
            )
        except grpc.aio.AioRpcError as error:
            trailing = tuple(error.trailing_metadata() or ())
            await context.abort(error.code(), error.details() or "", trailing)
        if lie is Lie.OLD and path == NODE_STATUS:
            status = node_pb.StatusResponse.FromString(reply)
            status.height = self.old_height
            reply = status.SerializeToString()
        if lie is Lie.HALF and path.startswith("/akash.") and name in LISTS:
            reply = _first_half(path, reply)
        return reply

    # RPC

    async def _post(self, request: web.Request) -> web.Response:
        lie, body = self.lie, await request.read()
        self.asked[lie] += 1
        if lie is Lie.ERRORS:
            return web.Response(status=500, text="out of luck")
        rpc = self._other_rpc if lie is Lie.OTHER else self._rpc
        async with self._http.post(rpc, data=body) as response:
            found = await response.json(content_type=None)
        if lie is Lie.OLD and isinstance(found, dict) and "sync_info" in found.get("result", {}):
            found["result"]["sync_info"]["latest_block_height"] = str(self.old_height)
        if lie is Lie.EMPTY and isinstance(found, dict):
            _forget_events(found.get("result"))
        return web.json_response(found)

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        near = web.WebSocketResponse()
        await near.prepare(request)
        if self.lie is Lie.ERRORS:
            await near.close()
            return near
        self._sockets.add(near)
        rpc = self._other_rpc if self.lie is Lie.OTHER else self._rpc
        try:
            async with aiohttp.ClientSession() as http, http.ws_connect(f"{rpc}/websocket") as far:
                await _join(near, far)
        except (aiohttp.ClientError, OSError):
            pass  # the real node is away: the one in front sees its connection end
        finally:
            self._sockets.discard(near)
            await near.close()
        return near


def _block_at(height: int) -> bytes:
    return cmtservice.GetBlockByHeightRequest(height=height).SerializeToString()


def _first_half(path: str, reply: bytes) -> bytes:
    """A list without its second half, and without a word of it."""
    service = path.split("/")[1]
    (method,) = (m for m in service_methods(service) if m.path == path)
    answer: Any = method.output.FromString(reply)
    for field in type(answer).DESCRIPTOR.fields:
        if field.label == field.LABEL_REPEATED:
            found = getattr(answer, field.name)
            del found[len(found) // 2 :]
    answer.ClearField("pagination")
    return bytes(answer.SerializeToString())


def _forget_events(result: Any) -> None:
    """A block in which nothing happened."""
    if isinstance(result, dict) and "finalize_block_events" in result:
        result["finalize_block_events"] = []
        result["txs_results"] = None


async def _join(near: web.WebSocketResponse, far: aiohttp.ClientWebSocketResponse) -> None:
    """Carry messages both ways until either side ends."""

    async def carry(source: Any, sink: Any) -> None:
        async for message in source:
            if message.type is aiohttp.WSMsgType.TEXT:
                await sink.send_str(message.data)

    ways = [asyncio.create_task(carry(near, far)), asyncio.create_task(carry(far, near))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


class _Everything(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no stubs
    """Hands every unary call to one function, as bytes."""

    def __init__(self, answer: Callable[[str, bytes, Any], Awaitable[bytes]]) -> None:
        self._answer = answer

    def service(self, details: Any) -> Any:
        path = details.method

        async def call(request: bytes, context: Any) -> bytes:
            return await self._answer(path, request, context)

        return grpc.unary_unary_rpc_method_handler(call)
