"""Signing and verifying with secp256k1, as every Cosmos account does.

Verification is the largest single cost of a transaction, so it goes to libsecp256k1 directly:
parsed public keys are cached, and each thread has its own scratch buffers, because the library
is called without the interpreter's lock. This module must not know transactions.
Source: Cosmos SDK 0.53 `crypto/keys/secp256k1`.
"""

import secrets
import threading
from hashlib import new as new_hash
from hashlib import sha256
from typing import Any

from coincurve._libsecp256k1 import ffi, lib
from coincurve.context import GLOBAL_CONTEXT

from akashpy.keys.ripemd160 import ripemd160 as slow_ripemd160
from akashpy.types.address import Address

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""How many points the curve's group has."""
SECRET_SIZE = 32
PUBLIC_SIZE = 33
SIGNATURE_SIZE = 64
CACHE_LIMIT = 50_000

_CONTEXT = GLOBAL_CONTEXT.ctx
_PARSED: dict[bytes, Any] = {}
_ADDRESSES: dict[bytes, Address] = {}
_SCRATCH = threading.local()


class PrivateKey:
    """A secret key. Its text never shows the secret."""

    __slots__ = ("_secret", "address", "public")

    def __init__(self, secret: bytes) -> None:
        """Raises ValueError when the 32 bytes are no key of the curve."""
        if len(secret) != SECRET_SIZE or not 0 < int.from_bytes(secret, "big") < ORDER:
            raise ValueError("a secp256k1 secret is 32 bytes between 1 and the curve's order")
        self._secret = secret
        self.public = public_of(secret)
        self.address = address_of(self.public)

    @classmethod
    def generate(cls) -> "PrivateKey":
        """A new random key."""
        return cls((secrets.randbelow(ORDER - 1) + 1).to_bytes(SECRET_SIZE, "big"))

    @property
    def secret(self) -> bytes:
        """The 32 secret bytes, for storing the key."""
        return self._secret

    def sign(self, message: bytes) -> bytes:
        """64 bytes r and s over the SHA-256 of `message`; s is in the lower half.

        The same message always gives the same signature (RFC 6979).
        """
        signature = ffi.new("secp256k1_ecdsa_signature *")
        digest = sha256(message).digest()
        if not lib.secp256k1_ecdsa_sign(
            _CONTEXT, signature, digest, self._secret, ffi.NULL, ffi.NULL
        ):
            raise ValueError("libsecp256k1 refused to sign")
        output = ffi.new("unsigned char[64]")
        lib.secp256k1_ecdsa_signature_serialize_compact(_CONTEXT, output, signature)
        return bytes(ffi.buffer(output, SIGNATURE_SIZE))

    def __repr__(self) -> str:
        return f"PrivateKey({self.address})"


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over the SHA-256 of `message` is by this compressed key.

    A signature whose s is in the upper half is refused, as Cosmos does.
    """
    return verify_digest(public, sha256(message).digest(), signature)


def verify_digest(public: bytes, digest: bytes, signature: bytes) -> bool:
    """As `verify`, for the SHA-256 (32 bytes) of a message."""
    if len(signature) != SIGNATURE_SIZE:
        return False
    key = _PARSED.get(public)
    if key is None:
        key = _parse(public)
        if key is None:
            return False
    try:
        parsed = _SCRATCH.signature
    except AttributeError:
        parsed = _SCRATCH.signature = ffi.new("secp256k1_ecdsa_signature *")
    return bool(
        lib.secp256k1_ecdsa_signature_parse_compact(_CONTEXT, parsed, signature) == 1
        and lib.secp256k1_ecdsa_verify(_CONTEXT, parsed, digest, key) == 1
    )


def public_of(secret: bytes) -> bytes:
    """The compressed public key (33 bytes) of a valid secret."""
    point = ffi.new("secp256k1_pubkey *")
    if not lib.secp256k1_ec_pubkey_create(_CONTEXT, point, secret):
        raise ValueError("a secp256k1 secret is 32 bytes between 1 and the curve's order")
    output, size = ffi.new("unsigned char[33]"), ffi.new("size_t *", PUBLIC_SIZE)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, output, size, point, lib.SECP256K1_EC_COMPRESSED)
    return bytes(ffi.buffer(output, PUBLIC_SIZE))


def address_of(public: bytes) -> Address:
    """The account of a compressed public key."""
    known = _ADDRESSES.get(public)
    if known is None:
        if len(_ADDRESSES) >= CACHE_LIMIT:
            _ADDRESSES.clear()
        known = _ADDRESSES[public] = Address.of(_ripemd160(sha256(public).digest()))
    return known


def _parse(public: bytes) -> Any:
    point = ffi.new("secp256k1_pubkey *")
    if len(public) != PUBLIC_SIZE or not lib.secp256k1_ec_pubkey_parse(
        _CONTEXT, point, public, PUBLIC_SIZE
    ):
        return None
    if len(_PARSED) >= CACHE_LIMIT:
        _PARSED.clear()
    _PARSED[public] = point
    return point


def _ripemd160(data: bytes) -> bytes:
    try:
        return new_hash("ripemd160", data).digest()
    except ValueError:  # OpenSSL 3 without its legacy part has no RIPEMD-160
        return slow_ripemd160(data)
