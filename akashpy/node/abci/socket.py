"""ABCI over a TCP or Unix socket: length-prefixed messages, answered in order.

CometBFT opens four connections; each is served by one task. Whatever a request raises is told as
an exception, which makes CometBFT stop, and reported to the node, which stops too: going on after
a failed block would fork it. It must not know any request.
Source: CometBFT 0.38 abci/server/socket_server.go, abci/types/messages.go.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from google.protobuf.message import DecodeError

from akashpy.node.abci.application import AbciApplication
from akashpy.node.comet.encoding import delimited
from akashpy.wire import abci as pb

log = logging.getLogger(__name__)

MAX_MESSAGE = 104_857_600
"""Bytes of the largest request, CometBFT's own bound."""
MAX_PREFIX = 10
READ_BUFFER = 2**20
WRITE = 2**16
"""Bytes of answers that are gathered while further requests lie there already."""


class FrameError(ValueError):
    """Bytes on the connection that are no ABCI message."""


@asynccontextmanager
async def serve(
    application: AbciApplication, address: str, failed: Callable[[BaseException], None]
) -> AsyncIterator[str]:
    """Listen at `unix:///path` or `tcp://host:port` (port 0 picks one) until left; gives the
    address. `failed` hears of an exception that ended a request. Raises OSError, ValueError."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(asyncio.CancelledError):  # the server ends it, and nobody awaits it
                await _serve_connection(application, reader, writer, failed)
        except (FrameError, OSError) as error:
            log.warning("an ABCI connection broke", extra={"why": str(error)})
        finally:
            tasks.discard(task)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server, shown = await _listen(connected, address)
    try:
        yield shown
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def _listen(connected: Any, address: str) -> tuple[asyncio.Server, str]:
    scheme, _, rest = address.partition("://")
    if scheme == "unix":
        server = await asyncio.start_unix_server(connected, rest, limit=READ_BUFFER)
        return server, address
    host, _, port = rest.rpartition(":")
    if scheme != "tcp" or not port.isdigit():
        raise ValueError(f"ABCI address {address!r}: use tcp://host:port or unix:///path")
    server = await asyncio.start_server(connected, host.strip("[]"), int(port), limit=READ_BUFFER)
    return server, f"tcp://{host}:{server.sockets[0].getsockname()[1]}"


async def _serve_connection(
    application: AbciApplication,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    failed: Callable[[BaseException], None],
) -> None:
    frames = _Frames(reader)
    answers: list[bytes] = []
    size = 0
    while (data := await frames.take()) is not None:
        request = pb.Request()
        try:
            request.ParseFromString(data)
        except DecodeError as error:
            raise FrameError(f"no ABCI request: {error}") from error
        response, problem = await _respond(application, request)
        answers.append(delimited(response.SerializeToString()))
        size += len(answers[-1])
        flush = problem is not None or request.WhichOneof("value") == "flush"
        if flush or size >= WRITE or not frames.is_next_whole:
            writer.write(b"".join(answers))
            answers.clear()
            size = 0
        if flush:
            await writer.drain()
        if problem is not None:
            failed(problem)
            return


async def _respond(
    application: AbciApplication, request: pb.Request
) -> tuple[pb.Response, Exception | None]:
    kind = request.WhichOneof("value")
    if kind is None:
        problem = FrameError("a request without content")
        return pb.Response(exception=pb.ResponseException(error=str(problem))), problem
    try:
        reply = await application.answer(kind, getattr(request, kind))
    except Exception as error:  # CometBFT must hear of it, whatever it is
        text = f"{type(error).__name__}: {error}"
        log.critical("an ABCI request failed", exc_info=error, extra={"request": kind})
        return pb.Response(exception=pb.ResponseException(error=text)), error
    return pb.Response(**{kind: reply}), None


class _Frames:
    """The messages of a connection, several of which may have come at once."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._held = bytearray()
        self._at = 0

    async def take(self) -> bytes | None:
        """The next message, None at the end of the stream. Raises FrameError, OSError."""
        while (found := self._next()) is None:
            data = await self._reader.read(READ_BUFFER)
            if not data:
                if len(self._held) > self._at:
                    raise FrameError("the connection ended inside a message")
                return None
            del self._held[: self._at]
            self._at = 0
            self._held += data
        begin, end = found
        self._at = end
        return bytes(self._held[begin:end])

    @property
    def is_next_whole(self) -> bool:
        """Whether another message can be taken without waiting."""
        try:
            return self._next() is not None
        except FrameError:  # for `take` to raise, once everything before it is answered
            return False

    def _next(self) -> tuple[int, int] | None:
        """Where the next message lies, or None while a part of it is missing."""
        size = shift = 0
        held = self._held
        for place in range(self._at, self._at + MAX_PREFIX):
            if place == len(held):
                return None
            size |= (held[place] & 0x7F) << shift
            shift += 7
            if held[place] < 0x80:
                break
        else:
            raise FrameError("a length of more than ten bytes")
        if size > MAX_MESSAGE:
            raise FrameError(f"a message of {size} bytes, more than {MAX_MESSAGE}")
        end = place + 1 + size
        return None if end > len(held) else (place + 1, end)
