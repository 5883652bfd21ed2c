"""The versioned, provable state of a chain.

A block is committed in three steps: `stage` hashes it and makes it readable as the tip, `write`
puts it on disk (the one step that may run in another thread), `commit` makes it the latest height.
Between two commits views, proofs and `get` of the latest height see the block before. One current
version lies in the engine; older heights are read through undo entries. This module must not know
modules, gas, blocks' contents or threads.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from akashpy.state import history
from akashpy.state.branches import Branch, known
from akashpy.state.disk import MAP_SIZE, DiskEngine
from akashpy.state.engine import Batch, Engine, MemoryEngine, Row, Table
from akashpy.state.errors import HeightNotAvailable, StageError, StoreCorrupt, check_height
from akashpy.state.layout import HEIGHT_KEY, OLDEST_KEY, number, prepare, write_now
from akashpy.state.overlay import MISSING, Overlay
from akashpy.state.proof import (
    PLACE_BITS,
    Proof,
    bits_of,
    physical_key,
    place_of,
    rows_hash,
    way_to,
)
from akashpy.state.pruning import Pruning
from akashpy.state.rows import PRESENT, U64, Rows, undo_key, undo_prefix, walk
from akashpy.state.staging import Changes, Staged, draft, finish
from akashpy.state.tree import Tree, drained

_USER = b"meta/"
_RECENT = 100_000  # values of the tip kept at hand between blocks; some 30 MB
_STEP = 128  # undo entries removed between two yields
_NEAR = 2_000  # changed buckets up to which an old tree is made by going back from the current one


class ReadView:
    """The state as of one height; stays right while later blocks are committed.

    `get` and `iterate` raise HeightNotAvailable once the height has been pruned.
    """

    __slots__ = ("_store", "height")

    def __init__(self, store: "Store", height: int) -> None:
        self._store = store
        self.height = height

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`, or None."""
        return self._store._rows.get(key, self._past())

    def iterate(self, start: bytes, end: bytes | None, *, reverse: bool = False) -> Iterator[Row]:
        """Rows with start <= key < end (None: to the last key), in key order or backwards."""
        return walk(self._store._rows, start, end, reverse=reverse, height=self._past)

    def _past(self) -> int | None:
        """The height to read through undo entries, or None when it is the latest."""
        store = self._store
        if self.height == store.height:
            return None
        if self.height < store.oldest or self.height > store.height:
            raise HeightNotAvailable(height=self.height, latest=store.height)
        return self.height


