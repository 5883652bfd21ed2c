"""A command running in a lease: its output, its input, its terminal, its end.

Frames are binary; the first byte says what the rest is. Must not know how the connection was made.
Source: facts of the network, gateway "Shell: frames".
"""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator
from enum import IntEnum
from typing import NamedTuple

import aiohttp

from akashpy.client.errors import ClientError, Unreachable


class Frame(IntEnum):
    """First byte of a frame."""

    STDOUT = 100
    STDERR = 101
    RESULT = 102
    FAILURE = 103
    STDIN = 104
    RESIZE = 105


class Output(NamedTuple):
    """Bytes that the command wrote, to stderr or to stdout."""

    is_error: bool
    data: bytes


class ShellFailed(ClientError):
    """The command could not be run, or its end is unknown; the text is the provider's."""


class Shell:
    """A running command. Read `output` to its end, then `exit_code` says how it ended."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, takes_stdin: bool) -> None:
        self._socket = socket
        self._takes_stdin = takes_stdin
        self.exit_code: int | None = None
        """The command's exit status, once the output has ended."""

    async def output(self) -> AsyncIterator[Output]:
        """What the command writes, until it ends.

        Raises ShellFailed when the provider could not run it, Unreachable when the connection
        ended before the command.
        """
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.BINARY or not message.data:
                continue
            kind, content = message.data[0], message.data[1:]
            if kind in (Frame.STDOUT, Frame.STDERR):
                yield Output(kind == Frame.STDERR, content)
            elif kind == Frame.RESULT:
                self.exit_code = _result(content)
                return
            elif kind == Frame.FAILURE:
                raise ShellFailed("the provider encountered an unknown error")
        raise Unreachable("shell: the connection ended before the command did")

    async def wait(self) -> int:
        """The exit status; output that was not read yet is dropped. Raises as `output`."""
        async for _ in self.output():
            pass
        if self.exit_code is None:
            raise ShellFailed("the command ended without an exit status")
        return self.exit_code

    async def write(self, data: bytes) -> None:
        """Send bytes to the command's input; it was started with `stdin`."""
        self._require_stdin()
        await self._socket.send_bytes(bytes((Frame.STDIN,)) + data)

    async def resize(self, width: int, height: int) -> None:
        """Tell the terminal's size in characters."""
        self._require_stdin()
        await self._socket.send_bytes(bytes((Frame.RESIZE,)) + struct.pack(">HH", width, height))

    def _require_stdin(self) -> None:
        if not self._takes_stdin:
            raise ValueError("the shell was opened without stdin; open it with stdin=True")


def _result(content: bytes) -> int:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise ShellFailed(f"unreadable end of the command: {content!r:.100}") from error
    if found.get("message"):
        raise ShellFailed(f"lease shell failed: {found['message']}")
    return int(found.get("exit_code", 0))
