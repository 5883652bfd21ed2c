"""Accepted manifests on disk, one file per lease, so that a restart needs no tenant.

A file is replaced as a whole and flushed before a tenant is told that its manifest was taken.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from akashpy.types.errors import ChainError
from akashpy.types.market import LeaseID
from provider.cluster.workload import ManifestMalformed, Workload, namespace

log = logging.getLogger(__name__)

SUFFIX = ".json"


class Store(Protocol):
    """Keeps workloads; may block for a moment."""

    def read(self) -> Iterator[Workload]:
        """All that are kept."""
        ...

    def put(self, workload: Workload) -> None:
        """Keep the workload of a lease in place of any before; durable when it returns."""
        ...

    def remove(self, lease: LeaseID) -> None:
        """Forget a lease; nothing when it is not kept."""
        ...


class FileStore:
    """Keeps workloads in a directory that nobody else reads: they hold tenants' secrets."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def read(self) -> Iterator[Workload]:
        """See Store. A file that cannot be read is reported and left as it is."""
        for path in sorted(self._directory.glob(f"*{SUFFIX}")):
            try:
                found = json.loads(path.read_text())
                yield Workload.from_manifest(
                    found["group"],
                    LeaseID.parse(found["lease"]),
                    chain_id=found["chain_id"],
                    height=int(found["height"]),
                    public_hostname=found["public_hostname"],
                    devices=tuple((int(id), str(key)) for id, key in found.get("devices", ())),
                )
            except (ValueError, KeyError, TypeError, ChainError, ManifestMalformed) as error:
                log.error(
                    "manifest file cannot be read; its lease keeps what runs",
                    extra={"path": str(path), "reason": str(error)},
                )

    def put(self, workload: Workload) -> None:
        """See Store."""
        path = self._path(workload.lease)
        content = {
            "lease": str(workload.lease),
            "chain_id": workload.chain_id,
            "height": workload.height,
            "public_hostname": workload.public_hostname,
            "devices": list(workload.devices),
            "group": workload.to_manifest(),
        }
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        self._flush()

    def remove(self, lease: LeaseID) -> None:
        """See Store."""
        self._path(lease).unlink(missing_ok=True)
        self._flush()

    def _path(self, lease: LeaseID) -> Path:
        return self._directory / f"{namespace(lease)}{SUFFIX}"

    def _flush(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
