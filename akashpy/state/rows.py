"""The state's rows, now and at every height that is still kept.

ROWS holds the current values under place and key, ORDER the current keys in order. UNDO holds, per
changed key and block, the value before that block; GONE the keys that some kept block deleted. The
value at an old height is the oldest undo entry above it, or the current value. This module must not
know hashes of nodes, staging or pruning.
"""

from collections.abc import Callable, Iterator
from itertools import chain, repeat
from struct import Struct

from akashpy.state.engine import Engine, Row, Table
from akashpy.state.overlay import end_of
from akashpy.state.proof import PLACE_BITS, PLAIN_KEY, physical_key, row_key, split_long

_U16 = Struct(">H")
_U32 = Struct(">I")
U64 = Struct(">Q")
ABSENT = b"\x00"
PRESENT = b"\x01"
"""First byte of an undo entry; a value follows PRESENT."""

_CACHE = 200_000  # row keys remembered; about 40 MB when full
_BATCHES = (8, 32, 128, 512)  # rows fetched at once: few at first, since many walks stop early


def undo_prefix(row: bytes) -> bytes:
    """What all undo entries of a row begin with: place, length of the key, key."""
    return row[:4] + _U16.pack(len(row) - 4) + row[4:]


def undo_key(row: bytes, height: int) -> bytes:
    """The key of the entry that undoes block `height` for a row."""
    return undo_prefix(row) + U64.pack(height)


class Rows:
    """Reads over an engine."""

    __slots__ = ("_engine", "_engine_get", "_row_keys")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._engine_get = engine.get
        self._row_keys: dict[bytes, bytes] = {}

    def row_key(self, physical: bytes) -> bytes:
        """Place and key, remembered for keys in use."""
        found = self._row_keys.get(physical)
        if found is None:
            if len(self._row_keys) >= _CACHE:
                self._row_keys.clear()
            found = self._row_keys[physical] = row_key(physical)
        return found

    def get(self, key: bytes, height: int | None = None) -> bytes | None:
        """The value of `key` now, or as of `height`."""
        if height is None and len(key) <= PLAIN_KEY:
            return self._engine_get(Table.ROWS, self._row_keys.get(key) or self.row_key(key))
        stored = self._stored(physical_key(key), height)
        return stored if stored is None or len(key) <= PLAIN_KEY else split_long(stored)[1]

    def _stored(self, physical: bytes, height: int | None) -> bytes | None:
        row = self.row_key(physical)
        if height is not None:
            older = self._undone(row, height)
            if older is not None:
                return older[1:] if older[:1] == PRESENT else None
        return self._engine.get(Table.ROWS, row)

    def _undone(self, row: bytes, height: int) -> bytes | None:
        """The undo entry that says what a row was at `height`; None: what it is now."""
        prefix = undo_prefix(row)
        found = self._engine.ceiling(Table.UNDO, prefix + U64.pack(height + 1))
        if found is None or len(found[0]) != len(prefix) + 8 or not found[0].startswith(prefix):
            return None
        return found[1]

    def part(self, number: int, bits: int, height: int | None = None) -> list[Row]:
        """Rows as (row key, stored value), in order, whose places begin with `number`.

        That is a number of so many bits: of a bucket, or of a leaf inside of one.
        """
        shift = PLACE_BITS - bits
        start = _U32.pack(number << shift)
        end = _U32.pack(number + 1 << shift) if number + 1 < 1 << bits else None
        current = self._engine.rows(Table.ROWS, start, end)
        if height is None:
            return current
        found = dict(current)
        at = start
        while (entry := self._engine.ceiling(Table.UNDO, at)) and (end is None or entry[0] < end):
            size = _U16.unpack_from(entry[0], 4)[0]
            row = entry[0][:4] + entry[0][6 : 6 + size]
            older = self._undone(row, height)
            if older is not None and older[:1] == PRESENT:
                found[row] = older[1:]
            elif older is not None:
                found.pop(row, None)
            at = undo_prefix(row) + b"\xff" * 8  # no block has that height
        return sorted(found.items())

    def chunk(
        self, start: bytes, end: bytes | None, limit: int, *, reverse: bool, height: int | None
    ) -> tuple[list[Row], bytes | None]:
        """Some rows with start <= key < end, and the bound to go on from (None: that was all).

        The bound replaces `start`, or `end` when walking backwards. Keys that share their first
        bytes with a long key lie in the order of their hashes, so they are sorted here together.
        """
        low = start[:PLAIN_KEY]
        high = end if end is None or len(end) <= PLAIN_KEY else end_of(end[:PLAIN_KEY])
        keys = self._keys(low, high, limit, reverse, height)
        found: list[Row] = []
        group: bytes | None = None
        for key in keys:
            if len(key) < PLAIN_KEY:
                value = self._stored(key, height)
                if value is not None:
                    found.append((key, value))
            elif key[:PLAIN_KEY] != group:
                group = key[:PLAIN_KEY]
                rows = [row for row in self._group(group, height) if row[0] >= start]
                found += sorted(
                    (row for row in rows if end is None or row[0] < end), reverse=reverse
                )
        if len(keys) < limit:
            return found, None
        last = keys[-1]
        if len(last) < PLAIN_KEY:
            return found, last if reverse else last + b"\0"
        return found, last[:PLAIN_KEY] if reverse else end_of(last[:PLAIN_KEY])

    def _keys(
        self, low: bytes, high: bytes | None, limit: int, reverse: bool, height: int | None
    ) -> list[bytes]:
        """Physical keys, in order, that may have had a value at `height`."""
        keys = self._engine.keys(Table.ORDER, low, high, limit, reverse=reverse)
        if height is None:
            return keys
        gone = self._engine.keys(Table.GONE, low, high, limit, reverse=reverse)
        return sorted({*keys, *gone}, reverse=reverse)[:limit]

    def _group(self, prefix: bytes, height: int | None) -> Iterator[Row]:
        """All rows whose key begins with `prefix`, which is as long as a plain key may be."""
        high, limit = end_of(prefix), 2**62
        for key in self._keys(prefix, high, limit, False, height):
            stored = self._stored(key, height)
            if stored is not None:
                yield (key, stored) if len(key) == PLAIN_KEY else split_long(stored)


def walk(
    rows: Rows,
    start: bytes,
    end: bytes | None,
    *,
    reverse: bool,
    height: Callable[[], int | None],
) -> Iterator[Row]:
    """Rows in order or backwards, fetched in batches so that no cursor outlives a step.

    `height` is asked before each batch, because commits may happen in between.
    """
    for size in chain(_BATCHES, repeat(_BATCHES[-1])):
        found, bound = rows.chunk(start, end, size, reverse=reverse, height=height())
        yield from found
        if bound is None:
            return
        if reverse:
            end = bound
        else:
            start = bound
