"""The driver's hold on one replica: starts its launcher, finds it again, watches it, ends it.

The launcher holds a lock on the replica's directory for as long as anything of it lives; whether
the lock is free is how a driver that was restarted knows. A launcher that ended unasked is
started again. It knows replicas, not leases.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, aclosing
from pathlib import Path
from typing import Any

import provider
from provider.cluster.errors import ClusterError
from provider.cluster.process import control
from provider.cluster.process.identity import is_running
from provider.cluster.process.launcher import PROCESS_FILE
from provider.cluster.process.limits import Limiter
from provider.cluster.process.plan import Plan, PlannedDoor
from provider.cluster.process.settings import ProcessSettings
from provider.cluster.process.spec import Door, ReplicaSpec
from provider.ending import ended

log = logging.getLogger(__name__)

LONGEST_RELAUNCH_SECONDS = 60.0
KILL_SECONDS = 10.0
"""How long the kernel may take to end killed processes before we complain."""
POLL_SECONDS = 0.02
BACKLOG = 128


class Keeper:
    """One replica, from the driver's side."""

    def __init__(
        self,
        plan: Plan,
        directory: Path,
        control_path: Path,
        *,
        isolated: bool,
        settings: ProcessSettings,
        limiter: Limiter,
        group: str,
        changed: Callable[[], None],
    ) -> None:
        self.plan = plan
        self.directory = directory
        self.control = control_path
        self.state: dict[str, Any] = {"phase": "starting", "reason": "starting", "restarts": 0}
        self._isolated = isolated
        self._settings = settings
        self._limiter = limiter
        self.group = group
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def start(self) -> None:
        """Launch the replica, or find the launcher that already keeps it, and watch it."""
        if not self._is_alive():
            self._relaunch()
        self._task = asyncio.create_task(self._watch(), name=f"watch {self.plan.name}")

    def runs_as_planned(self) -> bool:
        """False when a launcher runs that was given something else than the plan."""
        if not self._is_alive():
            return True
        try:
            given = ReplicaSpec.read(self.directory / "spec.json")
        except (OSError, ValueError, KeyError, TypeError):
            return False
        plan = self.plan
        doors = [(door.proto, door.port, door.siblings) for door in plan.doors]
        return (
            given.command == plan.command
            and given.env == plan.env
            and given.hosts == plan.hosts
            and given.peers == (plan.peers if self._isolated else ())
            and [(door.proto, door.port, door.siblings) for door in given.doors] == doors
        )

    async def stop(self) -> None:
        """End the replica and everything it started; returns when all is gone."""
        self._stopping = True
        self._become({"phase": "stopping", "reason": "stopping"})
        grace = self._settings.grace
        with contextlib.suppress(OSError):
            async with asyncio.timeout(grace + KILL_SECONDS):
                await control.stop(self.control, grace=grace)
        if not await self._is_gone(KILL_SECONDS):
            self._kill()
            if not await self._is_gone(KILL_SECONDS):
                raise ClusterError(f"replica {self.plan.name} does not end, not even when killed")
        await self.leave()
        self._clear()
        await self._remove_group()

    def _clear(self) -> None:
        """Drop what the replica leaves outside its directory."""
        self.control.unlink(missing_ok=True)
        for door in self.plan.doors:
            if door.path:
                Path(door.path).unlink(missing_ok=True)

    async def _remove_group(self) -> None:
        """Drop the control groups; the kernel empties them a moment after the last process."""
        deadline = asyncio.get_running_loop().time() + KILL_SECONDS
        while not self._limiter.remove(self.group):
            if asyncio.get_running_loop().time() > deadline:
                log.warning("control group %s stays behind: it does not drain", self.group)
                return
            await asyncio.sleep(POLL_SECONDS)

    async def leave(self) -> None:
        """Stop watching; the replica goes on."""
        if self._task is not None:
            await ended((self._task,))
            self._task = None
        if self._child is not None and self._child.poll() is None:
            self._child.returncode = 0  # it outlives us on purpose; Popen would warn

    async def _watch(self) -> None:
        """Follow the launcher's state; start it again when it ends unasked."""
        delay = 0.0
        while not self._stopping:
            try:
                async with aclosing(control.answers(self.control, {"op": "watch"})) as states:
                    async for state in states:
                        delay = 0.0
                        if not self._stopping:
                            self._become(state)
            except (OSError, ValueError) as error:
                log.debug("replica %s: control socket: %s", self.plan.name, error)
            if self._stopping or not await self._ended_or_pause():
                continue
            self._become({"phase": "waiting", "reason": f"launcher ended; again in {delay:g} s"})
            log.warning("the launcher of replica %s ended unasked", self.plan.name)
            await asyncio.sleep(delay)
            delay = min(max(1.0, delay * 2), LONGEST_RELAUNCH_SECONDS)
            self._relaunch()

    async def _ended_or_pause(self) -> bool:
        """Whether the launcher is gone; if it is not, its socket needs a moment."""
        if await self._is_gone(0.5):
            return True
        await asyncio.sleep(POLL_SECONDS)
        return False

    def _relaunch(self) -> None:
        try:
            self._launch()
        except OSError as error:
            self._become({"phase": "waiting", "reason": f"cannot be launched: {error.strerror}"})

    def _become(self, state: dict[str, Any]) -> None:
        self.state = {**self.state, **state}
        self._changed()

    def _launch(self) -> None:
        """Start a launcher that inherits the lock, its control socket and the doors."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.directory / "root").mkdir(exist_ok=True)
        with ExitStack() as stack:
            lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            stack.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            control_socket = stack.enter_context(_listen_unix(self.control))
            doors = [(door, stack.enter_context(self._open(door))) for door in self.plan.doors]
            spec = self._spec(lock, control_socket, doors)
            path = self.directory / "spec.json"
            spec.write(path)
            (self.directory / PROCESS_FILE).unlink(missing_ok=True)
            output = stack.enter_context((self.directory / "launcher.log").open("wb"))
            self._reap()
            self._child = subprocess.Popen(
                [sys.executable, "-s", "-S", "-m", "provider.cluster.process.launcher", str(path)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.directory,
                env={"PYTHONPATH": str(Path(provider.__path__[0]).parent)},
                start_new_session=True,
                pass_fds=(lock, control_socket.fileno(), *(s.fileno() for _, s in doors)),
            )

    def _spec(
        self,
        lock: int,
        control_socket: socket.socket,
        doors: list[tuple[PlannedDoor, socket.socket]],
    ) -> ReplicaSpec:
        plan, settings = self.plan, self._settings
        return ReplicaSpec(
            name=plan.name,
            service=plan.service,
            directory=str(self.directory),
            command=plan.command,
            env=plan.env,
            isolated=self._isolated,
            control=control_socket.fileno(),
            lock=lock,
            doors=tuple(Door(s.fileno(), d.proto, d.port, d.siblings) for d, s in doors),
            peers=plan.peers if self._isolated else (),
            hosts=plan.hosts,
            limits=self._limiter.apply(self.group, cpu=plan.cpu, memory=plan.memory),
            restarts=settings.restarts,
            bounds=settings.journal,
            grace=settings.grace,
            dies_with_parent=settings.dies_with_daemon,
        )

    def _open(self, door: PlannedDoor) -> socket.socket:
        if door.path:
            return _listen_unix(Path(door.path))
        return bind_port(self._settings.host, door.host_port, door.proto, listens=True)

    def _is_alive(self) -> bool:
        """True while a launcher, or anything of it, holds the directory's lock."""
        try:
            lock = os.open(self.directory / "lock", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    async def _is_gone(self, seconds: float) -> bool:
        """Wait for the end of the launcher and of its namespace.

        A lock cannot be awaited without a thread that could hang; it is free within moments of
        the events we do await, so it is looked at in short steps.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while self._is_alive():
            if asyncio.get_running_loop().time() > deadline:
                return False
            self._reap()
            await asyncio.sleep(POLL_SECONDS)
        self._reap()
        return True

    def _kill(self) -> None:
        """Kill the launcher, if the recorded process is still that launcher."""
        try:
            known = json.loads((self.directory / PROCESS_FILE).read_text())
        except (OSError, ValueError):
            if self._child is not None and self._child.poll() is None:
                self._child.kill()
            return
        if is_running(known["pid"], known["start"]):
            for leader in (self.state.get("leader"), known["pid"]):
                if leader:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(leader, signal.SIGKILL)

    def _reap(self) -> None:
        if self._child is not None:
            self._child.poll()


def bind_port(host: str, port: int, proto: str, *, listens: bool) -> socket.socket:
    """A socket on a port of the host that others of this user may share; port 0 picks one."""
    kind = socket.SOCK_DGRAM if proto == "UDP" else socket.SOCK_STREAM
    bound = socket.socket(socket.AF_INET, kind)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host, port))
        if listens and proto != "UDP":
            bound.listen(BACKLOG)
    except BaseException:
        bound.close()
        raise
    return bound


def _listen_unix(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