class Store:
    """All versions of the state that are kept. Used by one thread, except `write`."""

    def __init__(self, engine: Engine, *, pruning: Pruning, buckets: int) -> None:
        """Over an engine that `open` has prepared."""
        self._engine = engine
        self._pruning = pruning
        self._rows = Rows(engine)
        self._bits = bits_of(buckets)
        self._height = number(engine, HEIGHT_KEY)
        self._oldest = number(engine, OLDEST_KEY)
        self._tree = history.tree_at(engine, buckets, self._height)
        self._since, self._checkpoint_size = history.bytes_since_checkpoint(engine, self._height)
        self._branches: dict[int, Branch] = {}  # of parted buckets that were written to
        self._staged: Staged | None = None
        self._is_staging = False
        self._leaving = 0  # the oldest height left by the block that is being staged
        self._staged_overlay: Overlay | None = None
        self._recent: dict[bytes, bytes | None] = {}  # the tip, as far as it was read or staged
        self._meta: dict[bytes, bytes | None] = {}
        self._pins: list[int] = []
        self._past_tree: tuple[int, Tree] | None = None

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        pruning: Pruning | str = "default",
        map_size: int = MAP_SIZE,
        buckets: int | None = None,
    ) -> "Store":
        """Open or create the store in directory `path`; None keeps everything in memory.

        `buckets` is the genesis constant of a new store (default 2^16); `map_size` in bytes grows
        by itself. Raises StoreInUse, StoreFormatError, StoreCorrupt, StoreError.
        """
        engine: Engine = MemoryEngine() if path is None else DiskEngine(path, map_size)
        try:
            found = prepare(engine, buckets, str(path))
            strategy = Pruning.named(pruning) if isinstance(pruning, str) else pruning
            store = cls(engine, pruning=strategy, buckets=found)
            store._check_root()
        except BaseException:
            engine.close()
            raise
        return store

    def _check_root(self) -> None:
        record = history.block(self._engine, self._height)
        if record is not None and record.app_hash != self._tree.root:
            raise StoreCorrupt(
                f"state at height {self._height} hashes to {self._tree.root.hex()}, its block to "
                f"{record.app_hash.hex()}: restore the directory from a snapshot or backup"
            )

    # What there is.

    @property
    def height(self) -> int:
        """The latest committed height; 0 before the first."""
        return self._height

    @property
    def oldest(self) -> int:
        """The oldest readable height; 0 before the first commit."""
        return self._oldest

    @property
    def app_hash(self) -> bytes:
        """Root of the state at `height`."""
        return self._tree.root

    @property
    def buckets(self) -> int:
        """The genesis constant."""
        return self._tree.buckets

    # Reads.

    def get(self, key: bytes) -> bytes | None:
        """The value at the tip: the staged block if there is one, else the latest height."""
        value = self._recent.get(key, MISSING)
        if value is MISSING:
            value = self._recent[key] = self._rows.get(key)
        return value

    def iterate(self, start: bytes, end: bytes | None, *, reverse: bool = False) -> Iterator[Row]:
        """Rows at the tip with start <= key < end (None: to the last key)."""
        if self._staged is None:
            return self.view().iterate(start, end, reverse=reverse)
        if self._staged_overlay is None:
            self._staged_overlay = Overlay(self.view(), dict(self._staged.changes))
        return self._staged_overlay.iterate(start, end, reverse=reverse)

    def view(self, height: int | None = None) -> ReadView:
        """The committed state at `height` (None or 0: the latest).

        Raises InvalidRequest, InvalidHeight, HeightNotAvailable.
        """
        return ReadView(self, self._resolve(height))

    def prove(self, key: bytes, height: int | None = None) -> Proof:
        """Proof of the value or absence of `key` at `height` (None or 0: the latest).

        Verified with `proof.verify` against that height's app hash. Raises as `view`.
        """
        found = self._resolve(height)
        is_past = found != self._height
        tree = self._tree_at(found) if is_past else self._tree
        place = place_of(self._rows.row_key(physical_key(key)))
        bucket = place >> PLACE_BITS - self._bits
        rows = self._rows.part(bucket, self._bits, found if is_past else None)
        leaf, inside = way_to(rows, self._bits, place)
        return Proof(self.buckets, tuple(leaf), inside + tree.siblings(bucket))

    def app_hash_at(self, height: int) -> bytes:
        """The app hash of a readable height. Raises as `view`."""
        found = self._resolve(height)
        record = history.block(self._engine, found)
        return self.app_hash if record is None else record.app_hash

    def _resolve(self, height: int | None) -> int:
        if not height:
            return self._height
        check_height(height, oldest=self._oldest, latest=self._height)
        return height

    def _tree_at(self, height: int) -> Tree:
        """The tree of a readable height below the latest; the last one asked for is remembered."""
        if self._past_tree is None or self._past_tree[0] != height:
            changed = history.changed_buckets(self._engine, height, self._height, _NEAR)
            if changed is None:
                tree = history.tree_at(self._engine, self.buckets, height)
            else:
                tree = self._tree.copy()
                bits, part = self._bits, self._rows.part
                hashes = {b: rows_hash(part(b, bits, height), bits) for b in sorted(changed)}
                tree.apply(tree.plan(hashes))
            self._past_tree = height, tree
        return self._past_tree[1]

    def occupied(self, height: int) -> list[int]:
        """The buckets that had rows at `height`. Raises as `view`."""
        found = self._resolve(height)
        return (self._tree if found == self._height else self._tree_at(found)).occupied()

    def bucket_rows(self, bucket: int, height: int) -> list[Row]:
        """Row keys and stored values of one bucket. Raises as `view`."""
        found = self._resolve(height)
        past = None if found == self._height else found
        return self._rows.part(bucket, self._bits, past)

    # Metadata: not hashed, committed with the block.

    def meta_get(self, key: bytes) -> bytes | None:
        """Metadata as last set."""
        own = _USER + key
        for changed in (self._meta, self._staged.meta if self._staged else {}):
            if own in changed:
                return changed[own]
        return self._engine.get(Table.META, own)

    def meta_set(self, key: bytes, value: bytes | None) -> None:
        """Set metadata (None removes it); it is written with the next staged block."""
        self._meta[_USER + key] = value

    # Commit.

    def stage(self, height: int, changes: Changes) -> Staged:
        """Hash a block's changes (None deletes) and make them the tip.

        The first block may have any height, every later one is the next.
        Raises StageError out of turn, ValueError for an empty key.
        """
        return drained(self.stage_steps(height, changes))

    def stage_steps(self, height: int, changes: Changes) -> Generator[None, None, Staged]:
        """As `stage`, in steps of a few hundred microseconds, with reads allowed in between."""
        if b"" in changes:
            raise ValueError(f"block {height} writes to an empty key: keys have at least one byte")
        if self._staged is not None or self._is_staging:
            raise StageError(f"a block is staged: commit or discard it before {height}")
        if height < 1 or (self._height and height != self._height + 1):
            raise StageError(f"block {height} cannot follow block {self._height}")
        self._is_staging = True
        try:
            staged = yield from self._stage_steps(height, changes)
        finally:
            self._is_staging = False
        self._staged = staged
        self._recent.update(changes)
        return staged

    def _stage_steps(self, height: int, changes: Changes) -> Generator[None, None, Staged]:
        first = not self._height
        made = yield from draft(
            self._rows, self._tree, self._branches, height, changes, undoable=not first
        )
        self._leaving = height
        if not first:
            self._leaving = min([self._pruning.oldest(height, self._oldest), *self._pins])
            yield from self._prune(made.batch, self._leaving)
            yield
        staged = finish(self._engine, height, changes, self._meta, made)
        staged.oldest = max(self._oldest, self._leaving)
        staged.batch.put(Table.META, HEIGHT_KEY, U64.pack(height))
        staged.batch.put(Table.META, OLDEST_KEY, U64.pack(staged.oldest))
        if not first and history.checkpoint_due(self._since, self._checkpoint_size):
            staged.checkpoint = self._tree.leaves
        self._engine.reserve(staged.batch)
        staged.meta, self._meta = self._meta, {}
        return staged

    def write(self, staged: Staged) -> None:
        """Make `staged` durable; may run in a thread of its own, then `commit` follows."""
        if staged.checkpoint is not None:
            leaves = history.encode_leaves(staged.checkpoint)
            staged.batch.put(Table.LEAVES, U64.pack(staged.height - 1), leaves)
            staged.checkpoint = None
        staged.is_written = self._engine.write(staged.batch)

    def commit(self, staged: Staged) -> int:
        """Make `staged` the latest height, after writing it if that has not been done.

        Raises StageError when it is not the staged block.
        """
        if staged is not self._staged:
            raise StageError(f"block {staged.height} is not the staged one")
        if not staged.is_written:
            self.write(staged)
        while not staged.is_written:
            self._engine.grow()
            self.write(staged)
        self._engine.refresh()
        self._tree.apply(staged.plan)
        self._take_branches(staged)
        self._height, self._oldest = staged.height, staged.oldest
        self._count_deltas(staged)
        self._staged = self._staged_overlay = None
        if len(self._recent) > _RECENT:
            self._recent.clear()
        return self._height

    def discard(self, staged: Staged) -> None:
        """Forget a staged block that was not written. Raises StageError otherwise."""
        if staged is not self._staged or staged.is_written:
            raise StageError(f"block {staged.height} is not staged, or already written")
        self._meta = {**staged.meta, **self._meta}
        self._staged = self._staged_overlay = None
        self._recent.clear()

    def learn_steps(self) -> Generator[None, None, None]:
        """Learn the hashes inside of all parted buckets, one a step.

        A block that writes to one that is not known reads it whole. Anything else may happen
        between two steps, as long as the store stays open.
        """
        for bucket in self._tree.occupied():
            if bucket not in self._branches:
                branch = known(self._rows.part(bucket, self._bits), self._bits)
                if branch is not None:
                    self._branches[bucket] = branch
            yield

    def _take_branches(self, staged: Staged) -> None:
        for bucket, branch in staged.branches.items():
            if branch is None:
                self._branches.pop(bucket, None)
            else:
                self._branches[bucket] = branch

    def _count_deltas(self, staged: Staged) -> None:
        size = sum(len(value) for _, value in staged.batch.puts[Table.DELTAS])
        for _, leaves in staged.batch.puts[Table.LEAVES]:
            self._since, self._checkpoint_size = 0, len(leaves)
        self._since += size

    # Old heights.

    @contextmanager
    def keep(self, height: int) -> Iterator[ReadView]:
        """Hold `height` readable while the `with` block lasts. Raises as `view`."""
        view = self.view(height)
        if (self._staged or self._is_staging) and view.height < self._leaving:
            raise HeightNotAvailable(height=view.height, latest=self._height)
        self._pins.append(view.height)
        try:
            yield view
        finally:
            self._pins.remove(view.height)

    def _prune(self, batch: Batch, oldest: int) -> Generator[None, None, None]:
        """Add to `batch` the removal of all heights below `oldest`."""
        for past in range(self._oldest + 1, oldest + 1):
            record = history.block(self._engine, past)
            for count, row in enumerate(record.changed if record else ()):
                batch.delete(Table.UNDO, undo_key(row, past))
                if self._engine.get(Table.GONE, row[4:]) == U64.pack(past):
                    batch.delete(Table.GONE, row[4:])
                if count % _STEP == _STEP - 1:
                    yield
            batch.delete(Table.BLOCKS, U64.pack(past - 1))
        if oldest > self._oldest:
            for table, key in history.obsolete(self._engine, oldest):
                batch.delete(table, key)

    def rollback(self) -> int:
        """Undo the latest block: values, metadata, tree and app hash. Gives the height now.

        Raises StageError while a block is staged, HeightNotAvailable when the height below is gone.
        """
        if self._staged is not None or self._is_staging:
            raise StageError("a block is staged: commit or discard it before rolling back")
        height, target = self._height, self._height - 1
        record = history.block(self._engine, height)
        if record is None or target < max(1, self._oldest):
            raise HeightNotAvailable(height=target, latest=height)
        batch = Batch()
        for row in record.changed:
            self._undo_row(batch, row, height)
        for key, value in record.meta:
            if value is None:
                batch.delete(Table.META, key)
            else:
                batch.put(Table.META, key, value)
        for table in (Table.BLOCKS, Table.DELTAS, Table.LEAVES):
            batch.delete(table, U64.pack(height))
        batch.put(Table.META, HEIGHT_KEY, U64.pack(target))
        tree = self._tree_at(target)
        write_now(self._engine, batch)
        self._height, self._tree, self._past_tree, self._meta = target, tree, None, {}
        self._branches.clear()
        self._recent.clear()
        self._since, self._checkpoint_size = history.bytes_since_checkpoint(self._engine, target)
        self._check_root()
        return target

    def _undo_row(self, batch: Batch, row: bytes, height: int) -> None:
        entry = self._engine.get(Table.UNDO, undo_key(row, height))
        if entry is None:
            raise StoreCorrupt(f"row {row.hex()} has no undo entry for block {height}")
        batch.delete(Table.UNDO, undo_key(row, height))
        if self._engine.get(Table.GONE, row[4:]) == U64.pack(height):
            batch.delete(Table.GONE, row[4:])
        if entry[:1] == PRESENT:
            batch.put(Table.ROWS, row, entry[1:])
            batch.put(Table.ORDER, row[4:], b"")
        else:
            batch.delete(Table.ROWS, row)
            batch.delete(Table.ORDER, row[4:])
            prefix = undo_prefix(row)
            before = self._engine.keys(Table.UNDO, prefix, undo_key(row, height), 1, reverse=True)
            if before:  # the change before this one was a removal, so older heights have the key
                batch.put(Table.GONE, row[4:], before[0][len(prefix) :])

    # The whole.

    def check(self) -> None:
        """Hash every row anew and compare. Raises StoreCorrupt. Slow: reads the whole state."""
        root = Tree.of(history.rebuilt_leaves(self._engine, self.buckets)).root
        if root != self.app_hash:
            raise StoreCorrupt(
                f"rows at height {self._height} hash to {root.hex()}, the tree says "
                f"{self.app_hash.hex()}: restore the directory from a snapshot or backup"
            )

    def close(self) -> None:
        """Release files; what was not committed is forgotten."""
        self._engine.close()
