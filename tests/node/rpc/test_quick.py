"""The quick path on raw sockets: pieces, keep-alive, hand-over, bounds, nonsense."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from akashpy.node.rpc.post import RpcLimits
from akashpy.node.rpc.quick import QuickProtocol
from akashpy.node.rpc.server import serve
from tests.node.conftest import Parts

HEALTH = b'{"jsonrpc":"2.0","id":1,"method":"health"}'
ANSWER = {"jsonrpc": "2.0", "id": 1, "result": {}}
LIMITS = RpcLimits(body_bytes=5_000, read_timeout=100, idle_timeout=400)


def request(body: bytes = HEALTH, *headers: str) -> bytes:
    lines = [f"Content-Length: {len(body)}", "Host: node", *headers]
    return b"POST / HTTP/1.1\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Wire:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def receive(self) -> tuple[int, dict[str, str], Any]:
        """Status, headers and body of one response."""
        async with asyncio.timeout(60):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            body = await self.reader.readexactly(int(headers["Content-Length"]))
        is_json = headers["Content-Type"] == "application/json"
        return int(head[0].split()[1]), headers, json.loads(body) if is_json else body

    async def is_closed(self) -> bool:
        async with asyncio.timeout(60):
            return await self.reader.read() == b""


@pytest.fixture
async def wire(parts: Parts) -> AsyncIterator[Wire]:
    async with serve(parts.core, "127.0.0.1", 0, LIMITS) as url:
        port = int(url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        yield Wire(reader, writer)
        writer.close()


async def test_a_request_in_single_bytes_is_read(wire: Wire) -> None:
    before = int(time.time())
    for at in range(len(request())):
        await wire.send(request()[at : at + 1])
        await asyncio.sleep(0)
    status, headers, body = await wire.receive()
    assert (status, body) == (200, ANSWER)
    assert headers["Content-Type"] == "application/json"
    assert before <= int(headers["X-Server-Time"]) <= time.time()


async def test_a_connection_serves_one_request_after_another(wire: Wire) -> None:
    for _ in range(3):
        await wire.send(request())
        assert (await wire.receive())[2] == ANSWER


async def test_a_request_that_comes_early_waits(wire: Wire) -> None:
    await wire.send(request())
    await wire.send(request())
    assert (await wire.receive())[0] in (200, 400)


async def test_another_method_on_the_same_connection_is_handed_over(wire: Wire) -> None:
    await wire.send(request())
    assert (await wire.receive())[2] == ANSWER
    await wire.send(b"GET /health HTTP/1.1\r\nHost: node\r\n\r\n")
    status, _, body = await wire.receive()
    assert (status, body["id"]) == (200, -1)
    await wire.send(request())
    assert (await wire.receive())[2] == ANSWER


async def test_a_chunked_body_is_read(wire: Wire) -> None:
    size = f"{len(HEALTH):x}".encode()
    await wire.send(
        b"POST / HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: chunked\r\n\r\n"
        + size + b"\r\n" + HEALTH + b"\r\n0\r\n\r\n"
    )  # fmt: skip
    assert (await wire.receive())[2] == ANSWER


async def test_a_client_that_wants_to_close_is_closed(wire: Wire) -> None:
    await wire.send(request(HEALTH, "Connection: close"))
    assert (await wire.receive())[1]["Connection"] == "close"
    assert await wire.is_closed()


async def test_a_client_that_waits_for_permission_gets_it(wire: Wire) -> None:
    whole = request(HEALTH, "Expect: 100-continue")
    await wire.send(whole[: -len(HEALTH)])
    assert await wire.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    await wire.send(HEALTH)
    assert (await wire.receive())[2] == ANSWER


@pytest.mark.parametrize("stated", [True, False])
async def test_a_body_above_the_limit_is_refused(wire: Wire, stated: bool) -> None:
    body = b" " * 6_000
    if stated:
        await wire.send(b"POST / HTTP/1.1\r\nContent-Length: 6000\r\n\r\n")
    else:
        await wire.send(
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1770\r\n" + body + b"\r\n"
        )
    status, _, answer = await wire.receive()
    assert status == 400
    assert answer["error"]["data"] == "error reading request body: http: request body too large"
    assert await wire.is_closed()


async def test_nonsense_after_the_opening_is_refused(wire: Wire) -> None:
    await wire.send(b"POST / HTTP/1.1\r\nno header at all\r\n\r\n")
    assert (await wire.receive())[0] == 400
    assert await wire.is_closed()


async def test_pipelined_requests_in_one_piece_are_refused(wire: Wire) -> None:
    await wire.send(request() + request())
    assert (await wire.receive())[0] == 400
    assert await wire.is_closed()


async def test_a_browser_of_an_allowed_origin_may_read(parts: Parts) -> None:
    limits = RpcLimits(cors_origins=("http://wallet.example",))
    async with serve(parts.core, "127.0.0.1", 0, limits) as url:
        port = int(url.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        found = Wire(reader, writer)
        for origin, wanted in (("http://wallet.example", True), ("http://other.example", False)):
            await found.send(request(HEALTH, f"Origin: {origin}"))
            headers = (await found.receive())[1]
            assert ("Access-Control-Allow-Origin" in headers) is wanted
        writer.close()


class Sink(asyncio.Transport):
    """A transport that remembers what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.ended = ""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return bool(self.ended)

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"


def connected() -> tuple[QuickProtocol, Sink]:
    async def never(body: bytes, host: str) -> Any:
        pytest.fail("nothing was asked")

    protocol = QuickProtocol(never, LIMITS, lambda: pytest.fail("handed over"), set())
    sink = Sink()
    protocol.connection_made(sink)
    return protocol, sink


def test_a_body_that_does_not_come_is_given_up() -> None:
    protocol, sink = connected()
    protocol.data_received(request()[:-5])
    protocol.close_if_stale(time.monotonic())
    assert sink.ended == ""
    protocol.close_if_stale(time.monotonic() + 101)
    assert sink.ended == "closed"
    assert b"408 Request Timeout" in sink.written
    assert b"not complete after 100 s" in sink.written


def test_a_connection_that_idles_is_ended() -> None:
    protocol, sink = connected()
    protocol.close_if_stale(time.monotonic() + 200)
    assert sink.ended == ""
    protocol.close_if_stale(time.monotonic() + 401)
    assert sink.ended == "aborted"
