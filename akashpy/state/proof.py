"""Proofs that a key has a value, or none, under an app hash.

State is a fixed number of buckets; a row lies in the bucket its key's hash names. A bucket's hash
covers all its rows, a node's hash its children's, and the app hash covers the bucket count and the
top node. A proof is one bucket's rows and the siblings above it, so absence is proved as presence
is. This module must not know the store: it is all that a light client needs.
"""

from collections.abc import Iterable
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
PLAIN_KEY = 464
"""Keys longer than this are stored under their first bytes and a hash (LMDB limits keys)."""

_U32 = Struct(">I")
_SIZES = Struct(">II")


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


def bucket_of(physical: bytes, buckets: int) -> int:
    """The bucket of a physical key; `buckets` is a power of two."""
    return int.from_bytes(sha256(physical).digest()[:4], "big") * buckets >> 32


def row_key(physical: bytes, buckets: int) -> bytes:
    """The key of a row within all rows: bucket (4 bytes, big-endian), physical key."""
    return _U32.pack(bucket_of(physical, buckets)) + physical


def bucket_hash(rows: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Hash of a bucket's rows, given in key order as (row key, value)."""
    parts: list[bytes] = []
    for row in rows:
        parts += row
    head = pack(f">BI{len(parts)}I", 0, len(parts), *map(len, parts))
    return sha256(head + b"".join(parts)).digest()


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


@dataclass(frozen=True, slots=True)
class Proof:
    """One bucket and its way to the root.

    `rows` are (row key, stored value) in order; `path` holds, level by level from below, the
    siblings' hashes joined in order without the child's own.
    """

    buckets: int
    rows: tuple[tuple[bytes, bytes], ...]
    path: tuple[bytes, ...]

    def encode(self) -> bytes:
        """The proof as bytes: what abci_query carries. One proof has one encoding."""
        parts = [_SIZES.pack(self.buckets, len(self.rows))]
        for key, value in self.rows:
            parts += [_SIZES.pack(len(key), len(value)), key, value]
        return b"".join([*parts, *self.path])

    @classmethod
    def decode(cls, data: bytes) -> "Proof":
        """Raises ValueError when `data` is not exactly one proof."""
        try:
            buckets, count = _SIZES.unpack_from(data)
            at = _SIZES.size
            rows = []
            for _ in range(count):
                key_size, value_size = _SIZES.unpack_from(data, at)
                at += _SIZES.size
                rows.append((data[at : at + key_size], data[at + key_size :][:value_size]))
                at += key_size + value_size
        except StructError as error:
            raise ValueError(f"proof of {len(data)} bytes is cut short: {error}") from None
        path = []
        levels = widths(buckets)
        for below, above in pairwise(levels):
            size = (below // above - 1) * HASH
            path.append(data[at : at + size])
            at += size
        if at != len(data):
            raise ValueError(f"proof has {len(data)} bytes, its content asks for {at}")
        return cls(buckets, tuple(rows), tuple(path))

    def root(self, bucket: int) -> bytes:
        """The app hash that follows if these are the rows of `bucket`.

        Raises ValueError when the path does not fit the bucket count.
        """
        levels = widths(self.buckets)
        fans = [below // above for below, above in pairwise(levels)]
        if [len(siblings) for siblings in self.path] != [(fan - 1) * HASH for fan in fans]:
            raise ValueError(f"path does not fit {self.buckets} buckets")
        found = bucket_hash(self.rows)
        for fan, siblings in zip(fans, self.path, strict=True):
            bucket, place = divmod(bucket, fan)
            cut = place * HASH
            found = node_hash(siblings[:cut] + found + siblings[cut:])
        return root_hash(self.buckets, found)


def verify(proof: Proof, root: bytes, key: bytes, value: bytes | None) -> bool:
    """Whether `proof` shows that under app hash `root` the key has this value (None: is absent)."""
    physical = physical_key(key)
    try:
        wanted = row_key(physical, proof.buckets)
        if proof.root(bucket_of(physical, proof.buckets)) != root:
            return False
    except (ValueError, StructError):
        return False
    found = [stored for row, stored in proof.rows if row == wanted]
    if value is None:
        return not found
    return found == [physical_value(key, value)]


def value_in(proof: Proof, key: bytes) -> bytes | None:
    """The value that a verified proof shows for `key`, or None."""
    wanted = row_key(physical_key(key), proof.buckets)
    for row, stored in proof.rows:
        if row == wanted:
            return stored if len(key) <= PLAIN_KEY else split_long(stored)[1]
    return None
