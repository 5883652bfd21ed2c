"""A raw HTTP connection: sends any bytes, reads what comes back as strictly as a client would.

Exists because clients' libraries refuse to send what these tests must send. It must not know what
the requests mean.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

PATIENCE = 120.0
"""Seconds an answer may take on a busy machine before the port counts as hung."""
LANES = 16
"""Connections in use at once."""


class Answer(NamedTuple):
    """One HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)


class Line:
    """A connection to a port of this machine that is opened again when it was closed."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").rpartition(":")
        self._place = (host, int(port))
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, data: bytes, *, last: bool = False) -> Answer | None:
        """The answer to these bytes; None where the port closed the connection instead.

        `last` tells the port that no more bytes will come, so that it does not wait for any.
        """
        reader, writer = await self._open()
        try:
            async with asyncio.timeout(PATIENCE):
                writer.write(data)
                if last:
                    writer.write_eof()
                answer = await _read(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.close()
            return None
        if last or answer.headers.get("connection") == "close":
            await self.close()
        return answer

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
            self._streams = await asyncio.open_connection(*self._place, limit=2**24)
        return self._streams


async def _read(reader: asyncio.StreamReader) -> Answer:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        version, status, _ = head[0].split(" ", 2)
        assert version in ("HTTP/1.1", "HTTP/1.0"), head[0]
        if status != "100":
            break
    headers = {name.lower(): value for name, value in map(_header, filter(None, head[1:]))}
    if version == "HTTP/1.0":
        headers.setdefault("connection", "close")
    size = 0 if status in ("204", "304") else int(headers["content-length"])
    return Answer(int(status), headers, await reader.readexactly(size))


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


async def side_by_side(
    url: str, inputs: Iterator[Any], one: Callable[[Line, Any], Any], lanes: int = LANES
) -> int:
    """Give every input to `one` on some connection; how many there were."""
    count = 0

    async def lane() -> None:
        nonlocal count
        line = Line(url)
        try:
            for given in inputs:
                count += 1
                await one(line, given)
        finally:
            await line.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(lanes):
            group.create_task(lane())
    return count


def post(path: str, body: bytes, *headers: str) -> bytes:
    """A POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: node", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + body


def get(target: str, *headers: str) -> bytes:
    """A GET request; what cannot stand in a request line is left out of `target`."""
    clean = "".join(c for c in target if c not in " \r\n\t\x0b\x0c\x00#")[:4000]
    lines = [f"GET {clean} HTTP/1.1", "Host: node", *headers]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n"
