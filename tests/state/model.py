"""A second way to the same answers: state as a plain dict, roots by the definition alone."""

from collections.abc import Mapping
from hashlib import sha256

from akashpy.state import proof
from akashpy.state.proof import (
    leaf_hash,
    node_hash,
    physical_key,
    physical_value,
    root_hash,
    row_key,
)

State = dict[bytes, bytes]

LONG = b"p" * 464
POOL = (
    b"a",
    b"a\0",
    b"a\0\0\0\0\0\0\0\0\x05",
    b"ab",
    b"b",
    b"\xff",
    b"\xff\xff",
    LONG[:-1] + b"o",
    LONG[:-1],
    LONG,
    LONG + b"\0",
    LONG + b"x",
    LONG + b"y" * 100,
    LONG[:-1] + b"q" + b"z" * 2000,
)
"""Keys that are easy to get wrong: prefixes of each other, at and above the long limit."""


def root_of(state: Mapping[bytes, bytes], buckets: int) -> bytes:
    """The app hash by definition: every leaf and node hashed from the rows."""
    rows: list[list[tuple[str, bytes, bytes]]] = [[] for _ in range(buckets)]
    digits = buckets.bit_length() - 1
    for key, value in state.items():
        row = row_key(physical_key(key))
        place = f"{int.from_bytes(row[:4], 'big'):032b}"
        rows[int("0" + place[:digits], 2)].append((place, row, physical_value(key, value)))
    level = [_hash_of(sorted(members), digits) for members in rows]
    while len(level) > 1:
        level = [node_hash(b"".join(level[at : at + 16])) for at in range(0, len(level), 16)]
    return root_hash(buckets, level[0])


def _hash_of(rows: list[tuple[str, bytes, bytes]], digits: int) -> bytes:
    """Of rows with their places in binary, which agree in so many digits."""
    if len(rows) <= proof.SPLIT or digits > 28:
        return leaf_hash([row[1:] for row in rows])
    children = [f"{at:04b}" for at in range(16)]
    parts = [[row for row in rows if row[0][digits : digits + 4] == child] for child in children]
    return node_hash(b"".join(_hash_of(part, digits + 4) for part in parts))


def applied(state: State, changes: Mapping[bytes, bytes | None]) -> State:
    """The state after the changes."""
    merged = {**state, **changes}
    return {key: value for key, value in merged.items() if value is not None}


def changes_of(height: int) -> dict[bytes, bytes | None]:
    """Some changes that depend on the height alone: what processes replay."""
    changes: dict[bytes, bytes | None] = {}
    for place in range(20):
        dice = sha256(b"%d/%d" % (height, place)).digest()
        key = b"key/%d" % (dice[0] % 60)
        changes[key] = None if dice[1] < 60 else dice * (1 + dice[2] % 4)
    return changes
