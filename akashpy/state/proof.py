"""Proofs that a key has a value, or none, under an app hash.

A row's place is the first 32 bits of its key's hash. The first bits of the place name one of a
fixed number of buckets; a bucket with more than SPLIT rows is parted in sixteen by the next four
bits, and so on, so that what is hashed for a changed row stays small however many rows there are.
A leaf's hash covers all its rows, a node's hash its children's, and the app hash covers the bucket
count and the top node. A proof is one leaf's rows and the siblings above it, so absence is proved
as presence is. This module must not know the store: it is all that a light client needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from struct import Struct, pack
from struct import error as StructError

OPERATION = "akashpy:buckets"
"""Type of a proof operation that carries an encoded `Proof`, as abci_query shows it."""
FAN = 16
"""Children of an inner node; the top node may have fewer."""
HASH = 32
"""Bytes of a hash."""
MAX_BUCKETS = 2**24
PLACE_BITS = 32
"""Bits of a row's place."""
FAN_BITS = 4
"""Bits of the place that choose one of FAN children."""
SPLIT = 16
"""A leaf with more rows becomes a node, as long as the place has bits left."""
PLAIN_KEY = 464
"""Keys longer than this are stored under their first bytes and a hash (LMDB limits keys)."""

_U32 = Struct(">I")
_SIZES = Struct(">II")
_HEAD = Struct(">III")


def physical_key(key: bytes) -> bytes:
    """The key that a row is stored under."""
    return key if len(key) <= PLAIN_KEY else key[:PLAIN_KEY] + sha256(key).digest()


def physical_value(key: bytes, value: bytes) -> bytes:
    """The value that a row is stored with: of a long key, the key comes first."""
    return value if len(key) <= PLAIN_KEY else _U32.pack(len(key)) + key + value


def split_long(stored: bytes) -> tuple[bytes, bytes]:
    """Key and value of a long key's stored value."""
    end = 4 + _U32.unpack_from(stored)[0]
    return stored[4:end], stored[end:]


def row_key(physical: bytes) -> bytes:
    """The key of a row within all rows: its place (4 bytes, big-endian), physical key."""
    return sha256(physical).digest()[:4] + physical


def place_of(row: bytes) -> int:
    """The place of a row, from its row key."""
    return int.from_bytes(row[:4], "big")


