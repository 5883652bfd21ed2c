"""Whole states for nodes that join late: taken every so many blocks, offered, loaded, restored.

A snapshot lies in its own folder, named by its height, and is complete once its manifest is there.
A restoration trusts the light client's app hash and nothing else: each chunk is checked as it
comes, the whole before it replaces the node's state. It must not know ABCI's messages.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from akashpy.state.errors import SnapshotInvalid
from akashpy.state.snapshot import Manifest, chunk_hash, export_chunks, manifest_of, restore
from akashpy.state.store import Store

log = logging.getLogger(__name__)

MANIFEST = "manifest"
UNFINISHED = ".part"


class Shelf:
    """The snapshots that a node keeps below `folder`, the newest `keep` of them."""

    def __init__(self, folder: Path, *, keep: int = 2) -> None:
        self._folder = folder
        self._keep = keep
        for left in folder.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left)

    def take(self, store: Store) -> Iterator[None]:
        """Write a snapshot of the latest height, yielding after every chunk; blocks may go on.

        Raises OSError; what was begun is removed then.
        """
        height = store.height
        done = self._folder / str(height)
        if done.exists():
            return
        part = done.with_name(done.name + UNFINISHED)
        part.mkdir(parents=True)
        try:
            hashes = []
            with store.keep(height):  # until the manifest is there, which names its app hash
                for index, chunk in enumerate(export_chunks(store, height)):
                    (part / str(index)).write_bytes(chunk)
                    hashes.append(chunk_hash(chunk))
                    yield
                manifest = manifest_of(store, height, hashes)
            (part / MANIFEST).write_bytes(manifest.encode())
            os.replace(part, done)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        log.info("took a snapshot", extra={"height": height, "chunks": len(hashes)})
        self._prune()

    def manifests(self) -> list[Manifest]:
        """The complete snapshots, newest first."""
        return [
            Manifest.decode((self._folder / str(height) / MANIFEST).read_bytes())
            for height in self._heights()
        ]

    def chunk(self, height: int, index: int) -> bytes | None:
        """One chunk, or None where there is no such snapshot or chunk."""
        path = self._folder / str(height) / str(index)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def _heights(self) -> list[int]:
        if not self._folder.is_dir():
            return []
        names = [path.parent.name for path in self._folder.glob(f"*/{MANIFEST}")]
        return sorted((int(name) for name in names if name.isdigit()), reverse=True)

    def _prune(self) -> None:
        for height in self._heights()[self._keep :]:
            shutil.rmtree(self._folder / str(height))


class Restoration:
    """A state being taken over from peers, chunk by chunk, into a folder beside the node's own.

    Raises SnapshotInvalid when the manifest does not promise `app_hash`.
    """

    def __init__(self, manifest: Manifest, app_hash: bytes, folder: Path) -> None:
        if manifest.app_hash != app_hash:
            raise SnapshotInvalid(
                f"snapshot of height {manifest.height} promises app hash "
                f"{manifest.app_hash.hex()}, the chain has {app_hash.hex()}"
            )
        self.manifest = manifest
        self._folder = folder
        self._next = 0
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "chunks").mkdir(parents=True)

    @property
    def wanted(self) -> int:
        """The index of the chunk that comes next."""
        return self._next

    @property
    def is_complete(self) -> bool:
        """Whether every chunk is here."""
        return self._next == len(self.manifest.chunk_hashes)

    def add(self, chunk: bytes) -> None:
        """Take the next chunk. Raises SnapshotInvalid, and wants the same one again."""
        self.manifest.require_chunk(self._next, chunk)
        (self._folder / "chunks" / str(self._next)).write_bytes(chunk)
        self._next += 1

    def build(self, *, pruning: str) -> Path:
        """The folder of the restored state, closed and ready to be opened.

        Raises SnapshotInvalid when the whole does not hash to what the chain has.
        """
        chunks = (
            (self._folder / "chunks" / str(index)).read_bytes()
            for index in range(len(self.manifest.chunk_hashes))
        )
        path = self._folder / "state"
        restore(
            path, self.manifest, chunks, app_hash=self.manifest.app_hash, pruning=pruning
        ).close()
        return path

    def close(self) -> None:
        """Remove what was gathered."""
        shutil.rmtree(self._folder, ignore_errors=True)
