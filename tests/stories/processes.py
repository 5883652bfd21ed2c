"""Processes of a story: started, known to be ready by their first line, ended on every path."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 120.0
STOP_SECONDS = 60.0
DRAIN_SECONDS = 30.0


@dataclass
class Running:
    """One process; `ready` is what its first line of output said."""

    name: str
    process: Process
    log: Path
    ready: dict[str, Any] = field(default_factory=dict)
    _drain: asyncio.Task[None] | None = None

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    async def until_ready(self) -> None:
        """Wait for the first line of output. Raises AssertionError with the log's end."""
        out = self.process.stdout
        assert out is not None
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await out.readline()
        except TimeoutError:
            line = b""
        assert line.startswith(b"{"), f"{self.name} did not start: {line!r}\n{self.tail()}"
        self.ready = json.loads(line)
        self._drain = asyncio.create_task(_drain(out))

    async def kill(self) -> None:
        """End it as a power cut ends a process."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.gone()

    async def stop(self) -> int:
        """Ask it to end; gives its exit status. Raises AssertionError when it does not."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return await self.gone()

    async def gone(self) -> int:
        """Wait until it has ended; gives its exit status."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                status = await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            raise AssertionError(f"{self.name} did not end\n{self.tail()}") from None
        if self._drain is not None:
            await self._drain
        return status

    def tail(self, lines: int = 40) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


async def _drain(out: asyncio.StreamReader) -> None:
    while await out.read(65536):
        pass


class Processes:
    """All processes of one story; leaving the `with` block ends those that still run."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._all: list[Running] = []

    async def __aenter__(self) -> Processes:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        for running in reversed(self._all):
            if running.is_alive:
                await running.kill()

    async def launch(self, name: str, argv: Sequence[str], **environment: str) -> Running:
        """Start a program of this project; its log is kept beside the others."""
        path = os.pathsep.join([str(ROOT), *(part for part in sys.path if part)])
        log = self._logs / f"{name}.log"
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *argv,
                stdin=PIPE,
                stdout=PIPE,
                stderr=stderr,
                env={**os.environ, "PYTHONPATH": path, **environment},
            )
        running = Running(name, process, log)
        self._all.append(running)
        return running

    async def start(self, name: str, argv: Sequence[str], **environment: str) -> Running:
        """Start a program and wait until it says that it is ready."""
        running = await self.launch(name, argv, **environment)
        await running.until_ready()
        return running

    async def run(self, name: str, argv: Sequence[str], **environment: str) -> str:
        """Run a program to its end; gives its output. Raises AssertionError when it fails."""
        running = await self.launch(name, argv, **environment)
        async with asyncio.timeout(READY_SECONDS):
            out, _ = await running.process.communicate()
        assert running.process.returncode == 0, (
            f"{' '.join(argv)} ended with {running.process.returncode}: {out.decode()}\n"
            f"{running.tail()}"
        )
        return out.decode()


def processes_under(folder: Path) -> list[int]:
    """Process ids of everything that works in a folder or was started with a path in it."""
    found, wanted = [], str(folder)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with suppress(OSError):
            text = (entry / "cmdline").read_bytes().decode(errors="replace")
            if wanted in text or str((entry / "cwd").readlink()).startswith(wanted):
                found.append(int(entry.name))
    return found


def end_processes_under(folder: Path) -> None:
    """Kill what a killed daemon left running in a folder of this story, and drop its groups."""
    groups = set[Path]()
    for _ in range(5):
        left = processes_under(folder)
        if not left:
            break
        for pid in left:
            groups |= _groups(pid)
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + DRAIN_SECONDS
    while groups and time.monotonic() < deadline:
        for group in list(groups):
            with suppress(OSError):  # the kernel empties it a moment after its last process
                group.rmdir()
            if not group.exists():
                groups.remove(group)


def _groups(pid: int) -> set[Path]:
    """The control groups that a provider made for a process."""
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return set()
    parts = [line.split(":", 2) for line in lines]
    return {
        Path("/sys/fs/cgroup", controllers, path.lstrip("/"))
        for _, controllers, path in parts
        if path.rpartition("/")[2].startswith("akashpy-")
    }
