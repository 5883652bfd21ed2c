"""Uncommitted changes above a reader, with branches that can be undone.

All nested branches share one dict, and undoing replays a journal, so a read costs one dict look-up
whatever the depth. Keys and values are bytes; None in `changes` means deleted. This module must not
know gas, heights or disks.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Final, Protocol

from akashpy.state.keyindex import KeyIndex


class Missing(Enum):
    """The type of MISSING; an enum so that `is MISSING` narrows types."""

    MISSING = 0


MISSING: Final = Missing.MISSING
"""Says that a dict of changes has no entry, where None says that the key was deleted."""


def end_of(prefix: bytes) -> bytes | None:
    """The first key after all keys that begin with `prefix`; None when there is none."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes((trimmed[-1] + 1,)) if trimmed else None


class Reader(Protocol):
    """Something that answers for keys in byte order."""

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`, or None."""

    def iterate(
        self, start: bytes, end: bytes | None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Rows with start <= key < end (None: to the last key), in key order or reversed."""


class EmptyReader:
    """A reader without rows: the ground under a scratch state."""

    def get(self, key: bytes) -> bytes | None:
        """Always None."""
        return None

    def iterate(
        self, start: bytes, end: bytes | None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """No rows."""
        return iter(())


class Overlay:
    """Changes above `base`. `changes` maps each changed key to its new value, None if deleted."""

    __slots__ = ("_fresh", "_index", "_journal", "_marks", "base", "below", "changes")

    def __init__(self, base: Reader, changes: dict[bytes, bytes | None] | None = None) -> None:
        self.base = base
        self.changes: dict[bytes, bytes | None] = {} if changes is None else changes
        self.below = base.get
        self._journal: list[tuple[bytes, bytes | Missing | None]] = []
        self._marks = 0  # open branches; without one nothing needs a journal
        self._index = KeyIndex()
        self._fresh: list[bytes] = list(self.changes)  # changed, not yet in _index

    def get(self, key: bytes) -> bytes | None:
        """The value as changed so far, or None."""
        value = self.changes.get(key, MISSING)
        return self.below(key) if value is MISSING else value

    def put(self, key: bytes, value: bytes | None) -> None:
        """Set `key`, or delete it when `value` is None."""
        changes = self.changes
        old = changes.get(key, MISSING)
        if self._marks:
            self._journal.append((key, old))
        if old is MISSING:
            self._fresh.append(key)
        changes[key] = value

    def open_branch(self) -> int:
        """Begin a branch; give the mark that closes it."""
        self._marks += 1
        return len(self._journal)

    def keep_branch(self) -> None:
        """End the innermost branch and keep its changes."""
        self._marks -= 1
        if not self._marks:
            self._journal.clear()

    def drop_branch(self, mark: int) -> None:
        """End the innermost branch, begun at `mark`, and undo its changes."""
        changes, journal = self.changes, self._journal
        for key, old in reversed(journal[mark:]):
            if old is MISSING:
                del changes[key]
            else:
                changes[key] = old
        del journal[mark:]
        self._marks -= 1

    def iterate(
        self, start: bytes, end: bytes | None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Rows in order, changes included.

        Writing while iterating is allowed: a row deleted or changed before it is reached is seen
        so; a row inserted after the iteration began is not promised to be seen.
        """
        changes = self.changes
        ours = self._changed_keys(start, end)
        if reverse:
            ours.reverse()
        at, count = 0, len(ours)
        for key, value in self.base.iterate(start, end, reverse=reverse):
            while at < count and (ours[at] > key if reverse else ours[at] < key):
                own = changes.get(ours[at])
                if own is not None:
                    yield ours[at], own
                at += 1
            if at < count and ours[at] == key:
                at += 1
            now = changes.get(key, MISSING)
            if now is MISSING:
                yield key, value
            elif now is not None:
                yield key, now
        for key in ours[at:]:
            own = changes.get(key)
            if own is not None:
                yield key, own

    def _changed_keys(self, start: bytes, end: bytes | None) -> list[bytes]:
        """A copy of the changed keys in the range, ascending; may name undone ones."""
        if self._fresh:
            self._index.add(self._fresh)
            self._fresh = []
        return self._index.between(start, end)
