"""The people of the stories: a name is an account."""

from __future__ import annotations

from hashlib import sha256

from akashpy.keys.secp256k1 import PrivateKey
from akashpy.types.address import Address


def key_of(name: str) -> PrivateKey:
    """The key that stands for a name."""
    return PrivateKey(sha256(b"story " + name.encode()).digest())


def address_of(name: str) -> str:
    """The account that stands for a name."""
    return str(key_of(name).address)


def module_address(name: str) -> str:
    """A module's account."""
    return str(Address.of_module(name))
