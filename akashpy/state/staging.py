"""From a block's changes to the writes and hashes that make them real.

Staging reads the committed rows of the changed leaves once: for their new hashes, for the undo
entries and to drop writes that change nothing. It changes nothing itself. This module must not know
threads, pruning or proofs.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from akashpy.state.branches import Branch, Item, changed
from akashpy.state.engine import Batch, Engine, Row, Table
from akashpy.state.history import BlockRecord, encode_delta
from akashpy.state.proof import PLACE_BITS, bits_of, physical_key, physical_value, place_of
from akashpy.state.rows import ABSENT, PRESENT, U64, Rows, undo_prefix
from akashpy.state.tree import Plan, Tree

Changes = Mapping[bytes, bytes | None]
"""Key to new value; None deletes."""

_STEP = 32  # buckets hashed between two yields
_KEYS = 512  # keys sorted into buckets between two yields


class Staged:
    """A block that is hashed and readable, but not yet written."""

    __slots__ = (
        "batch",
        "branches",
        "changes",
        "checkpoint",
        "height",
        "is_written",
        "meta",
        "oldest",
        "plan",
    )

    def __init__(self, height: int, changes: Changes, batch: Batch, made: "Draft") -> None:
        self.height = height
        self.changes = changes
        self.batch = batch
        self.plan = made.plan
        self.branches = made.branches
        self.meta: Changes = {}
        self.oldest = 0
        self.checkpoint: bytes | None = None  # leaves of the height below, to be compressed
        self.is_written = False

    @property
    def app_hash(self) -> bytes:
        """The state's hash with this block."""
        return self.plan.root


class _Writer:
    """Turns one leaf after the other into writes; holds what all leaves share."""

    __slots__ = ("batch", "changed", "suffix", "undoable")

    def __init__(self, height: int, undoable: bool) -> None:
        self.batch = Batch()
        self.changed: list[bytes] = []
        self.suffix = U64.pack(height)
        self.undoable = undoable

    def leaf(self, rows: list[Row], items: Sequence[Item]) -> list[Row] | None:
        """A leaf's rows after `items`, in order, or None when nothing changed."""
        values = dict(rows)
        changed, batch = self.changed, self.batch
        before, count = len(changed), len(values)
        for row, value in items:
            old = values.get(row)
            if value == old:
                continue
            changed.append(row)
            if value is None:
                del values[row]
                count = -1  # from here on the order is made again
                self._delete(row)
            else:
                values[row] = value
                batch.puts[Table.ROWS].append((row, value))
                if old is None:
                    batch.puts[Table.ORDER].append((row[4:], b""))
            if self.undoable:
                entry = ABSENT if old is None else PRESENT + old
                batch.puts[Table.UNDO].append((undo_prefix(row) + self.suffix, entry))
        if len(changed) == before:
            return None
        return list(values.items()) if count == len(values) else sorted(values.items())

    def _delete(self, row: bytes) -> None:
        self.batch.delete(Table.ROWS, row)
        self.batch.delete(Table.ORDER, row[4:])
        if self.undoable:
            self.batch.put(Table.GONE, row[4:], self.suffix)


@dataclass(frozen=True, slots=True)
class Draft:
    """A block's hashed changes and their writes, before metadata and pruning join them."""

    batch: Batch
    plan: Plan
    branches: dict[int, Branch | None]
    changed: tuple[bytes, ...]


def draft(
    rows: Rows,
    tree: Tree,
    branches: Mapping[int, Branch],
    height: int,
    changes: Changes,
    *,
    undoable: bool,
) -> Generator[None, None, Draft]:
    """Hash `changes` and collect their writes, in steps of a few hundred microseconds.

    `branches` are those known of parted buckets. Without `undoable`, for a store's first block, no
    way back is recorded.
    """
    writer = _Writer(height, undoable)
    bits = bits_of(tree.buckets)
    hashes: dict[int, bytes] = {}
    moved: dict[int, Branch | None] = {}
    groups = yield from _by_bucket(rows, changes, bits)
    for count, bucket in enumerate(sorted(groups)):
        items = sorted(groups[bucket], key=_first)
        found = changed(branches.get(bucket), bucket, bits, items, rows.part, writer.leaf)
        if found is not None:
            hashes[bucket] = found.digest
            moved[bucket] = found.branch
        if count % _STEP == _STEP - 1:
            yield
    plan = yield from tree.plan_steps(hashes)
    yield
    writer.batch.put(Table.DELTAS, writer.suffix, encode_delta(hashes))
    yield
    return Draft(writer.batch, plan, moved, tuple(writer.changed) if undoable else ())


def finish(engine: Engine, height: int, changes: Changes, meta: Changes, made: Draft) -> Staged:
    """Add the block's record and the writes of `meta` (keys of META, which are not hashed)."""
    batch = made.batch
    replaced = tuple((key, engine.get(Table.META, key)) for key in meta)
    for key, value in meta.items():
        if value is None:
            batch.delete(Table.META, key)
        else:
            batch.put(Table.META, key, value)
    record = BlockRecord(made.plan.root, made.changed, replaced)
    batch.put(Table.BLOCKS, U64.pack(height), record.encode())
    return Staged(height, changes, batch, made)


def _by_bucket(
    rows: Rows, changes: Changes, bits: int
) -> Generator[None, None, dict[int, list[Item]]]:
    """Changes as (row key, stored value), grouped by bucket."""
    shift = PLACE_BITS - bits
    groups: dict[int, list[Item]] = {}
    for count, (key, value) in enumerate(changes.items()):
        if count % _KEYS == _KEYS - 1:
            yield
        physical = physical_key(key)
        row = rows.row_key(physical)
        stored = value if value is None or physical is key else physical_value(key, value)
        bucket = place_of(row) >> shift
        group = groups.get(bucket)
        if group is None:
            groups[bucket] = [(row, stored)]
        else:
            group.append((row, stored))
    return groups


def _first(item: Item) -> bytes:
    return item[0]
