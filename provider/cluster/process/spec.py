"""What the driver tells the launcher of one replica, as one JSON file.

Imported by every launcher, so it may import the standard library only, and little of it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Door:
    """A socket the launcher inherits and forwards to a port of the program.

    `fd` is the inherited descriptor; `siblings` are Unix sockets of other replicas that are tried
    when this one's program does not answer.
    """

    fd: int
    proto: str
    port: int
    siblings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Peer:
    """Another service of the lease as seen from inside a namespace: where to listen for it.

    Connections to `address`:`port` go to the first Unix socket of `paths` that answers.
    """

    address: str
    port: int
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Ways in which cpu and memory of the program are bounded.

    `cgroups` are files to which the program's process writes itself before it starts;
    `data` bytes is an rlimit per process, 0 for none.
    """

    cgroups: tuple[str, ...] = ()
    data: int = 0


@dataclass(frozen=True, slots=True)
class Restarts:
    """Back-off between starts of a program that ended; seconds."""

    first: float = 1.0
    longest: float = 60.0
    forgiven_after: float = 60.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a journal keeps: bytes of one file, and files."""

    file_bytes: int = 1 << 20
    files: int = 8


@dataclass(frozen=True, slots=True)
class ReplicaSpec:
    """One replica: its program, its places, its doors and its rules."""

    name: str
    service: str
    directory: str
    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    isolated: bool
    control: int
    lock: int
    doors: tuple[Door, ...] = ()
    peers: tuple[Peer, ...] = ()
    hosts: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)
    restarts: Restarts = field(default_factory=Restarts)
    bounds: Bounds = field(default_factory=Bounds)
    grace: float = 10.0
    dies_with_parent: bool = False

    @property
    def root(self) -> Path:
        """The program's own working directory."""
        return Path(self.directory, "root")

    def write(self, path: Path) -> None:
        """Store it whole or not at all."""
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> ReplicaSpec:
        """The stored spec."""
        data: dict[str, Any] = json.loads(path.read_text())
        return cls(
            **{
                **data,
                "command": tuple(data["command"]),
                "env": tuple((name, value) for name, value in data["env"]),
                "doors": tuple(
                    Door(d["fd"], d["proto"], d["port"], tuple(d["siblings"]))
                    for d in data["doors"]
                ),
                "peers": tuple(
                    Peer(p["address"], p["port"], tuple(p["paths"])) for p in data["peers"]
                ),
                "hosts": tuple((address, name) for address, name in data["hosts"]),
                "limits": Limits(tuple(data["limits"]["cgroups"]), data["limits"]["data"]),
                "restarts": Restarts(**data["restarts"]),
                "bounds": Bounds(**data["bounds"]),
            }
        )


def write_json(path: Path, value: object) -> None:
    """Replace a file's content in one step, readable by us alone."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
