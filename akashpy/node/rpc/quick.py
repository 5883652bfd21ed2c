"""The quick path of the RPC port: `POST /` over HTTP/1.1, and nothing else.

Exists because broadcasts come by the thousand a second and a framework's request costs more than
checking its transactions' frames. A connection that begins anything else is handed over, with the
bytes read so far, to the framework's protocol and never comes back. Must not know JSON-RPC.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import cast

import httptools

from akashpy.node.rpc.post import CACHE, Reply, RpcLimits, cors_headers, too_large, too_slow

log = logging.getLogger(__name__)

OPENING = b"POST / HTTP/1.1\r\n"
"""The first bytes of a request that is served here."""

Answer = Callable[[bytes, str], Awaitable[Reply]]
"""From a request's body and Host header to its reply."""

_PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class QuickProtocol(asyncio.Protocol):
    """One connection. One request is answered at a time; what follows waits in the socket."""

    def __init__(
        self,
        answer: Answer,
        limits: RpcLimits,
        fallback: Callable[[], asyncio.Protocol],
        connections: set[QuickProtocol],
    ) -> None:
        self._answer = answer
        self._limits = limits
        self._fallback = fallback
        self._connections = connections
        self._transport: asyncio.Transport
        self._parser: httptools.HttpRequestParser | None = None
        self._begun = b""
        self._waiting = b""
        self._task: asyncio.Task[None] | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self._since = time.monotonic()
        self._body: list[bytes] = []
        self._size = 0
        self._host = ""
        self._origin: str | None = None
        self._is_complete = False
        self._keep = True

    # the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or refuse one connection too many."""
        self._transport = cast(asyncio.Transport, transport)
        opened = transport.get_extra_info("socket")
        if opened is not None and opened.family in (socket.AF_INET, socket.AF_INET6):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; an answer nobody reads any more is given up."""
        self._connections.discard(self)
        self._drained.set()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        """The client reads too slowly: the next answer waits."""
        self._drained.clear()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._drained.set()

    def close(self) -> None:
        """End the connection now."""
        self._transport.abort()

    def close_if_stale(self, now: float) -> None:
        """End the connection when it idles, or its request or its reading takes too long."""
        if self._task is not None and self._drained.is_set():
            return  # an answer is being made; methods have bounds of their own
        waited = now - self._since
        in_request = self._parser is not None or bool(self._begun)
        if in_request and self._task is None and waited > self._limits.read_timeout:
            self._reply(too_slow(self._limits), keep=False)
        elif waited > self._limits.idle_timeout:
            self._transport.abort()

    # requests

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._task is not None:
            self._waiting += data  # came before the pause in reading took hold
            return
        if self._parser is None:
            self._begun += data
            if len(self._begun) < len(OPENING) and OPENING.startswith(self._begun):
                return
            if not self._begun.startswith(OPENING):
                self._hand_over()
                return
            data, self._begun = self._begun, b""
            self._start_request()
        self._feed(data)

    def _start_request(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._body, self._size, self._is_complete = [], 0, False
        self._host, self._origin = "", None
        self._since = time.monotonic()

    def _feed(self, data: bytes) -> None:
        parser = self._parser
        assert parser is not None
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._transport.abort()
            return
        except httptools.HttpParserError as error:
            text = f"malformed HTTP request: {error}".encode()
            self._reply(Reply(text, status=400, content_type="text/plain"), keep=False)
            return
        if self._size > self._limits.body_bytes:
            self._reply(too_large(), keep=False)
        elif self._is_complete:
            self._transport.pause_reading()
            self._task = asyncio.get_running_loop().create_task(self._serve())

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        lowered = name.lower()
        if lowered == b"host":
            self._host = value.decode("latin-1")
        elif lowered == b"origin":
            self._origin = value.decode("latin-1")
        elif lowered == b"content-length":
            self._size = int(value) if value.isdigit() else 0
        elif lowered == b"expect":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_headers_complete(self) -> None:
        """Called by the parser: a stated size above the limit is refused at once."""
        if self._size <= self._limits.body_bytes:
            self._size = 0
        if self._parser is not None:
            self._keep = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._size += len(body)
        if self._size <= self._limits.body_bytes:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser. A second request in the same bytes is a pipelined one."""
        if self._is_complete:
            raise ValueError("pipelined requests are not served; wait for each answer")
        self._is_complete = True

    async def _serve(self) -> None:
        keep = self._keep
        try:
            reply = await self._answer(b"".join(self._body), self._host)
        except Exception:
            log.exception("a request could not be answered")
            reply = Reply(b"", status=500)
            keep = False
        self._task = None
        self._reply(reply, keep=keep)
        if not keep:
            return
        if not self._drained.is_set():
            await self._drained.wait()
        if not self._transport.is_closing():
            self._parser = None
            self._transport.resume_reading()
            if self._waiting:
                waiting, self._waiting = self._waiting, b""
                self.data_received(waiting)

    def _reply(self, reply: Reply, *, keep: bool) -> None:
        if self._transport.is_closing():
            return
        self._since = time.monotonic()
        head = (
            f"HTTP/1.1 {_PHRASES[reply.status]}\r\nContent-Type: {reply.content_type}\r\n"
            f"X-Server-Time: {int(time.time())}\r\nContent-Length: {len(reply.body)}\r\n"
        )
        if reply.is_cacheable:
            head += f"Cache-Control: {CACHE}\r\n"
        for name, value in cors_headers(self._origin, self._limits).items():
            head += f"{name}: {value}\r\n"
        if not keep:
            head += "Connection: close\r\n"
        self._transport.write(b"".join((head.encode("latin-1"), b"\r\n", reply.body)))
        if not keep:
            self._transport.close()

    def _hand_over(self) -> None:
        """Let the framework have the connection, from its first byte on."""
        self._connections.discard(self)
        begun, self._begun = self._begun, b""
        following = self._fallback()
        self._transport.set_protocol(following)
        following.connection_made(self._transport)
        following.data_received(begun)
