"""Leads connections from a port of this machine into a network namespace.

Run as a program of its own, since a process is in one network namespace at a time: it listens
where it is started and then moves. `python -m tests.kubernetes.cluster.forwarder LISTEN TARGET NS`.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import closing
from pathlib import Path

from tests.kubernetes.cluster.network import enter

CHUNK = 65536


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()


async def serve(listening: socket.socket, host: str, port: int) -> None:
    """Forward every connection until the process is ended."""

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            try:
                there = await asyncio.open_connection(host, port)
            except OSError:
                return  # closing our side says it
            with closing(there[1]):
                await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))

    server = await asyncio.start_server(lead, sock=listening)
    await server.serve_forever()


def main() -> None:
    """Listen, move, forward."""
    where, target, namespace = sys.argv[1:4]
    own, _, own_port = where.rpartition(":")
    host, _, port = target.rpartition(":")
    listening = socket.create_server((own, int(own_port)), backlog=256)
    enter(Path(namespace))
    asyncio.run(serve(listening, host, int(port)))


if __name__ == "__main__":
    main()
