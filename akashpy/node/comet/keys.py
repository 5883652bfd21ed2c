"""The ed25519 keys of a node, in CometBFT's own files: the validator's and the node's identity.

Exists so that a home can be read by CometBFT and back. Must not know what is signed; a private
key never leaves this module except inside its object, and its representation shows no secret.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PUBLIC_TYPE = "tendermint/PubKeyEd25519"
PRIVATE_TYPE = "tendermint/PrivKeyEd25519"


class KeyFileError(Exception):
    """A key file that cannot be used; the text names file, field and remedy."""


class SigningKey:
    """An ed25519 private key. `secret` is its 32-byte seed."""

    __slots__ = ("__dict__", "_key")

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @classmethod
    def generate(cls) -> SigningKey:
        """A fresh key from the system's randomness."""
        return cls(os.urandom(32))

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @cached_property
    def address(self) -> bytes:
        """CometBFT's address: the first 20 bytes of the public key's sha256."""
        return sha256(self.public).digest()[:20]

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.address.hex().upper()})"

    def _private_json(self) -> dict[str, str]:
        seed = self._key.private_bytes_raw()
        return {"type": PRIVATE_TYPE, "value": b64encode(seed + self.public).decode()}


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `message` under the ed25519 key `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def save_validator_key(path: Path, key: SigningKey) -> None:
    """Write priv_validator_key.json, readable by its owner only."""
    _save(
        path,
        {
            "address": key.address.hex().upper(),
            "pub_key": {"type": PUBLIC_TYPE, "value": b64encode(key.public).decode()},
            "priv_key": key._private_json(),
        },
    )


def load_validator_key(path: Path) -> SigningKey:
    """Read priv_validator_key.json. Raises KeyFileError when it holds no usable ed25519 key."""
    content = _load(path)
    key = _private_key(path, content)
    stated = content.get("pub_key", {}).get("value")
    if stated is not None and stated != b64encode(key.public).decode():
        raise KeyFileError(
            f"{path}: pub_key does not belong to priv_key; restore the file from a backup"
        )
    return key


def save_node_key(path: Path, key: SigningKey) -> None:
    """Write node_key.json, readable by its owner only."""
    _save(path, {"priv_key": key._private_json()})


def load_node_key(path: Path) -> SigningKey:
    """Read node_key.json. Raises KeyFileError when it holds no usable ed25519 key."""
    return _private_key(path, _load(path))


def _save(path: Path, content: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)


def _load(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise KeyFileError(f"{path}: no such key file; initialise the home first") from error
    except ValueError as error:
        raise KeyFileError(f"{path}: not JSON ({error}); restore the file") from error
    if not isinstance(content, dict):
        raise KeyFileError(f"{path}: expected a JSON object; restore the file")
    return content


def _private_key(path: Path, content: dict[str, Any]) -> SigningKey:
    entry = content.get("priv_key")
    if not isinstance(entry, dict) or entry.get("type") != PRIVATE_TYPE:
        raise KeyFileError(f"{path}: priv_key is not of type {PRIVATE_TYPE}; use an ed25519 key")
    try:
        secret = b64decode(entry["value"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise KeyFileError(f"{path}: priv_key.value is not base64; restore the file") from error
    if len(secret) != 64:
        raise KeyFileError(f"{path}: priv_key.value has {len(secret)} bytes, expected 64")
    return SigningKey(secret[:32])
