"""Carries connections from a socket to the first target that answers; TCP, Unix and UDP.

Sockets keep the network namespace they were made in: a listener made on the host and dialled
onward from inside a namespace is all the bridge there is. It knows nothing of leases.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

from provider.ending import ended

Address = tuple[Any, ...]

CHUNK = 64 * 1024
DIAL_SECONDS = 5.0
UDP_IDLE_SECONDS = 60.0
UDP_CLIENTS = 256
"""Clients of one UDP door remembered at once; the oldest is forgotten first."""


class StreamForwarder:
    """Serves a listening stream socket; every connection is carried to a target.

    A target is a port of this namespace's 127.0.0.1 or the path of a Unix socket; they are tried
    in order.
    """

    def __init__(self, listener: socket.socket, targets: tuple[int | str, ...]) -> None:
        self._listener = listener
        self._targets = targets
        self._server: asyncio.Server | None = None
        self._carried: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to accept."""
        self._listener.setblocking(False)
        accept = (
            asyncio.start_unix_server
            if self._listener.family == socket.AF_UNIX
            else asyncio.start_server
        )
        self._server = await accept(self._accept, sock=self._listener)

    async def close(self) -> None:
        """Stop accepting and drop what is being carried."""
        if self._server is not None:
            self._server.close()
        await ended(self._carried)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carried.add(task)
        try:
            with suppress(OSError):
                await self._carry(reader, writer)
        except asyncio.CancelledError:
            # Our own close asked for it; asyncio's server would report it as an error.
            pass
        finally:
            self._carried.discard(task)
            _drop(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward = await self._dial()
        if onward is None:
            return
        far_reader, far_writer = onward
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, far_writer))
                group.create_task(_pump(far_reader, writer))
        except* OSError:
            pass  # one side vanished; the other is closed below
        finally:
            _drop(far_writer)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for target in self._targets:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(DIAL_SECONDS):
                    if isinstance(target, str):
                        return await asyncio.open_unix_connection(target)
                    return await asyncio.open_connection("127.0.0.1", target)
        return None


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def _drop(writer: asyncio.StreamWriter) -> None:
    writer.close()


class DatagramForwarder(asyncio.DatagramProtocol):
    """Serves a bound UDP socket; each client gets a socket of its own towards the target."""

    def __init__(self, bound: socket.socket, port: int) -> None:
        self._bound = bound
        self._port = port
        self._transport: asyncio.DatagramTransport | None = None
        self._clients: dict[Address, _Client] = {}

    async def start(self) -> None:
        """Begin to carry."""
        self._bound.setblocking(False)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._bound)
        self._transport = transport

    async def close(self) -> None:
        """Close the socket and all clients' sockets."""
        for client in list(self._clients.values()):
            client.close()
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Called by asyncio: carry one packet onward."""
        client = self._clients.get(addr)
        if client is None:
            if len(self._clients) >= UDP_CLIENTS:
                next(iter(self._clients.values())).close()
            client = _Client(self, addr, self._port)
            self._clients[addr] = client
        client.send(data)

    def answer(self, data: bytes, addr: Address) -> None:
        """Carry a packet of the target back to its client."""
        if self._transport is not None:
            self._transport.sendto(data, addr)

    def forget(self, addr: Address) -> None:
        """A client's socket was closed."""
        self._clients.pop(addr, None)


class _Client:
    """One UDP client's own socket towards the target, closed when idle."""

    def __init__(self, front: DatagramForwarder, addr: Address, port: int) -> None:
        self._front = front
        self._addr = addr
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(("127.0.0.1", port))
        self._loop.add_reader(self._socket, self._receive)
        self._idle = self._loop.call_later(UDP_IDLE_SECONDS, self.close)

    def send(self, data: bytes) -> None:
        # UDP promises nothing: a full buffer or a refused port loses the packet.
        with suppress(OSError):
            self._socket.send(data)
        self._idle.cancel()
        self._idle = self._loop.call_later(UDP_IDLE_SECONDS, self.close)

    def close(self) -> None:
        self._idle.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self._front.forget(self._addr)

    def _receive(self) -> None:
        with suppress(OSError):
            self._front.answer(self._socket.recv(CHUNK), self._addr)
