"""CometBFT's Merkle tree (RFC 6962 shape): roots and inclusion proofs of byte strings.

Knows nothing of what the leaves mean. The application's own state tree is another one and lives
in the state kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""Root over no leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one leaf, separated from inner nodes by a prefix byte."""
    return sha256(b"\x00" + leaf).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two children."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over `leaves`.

    Works level by level: pairing neighbours and carrying an odd last one up gives the same tree
    as splitting at the largest power of two, without recursion.
    """
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return EMPTY
    while len(level) > 1:
        paired = [
            sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf is number `index` of `total`; `aunts` from the leaf's sibling up to the root."""

    total: int
    index: int
    leaf_hash: bytes
    aunts: tuple[bytes, ...]

    def root(self) -> bytes | None:
        """The root this proof leads to, or None when its aunts do not fit index and total."""
        return _climb(self.index, self.total, self.leaf_hash, list(self.aunts))


def prove(leaves: Sequence[bytes], index: int) -> Proof:
    """Proof of leaf `index`. Raises IndexError when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    level = [leaf_hash(leaf) for leaf in leaves]
    own, position, aunts = level[index], index, []
    while len(level) > 1:
        sibling = position ^ 1
        if sibling < len(level):
            aunts.append(level[sibling])
        paired = [inner_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level, position = paired, position // 2
    return Proof(len(leaves), index, own, tuple(aunts))


def _climb(index: int, total: int, own: bytes, aunts: list[bytes]) -> bytes | None:
    if not 0 <= index < total:
        return None
    if total == 1:
        return own if not aunts else None
    if not aunts:
        return None
    split = 1 << (total - 1).bit_length() - 1
    if index < split:
        left = _climb(index, split, own, aunts[:-1])
        return None if left is None else inner_hash(left, aunts[-1])
    right = _climb(index - split, total - split, own, aunts[:-1])
    return None if right is None else inner_hash(aunts[-1], right)
