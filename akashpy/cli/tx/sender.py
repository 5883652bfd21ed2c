"""Who signs a command's transaction: a key of the keyring, or an address that only watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from akashpy.cli.home import open_keyring
from akashpy.keys.ring import KeyringError
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.types.address import Address
from akashpy.types.errors import ChainError, InvalidAddress

UNKNOWN_KEY = bytes.fromhex("035ad6810a47f073553ff30d2fcc7e0d3b1c0b74b61a1aaa2582344037151e143a")
"""The public key that stands for one we have not; a trial run does not look at it (as the SDK)."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `key` is None where only its address is known. A client's Signer."""

    address: Address
    key: PrivateKey | None

    @property
    def public(self) -> bytes:
        """Its public key, or one that stands for it."""
        return self.key.public if self.key else UNKNOWN_KEY

    async def sign(self, document: bytes) -> bytes:
        """The signature. Raises ClickException without a key."""
        if self.key is None:
            raise click.ClickException(
                f"no key of {self.address} in the keyring: give --from a name or address of "
                "`akashpy keys list`"
            )
        return self.key.sign(document)


def open_account(options: dict[str, Any]) -> Account:
    """The account that --from names.

    Only an unsigned transaction may come from an address without a key. Raises UsageError without
    --from, ClickException when the keyring does not have it.
    """
    sender = options["sender"]
    if not sender:
        raise click.UsageError('required flag(s) "from" not set: name the key that signs')
    if options.get("generate_only") or options.get("dry_run"):
        try:
            return Account(Address.parse(sender), None)
        except InvalidAddress:
            pass  # then it is the name of a key
    key = key_of(options)
    return Account(key.address, key)


def key_of(options: dict[str, Any]) -> PrivateKey:
    """The key that --from names."""
    ring = open_keyring(options["home"], options["keyring_backend"], options["keyring_dir"])
    try:
        return ring.key(options["sender"])
    except (KeyringError, ChainError) as error:
        raise click.ClickException(f"--from {options['sender']}: {error}") from error
