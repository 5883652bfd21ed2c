"""Keys of which several must sign: k of n, and the address such a group has.

A group's address hashes its oldest encoding, amino, whose prefixes stand below. This module also
knows the other two kinds of key an account can have besides secp256k1. It must not know
transactions. Source: Cosmos SDK 0.53 `crypto/keys/multisig`, `crypto/keys/secp256r1`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError

from akashpy.keys.secp256k1 import PUBLIC_SIZE, address_of, verify
from akashpy.types.address import Address
from akashpy.types.errors import InvalidPubKey
from akashpy.wire import crypto

SECP256K1 = "/cosmos.crypto.secp256k1.PubKey"
SECP256R1 = "/cosmos.crypto.secp256r1.PubKey"
ED25519 = "/cosmos.crypto.ed25519.PubKey"
GROUP = "/cosmos.crypto.multisig.LegacyAminoPubKey"

_AMINO_GROUP = bytes.fromhex("22c1f7e2")
_AMINO_SECP256K1 = bytes.fromhex("eb5ae98721")
_AMINO_ED25519 = bytes.fromhex("1624de6420")
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SIGNATURE_SIZE = 64


class Member(NamedTuple):
    """One key of a group, by type URL and encoded value."""

    type_url: str
    value: bytes


class Group(NamedTuple):
    """How many of which keys must sign, in the group's own order."""

    threshold: int
    members: tuple[Member, ...]


def make(threshold: int, members: Iterable[Any]) -> Any:
    """The packed key of a group. Raises ValueError for a threshold that no group can have."""
    keys = list(members)
    if threshold <= 0:
        raise ValueError("threshold must be a positive integer")
    if len(keys) < threshold:
        raise ValueError(f"threshold k of n multisignature: {len(keys)} < {threshold}")
    message = crypto.LegacyAminoPubKey(threshold=threshold, public_keys=keys)
    return Any(type_url=GROUP, value=message.SerializeToString(deterministic=True))


@lru_cache(maxsize=4096)
def read(value: bytes) -> Group:
    """The group in the bytes of a LegacyAminoPubKey. Raises InvalidPubKey."""
    try:
        message = crypto.LegacyAminoPubKey.FromString(value)
    except DecodeError as error:
        raise InvalidPubKey(str(error)) from None
    members = tuple(Member(key.type_url, key.value) for key in message.public_keys)
    return Group(message.threshold, members)


def count(type_url: str, value: bytes) -> int:
    """How many single keys there are in a key; 1 for one that is no group."""
    if type_url != GROUP:
        return 1
    return sum(count(*member) for member in read(value).members)


def key_bytes(type_url: str, value: bytes) -> bytes:
    """The bare bytes of a single key. Raises InvalidPubKey for any other kind."""
    try:
        if type_url == SECP256K1:
            return crypto.Secp256k1PubKey.FromString(value).key
        if type_url == SECP256R1:
            return crypto.Secp256r1PubKey.FromString(value).key
        if type_url == ED25519:
            return crypto.Ed25519PubKey.FromString(value).key
    except DecodeError as error:
        raise InvalidPubKey(str(error)) from None
    raise InvalidPubKey(f"{type_url or 'a key of no kind'} cannot sign on this chain")


@lru_cache(maxsize=50_000)
def address(type_url: str, value: bytes) -> Address:
    """The account of a key or group. Raises InvalidPubKey for a kind that cannot sign here."""
    if type_url == GROUP:
        return Address.of(sha256(amino(type_url, value)).digest()[:20])
    key = key_bytes(type_url, value)
    if type_url == SECP256K1 and len(key) == PUBLIC_SIZE:
        return address_of(key)
    if type_url == ED25519:
        return Address.of(sha256(key).digest()[:20])
    if type_url == SECP256R1:
        return Address.of(sha256(sha256(type_url[1:].encode()).digest() + key).digest())
    raise InvalidPubKey(f"{type_url} holds {len(key)} bytes, not {PUBLIC_SIZE}")


def amino(type_url: str, value: bytes) -> bytes:
    """A key in amino's binary form. Raises InvalidPubKey for a kind that amino does not have."""
    if type_url == GROUP:
        group = read(value)
        out = _AMINO_GROUP + (b"\x08" + _varint(group.threshold) if group.threshold else b"")
        for member in group.members:
            inner = amino(*member)
            out += b"\x12" + _varint(len(inner)) + inner
        return out
    if type_url == SECP256K1:
        return _AMINO_SECP256K1 + key_bytes(type_url, value)
    if type_url == ED25519:
        return _AMINO_ED25519 + key_bytes(type_url, value)
    raise InvalidPubKey(f"{type_url} has no amino form, so it cannot be in a group")


def verify_single(type_url: str, value: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature over `message` is by this single key. Raises InvalidPubKey."""
    key = key_bytes(type_url, value)
    if type_url == SECP256K1:
        return verify(key, message, signature)
    if type_url == ED25519:
        return _verify_ed25519(key, message, signature)
    return _verify_secp256r1(key, message, signature)


def in_address_order(keys: Sequence[Any]) -> list[Any]:
    """Keys sorted by their addresses' bytes, as groups are made unless told otherwise."""
    return sorted(keys, key=lambda key: address(key.type_url, key.value).raw)


def _verify_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify_secp256r1(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != SIGNATURE_SIZE:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    if s > _P256_ORDER // 2:
        return False
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        point.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
