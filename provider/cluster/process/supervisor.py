"""The life of one replica, told by the process that keeps it: start, watch, start again, stop.

Runs in the launcher. Its program's output goes to a journal, what happens to it to another; a
Unix socket answers the driver, which may come and go: nothing here ends because the driver does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from provider.cluster.process.forward import DatagramForwarder, StreamForwarder
from provider.cluster.process.journal import Journal
from provider.cluster.process.program import Children, LineReader, kill_all, now
from provider.cluster.process.serve import Control
from provider.cluster.process.spec import ReplicaSpec

DRAIN_SECONDS = 2.0
"""How long output is still read after the program and all its children have been killed."""


class Supervisor:
    """Keeps one replica's program running until told to stop."""

    def __init__(self, spec: ReplicaSpec, pid: int) -> None:
        self.spec = spec
        self.logs = Journal(Path(spec.directory, "logs"), spec.bounds)
        self.events = Journal(Path(spec.directory, "events"), spec.bounds)
        self.children = Children()
        self.env = dict(spec.env)
        self.state: dict[str, Any] = {
            "phase": "starting",
            "pid": pid,
            "restarts": 0,
            "reason": "starting",
            "leader": None,
        }
        self.changed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._grace = spec.grace
        self._owns_namespace = spec.isolated

    async def run(self) -> None:
        """Live until stopped; afterwards nothing of the replica runs."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, self.spec.grace)
        async with AsyncExitStack() as stack:
            # Left in reverse: doors first, then the journals, so that followers see every line
            # before the control socket, opened first, ends their streams.
            control = Control(self)
            await control.start(socket.socket(fileno=self.spec.control))
            stack.push_async_callback(control.close)
            stack.callback(self.logs.close)
            stack.callback(self.events.close)
            await self._open_doors(stack)
            await self._live()

    def stop(self, grace: float) -> None:
        """Ask for the end; the program has `grace` seconds between TERM and KILL."""
        self._grace = grace
        self._stopping.set()

    def note(self, kind: str, reason: str, text: str, source: str = "launcher") -> None:
        """Write down something that happened."""
        self.events.append({"t": now(), "k": kind, "r": reason, "m": text, "s": source})

    def _become(self, phase: str, reason: str, **more: Any) -> None:
        self.state = {**self.state, "phase": phase, "reason": reason, **more}
        self.changed.set()
        self.changed = asyncio.Event()

    async def _open_doors(self, stack: AsyncExitStack) -> None:
        for door in self.spec.doors:
            bound = socket.socket(fileno=door.fd)
            forwarder: StreamForwarder | DatagramForwarder
            if door.proto == "UDP":
                forwarder = DatagramForwarder(bound, door.port)
            else:
                forwarder = StreamForwarder(bound, (door.port, *door.siblings))
            await forwarder.start()
            stack.push_async_callback(forwarder.close)
        for peer in self.spec.peers:
            listener = socket.create_server((peer.address, peer.port))
            inward = StreamForwarder(listener, peer.paths)
            await inward.start()
            stack.push_async_callback(inward.close)

    async def _live(self) -> None:
        """Run the program again and again, waiting longer after each quick end."""
        rules = self.spec.restarts
        delay = rules.first
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            reason = await self._run_once()
            if self._stopping.is_set():
                break
            if loop.time() - began >= rules.forgiven_after:
                delay = rules.first
            self.note("Warning", "BackOff", f"Back-off restarting the program: {reason}")
            restarts = self.state["restarts"] + 1
            self._become(
                "waiting", f"{reason}; restarting in {delay:g} s", restarts=restarts, delay=delay
            )
            await _within(self._stopping.wait(), delay)
            delay = min(delay * 2, rules.longest)
        self._become("stopped", "stopped")

    async def _run_once(self) -> str:
        """One run of the program; why it ended, in words."""
        out, out_ended = await self._pipe("stdout")
        err, err_ended = await self._pipe("stderr")
        try:
            pid, end = self.children.start(
                self.spec.command,
                env=self.env,
                directory=self.spec.root,
                limits=self.spec.limits,
                stdio=(subprocess.DEVNULL, out, err),
            )
        except (OSError, subprocess.SubprocessError) as error:
            why = getattr(error, "strerror", None) or str(error)
            text = f"{self.spec.command[0]} cannot be started: {why}"
            self.note("Warning", "Failed", text)
            return text
        finally:
            os.close(out)
            os.close(err)
        self.note("Normal", "Started", f"Started program {self.spec.command[0]}")
        # Inside a namespace the number means nothing to the driver.
        leader = None if self._owns_namespace else pid
        self._become("running", "running", leader=leader)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            both: set[asyncio.Future[Any]] = {end, stopping}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not end.done():
                await self._end(pid, end)
        finally:
            stopping.cancel()
            kill_all(pid, owns_namespace=self._owns_namespace)
        code = await end
        await _within(out_ended.wait(), DRAIN_SECONDS)
        await _within(err_ended.wait(), DRAIN_SECONDS)
        kind = "Normal" if code == 0 or self._stopping.is_set() else "Warning"
        self.note(kind, "Exited", f"Program ended with exit code {code}")
        self._become("ended", f"ended with exit code {code}", exit=code)
        return f"ended with exit code {code}"

    async def _end(self, pid: int, end: asyncio.Future[int]) -> None:
        """Let the program end by itself, for as long as it was given."""
        self.note("Normal", "Killing", "Stopping the program")
        self._become("stopping", "stopping")
        try:
            os.killpg(pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        await asyncio.wait({end}, timeout=self._grace)

    async def _pipe(self, stream: str) -> tuple[int, asyncio.Event]:
        """A pipe whose lines go to the log journal; its writing end and an event for its end."""

        def take(line: str) -> None:
            self.logs.append({"t": now(), "s": stream, "m": line})

        reading, writing = os.pipe()
        reader = LineReader(take)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: reader, os.fdopen(reading, "rb", 0))
        return writing, reader.ended


async def _within(awaited: Any, seconds: float) -> None:
    """Wait, but not longer."""
    task = asyncio.ensure_future(awaited)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
