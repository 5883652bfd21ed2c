"""A command in a pod: Kubernetes' exec over one websocket, seen as an ExecSession.

Speaks v5.channel.k8s.io, whose input can be closed by itself, or v4 where the server is older.
The first byte of every message names its stream. It knows nothing of leases.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from provider.cluster.driver import ExecOutput, ExecSession, ExecStream, TerminalSize
from provider.cluster.errors import ClusterError, ExecLost, ExecRefused
from provider.cluster.kubernetes.api import Api, Query, Socket
from provider.ending import ended

log = logging.getLogger(__name__)

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
STREAMS = {STDOUT: ExecStream.STDOUT, STDERR: ExecStream.STDERR}
MISSING = ("no such file or directory", "executable file not found")
WAITING = 16
"""Pieces of output fetched ahead of a slow reader."""
START_SECONDS = 1.0
"""A command that cannot be started is reported within that; one that is silent so long runs."""
END_SECONDS = 5.0
"""For the end of a command that was left."""
END_SCRIPT = """
for each in /proc/[0-9]*; do
  pid=${each#/proc/}
  [ "$pid" = 1 ] || [ "$pid" = $$ ] && continue
  parent=
  while IFS=: read -r key value; do
    [ "$key" = PPid ] && parent=$value
  done < "$each/status"
  case $parent in *[1-9]*) continue ;; esac
  IFS= read -r line < "$each/cmdline"
  [ "$line" = "$1" ] && kill -KILL "$pid"
done 2> /dev/null
exit 0
"""
"""Shell that kills commands run from outside (no parent in the pod) with this command line."""
END_OF_INPUT = b"\x04"
"""What closes the input of a terminal in its usual mode."""


class Session:
    """An ExecSession over a websocket."""

    def __init__(self, socket: Socket, *, tty: bool) -> None:
        self._socket = socket
        self._is_terminal = tty
        self._output: asyncio.Queue[ExecOutput | None] = asyncio.Queue(maxsize=WAITING)
        self._end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._input_open = True
        self.stirred = asyncio.Event()
        """Set once the command wrote something or ended."""

    @property
    def is_ended(self) -> bool:
        """True once the command's end is known."""
        return self._end.done()

    async def read(self) -> None:
        """Take messages until the connection ends."""
        try:
            while (message := await self._socket.receive()) is not None:
                if message:
                    await self._take(message[0], message[1:])
        except ClusterError as error:
            self._ended(error=ExecLost(str(error)))
        finally:
            self._ended(error=ExecLost("the connection to the command ended before the command"))
            await self._output.put(None)

    async def output(self) -> AsyncGenerator[ExecOutput, None]:
        """What the command writes, until all its streams are closed."""
        while (piece := await self._output.get()) is not None:
            yield piece
        self._output.put_nowait(None)  # whoever asks again finds the end again

    async def write(self, data: bytes) -> None:
        """Send to the command's input; dropped once nobody reads it."""
        if self._input_open and data:
            await self._send(STDIN, data)

    async def close_input(self) -> None:
        """Let the command read the end of its input."""
        if not self._input_open:
            return
        if self._is_terminal:
            await self._send(STDIN, END_OF_INPUT)
        elif self._socket.protocol == V5:
            await self._send(CLOSE, bytes([STDIN]))
        self._input_open = False

    async def resize(self, size: TerminalSize) -> None:
        """Change the terminal's size; nothing without a terminal."""
        if self._is_terminal:
            asked = json.dumps({"Width": size.width, "Height": size.height})
            await self._send(RESIZE, asked.encode())

    async def wait(self) -> int:
        """The command's exit code. Raises ExecLost."""
        return await asyncio.shield(self._end)

    def refusal(self) -> ExecRefused | None:
        """Why the command was not started, when it was not."""
        if not self._end.done():
            return None
        error = self._end.exception()
        return error if isinstance(error, ExecRefused) else None

    async def _send(self, channel: int, data: bytes) -> None:
        try:
            await self._socket.send(bytes([channel]) + data)
        except ClusterError:
            self._input_open = False  # its end is told by the reading side

    async def _take(self, channel: int, data: bytes) -> None:
        if channel in STREAMS and data:
            self.stirred.set()
            await self._output.put(ExecOutput(STREAMS[channel], data))
        elif channel == ERROR and data:
            try:
                self._ended(code=exit_code(data))
            except ClusterError as error:
                self._ended(error=error)

    def _ended(self, code: int = 0, error: ClusterError | None = None) -> None:
        self.stirred.set()
        if self._end.done():
            return
        if error is None:
            self._end.set_result(code)
        else:
            self._end.set_exception(error)
            self._end.exception()  # nobody may ask for it


