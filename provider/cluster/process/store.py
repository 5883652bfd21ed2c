"""What the process driver remembers on disk: its leases, and the logs of those that ended.

A lease is written before anything of it starts and marked before anything of it ends, so that a
driver that was killed between the two knows which way to go.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from akashpy.types.market import LeaseID
from provider.cluster.errors import ClusterError
from provider.cluster.process.spec import write_json
from provider.cluster.workload import Workload, namespace

LEASE_FILE = "lease.json"
ENDED_FILE = "ended.json"
SOCKET_PATH_BYTES = 60
"""Longest directory that leaves room for a socket's name in the system's limit of 104."""


class StoreBusy(ClusterError):
    """Another process driver uses the same directory."""


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """A lease as stored; `ports` are the host's, by name.

    `is_settled` once all replicas were brought to this workload, `is_ending` once teardown began.
    """

    workload: Workload
    ports: tuple[tuple[str, int], ...] = ()
    generation: int = 1
    is_settled: bool = False
    is_ending: bool = False


class Store:
    """The directory of one driver, locked for as long as it is open."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise StoreBusy(
                f"directory {root} is in use by another provider; stop it or choose another"
            ) from error
        self.leases = root / "leases"
        self.ended = root / "ended"
        self.leases.mkdir(exist_ok=True)
        self.ended.mkdir(exist_ok=True)
        self.sockets = _socket_directory(root)

    def close(self) -> None:
        """Let another driver use the directory."""
        with suppress(OSError):  # replicas that go on without us keep their sockets in it
            self.sockets.rmdir()
        os.close(self._lock)

    def directory(self, lease: LeaseID) -> Path:
        """Where a lease that runs is kept."""
        return self.leases / namespace(lease)

    def ended_directory(self, lease: LeaseID) -> Path:
        """Where the logs of a lease that ended are kept for a while."""
        return self.ended / namespace(lease)

    def records(self) -> Iterator[LeaseRecord]:
        """All leases stored; a directory without a record never began and is dropped."""
        for directory in sorted(self.leases.iterdir()):
            path = directory / LEASE_FILE
            if path.exists():
                yield read_record(path)
            else:
                shutil.rmtree(directory)

    def write(self, record: LeaseRecord) -> None:
        """Store a lease."""
        directory = self.directory(record.workload.lease)
        directory.mkdir(exist_ok=True, mode=0o700)
        write_json(directory / LEASE_FILE, _record_json(record))

    def mark_ending(self, record: LeaseRecord) -> None:
        """Store that this lease is to go, whatever happens to the driver."""
        self.write(replace(record, is_ending=True))

    def replicas(self, lease: LeaseID) -> list[str]:
        """Names of replicas of a lease that were ever launched and not ended since."""
        return sorted(path.parent.name for path in self.directory(lease).glob("*/spec.json"))

    def archive(self, lease: LeaseID) -> None:
        """Keep a lease's logs, drop everything else of it."""
        directory, kept = self.directory(lease), self.ended_directory(lease)
        shutil.rmtree(kept, ignore_errors=True)
        for part in directory.iterdir():
            if part.is_dir():
                keep_journals(part)
        write_json(directory / ENDED_FILE, {"at": time.time()})
        directory.rename(kept)

    def prune(self, *, seconds: float, size: int) -> None:
        """Drop logs of ended leases that are too old, then the oldest that are too many."""
        found = []
        for directory in self.ended.iterdir():
            try:
                at = float(json.loads((directory / ENDED_FILE).read_text())["at"])
            except (OSError, ValueError, KeyError):
                at = 0.0
            found.append((at, directory))
        total = 0
        for at, directory in sorted(found, reverse=True):
            total += sum(f.stat().st_size for f in directory.rglob("*") if f.is_file())
            if at + seconds <= time.time() or total > size:
                shutil.rmtree(directory)


def keep_journals(replica: Path) -> None:
    """Drop all of a replica's directory but its logs and events."""
    for part in replica.iterdir():
        if part.name in {"logs", "events"}:
            continue
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink()


def read_record(path: Path) -> LeaseRecord:
    """A stored lease."""
    data: dict[str, Any] = json.loads(path.read_text())
    workload = Workload.from_manifest(
        data["manifest"],
        LeaseID(**data["lease"]),
        chain_id=data["chain_id"],
        height=data["height"],
        public_hostname=data["public_hostname"],
    )
    return LeaseRecord(
        workload,
        tuple(data["ports"].items()),
        generation=data["generation"],
        is_settled=data["is_settled"],
        is_ending=data["is_ending"],
    )


def _record_json(record: LeaseRecord) -> dict[str, Any]:
    workload, lease = record.workload, record.workload.lease
    return {
        "lease": {
            "owner": str(lease.owner),
            "dseq": lease.dseq,
            "gseq": lease.gseq,
            "oseq": lease.oseq,
            "provider": str(lease.provider),
        },
        "chain_id": workload.chain_id,
        "height": workload.height,
        "public_hostname": workload.public_hostname,
        "manifest": workload.to_manifest(),
        "generation": record.generation,
        "ports": dict(record.ports),
        "is_settled": record.is_settled,
        "is_ending": record.is_ending,
    }


def _socket_directory(root: Path) -> Path:
    """A directory for sockets whose path is short enough, always the same for one root."""
    place = root / "run"
    if len(str(place).encode()) > SOCKET_PATH_BYTES:
        digest = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
        place = Path(tempfile.gettempdir(), f"akashpy-{os.getuid()}-{digest}")
    place.mkdir(exist_ok=True, mode=0o700)
    if place.stat().st_uid != os.getuid() or place.stat().st_mode & 0o077:
        raise ClusterError(f"socket directory {place} belongs to others; remove it")
    return place
