"""Where rows lie: ordered tables with atomic writes, in memory or in LMDB.

An engine answers from what was last refreshed, so a write by another thread becomes visible only
when the owner says so. This module must not know what the tables hold.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from enum import IntEnum
from typing import Protocol

Row = tuple[bytes, bytes]


class Table(IntEnum):
    """The tables of a store. On disk a table has its name in lower case."""

    ROWS = 0
    ORDER = 1
    GONE = 2
    UNDO = 3
    BLOCKS = 4
    DELTAS = 5
    LEAVES = 6
    META = 7


class Batch:
    """Writes that happen together or not at all; in each table deletes before puts."""

    __slots__ = ("deletes", "puts")

    def __init__(self) -> None:
        self.puts: list[list[Row]] = [[] for _ in Table]
        self.deletes: list[list[bytes]] = [[] for _ in Table]

    def put(self, table: Table, key: bytes, value: bytes) -> None:
        """Store a row."""
        self.puts[table].append((key, value))

    def delete(self, table: Table, key: bytes) -> None:
        """Remove a row, if it is there."""
        self.deletes[table].append(key)

    def __len__(self) -> int:
        """Number of rows touched."""
        return sum(map(len, self.puts)) + sum(map(len, self.deletes))


class Engine(Protocol):
    """Ordered tables."""

    def get(self, table: Table, key: bytes) -> bytes | None:
        """The value of `key`, or None."""

    def ceiling(self, table: Table, key: bytes) -> Row | None:
        """The first row whose key is at or after `key`."""

    def rows(
        self,
        table: Table,
        start: bytes,
        end: bytes | None,
        limit: int | None = None,
        *,
        reverse: bool = False,
    ) -> list[Row]:
        """Up to `limit` rows with start <= key < end (None: to the end), from either side."""

    def keys(
        self,
        table: Table,
        start: bytes,
        end: bytes | None,
        limit: int | None = None,
        *,
        reverse: bool = False,
    ) -> list[bytes]:
        """As `rows`, without the values."""

    def reserve(self, batch: Batch) -> None:
        """Make room for `batch`; owner's thread only."""

    def write(self, batch: Batch) -> bool:
        """Write durably; any one thread at a time. False: nothing was written, for lack of room."""

    def grow(self) -> None:
        """Make more room after a write that found none; owner's thread only."""

    def refresh(self) -> None:
        """See everything written so far; owner's thread only."""

    def close(self) -> None:
        """Release everything."""


class _MemoryTable:
    """A dict and its keys in order; the order is brought up to date when it is asked for."""

    __slots__ = ("_fresh", "_order", "_stale", "data")

    def __init__(self) -> None:
        self.data: dict[bytes, bytes] = {}
        self._order: list[bytes] = []
        self._fresh: list[bytes] = []  # in data, not yet in _order
        self._stale: set[bytes] = set()  # in _order or _fresh, no longer in data

    def change(self, puts: Iterable[Row], deletes: Iterable[bytes]) -> None:
        data, stale = self.data, self._stale
        for key in deletes:
            if data.pop(key, None) is not None:
                stale.add(key)
        for key, value in puts:
            if key not in data:
                if key in stale:
                    stale.discard(key)
                else:
                    self._fresh.append(key)
            data[key] = value

    def order(self) -> list[bytes]:
        """All keys of `data` in order, with some that are gone."""
        order = self._order
        if len(self._fresh) > 32:
            order += self._fresh
            order.sort()
        else:
            for key in self._fresh:
                insort(order, key)
        self._fresh = []
        if len(self._stale) > len(self.data) + 64:
            order = self._order = [key for key in order if key in self.data]
            self._stale.clear()
        return order


class MemoryEngine:
    """Tables in this process's memory: for tests and for chains that may be forgotten."""

    def __init__(self) -> None:
        self._tables = [_MemoryTable() for _ in Table]
        self._written: list[Batch] = []

    def get(self, table: Table, key: bytes) -> bytes | None:
        """See Engine."""
        return self._tables[table].data.get(key)

    def ceiling(self, table: Table, key: bytes) -> Row | None:
        """See Engine."""
        found = self.rows(table, key, None, 1)
        return found[0] if found else None

    def rows(
        self,
        table: Table,
        start: bytes,
        end: bytes | None,
        limit: int | None = None,
        *,
        reverse: bool = False,
    ) -> list[Row]:
        """See Engine."""
        data, order = self._tables[table].data, self._tables[table].order()
        low = bisect_left(order, start)
        high = len(order) if end is None else bisect_left(order, end)
        places = range(high - 1, low - 1, -1) if reverse else range(low, high)
        found: list[Row] = []
        for place in places:
            if limit is not None and len(found) >= limit:
                break
            value = data.get(order[place])
            if value is not None:
                found.append((order[place], value))
        return found

    def keys(
        self,
        table: Table,
        start: bytes,
        end: bytes | None,
        limit: int | None = None,
        *,
        reverse: bool = False,
    ) -> list[bytes]:
        """See Engine."""
        return [key for key, _ in self.rows(table, start, end, limit, reverse=reverse)]

    def reserve(self, batch: Batch) -> None:
        """Memory needs no reservation."""

    def write(self, batch: Batch) -> bool:
        """See Engine."""
        self._written.append(batch)
        return True

    def grow(self) -> None:
        """Memory needs no growing."""

    def refresh(self) -> None:
        """See Engine."""
        for batch in self._written:
            for table, puts, deletes in zip(self._tables, batch.puts, batch.deletes, strict=True):
                table.change(puts, deletes)
        self._written.clear()

    def close(self) -> None:
        """Forget everything."""
        self._tables.clear()
