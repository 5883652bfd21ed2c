"""Tables in LMDB: crash-safe, ordered, readable by other processes.

One write is one LMDB transaction with fsync, so a kill at any moment leaves the last write whole.
Reads share one read transaction that is renewed by `refresh`, so none is held for longer than a
block. The map is a sparse address range, not disk space, and doubles when it is too small.
This module must not know what the tables hold.
"""

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import lmdb

from akashpy.state.engine import Batch, Row, Table
from akashpy.state.errors import StoreInUse

MAP_SIZE = 8 * 2**30
"""Bytes of address space to begin with. The file only takes what is written."""
_PAGE = 4096
_SPARE = 4 * 2**20  # room always kept free: freed pages, tree roots, the free list itself


class DiskEngine:
    """LMDB in a directory that this process alone has open for writing."""

    def __init__(self, path: Path, map_size: int = MAP_SIZE, *, durable: bool = True) -> None:
        """Open or create. Raises StoreInUse when another process has the directory open.

        Without `durable` writes reach the disk when the system likes, or `flush` asks: for a
        directory that is thrown away when it is not finished.
        """
        path.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(path)
        self._env = lmdb.open(
            str(path),
            map_size=max(map_size, 16 * _PAGE),
            max_dbs=len(Table),
            subdir=True,
            lock=True,
            max_readers=126,
            sync=durable,
        )
        self._map_size: int = self._env.info()["map_size"]
        self._env.reader_check()  # slots of processes that were killed pin old pages
        self._tables = [self._open(table.name.lower().encode()) for table in Table]
        self._txn = self._env.begin()
        self._cursors: dict[Table, lmdb.Cursor] = {}

    def _open(self, name: bytes) -> "lmdb._Database":
        while True:
            try:
                return self._env.open_db(name)
            except lmdb.MapFullError:
                self._set_map_size(2 * self._map_size)

    def get(self, table: Table, key: bytes) -> bytes | None:
        """See Engine."""
        value: bytes | None = self._txn.get(key, None, self._tables[table])
        return value

    def ceiling(self, table: Table, key: bytes) -> Row | None:
        """See Engine."""
        cursor = self._cursor(table)
        return cast(Row, cursor.item()) if cursor.set_range(key) else None

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
        cursor = self._cursor(table)
        found: list[Row] = []
        if not _seek(cursor, start, end, reverse):
            return found
        walk = cursor.iterprev() if reverse else cursor.iternext()
        for row in cast(Iterator[Row], walk):
            if limit is not None and len(found) >= limit:
                break
            if row[0] < start if reverse else end is not None and row[0] >= end:
                break
            found.append(row)
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
        cursor = self._cursor(table)
        found: list[bytes] = []
        if not _seek(cursor, start, end, reverse):
            return found
        walk = cursor.iterprev(values=False) if reverse else cursor.iternext(values=False)
        for key in cast(Iterator[bytes], walk):
            if limit is not None and len(found) >= limit:
                break
            if key < start if reverse else end is not None and key >= end:
                break
            found.append(key)
        return found

    def _cursor(self, table: Table) -> lmdb.Cursor:
        cursor = self._cursors.get(table)
        if cursor is None:
            cursor = self._cursors[table] = self._txn.cursor(self._tables[table])
        return cursor

    def reserve(self, batch: Batch) -> None:
        """Grow the map before a write that could fill it.

        Every row may dirty a page of its own, and a dirtied page is copied. Long values may need
        more: then the write itself finds the map full.
        """
        needed = len(batch) * _PAGE + _SPARE
        used: int = (self._env.info()["last_pgno"] + 1) * _PAGE
        wanted = self._map_size
        while used + needed > wanted:
            wanted *= 2
        if wanted != self._map_size:
            self._set_map_size(wanted)

    def write(self, batch: Batch) -> bool:
        """See Engine."""
        try:
            with self._env.begin(write=True) as txn:
                for table, puts, deletes in zip(
                    self._tables, batch.puts, batch.deletes, strict=True
                ):
                    for key in deletes:
                        txn.delete(key, db=table)
                    if puts:
                        txn.cursor(table).putmulti(sorted(puts))
        except lmdb.MapFullError:
            return False
        return True

    def flush(self) -> None:
        """Wait until everything written is on the disk."""
        self._env.sync(True)

    def grow(self) -> None:
        """See Engine."""
        self._set_map_size(2 * self._map_size)

    def _set_map_size(self, size: int) -> None:
        """No transaction may be open while the map moves."""
        reading = hasattr(self, "_txn")
        if reading:
            self._end_read()
        self._env.set_mapsize(size)
        self._map_size = size
        if reading:
            self._txn = self._env.begin()

    def refresh(self) -> None:
        """See Engine."""
        self._end_read()
        self._txn = self._env.begin()

    def _end_read(self) -> None:
        for cursor in self._cursors.values():
            cursor.close()
        self._cursors.clear()
        self._txn.abort()

    @property
    def map_size(self) -> int:
        """Bytes of the map now."""
        return self._map_size

    def close(self) -> None:
        """See Engine."""
        self._end_read()
        self._env.close()
        self._lock.close()


def _seek(cursor: lmdb.Cursor, start: bytes, end: bytes | None, reverse: bool) -> bool:
    """Put the cursor on the first row of a walk; False when there is none."""
    if not reverse:
        return cursor.set_range(start)
    return cursor.last() if end is None or not cursor.set_range(end) else cursor.prev()


def _lock(path: Path) -> IO[bytes]:
    file = (path / "in-use").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StoreInUse(
            f"state directory {path} is in use by another process: stop that one first"
        ) from None
    return file