def leaf_hash(rows: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Hash of a leaf's rows, given in order as (row key, value)."""
    parts: list[bytes] = []
    for row in rows:
        parts += row
    head = pack(f">BI{len(parts)}I", 0, len(parts), *map(len, parts))
    return sha256(head + b"".join(parts)).digest()


def is_leaf(count: int, bits: int) -> bool:
    """Whether so many rows, whose places agree in the first `bits` bits, are hashed as one leaf."""
    return count <= SPLIT or bits + FAN_BITS > PLACE_BITS


def parted(rows: Sequence[tuple[bytes, bytes]], bits: int) -> list[list[tuple[bytes, bytes]]]:
    """Rows that agree in the first `bits` bits of their places, by the next four, in order."""
    shift = PLACE_BITS - FAN_BITS - bits
    children: list[list[tuple[bytes, bytes]]] = [[] for _ in range(FAN)]
    for row in rows:
        children[place_of(row[0]) >> shift & FAN - 1].append(row)
    return children


def rows_hash(rows: Sequence[tuple[bytes, bytes]], bits: int) -> bytes:
    """Hash of all rows whose places agree in the first `bits` bits, in order: leaf or node."""
    if is_leaf(len(rows), bits):
        return leaf_hash(rows)
    children = parted(rows, bits)
    return node_hash(b"".join([rows_hash(child, bits + FAN_BITS) for child in children]))


def way_to(
    rows: Sequence[tuple[bytes, bytes]], bits: int, place: int
) -> tuple[Sequence[tuple[bytes, bytes]], tuple[bytes, ...]]:
    """Of rows as in `rows_hash`: those of the leaf of `place`, and the siblings from it upwards."""
    path: list[bytes] = []
    while not is_leaf(len(rows), bits):
        children = parted(rows, bits)
        bits += FAN_BITS
        own = place >> PLACE_BITS - bits & FAN - 1
        path.append(b"".join(rows_hash(c, bits) for at, c in enumerate(children) if at != own))
        rows = children[own]
    return rows, tuple(reversed(path))


def node_hash(children: bytes | bytearray) -> bytes:
    """Hash of an inner node from its children's hashes, joined."""
    return sha256(b"\x01" + children).digest()


def root_hash(buckets: int, top: bytes) -> bytes:
    """The app hash."""
    return sha256(b"\x02" + _U32.pack(buckets) + top).digest()


def widths(buckets: int) -> list[int]:
    """Number of hashes on each level, from the buckets up to the single top.

    Raises ValueError unless `buckets` is a power of two up to 2^24.
    """
    if not 1 <= buckets <= MAX_BUCKETS or buckets & (buckets - 1):
        raise ValueError(f"bucket count {buckets} is not a power of two up to {MAX_BUCKETS}")
    found = [buckets]
    while found[-1] > 1:
        found.append(max(1, found[-1] // FAN))
    return found


def bits_of(buckets: int) -> int:
    """How many bits of a place name its bucket."""
    return buckets.bit_length() - 1


@dataclass(frozen=True, slots=True)
class Proof:
    """One leaf and its way to the root.

    `rows` are (row key, stored value) in order; `path` holds, level by level from below, the
    siblings' hashes joined in order without the child's own: first those inside of the bucket,
    where it is parted, then those above.
    """

    buckets: int
    rows: tuple[tuple[bytes, bytes], ...]
    path: tuple[bytes, ...]

    def encode(self) -> bytes:
        """The proof as bytes: what abci_query carries. One proof has one encoding."""
        inside = len(self.path) - len(widths(self.buckets)) + 1
        parts = [_HEAD.pack(self.buckets, inside, len(self.rows))]
        for key, value in self.rows:
            parts += [_SIZES.pack(len(key), len(value)), key, value]
        return b"".join([*parts, *self.path])

    @classmethod
    def decode(cls, data: bytes) -> "Proof":
        """Raises ValueError when `data` is not exactly one proof."""
        try:
            buckets, inside, count = _HEAD.unpack_from(data)
            at = _HEAD.size
            rows = []
            for _ in range(count):
                key_size, value_size = _SIZES.unpack_from(data, at)
                at += _SIZES.size
                rows.append((data[at : at + key_size], data[at + key_size :][:value_size]))
                at += key_size + value_size
        except StructError as error:
            raise ValueError(f"proof of {len(data)} bytes is cut short: {error}") from None
        path = []
        for fan in _fans(buckets, inside):
            size = (fan - 1) * HASH
            path.append(data[at : at + size])
            at += size
        if at != len(data):
            raise ValueError(f"proof has {len(data)} bytes, its content asks for {at}")
        return cls(buckets, tuple(rows), tuple(path))

    def root(self, place: int) -> bytes:
        """The app hash that follows if these are the rows of the leaf at `place`.

        Raises ValueError when the path does not fit the bucket count.
        """
        fans = _fans(self.buckets, len(self.path) - len(widths(self.buckets)) + 1)
        if [len(siblings) for siblings in self.path] != [(fan - 1) * HASH for fan in fans]:
            raise ValueError(f"path does not fit {self.buckets} buckets")
        inside = len(fans) - len(widths(self.buckets)) + 1
        number = place >> PLACE_BITS - bits_of(self.buckets) - FAN_BITS * inside
        found = leaf_hash(self.rows)
        for fan, siblings in zip(fans, self.path, strict=True):
            number, own = divmod(number, fan)
            cut = own * HASH
            found = node_hash(siblings[:cut] + found + siblings[cut:])
        return root_hash(self.buckets, found)


def _fans(buckets: int, inside: int) -> list[int]:
    """Children of each node on the way up, of which `inside` lie in the bucket.

    Raises ValueError for what no tree has.
    """
    above = [below // above for below, above in pairwise(widths(buckets))]
    if not 0 <= FAN_BITS * inside <= PLACE_BITS - bits_of(buckets):
        raise ValueError(f"a bucket of {buckets} is not {inside} levels deep")
    return [FAN] * inside + above


def verify(proof: Proof, root: bytes, key: bytes, value: bytes | None) -> bool:
    """Whether `proof` shows that under app hash `root` the key has this value (None: is absent)."""
    physical = physical_key(key)
    try:
        wanted = row_key(physical)
        if proof.root(place_of(wanted)) != root:
            return False
    except (ValueError, StructError):
        return False
    found = [stored for row, stored in proof.rows if row == wanted]
    if value is None:
        return not found
    return found == [physical_value(key, value)]


def value_in(proof: Proof, key: bytes) -> bytes | None:
    """The value that a verified proof shows for `key`, or None."""
    wanted = row_key(physical_key(key))
    for row, stored in proof.rows:
        if row == wanted:
            return stored if len(key) <= PLAIN_KEY else split_long(stored)[1]
    return None
