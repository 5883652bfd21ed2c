"""The socket's framing with its limits, and the same application over gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest

from akashpy.node.abci import grpc as abci_grpc
from akashpy.node.abci import socket as abci_socket
from akashpy.node.comet.encoding import delimited
from akashpy.wire import abci as pb
from tests.node.abci.calls import Caller

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(caller: Caller, failures: list[BaseException]) -> AsyncIterator[Streams]:
    """A connection to the application."""
    async with abci_socket.serve(
        caller.application, "tcp://127.0.0.1:0", failures.append
    ) as address:
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()


async def received(reader: asyncio.StreamReader) -> pb.Response:
    """The next response."""
    size = shift = 0
    while True:
        (byte,) = await asyncio.wait_for(reader.readexactly(1), 60)
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return pb.Response.FromString(await asyncio.wait_for(reader.readexactly(size), 60))


def framed(request: pb.Request) -> bytes:
    return delimited(request.SerializeToString())


async def test_requests_are_answered_in_order(caller: Caller) -> None:
    async with connected(caller, []) as (reader, writer):
        for text in ("one", "two" * 5000):
            writer.write(framed(pb.Request(echo=pb.RequestEcho(message=text))))
        writer.write(framed(pb.Request(flush=pb.RequestFlush())))
        assert (await received(reader)).echo.message == "one"
        assert (await received(reader)).echo.message == "two" * 5000
        assert (await received(reader)).WhichOneof("value") == "flush"


async def test_requests_that_come_together_are_answered_without_a_flush(caller: Caller) -> None:
    texts = [f"{number}" for number in range(500)]
    async with connected(caller, []) as (reader, writer):
        echoes = (pb.Request(echo=pb.RequestEcho(message=text)) for text in texts)
        writer.write(b"".join(framed(each) for each in echoes) + b"\xff" * 11)
        assert [(await received(reader)).echo.message for _ in texts] == texts
        assert await asyncio.wait_for(reader.read(), 60) == b""


async def test_a_request_in_single_bytes_is_answered(caller: Caller) -> None:
    async with connected(caller, []) as (reader, writer):
        for byte in framed(pb.Request(echo=pb.RequestEcho(message="a" * 200))):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await received(reader)).echo.message == "a" * 200


@pytest.mark.parametrize(
    "sent",
    [b"\xff" * 11, b"\xff\xff\xff\xff\x7f", b"\x03\xff\xff\xff", b"\x05ab"],
    ids=["endless length", "too large", "no protobuf", "cut short"],
)
async def test_what_is_no_message_ends_the_connection(caller: Caller, sent: bytes) -> None:
    failures: list[BaseException] = []
    async with connected(caller, failures) as (reader, writer):
        writer.write(sent)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 60) == b""
    assert not failures


async def test_a_request_that_must_not_pass_is_told_and_ends_the_node(caller: Caller) -> None:
    failures: list[BaseException] = []
    async with connected(caller, failures) as (reader, writer):
        writer.write(framed(pb.Request(commit=pb.RequestCommit())))
        answer = await received(reader)
        assert "no executed block" in answer.exception.error
        assert await asyncio.wait_for(reader.read(), 60) == b""
    assert len(failures) == 1


async def test_an_empty_request_is_told(caller: Caller) -> None:
    failures: list[BaseException] = []
    async with connected(caller, failures) as (reader, writer):
        writer.write(framed(pb.Request()))
        assert "without content" in (await received(reader)).exception.error
    assert len(failures) == 1


async def test_a_unix_socket_serves_too(caller: Caller, tmp_path: Path) -> None:
    path = tmp_path / "abci.sock"
    async with abci_socket.serve(caller.application, f"unix://{path}", lambda error: None):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(framed(pb.Request(info=pb.RequestInfo())))
        writer.write(framed(pb.Request(flush=pb.RequestFlush())))
        assert (await received(reader)).info.data == "akash"
        writer.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "tcp://127.0.0.1", "127.0.0.1:1"])
async def test_other_addresses_are_refused(caller: Caller, address: str) -> None:
    with pytest.raises(ValueError, match="use tcp://host:port"):
        async with abci_socket.serve(caller.application, address, lambda error: None):
            pass


async def test_grpc_serves_every_kind(caller: Caller) -> None:
    failures: list[BaseException] = []
    async with (
        abci_grpc.serve(caller.application, "tcp://127.0.0.1:0", failures.append) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):

        async def ask(method: str, message: object) -> bytes:
            call = channel.unary_unary(f"/tendermint.abci.ABCI/{method}")
            answer: bytes = await call(message.SerializeToString(), timeout=60)  # type: ignore[attr-defined]
            return answer

        info = pb.ResponseInfo.FromString(await ask("Info", pb.RequestInfo()))
        assert info.data == "akash"
        extension = await ask("VerifyVoteExtension", pb.RequestVerifyVoteExtension())
        assert pb.ResponseVerifyVoteExtension.FromString(extension).status == 1
        with pytest.raises(grpc.aio.AioRpcError, match="no executed block"):
            await ask("Commit", pb.RequestCommit())
    assert len(failures) == 1


async def test_grpc_refuses_a_taken_port(caller: Caller) -> None:
    async with abci_grpc.serve(
        caller.application, "tcp://127.0.0.1:0", lambda error: None
    ) as address:
        with pytest.raises(OSError, match="cannot listen"):
            async with abci_grpc.serve(caller.application, address, lambda error: None):
                pass
