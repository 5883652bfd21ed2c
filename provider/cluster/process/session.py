"""A command beside a replica's program: its pipes or terminal, seen as an ExecSession.

The launcher runs the command; its other ends are here. It knows nothing of leases.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from provider.cluster.driver import ExecOutput, ExecSession, ExecStream, TerminalSize
from provider.cluster.errors import ExecRefused
from provider.cluster.process.control import Running, start_command
from provider.ending import ended

CHUNK = 8192
"""Bytes read at once; a real provider's frames carry at most as many."""

REFUSALS = {
    "not_ready": ExecRefused.not_ready,
    "not_found": ExecRefused.not_found,
    "not_executable": ExecRefused.not_executable,
}
END_OF_INPUT = b"\x04"
"""What closes the input of a terminal in its usual mode."""


class Ends:
    """Our ends of a command's streams; closed in whatever order the command needs."""

    def __init__(self, outputs: dict[ExecStream, int], stdin: int | None, *, tty: bool) -> None:
        self.outputs = outputs
        self.stdin = stdin
        self.is_terminal = tty

    def close_input(self) -> None:
        """Close the input; a terminal's stays, since it is its output as well."""
        if self.stdin is not None and not self.is_terminal:
            os.close(self.stdin)
        self.stdin = None

    def close(self) -> None:
        """Close all that is open."""
        self.close_input()
        while self.outputs:
            os.close(self.outputs.popitem()[1])


@contextmanager
def _streams(
    tty: bool, stdin: bool, size: TerminalSize | None
) -> Iterator[tuple[Ends, tuple[int, ...]]]:
    """Our ends and the command's; the command's are the caller's to close."""
    if tty:
        ours, theirs = os.openpty()
        set_size(ours, size or TerminalSize(80, 24))
        ends = Ends({ExecStream.STDOUT: ours}, ours, tty=True)
        passed: tuple[int, ...] = (theirs,)
    else:
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        in_end, feed = os.pipe()
        if not stdin:
            os.close(feed)
        ends = Ends(
            {ExecStream.STDOUT: out, ExecStream.STDERR: err}, feed if stdin else None, tty=False
        )
        passed = (in_end, out_end, err_end)
    try:
        for descriptor in {*ends.outputs.values(), ends.stdin} - {None}:
            os.set_blocking(descriptor, False)  # type: ignore[arg-type]  # None was taken out
        yield ends, passed
    finally:
        ends.close()


def set_size(terminal: int, size: TerminalSize) -> None:
    """Give a terminal its columns and rows."""
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size.height, size.width, 0, 0))


class Session:
    """An ExecSession over pipes or one terminal."""

    def __init__(self, ends: Ends, running: Running) -> None:
        self._ends = ends
        self._running = running
        self._code: int | None = None
        self._waiting = asyncio.Lock()

    async def output(self) -> AsyncGenerator[ExecOutput, None]:
        """What the command writes, until all its streams are closed."""
        ready: asyncio.Queue[tuple[ExecStream, bytes]] = asyncio.Queue(maxsize=1)

        async def read(stream: ExecStream, descriptor: int) -> None:
            while data := await _read(descriptor):
                await ready.put((stream, data))
            await ready.put((stream, b""))

        tasks = [asyncio.create_task(read(*item)) for item in self._ends.outputs.items()]
        try:
            still = len(tasks)
            while still:
                stream, data = await ready.get()
                if data:
                    yield ExecOutput(stream, data)
                else:
                    still -= 1
        finally:
            await ended(tasks)

    async def write(self, data: bytes) -> None:
        """Send to the command's input; dropped once nobody reads it."""
        while data and self._ends.stdin is not None:
            try:
                data = data[os.write(self._ends.stdin, data) :]
            except BlockingIOError:
                await _writable(self._ends.stdin)
            except OSError:
                self._ends.close_input()

    async def close_input(self) -> None:
        """Let the command read the end of its input."""
        if self._ends.is_terminal:
            await self.write(END_OF_INPUT)
        self._ends.close_input()

    async def resize(self, size: TerminalSize) -> None:
        """Change the terminal's size; nothing without a terminal."""
        if self._ends.is_terminal and ExecStream.STDOUT in self._ends.outputs:
            set_size(self._ends.outputs[ExecStream.STDOUT], size)

    async def wait(self) -> int:
        """The command's exit code. Raises ExecLost."""
        async with self._waiting:
            if self._code is None:
                self._code = await self._running.exit_code()
            return self._code


@asynccontextmanager
async def open_session(
    control: Path,
    command: tuple[str, ...],
    *,
    tty: bool,
    stdin: bool,
    size: TerminalSize | None,
) -> AsyncIterator[ExecSession]:
    """Run a command in the replica behind a control socket.

    Raises ExecRefused, ExecLost.
    """
    with _streams(tty, stdin, size) as (ends, passed):
        running = await start_command(control, command, tty=tty, descriptors=passed)
        if isinstance(running, str):
            raise REFUSALS[running]()
        try:
            yield Session(ends, running)
        finally:
            running.hang_up()


async def _read(descriptor: int) -> bytes:
    loop = asyncio.get_running_loop()
    while True:
        try:
            return os.read(descriptor, CHUNK)
        except BlockingIOError:
            readable = asyncio.Event()
            loop.add_reader(descriptor, readable.set)
            try:
                await readable.wait()
            finally:
                loop.remove_reader(descriptor)
        except OSError:
            return b""  # a terminal whose other end has closed answers with an error


async def _writable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    writable = asyncio.Event()
    loop.add_writer(descriptor, writable.set)
    try:
        await writable.wait()
    finally:
        with suppress(ValueError):
            loop.remove_writer(descriptor)
