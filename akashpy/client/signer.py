"""Who signs: an account's public key and something that can sign for it.

A protocol, so that a hardware key or a remote signer can stand in for a key in memory.
"""

from __future__ import annotations

from typing import Protocol

from akashpy.keys.secp256k1 import PrivateKey
from akashpy.types.address import Address


class Signer(Protocol):
    """One account that can sign."""

    @property
    def address(self) -> Address:
        """The account."""

    @property
    def public(self) -> bytes:
        """Its compressed secp256k1 key, 33 bytes."""

    async def sign(self, document: bytes) -> bytes:
        """The 64-byte signature of a document (its hash is made inside)."""


class KeySigner:
    """Signs with a key in memory."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    @property
    def address(self) -> Address:
        """The key's account."""
        return self._key.address

    @property
    def public(self) -> bytes:
        """The key's public half."""
        return self._key.public

    async def sign(self, document: bytes) -> bytes:
        """Sign at once."""
        return self._key.sign(document)
