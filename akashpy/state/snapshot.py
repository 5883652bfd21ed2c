"""Whole states as chunks: given away by one node, checked and taken over by another.

An export reads bucket by bucket at a pinned height, so it holds no read transaction and blocks go
on meanwhile. A restore trusts nothing but the app hash it is told. This module must not know how
chunks travel.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from struct import Struct
from struct import error as StructError

from akashpy.state import history
from akashpy.state.disk import MAP_SIZE, DiskEngine
from akashpy.state.engine import Batch, Engine, MemoryEngine, Row, Table
from akashpy.state.errors import SnapshotInvalid
from akashpy.state.history import BlockRecord
from akashpy.state.layout import HEIGHT_KEY, OLDEST_KEY, RESTORING_KEY, number, prepare, write_now
from akashpy.state.proof import HASH
from akashpy.state.pruning import Pruning
from akashpy.state.rows import U64
from akashpy.state.store import Store
from akashpy.state.tree import Tree

CHUNK_BYTES = 4 * 2**20
"""Aimed size of a chunk; one row more than this makes a larger one."""
FORMAT = 2
"""Number of the chunks' format: ABCI's Snapshot.format."""

_HEAD = Struct(f">IIQ{HASH}s")
_SIZES = Struct(">II")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds: ABCI's Snapshot.metadata."""

    height: int
    app_hash: bytes
    buckets: int
    chunk_hashes: tuple[bytes, ...]

    def encode(self) -> bytes:
        """The manifest as bytes."""
        head = _HEAD.pack(FORMAT, self.buckets, self.height, self.app_hash)
        return head + b"".join(self.chunk_hashes)

    @classmethod
    def decode(cls, data: bytes) -> "Manifest":
        """Raises SnapshotInvalid."""
        if len(data) < _HEAD.size or (len(data) - _HEAD.size) % HASH:
            raise SnapshotInvalid(f"snapshot manifest has an impossible length, {len(data)} bytes")
        number, buckets, height, app_hash = _HEAD.unpack_from(data)
        if number != FORMAT:
            raise SnapshotInvalid(f"snapshot has format {number}, this program reads {FORMAT}")
        hashes = range(_HEAD.size, len(data), HASH)
        return cls(height, app_hash, buckets, tuple(data[at : at + HASH] for at in hashes))

    @property
    def hash(self) -> bytes:
        """ABCI's Snapshot.hash."""
        return sha256(self.encode()).digest()

    def require_chunk(self, place: int, chunk: bytes) -> None:
        """Raises SnapshotInvalid when this is not the chunk at `place`."""
        if chunk_hash(chunk) != self.chunk_hashes[place]:
            raise SnapshotInvalid(f"snapshot chunk {place} does not match its hash: fetch it again")


def chunk_hash(chunk: bytes) -> bytes:
    """What a manifest says of a chunk."""
    return sha256(chunk).digest()


def export_chunks(
    store: Store, height: int | None = None, *, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[bytes]:
    """All rows of a height (None: the latest) as chunks, kept readable until the last one is taken.

    Other work, commits too, may happen between two chunks. Raises as Store.view.
    """
    with store.keep(store.view(height).height) as view:
        parts: list[bytes] = []
        size = 0
        for bucket in store.occupied(view.height):
            for key, value in store.bucket_rows(bucket, view.height):
                parts += (_SIZES.pack(len(key), len(value)), key, value)
                size += _SIZES.size + len(key) + len(value)
                if size >= chunk_bytes:
                    yield b"".join(parts)
                    parts, size = [], 0
        if parts:
            yield b"".join(parts)


def manifest_of(store: Store, height: int, hashes: Iterable[bytes]) -> Manifest:
    """The manifest of exported chunks with these hashes. Raises as Store.view."""
    return Manifest(height, store.app_hash_at(height), store.buckets, tuple(hashes))


def restore(
    path: Path | None,
    manifest: Manifest,
    chunks: Iterable[bytes],
    *,
    app_hash: bytes,
    pruning: Pruning | str = "default",
    map_size: int = MAP_SIZE,
) -> Store:
    """A new store holding a snapshot; `app_hash` comes from a source that is trusted.

    Chunks are taken as they come: who has them from others asks `Manifest.require_chunk` first, so
    that it knows whose are bad. Raises SnapshotInvalid when the whole does not match; the directory
    then has to be deleted, which opening it will say too. The disk is waited for at the end only,
    so a power cut before that leaves a directory that is good for nothing.
    """
    if manifest.app_hash != app_hash:
        raise SnapshotInvalid(
            f"snapshot of height {manifest.height} promises app hash {manifest.app_hash.hex()}, "
            f"the chain has {app_hash.hex()}: take the snapshot of another peer"
        )
    strategy = Pruning.named(pruning) if isinstance(pruning, str) else pruning
    filled = MemoryEngine() if path is None else DiskEngine(path, map_size, durable=False)
    try:
        prepare(filled, manifest.buckets, str(path))
        if number(filled, HEIGHT_KEY):
            raise SnapshotInvalid(f"{path} already holds a state: restore into an empty directory")
        _load(filled, manifest, chunks)
        if isinstance(filled, DiskEngine):
            filled.flush()
    except BaseException:
        filled.close()
        raise
    engine: Engine = filled
    if path is not None:
        filled.close()
        engine = DiskEngine(path, map_size)  # from here on every write is waited for
    try:
        return Store(engine, pruning=strategy, buckets=manifest.buckets)
    except BaseException:
        engine.close()
        raise


def _load(engine: Engine, manifest: Manifest, chunks: Iterable[bytes]) -> None:
    count = 0
    for place, chunk in enumerate(chunks):
        count = place + 1
        if count > len(manifest.chunk_hashes):
            break
        batch = Batch()
        batch.put(Table.META, RESTORING_KEY, U64.pack(manifest.height))
        for key, value in _rows(chunk, place):
            batch.put(Table.ROWS, key, value)
            batch.put(Table.ORDER, key[4:], b"")
        write_now(engine, batch)
    if count != len(manifest.chunk_hashes):
        raise SnapshotInvalid(
            f"snapshot has {len(manifest.chunk_hashes)} chunks by its manifest, not {count}"
        )
    leaves = bytes(history.rebuilt_leaves(engine, manifest.buckets))
    root = Tree.of(leaves).root
    if root != manifest.app_hash:
        raise SnapshotInvalid(
            f"snapshot hashes to {root.hex()}, not to {manifest.app_hash.hex()}: "
            "take the snapshot of another peer"
        )
    height = U64.pack(manifest.height)
    batch = Batch()
    batch.delete(Table.META, RESTORING_KEY)
    batch.put(Table.META, HEIGHT_KEY, height)
    batch.put(Table.META, OLDEST_KEY, height)
    batch.put(Table.LEAVES, height, history.encode_leaves(leaves))
    batch.put(Table.BLOCKS, height, BlockRecord(root, (), ()).encode())
    write_now(engine, batch)


def _rows(chunk: bytes, place: int) -> Iterator[Row]:
    at = 0
    try:
        while at < len(chunk):
            key_size, value_size = _SIZES.unpack_from(chunk, at)
            middle = at + _SIZES.size + key_size
            key, value = chunk[at + _SIZES.size : middle], chunk[middle : middle + value_size]
            if len(key) != key_size or key_size < 4 or len(value) != value_size:
                raise SnapshotInvalid(f"snapshot chunk {place} is cut short at byte {at}")
            yield key, value
            at = middle + value_size
    except StructError as error:
        raise SnapshotInvalid(
            f"snapshot chunk {place} is cut short at byte {at}: {error}"
        ) from None
