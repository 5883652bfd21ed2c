"""Websocket frames gone wrong: each right frame has its answer, each wrong one ends its socket."""

from __future__ import annotations

import asyncio
import json
import random
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from akashpy.node.rpc.server import serve
from tests.fuzz.conftest import Memory, quiet, unchanged
from tests.fuzz.line import PATIENCE
from tests.fuzz.mutation import SEED, as_json, broken, noise, twisted
from tests.fuzz.town import TENANT
from tests.node.realchain import RealChain

HANDSHAKE = (
    b"GET /websocket HTTP/1.1\r\nHost: node\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LANES = 8
QUERIES = (
    "tm.event='NewBlock'",
    "tm.event = 'Tx' AND tx.height > 5",
    "tm.event='Tx' AND a.b CONTAINS 'c'",
    f"transfer.sender='{TENANT}'",
    "tm.event='ValidatorSetUpdates'",
    "tm.event='NewBlockHeader'",
    "block.height EXISTS",
    "tx.hash = '00'",
    "a.b = TIME 2013-05-03T14:45:00Z",
    "a = DATE 2013-05-03",
)
FAREWELLS = (b"", b"\x00", b"\xff\xff", b"\x03\xe8\xff", b"\x03\xee")
"""What close frames hold: nothing, half a code, codes that nobody may send, a broken reason."""


class Frame(NamedTuple):
    """A frame as a client sends it; `size` is what its head says, where that is not the truth."""

    content: bytes
    kind: int = TEXT
    final: bool = True
    masked: bool = True
    reserved: int = 0
    size: int | None = None

    def encode(self) -> bytes:
        """The frame's bytes."""
        size = len(self.content) if self.size is None else self.size
        head = bytes([self.final << 7 | self.reserved << 4 | self.kind])
        mask = 0x80 if self.masked else 0
        if size < 126:
            head += bytes([mask | size])
        elif size < 2**16:
            head += bytes([mask | 126]) + struct.pack(">H", size)
        else:
            head += bytes([mask | 127]) + struct.pack(">Q", size)
        return head + (bytes(4) if self.masked else b"") + self.content


class Socket:
    """A websocket that is opened again when it was closed."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").rpartition(":")
        self._place = (host, int(port))
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = 0

    async def ask(self, frames: list[Frame]) -> list[Any]:
        """The answers to right frames, whatever they hold; the socket stays open."""
        reader, writer = await self._open()
        self._turn += 1
        mark = f"mark {self._turn}"
        writer.write(b"".join(frame.encode() for frame in frames))
        writer.write(Frame(as_json(call("health", {}, mark))).encode())
        answers: list[Any] = []
        async with asyncio.timeout(PATIENCE):
            while True:
                kind, content = await _read(reader)
                if kind == TEXT:
                    answers.append(json.loads(content))
                    if answers[-1].get("id") == mark:
                        assert answers.pop()["result"] == {}
                        return answers
                else:
                    assert kind == PONG, (kind, content, frames)

    async def spoil(self, data: bytes) -> None:
        """Send bytes after which the port must end the socket."""
        reader, writer = await self._open()
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                writer.write(data)
                writer.write_eof()
                await reader.read()
        await self.close()

    async def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            reader, writer = await asyncio.open_connection(*self._place, limit=2**24)
            writer.write(HANDSHAKE)
            async with asyncio.timeout(PATIENCE):
                assert b"101 Switching" in await reader.readuntil(b"\r\n\r\n")
            self._streams = reader, writer
        return self._streams


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    assert first & 0x80, "an answer came in pieces"
    assert not second & 0x80, "a server masks nothing"
    size = second
    if size == 126:
        (size,) = struct.unpack(">H", await reader.readexactly(2))
    elif size == 127:
        (size,) = struct.unpack(">Q", await reader.readexactly(8))
    return first & 0x0F, await reader.readexactly(size)


def call(name: str, params: Any, id: Any = 1) -> dict[str, Any]:
    """A JSON-RPC call."""
    return {"jsonrpc": "2.0", "id": id, "method": name, "params": params}


async def test_frames(chain: RealChain, rounds: int, caplog: pytest.LogCaptureFixture) -> None:
    dice, memory = random.Random(SEED + 20), Memory(rounds)
    inputs = iter(list(_inputs(dice, rounds)))
    answered = 0

    async def lane(url: str) -> None:
        nonlocal answered
        socket = Socket(url)
        for given in inputs:
            memory.look()
            if isinstance(given, bytes):
                await socket.spoil(given)
                continue
            for found in await socket.ask(given):
                answered += 1
                _require_answer(found, given)
        await socket.close()

    with quiet(caplog), unchanged(chain):
        async with serve(chain.core, "127.0.0.1", 0) as url, asyncio.TaskGroup() as group:
            for _ in range(LANES):
                group.create_task(lane(url))
    memory.require_flat()
    assert answered > rounds // 3
    assert chain.core.bus.wants("Tx") is False, "a closed socket left its subscription behind"


def _inputs(dice: random.Random, rounds: int) -> Iterator[bytes | list[Frame]]:
    """Right frames of wrong content, which must be answered; or bytes that are no frames."""
    for _ in range(rounds):
        yield _wrong(dice) if not dice.randrange(5) else _pieces(_content(dice), dice)


def _content(dice: random.Random) -> bytes:
    name = dice.choice(("subscribe", "unsubscribe", "unsubscribe_all", "subscribe", "status", "tx"))
    query = dice.choice(QUERIES)
    if dice.randrange(2):
        at = dice.randrange(len(query) + 1)
        query = query[:at] + noise(dice) + query[at:]
    right = call(name, {"query": query}, dice.choice((7, "seven", 0, -1)))
    match dice.randrange(5):
        case 0:
            found = broken(as_json(right), dice)
        case 1:
            found = as_json(twisted(right, dice))
        case _:
            return as_json(right).decode("utf-8", "replace").encode()
    return found.decode("utf-8", "replace").encode()  # text frames that are no UTF-8 end the socket


def _pieces(content: bytes, dice: random.Random) -> list[Frame]:
    """The content in one frame or several, with pings between."""
    kind = dice.choice((TEXT, TEXT, BINARY))
    if dice.randrange(4):
        return [Frame(content, kind)]
    at, to = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return [
        Frame(content[:at], kind, final=False),
        Frame(b"?", PING),
        Frame(content[at:to], CONTINUED, final=False),
        Frame(content[to:], CONTINUED),
    ]


def _wrong(dice: random.Random) -> bytes:
    """Bytes that break the protocol, or that never make a whole frame."""
    text = as_json(call("health", {}))
    match dice.randrange(10):
        case 0:
            return Frame(text, dice.choice((3, 4, 5, 6, 7, 11, 15))).encode()
        case 1:
            return Frame(text, reserved=dice.randrange(1, 8)).encode()
        case 2:
            return Frame(text, CONTINUED).encode()
        case 3:
            return Frame(
                b"x" * dice.choice((126, 70_000)), dice.choice((PING, PONG, CLOSE))
            ).encode()
        case 4:
            return Frame(b"?", PING, final=False).encode()
        case 5:
            return Frame(text, size=dice.choice((2**31, 2**62, 2**63 - 1, 2**64 - 1))).encode()
        case 6:
            return Frame(text, final=False).encode() + Frame(text).encode()
        case 7:
            return Frame(dice.choice(FAREWELLS), CLOSE).encode()
        case 8:
            return Frame(b"\xff\xfe\xc0").encode()
    return broken(Frame(text).encode(), dice)


def _require_answer(found: Any, given: object) -> None:
    assert found["jsonrpc"] == "2.0", (given, found)
    assert ("result" in found) != ("error" in found), (given, found)
    if "error" in found:
        assert isinstance(found["error"]["code"], int)
        assert found["error"]["message"], (given, found)
        text = str(found["error"].get("data", ""))
        assert "could not answer" not in text, (given, found)
        assert "Traceback" not in text, (given, found)
