"""Where a transaction or an event is: the index behind tx, tx_search and block_search.

Exists beside the block store because it is derived: it is written without fsync and, when it may
have been cut short, thrown away and rebuilt from the blocks. It names candidates; whether a
candidate satisfies a query is decided on its events. Must not know JSON or the query's text form.

Rows (all in one database, first byte tells which):
`t` + tx hash -> height, index; `v` + digest(tag, value) + height -> positions;
`k` + digest(tag) + height -> nothing. A position is an index, or BLOCK for the block's own events.
"""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import lmdb

from akashpy.node.eventquery import EQ, STRING, Query
from akashpy.types.abci import TxResult
from akashpy.types.events import Event

FORMAT = "1"
BLOCK = 0xFFFFFFFF
"""Position that stands for the events of the block itself."""

MAP_SIZE = 16 << 30
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_HEIGHT = b"h"

Place = tuple[int, int]
"""Height, and index in the block or BLOCK."""


def _digest(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode(), digest_size=16).digest()


class TxIndex:
    """The index of one chain. `height` is the last block it covers."""

    def __init__(self, env: lmdb.Environment, marker: Path) -> None:
        self._env = env
        self._marker = marker
        with env.begin() as txn:
            self.height = int.from_bytes(txn.get(_HEIGHT, b"\0"), "big")

    @classmethod
    def open(cls, path: Path, *, map_size: int = MAP_SIZE) -> TxIndex:
        """Open the index in directory `path`, empty when the old one cannot be trusted.

        Without fsync a power cut may leave a torn file; a killed process does not. So an index
        that was not closed is kept only within the same boot of the machine.
        """
        marker = path / "open"
        if path.exists() and not _trusted(marker):
            shutil.rmtree(path)
        path.mkdir(parents=True, exist_ok=True)
        env = lmdb.open(str(path), map_size=map_size, sync=False)
        env.reader_check()
        marker.write_text(f"{FORMAT} {_boot()}")
        return cls(env, marker)

    @staticmethod
    def covered(path: Path) -> int:
        """The last block that an index at rest covers; 0 for none, or one not to be trusted."""
        if not _trusted(path / "open"):
            return 0
        env = lmdb.open(str(path), readonly=True, lock=False)
        try:
            with env.begin() as txn:
                return int.from_bytes(txn.get(_HEIGHT, b"\0"), "big")
        finally:
            env.close()

    def close(self) -> None:
        """Flush and release the files; the index is trusted at the next start."""
        self._env.sync(True)
        self._env.close()
        self._marker.write_text(f"{FORMAT} closed")

    def add(
        self,
        height: int,
        hashes: Sequence[bytes],
        results: Sequence[TxResult],
        events: Sequence[Event],
    ) -> None:
        """Index one block: its transactions' hashes and events, and its own events."""
        self._write(height, _rows_of(height, hashes, results, events))

    def forget(
        self,
        height: int,
        hashes: Sequence[bytes],
        results: Sequence[TxResult],
        events: Sequence[Event],
    ) -> None:
        """Drop what `add` wrote for a block; a transaction that came again later stays known."""
        at = height.to_bytes(8, "big")
        with self._env.begin(write=True) as txn:
            for key in _rows_of(height, hashes, results, events):
                if key[:1] != b"t" or (txn.get(key) or b"").startswith(at):
                    txn.delete(key)

    def tx(self, hash: bytes) -> Place | None:
        """Where the transaction with this hash is."""
        with self._env.begin() as txn:
            found = txn.get(b"t" + hash)
        if found is None:
            return None
        return int.from_bytes(found[:8], "big"), int.from_bytes(found[8:], "big")

    def truncate(self, height: int) -> None:
        """Forget that blocks above `height` are covered; their rows are overwritten later."""
        self._write(height, {})

    def candidates(
        self, query: Query, low: int, high: int
    ) -> Iterator[tuple[int, set[int] | None]]:
        """Heights in [low, high], ascending, that may hold a match, with the possible positions.

        None for the positions means every one. Conditions on height are the caller's.
        """
        rows = [
            self._rows(b"v" + _digest(c.tag, c.text), low, high, positions=True)
            for c in query.conditions
            if c.operator == EQ and c.kind == STRING
        ] + [
            self._rows(b"k" + _digest(c.tag), low, high, positions=False)
            for c in query.conditions
            if not (c.operator == EQ and c.kind == STRING)
        ]
        if not rows:
            yield from ((height, None) for height in range(low, high + 1))
            return
        smallest = min(rows, key=len)
        for height in sorted(smallest):
            found: set[int] | None = None
            for row in rows:
                here = row.get(height, _NOTHING)
                if here is not None:
                    found = here if found is None else found & here
                if found is not None and not found:
                    break
            else:
                yield height, found

    def _rows(
        self, prefix: bytes, low: int, high: int, *, positions: bool
    ) -> dict[int, set[int] | None]:
        found: dict[int, set[int] | None] = {}
        with self._env.begin() as txn, txn.cursor() as cursor:
            more = cursor.set_range(prefix + low.to_bytes(8, "big"))
            while more:
                key = cursor.key()
                height = int.from_bytes(key[-8:], "big")
                if not key.startswith(prefix) or height > high:
                    break
                found[height] = set(array("I", cursor.value())) if positions else None
                more = cursor.next()
        return found

    def _write(self, height: int, rows: dict[bytes, bytes]) -> None:
        while True:
            try:
                with self._env.begin(write=True) as txn:
                    with txn.cursor() as cursor:
                        cursor.putmulti([(key, rows[key]) for key in sorted(rows)])
                    txn.put(_HEIGHT, height.to_bytes(8, "big"))
                break
            except lmdb.MapFullError:
                self._env.set_mapsize(self._env.info()["map_size"] * 2)
        self.height = height