def exit_code(status: bytes) -> int:
    """The exit code a status tells. Raises ExecRefused when nothing was started, ExecLost."""
    try:
        told = json.loads(status)
    except ValueError as error:
        raise ExecLost(f"the end of the command cannot be read: {status[:200]!r}") from error
    if told.get("status") == "Success":
        return 0
    if told.get("reason") == "NonZeroExitCode":
        for cause in (told.get("details") or {}).get("causes") or ():
            if cause.get("reason") == "ExitCode":
                return int(cause["message"])
    message = str(told.get("message", ""))
    if any(words in message for words in MISSING):
        raise ExecRefused.not_found()
    if "error executing command in container" in message or "exec failed" in message:
        raise ExecRefused.not_executable()
    raise ExecLost(message or "the command ended for an unknown reason")


class Commands:
    """Runs commands in pods, and ends those that are left."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._open: Counter[tuple[str, tuple[str, ...]]] = Counter()

    @asynccontextmanager
    async def open(
        self,
        path: str,
        container: str,
        command: tuple[str, ...],
        *,
        tty: bool,
        stdin: bool,
        size: TerminalSize | None,
    ) -> AsyncIterator[ExecSession]:
        """Run a command in the pod at a path. Raises ExecRefused, ExecLost, Unavailable."""
        query = _query(container, command, tty=tty, stdin=stdin)
        key = (path, command)
        self._open[key] += 1
        ended = False
        try:
            async with self._session(path, query, tty=tty) as session:
                if tty and size is not None:
                    await session.resize(size)
                await _started(session)
                try:
                    yield session
                finally:
                    ended = session.is_ended
        except ExecRefused:
            ended = True
            raise
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
                if not ended:
                    await self._end(path, container, command)

    @asynccontextmanager
    async def _session(self, path: str, query: Query, *, tty: bool) -> AsyncIterator[Session]:
        async with self._api.socket(f"{path}/exec", query, (V5, V4)) as socket:
            session = Session(socket, tty=tty)
            reading = asyncio.create_task(session.read())
            try:
                yield session
            finally:
                await ended((reading,))

    async def _end(self, path: str, container: str, command: tuple[str, ...]) -> None:
        """End a command that was left: Kubernetes lets it run on.

        Its shell, if the image has one, looks for the process that is nobody's child and has this
        command line. Best effort: an image without a shell keeps the process until the pod ends.
        """
        words = ("/bin/sh", "-c", END_SCRIPT, "sh", "".join(command).split("\n")[0])
        query = _query(container, words, tty=False, stdin=False)
        try:
            async with (
                asyncio.timeout(END_SECONDS),
                self._session(path, query, tty=False) as session,
            ):
                await session.wait()
        except (ClusterError, TimeoutError) as error:
            log.info("a command that was left may run on", extra={"reason": str(error)})


def _query(container: str, command: tuple[str, ...], *, tty: bool, stdin: bool) -> Query:
    return {
        "container": container,
        "command": list(command),
        "stdin": str(stdin).lower(),
        "stdout": "true",
        "stderr": str(not tty).lower(),
        "tty": str(tty).lower(),
    }


async def _started(session: Session) -> None:
    """Wait until the command shows that it runs, or was silent for long enough."""
    try:
        async with asyncio.timeout(START_SECONDS):
            await session.stirred.wait()
    except TimeoutError:
        return  # it runs and says nothing
    if (refusal := session.refusal()) is not None:
        raise refusal
