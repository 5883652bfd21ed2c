"""What is kept per block so that older heights can be read, proved and gone back to.

BLOCKS holds a block's app hash, the rows it changed and the metadata it replaced; DELTAS the bucket
hashes it set; LEAVES now and then all bucket hashes. A tree of any kept height is the nearest older
LEAVES row and the DELTAS after it. This module must not know values of rows or when to prune.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from struct import Struct, pack, unpack_from
from zlib import compress, decompress

from akashpy.state.engine import Engine, Row, Table
from akashpy.state.proof import HASH, PLACE_BITS, bits_of, place_of, rows_hash
from akashpy.state.rows import U64
from akashpy.state.tree import EMPTY, Tree

_U32 = Struct(">I")
_DELTA = Struct(f">I{HASH}s")

CHECKPOINT_EVERY = (2**18, 2**26)
"""Least and most bytes of DELTAS between two LEAVES rows; in between, eight times a row's size."""


@dataclass(frozen=True, slots=True)
class BlockRecord:
    """One block's footprint. `meta` holds (key, value before) of the metadata it replaced."""

    app_hash: bytes
    changed: tuple[bytes, ...]
    meta: tuple[tuple[bytes, bytes | None], ...]

    def encode(self) -> bytes:
        """The record as a row's value."""
        count = len(self.changed)
        parts = [self.app_hash, pack(f">{1 + count}I", count, *map(len, self.changed))]
        parts += self.changed
        for key, value in self.meta:
            parts += [_U32.pack(len(key)), key]
            parts.append(b"\0" if value is None else b"\1" + _U32.pack(len(value)) + value)
        return b"".join(parts)

    @classmethod
    def decode(cls, data: bytes) -> "BlockRecord":
        """The record of a row's value."""
        (count,) = _U32.unpack_from(data, HASH)
        at = HASH + 4 + 4 * count
        changed, meta = [], []
        for size in unpack_from(f">{count}I", data, HASH + 4):
            changed.append(data[at : at + size])
            at += size
        while at < len(data):
            key, at = _counted(data, at)
            value = None
            if data[at]:
                value, at = _counted(data, at + 1)
            else:
                at += 1
            meta.append((key, value))
        return cls(data[:HASH], tuple(changed), tuple(meta))


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    end = at + 4 + _U32.unpack_from(data, at)[0]
    return data[at + 4 : end], end


def encode_delta(changed: dict[int, bytes]) -> bytes:
    """A DELTAS value: the buckets that changed and their new hashes."""
    return b"".join([_DELTA.pack(bucket, digest) for bucket, digest in changed.items()])


def encode_leaves(leaves: bytes) -> bytes:
    """A LEAVES value: all bucket hashes, compressed."""
    return compress(leaves, 1)


def block(engine: Engine, height: int) -> BlockRecord | None:
    """The record of block `height`, or None when it is not kept."""
    data = engine.get(Table.BLOCKS, U64.pack(height))
    return None if data is None else BlockRecord.decode(data)


def checkpoint_below(engine: Engine, height: int) -> int:
    """Height of the newest LEAVES row at or below `height`; 0 when there is none."""
    found = engine.keys(Table.LEAVES, b"", U64.pack(height + 1), 1, reverse=True)
    return int(U64.unpack(found[0])[0]) if found else 0


def tree_at(engine: Engine, buckets: int, height: int) -> Tree:
    """The tree as of `height`, built from what is kept."""
    if height == 0:
        return Tree(buckets)
    base = checkpoint_below(engine, height)
    kept = engine.get(Table.LEAVES, U64.pack(base))
    leaves = bytearray(EMPTY * buckets if kept is None else decompress(kept))
    for delta in _deltas(engine, base + 1, height):
        for bucket, digest in _DELTA.iter_unpack(delta):
            leaves[bucket * HASH : bucket * HASH + HASH] = digest
    return Tree.of(leaves)


def _deltas(engine: Engine, first: int, last: int) -> Iterator[bytes]:
    start, end = U64.pack(first), U64.pack(last + 1)
    while rows := engine.rows(Table.DELTAS, start, end, 256):
        for _, delta in rows:
            yield delta
        start = rows[-1][0] + b"\0"


def changed_buckets(engine: Engine, after: int, last: int, limit: int) -> set[int] | None:
    """Buckets changed by the blocks behind `after` up to `last`; None when more than `limit`."""
    found: set[int] = set()
    for delta in _deltas(engine, after + 1, last):
        found.update(bucket for bucket, _ in _DELTA.iter_unpack(delta))
        if len(found) > limit:
            return None
    return found


def bytes_since_checkpoint(engine: Engine, height: int) -> tuple[int, int]:
    """Bytes of DELTAS after the newest LEAVES row, and that row's size."""
    base = checkpoint_below(engine, height)
    kept = engine.get(Table.LEAVES, U64.pack(base))
    return sum(map(len, _deltas(engine, base + 1, height))), len(kept or b"")


def checkpoint_due(pending: int, size: int) -> bool:
    """Whether `pending` bytes of DELTAS deserve a new LEAVES row, the last one being of `size`."""
    least, most = CHECKPOINT_EVERY
    return pending >= min(most, max(least, 8 * size))


def obsolete(engine: Engine, oldest: int) -> Iterable[tuple[Table, bytes]]:
    """Rows of LEAVES and DELTAS that no height from `oldest` on needs."""
    last = U64.pack(checkpoint_below(engine, oldest))
    for key in engine.keys(Table.LEAVES, b"", last):
        yield Table.LEAVES, key
    for key in engine.keys(Table.DELTAS, b"", last + b"\0", 1024):
        yield Table.DELTAS, key


def rebuilt_leaves(engine: Engine, buckets: int) -> bytearray:
    """All bucket hashes, from the rows alone."""
    leaves = bytearray(EMPTY * buckets)
    bits = bits_of(buckets)
    shift = PLACE_BITS - bits
    start = b""
    carried: list[Row] = []
    while True:
        rows = engine.rows(Table.ROWS, start, None, 4096)
        carried += rows
        last = len(rows) < 4096
        for bucket, group in groupby(carried, key=lambda row: place_of(row[0]) >> shift):
            members = list(group)
            if not last and members[-1] is carried[-1]:
                carried = members  # the next rows may belong to it too
                break
            leaves[HASH * bucket : HASH * bucket + HASH] = rows_hash(members, bits)
        if last:
            return leaves
        start = rows[-1][0] + b"\0"