_NOTHING: set[int] = set()


Postings = dict[str, dict[tuple[str, str], list[int]]]
"""Positions by event type, then by attribute and value, each position once and in order."""


def _rows_of(
    height: int,
    hashes: Sequence[bytes],
    results: Sequence[TxResult],
    events: Sequence[Event],
) -> dict[bytes, bytes]:
    """Everything that one block puts into the index."""
    rows: dict[bytes, bytes] = {}
    at = height.to_bytes(8, "big")
    for index, hash in enumerate(hashes):
        rows[b"t" + hash] = at + index.to_bytes(4, "big")
    tags: set[str] = set()
    for kind, found in _postings(results, events).items():
        tags.add(kind)
        for (name, value), positions in found.items():
            tag = f"{kind}.{name}"
            rows[b"v" + _digest(tag, value) + at] = array("I", positions).tobytes()
            tags.add(tag)
    for tag in tags:
        rows[b"k" + _digest(tag) + at] = b""
    return rows


def _postings(results: Sequence[TxResult], events: Sequence[Event]) -> Postings:
    found: Postings = {}
    for index, result in enumerate(results):
        _post(found, result.events, index)
    _post(found, events, BLOCK)
    return found


def _post(found: Postings, events: Sequence[Event], position: int) -> None:
    for kind, attributes in events:
        rows = found.get(kind)
        if rows is None:
            rows = found[kind] = {}
        for pair in attributes:
            row = rows.get(pair)
            if row is None:
                rows[pair] = [position]
            elif row[-1] != position:
                row.append(position)


def _boot() -> str:
    with suppress(OSError):
        return _BOOT_ID.read_text().strip()
    return "unknown"


def _trusted(marker: Path) -> bool:
    with suppress(OSError):
        text = marker.read_text()
        same_boot = _boot() != "unknown" and text == f"{FORMAT} {_boot()}"
        return same_boot or text == f"{FORMAT} closed"
    return False
