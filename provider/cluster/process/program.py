"""One run of a replica's program, or of a command beside it: start, output, end.

Lives in the launcher, which is process 1 of its namespace or the adopter of all orphans there;
so every end of a child is collected here, also of children nobody knows.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import resource
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from provider.cluster.process import isolation
from provider.cluster.process.spec import Limits

LINE_BYTES = 64 * 1024
"""A longer line is stored in pieces of this size."""


class Children:
    """Collects every child's end; the loop's own child watcher is not used."""

    def __init__(self) -> None:
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_signal_handler(signal.SIGCHLD, self._collect)

    def start(
        self,
        command: tuple[str, ...],
        *,
        env: Mapping[str, str],
        directory: Path,
        limits: Limits,
        stdio: tuple[int, int, int],
        has_terminal: bool = False,
    ) -> tuple[int, asyncio.Future[int]]:
        """Start a command as leader of its own session; its pid and its end.

        The end is an exit code, 128 + n for signal n.
        Raises FileNotFoundError or PermissionError when there is nothing to execute, OSError.
        """

        def prepare() -> None:
            isolation.die_with_parent()
            for path in limits.cgroups:
                Path(path).write_text("0")
            if limits.data:
                resource.setrlimit(resource.RLIMIT_DATA, (limits.data, limits.data))
            if has_terminal:
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        end: asyncio.Future[int] = self._loop.create_future()
        # preexec_fn is safe here: the launcher has a single thread.
        child = subprocess.Popen(
            command,
            env=dict(env),
            cwd=directory,
            stdin=stdio[0],
            stdout=stdio[1],
            stderr=stdio[2],
            start_new_session=True,
            preexec_fn=prepare,
        )
        child.returncode = 0  # collected by us; keeps Popen from warning about a live child
        self._ends[child.pid] = end
        self._collect()
        return child.pid, end

    def _collect(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            end = self._ends.pop(pid, None)
            if end is not None and not end.done():
                end.set_result(code if code >= 0 else 128 - code)


class LineReader(asyncio.Protocol):
    """Cuts what comes through a pipe into lines and hands each on."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take = take
        self._rest = b""
        self.ended = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._give(line)
        while len(self._rest) > LINE_BYTES:
            self._give(self._rest[:LINE_BYTES])
            self._rest = self._rest[LINE_BYTES:]

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio when all writers have closed the pipe."""
        if self._rest:
            self._give(self._rest)
            self._rest = b""
        self.ended.set()

    def _give(self, line: bytes) -> None:
        for start in range(0, max(1, len(line)), LINE_BYTES):
            self._take(line[start : start + LINE_BYTES].decode("utf-8", "replace"))


def kill_all(leader: int | None, *, owns_namespace: bool) -> None:
    """Kill every process of this replica except the launcher itself."""
    # Outside a namespace of our own, -1 would mean every process of the user.
    if owns_namespace and os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        return
    if leader is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
    for pid in descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def descendants(ancestor: int) -> list[int]:
    """All processes below one, parents first; empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found: list[int] = []
    queue = [ancestor]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def now() -> int:
    """The clock of records, unix nanoseconds."""
    return time.time_ns()
