"""Keys kept in order while a block adds to them.

A list of short sorted lists, so that adding costs the same in a large block as in a small one. This
module must not know what the keys are for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import chain

_CHUNK = 256  # keys of a chunk when made; it is split at twice that


class KeyIndex:
    """A set of keys in order. Keys are never removed."""

    __slots__ = ("_chunks", "_count", "_firsts")

    def __init__(self) -> None:
        self._chunks: list[list[bytes]] = [[]]
        self._firsts: list[bytes] = [b""]  # no key of a chunk is below its entry
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, keys: list[bytes]) -> None:
        """Add keys, known ones too."""
        if len(keys) > self._count:
            self._rebuild(keys)
            return
        for key in keys:
            self._insert(key)

    def _rebuild(self, keys: Iterable[bytes]) -> None:
        order = sorted({*chain.from_iterable(self._chunks), *keys})
        self._chunks = [order[at : at + _CHUNK] for at in range(0, len(order), _CHUNK)] or [[]]
        self._firsts = [b"", *(chunk[0] for chunk in self._chunks[1:])]
        self._count = len(order)

    def _insert(self, key: bytes) -> None:
        place = bisect_right(self._firsts, key) - 1
        chunk = self._chunks[place]
        at = bisect_left(chunk, key)
        if at < len(chunk) and chunk[at] == key:
            return
        chunk.insert(at, key)
        self._count += 1
        if len(chunk) > 2 * _CHUNK:
            upper = chunk[_CHUNK:]
            del chunk[_CHUNK:]
            self._chunks.insert(place + 1, upper)
            self._firsts.insert(place + 1, upper[0])

    def between(self, start: bytes, end: bytes | None) -> list[bytes]:
        """A copy of the keys with start <= key < end (None: to the last), in order."""
        place = bisect_right(self._firsts, start) - 1
        found: list[bytes] = []
        for chunk in self._chunks[place:]:
            low = bisect_left(chunk, start)
            high = len(chunk) if end is None else bisect_left(chunk, end)
            found += chunk[low:high]
            if high < len(chunk):
                break
        return found
