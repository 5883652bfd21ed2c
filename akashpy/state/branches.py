"""The hashes inside of large buckets, in memory: a change costs one leaf and not the bucket.

A bucket that is parted has a Branch: the hashes and row counts of its sixteen children. Branches
are made by reading a bucket once, after a start or when it is first written to, and follow from the
rows alone, so nothing of them is on disk. They are values: a block makes new ones, which replace
the old ones when it is committed. This module must not know the tree above the buckets, or undo.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from akashpy.state.engine import Row
from akashpy.state.proof import (
    FAN,
    FAN_BITS,
    HASH,
    PLACE_BITS,
    is_leaf,
    leaf_hash,
    node_hash,
    parted,
    place_of,
)

MANY = 255
"""In `Branch.counts`: the child is parted itself, so it has more rows than a leaf may have."""

Item = tuple[bytes, bytes | None]
"""Row key and its new stored value; None deletes."""
Part = Callable[[int, int], list[Row]]
"""The committed rows whose places begin with a number of so many bits, in order."""
Apply = Callable[[list[Row], Sequence[Item]], list[Row] | None]
"""A leaf's rows after its items, in order; None when they change nothing."""


class Branch(NamedTuple):
    """A parted range of places: its children's hashes joined, their row counts, their branches."""

    hashes: bytes
    counts: bytes
    below: dict[int, "Branch"]


class Grown(NamedTuple):
    """What a range of places has become: its hash, its number of rows (or MANY), its branch."""

    digest: bytes
    size: int
    branch: Branch | None


def grown(rows: Sequence[Row], bits: int) -> Grown:
    """The range that holds these rows, whose places agree in the first `bits` bits."""
    if is_leaf(len(rows), bits):
        return Grown(leaf_hash(rows), min(len(rows), MANY), None)
    children = [grown(child, bits + FAN_BITS) for child in parted(rows, bits)]
    below = {at: child.branch for at, child in enumerate(children) if child.branch is not None}
    hashes = b"".join([child.digest for child in children])
    counts = bytes([child.size for child in children])
    return Grown(node_hash(hashes), MANY, Branch(hashes, counts, below))


def known(rows: Sequence[Row], bits: int) -> Branch | None:
    """The branch of a range that holds these rows; None where they are one leaf."""
    return None if is_leaf(len(rows), bits) else grown(rows, bits).branch


def changed(
    branch: Branch | None,
    number: int,
    bits: int,
    items: Sequence[Item],
    part: Part,
    apply: Apply,
) -> Grown | None:
    """What the range `number` of `bits` bits becomes by its `items`, in order.

    None when nothing changes. Without a branch all its rows are read.
    """
    if branch is None:
        rows = apply(part(number, bits), items)
        return None if rows is None else grown(rows, bits)
    hashes, counts, below = bytearray(branch.hashes), bytearray(branch.counts), branch.below
    moved = False
    for at, own in _by_child(items, bits):
        inner = below.get(at)
        child = changed(inner, number * FAN + at, bits + FAN_BITS, own, part, apply)
        if child is None:
            continue
        moved = True
        hashes[at * HASH : at * HASH + HASH] = child.digest
        counts[at] = child.size
        if child.branch is not inner:
            below = {**below, at: child.branch} if child.branch else _without(below, at)
    if not moved:
        return None
    if is_leaf(sum(counts), bits):
        rows = _merged(part(number, bits), items)
        return Grown(leaf_hash(rows), len(rows), None)
    made = Branch(bytes(hashes), bytes(counts), below)
    return Grown(node_hash(hashes), MANY, made)


def _by_child(items: Sequence[Item], bits: int) -> list[tuple[int, list[Item]]]:
    """Items by the child their places lead to, in order."""
    shift = PLACE_BITS - FAN_BITS - bits
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(place_of(item[0]) >> shift & FAN - 1, []).append(item)
    return sorted(found.items())


def _without(below: dict[int, Branch], at: int) -> dict[int, Branch]:
    return {number: branch for number, branch in below.items() if number != at}


def _merged(rows: Sequence[Row], items: Sequence[Item]) -> list[Row]:
    """Rows after their items, in order."""
    values: dict[bytes, bytes | None] = dict(rows)
    values.update(items)
    return sorted((row, value) for row, value in values.items() if value is not None)
