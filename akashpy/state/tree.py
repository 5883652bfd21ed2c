"""The Merkle tree above the buckets, wholly in memory.

Only bucket hashes come in and only hashes go out; the nodes above a changed bucket are hashed once
per block. This module must not know rows, heights or disks.
"""

from collections.abc import Generator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

from akashpy.state.proof import HASH, leaf_hash, node_hash, root_hash, widths

EMPTY = leaf_hash(())
"""Hash of a bucket without rows."""


_STEP = 256  # nodes touched between two yields

R = TypeVar("R")


def drained(steps: Generator[None, None, R]) -> R:
    """The result of a stepwise computation, made without pauses."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: R = stop.value
            return result


@dataclass(frozen=True, slots=True)
class Plan:
    """What a block would change: per level, node number to hash; and the root that follows."""

    nodes: tuple[dict[int, bytes], ...]
    root: bytes

    @property
    def buckets(self) -> dict[int, bytes]:
        """The changed buckets' hashes."""
        return self.nodes[0]


@cache
def _empty_tops(buckets: int) -> tuple[tuple[int, bytes], ...]:
    """Width and common hash of every level of a tree without rows."""
    levels = widths(buckets)
    found = [(buckets, EMPTY)]
    for below, above in pairwise(levels):
        found.append((above, node_hash(found[-1][1] * (below // above))))
    return tuple(found)


class Tree:
    """Hashes of all buckets and of the nodes above them."""

    __slots__ = ("_fans", "_levels", "_root", "buckets")

    def __init__(self, buckets: int) -> None:
        """A tree without rows. Raises ValueError unless `buckets` is a power of two."""
        self.buckets = buckets
        tops = _empty_tops(buckets)
        self._levels = [bytearray(digest) * width for width, digest in tops]
        self._fans = [below // above for (below, _), (above, _) in pairwise(tops)]
        self._root = root_hash(buckets, tops[-1][1])

    @classmethod
    def of(cls, leaves: bytes | bytearray) -> "Tree":
        """The tree over `leaves`, the joined hashes of all buckets."""
        tree = cls(len(leaves) // HASH)
        tree._levels[0] = bytearray(leaves)
        for level, fan in enumerate(tree._fans):
            below, size = tree._levels[level], fan * HASH
            tree._levels[level + 1] = bytearray().join(
                [node_hash(below[at : at + size]) for at in range(0, len(below), size)]
            )
        tree._root = root_hash(tree.buckets, bytes(tree._levels[-1]))
        return tree

    def copy(self) -> "Tree":
        """A tree of the same hashes that changes by itself."""
        tree = object.__new__(Tree)
        tree.buckets, tree._fans, tree._root = self.buckets, self._fans, self._root
        tree._levels = [bytearray(level) for level in self._levels]
        return tree

    @property
    def root(self) -> bytes:
        """The app hash."""
        return self._root

    @property
    def leaves(self) -> bytes:
        """A copy of all buckets' hashes, joined."""
        return bytes(self._levels[0])

    def occupied(self) -> list[int]:
        """The buckets that have rows, in order."""
        leaves = self._levels[0]
        return [at // HASH for at in range(0, len(leaves), HASH) if leaves[at : at + HASH] != EMPTY]

    def plan(self, changed: dict[int, bytes]) -> Plan:
        """What the tree becomes when these buckets have these hashes; changes nothing yet."""
        return drained(self.plan_steps(changed))

    def plan_steps(self, changed: dict[int, bytes]) -> Generator[None, None, Plan]:
        """As `plan`, in steps of a few hundred microseconds."""
        if not changed:
            return Plan(({},), self._root)
        nodes = [changed]
        for level, fan in enumerate(self._fans):
            below, size = self._levels[level], fan * HASH
            parents: dict[int, bytearray] = {}
            for number, digest in nodes[level].items():
                parent, place = divmod(number, fan)
                children = parents.get(parent)
                if children is None:
                    children = parents[parent] = below[parent * size : parent * size + size]
                    if len(parents) % _STEP == 0:
                        yield
                children[place * HASH : place * HASH + HASH] = digest
            hashes: dict[int, bytes] = {}
            for parent, children in parents.items():
                hashes[parent] = node_hash(children)
                if len(hashes) % _STEP == 0:
                    yield
            nodes.append(hashes)
        return Plan(tuple(nodes), root_hash(self.buckets, nodes[-1][0]))

    def apply(self, plan: Plan) -> None:
        """Make `plan` real; it must have been made from this tree as it is now."""
        for level, nodes in zip(self._levels, plan.nodes, strict=False):
            for number, digest in nodes.items():
                level[number * HASH : number * HASH + HASH] = digest
        self._root = plan.root

    def siblings(self, bucket: int) -> tuple[bytes, ...]:
        """The hashes beside the way from `bucket` to the top, as Proof.path holds them."""
        path = []
        for level, fan in zip(self._levels, self._fans, strict=False):
            parent, place = divmod(bucket, fan)
            at, cut = parent * fan * HASH, place * HASH
            children = bytes(level[at : at + fan * HASH])
            path.append(children[:cut] + children[cut + HASH :])
            bucket = parent
        return tuple(path)
