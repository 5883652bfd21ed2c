"""Programs that run beside the tests, found again by pid file after the test process is gone.

A program is known by its pid and the time it started, never by its name, so that nothing else is
ever ended. It does not know what the programs are for.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.kubernetes.cluster.waiting import wait_for

JOIN = 'echo 0 > "$0"; exec "$@"'
"""Shell that puts itself into a cgroup and becomes the program."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: the words, the environment beside PATH and HOME, and the cgroup to join."""

    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    joining: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A program that was started; `started` is the kernel's clock, so that a pid is not enough."""

    pid: int
    started: int
    command: Command


class Processes:
    """The programs of one folder: `pids/` says what runs, `logs/` holds what they write."""

    def __init__(self, home: Path, path: str) -> None:
        self._home = home
        self._path = path
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Command) -> None:
        """Run it, unless it runs already."""
        if self.pid(name) is not None:
            return
        words = list(command.words)
        if command.joining:
            words = ["sh", "-c", JOIN, command.joining, *words]
        fixed = {"PATH": self._path, "HOME": str(self._home / "home"), "LANG": "C.UTF-8"}
        with self.log(name).open("ab") as log:
            child = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self._home,
                env=fixed | dict(command.environment),
            )
        self._children[name] = child
        state = Running(child.pid, started_at(child.pid) or 0, command)
        self._file(name).write_text(json.dumps(asdict(state)))

    def again(self, name: str) -> None:
        """Run it as it was run before. Raises KeyError when it never was."""
        known = self._read(name)
        if known is None:
            raise KeyError(f"{name} was never started here")
        self.start(name, known.command)

    def stop(self, name: str, *, kill: bool = False, limit_s: float = 60) -> None:
        """End it and wait; a program that does not listen is killed. Its command stays known."""
        pid = self.pid(name)
        if pid is None:
            return
        _signal(pid, signal.SIGKILL if kill else signal.SIGTERM)
        try:
            wait_for(lambda: self.pid(name) is None, f"{name} to end", limit_s=limit_s)
        except TimeoutError:
            _signal(pid, signal.SIGKILL)
            wait_for(lambda: self.pid(name) is None, f"{name} to be killed", limit_s=limit_s)

    def pid(self, name: str) -> int | None:
        """Its process, while it runs."""
        known = self._read(name)
        if known is None:
            return None
        child = self._children.get(name)
        if child is not None and child.poll() is not None:
            return None
        return known.pid if started_at(known.pid) == known.started else None

    def names(self) -> tuple[str, ...]:
        """All that were ever started here, in the order of their names."""
        return tuple(sorted(path.stem for path in (self._home / "pids").glob("*.json")))

    def pids(self) -> frozenset[int]:
        """All that run now."""
        return frozenset(pid for name in self.names() if (pid := self.pid(name)) is not None)

    def log(self, name: str) -> Path:
        """The file it writes into."""
        return self._home / "logs" / f"{name}.log"

    def _file(self, name: str) -> Path:
        return self._home / "pids" / f"{name}.json"

    def _read(self, name: str) -> Running | None:
        try:
            read = json.loads(self._file(name).read_text())
        except FileNotFoundError:
            return None
        command = read["command"]
        pairs = tuple((key, value) for key, value in command["environment"])
        said = Command(tuple(command["words"]), pairs, command["joining"])
        return Running(read["pid"], read["started"], said)


def started_at(pid: int) -> int | None:
    """When the process started, in clock ticks since boot; None when it is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *rest = text[text.rindex(")") + 2 :].split()
    return None if state == "Z" else int(rest[18])


def within(namespaces: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
    """The words of a command that runs in other namespaces."""
    return ("nsenter", *namespaces, "--", *words)


def command(words: Sequence[str], environment: Mapping[str, str] | None = None) -> Command:
    """A command that joins no cgroup."""
    return Command(tuple(words), tuple((environment or {}).items()))


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
