"""The driver's side of a launcher's control socket; serve.py is the other side."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from provider.cluster.errors import ExecLost

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
"""A launcher that is starting on a busy machine answers late; one that hangs never does."""
LINE_BYTES = 1 << 20


async def request(
    path: Path, message: dict[str, Any], descriptors: tuple[int, ...] = ()
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send one request, with descriptors if any; the stream of its answers.

    Raises OSError when no launcher listens there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        async with asyncio.timeout(CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(connection, str(path))
        data = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(connection, [data], list(descriptors))
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=LINE_BYTES)
    except BaseException:
        connection.close()
        raise
    writer.write(data[sent:])
    return reader, writer


async def answers(path: Path, message: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
    """All answers to a request, until the launcher ends the stream.

    Raises OSError when no launcher listens there.
    """
    reader, writer = await request(path, message)
    try:
        await writer.drain()
        while line := await reader.readline():
            yield json.loads(line)
    finally:
        writer.close()


async def stop(path: Path, *, grace: float) -> None:
    """Have the launcher stop its program and end; returns when it has, or its socket broke.

    Raises OSError when no launcher listens there.
    """
    async with aclosing(answers(path, {"op": "stop", "grace": grace})) as states:
        async for _ in states:
            pass


class Running:
    """A command that a launcher runs for us."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def exit_code(self) -> int:
        """Wait for its end. Raises ExecLost when the launcher went away first."""
        try:
            line = await self._reader.readline()
        except OSError as error:
            raise ExecLost("the connection to the replica broke") from error
        if not line:
            raise ExecLost("the replica ended before the command did")
        return int(json.loads(line)["exit"])

    def hang_up(self) -> None:
        """Leave it; the launcher kills what is still running."""
        self._writer.close()


async def start_command(
    path: Path, command: tuple[str, ...], *, tty: bool, descriptors: tuple[int, ...]
) -> Running | str:
    """Start a command with these descriptors, which are closed here; or why it was refused.

    Raises ExecLost when the launcher does not answer.
    """
    try:
        reader, writer = await request(
            path, {"op": "exec", "command": command, "tty": tty}, descriptors
        )
    except (OSError, TimeoutError) as error:
        raise ExecLost("the replica cannot be reached") from error
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            line = await reader.readline()
    except BaseException as error:
        writer.close()
        if isinstance(error, TimeoutError | OSError):
            raise ExecLost("the replica does not answer") from error
        raise
    if not line:
        writer.close()
        raise ExecLost("the replica ended")
    answer = json.loads(line)
    if refusal := answer.get("refused"):
        writer.close()
        return str(refusal)
    return Running(reader, writer)
