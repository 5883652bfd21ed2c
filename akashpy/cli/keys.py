"""`akashpy keys`: the keyring, with Akash's names, flags and output.

A key or phrase is read from the terminal, standard input or a file, never from the command line.
What a key is and how it is kept belongs to `akashpy.keys`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from akashpy.cli.home import keyring_options, open_keyring
from akashpy.cli.lazy import LazyGroup
from akashpy.cli.output import Command, output_option, say, show

if TYPE_CHECKING:
    from google.protobuf.any_pb2 import Any as Packed

    from akashpy.keys.ring import KeyInfo, Keyring

Result = TypeVar("Result")
PREFIXES = {"acc": "akash", "val": "akashvaloper", "cons": "akashvalcons"}


@click.group(cls=LazyGroup)
def keys() -> None:
    """Make, list and remove the keys that sign transactions.

    \b
    Examples:
      akashpy keys add alice --keyring-backend test
      akashpy keys show alice -a --keyring-backend test
      akashpy keys add bob --recover --source phrase.txt --keyring-backend file
    """


def keyring(command: Command) -> Command:
    """The options every key command takes."""
    return keyring_options()(output_option("text")(command))


@keys.command()
@click.argument("name")
@click.option("--recover", is_flag=True, help="Take the phrase from --source or the terminal.")
@click.option("--source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--no-backup", is_flag=True, help="Do not print the phrase.")
@click.option("--dry-run", is_flag=True, help="Make the key but do not keep it.")
@click.option("--account", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--index", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--coin-type", type=click.IntRange(0, 2**31 - 1), default=118, show_default=True)
@click.option("--hd-path", help="A whole derivation path, such as m/44'/118'/0'/0/0.")
@click.option("--pubkey", help="Keep this public key (proto JSON) instead of making one.")
@click.option("--pubkey-base64", help="Keep this public key (33 bytes in base64).")
@click.option("--multisig", help="Names of keys, by commas, that make a group.")
@click.option("--multisig-threshold", type=int, default=1, help="How many of the group sign.")
@click.option("--nosort", is_flag=True, help="Leave a group's keys in the order given.")
@click.option("--key-type", type=click.Choice(["secp256k1"]), default="secp256k1")
@click.option("-i", "--interactive", is_flag=True, help="Ask for a phrase and its passphrase.")
@keyring
def add(name: str, recover: bool, source: Path | None, no_backup: bool, **options: Any) -> None:
    """Make a key, or recover one from its phrase."""
    from akashpy.keys import mnemonic

    ring = _open(options)
    public = _given_public(ring, options)
    if public is not None:
        save = ring.add_group if options["multisig"] else ring.add_offline
        kept = _shown(_kept(lambda: save(name, public)))
        show(kept if options["output"] == "json" else [kept], options["output"])
        return
    if options["interactive"]:
        typed = _secret_line("Enter your bip39 mnemonic, or nothing for a new one")
        recover = bool(typed)
    try:
        if recover:
            phrase = mnemonic.normalise(typed if options["interactive"] else _phrase(source))
        else:
            phrase = mnemonic.generate(24)
        key = (
            mnemonic.derive_path(phrase, options["hd_path"])
            if options["hd_path"]
            else mnemonic.derive(phrase, options["account"], options["index"], options["coin_type"])
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if options["dry_run"]:
        info = _shown_public(name, "local", str(key.address), key.public)
    else:
        info = _shown(_kept(lambda: ring.add(name, key)))
    keep = "" if recover or no_backup else phrase
    if options["output"] == "json":
        show(info | {"mnemonic": keep}, "json")
        return
    show([info | {"mnemonic": ""}], options["output"])
    if keep:
        say("\n**Important** write this mnemonic phrase in a safe place.")
        say("It is the only way to recover your account if you ever forget your password.\n")
        say(keep)


@keys.command("list")
@click.option("-n", "--list-names", is_flag=True, help="Only the names.")
@keyring
def list_(list_names: bool, **options: Any) -> None:
    """All keys."""
    ring = _open(options)
    if list_names:
        for name in ring.names():
            click.echo(name)
        return
    found = [_shown(info) for info in _kept(ring.list)]
    if not found and options["output"] != "json":
        click.echo("No records were found in keyring")
        return
    show(found, options["output"])


@keys.command("show")
@click.argument("names", nargs=-1, required=True, metavar="NAME_OR_ADDRESS...")
@click.option("--multisig-threshold", type=int, default=1, help="How many of several keys sign.")
@click.option("-a", "--address", is_flag=True, help="Only the address.")
@click.option("-p", "--pubkey", is_flag=True, help="Only the public key.")
@click.option("--bech", type=click.Choice([*PREFIXES]), default="acc", show_default=True)
@keyring
def show_(
    names: tuple[str, ...],
    multisig_threshold: int,
    address: bool,
    pubkey: bool,
    bech: str,
    **options: Any,
) -> None:
    """One key, by name or address; several: the group they would make."""
    from akashpy.types.address import Address

    ring = _open(options)
    if len(names) > 1:
        shown = _group_of(ring, names, multisig_threshold)
    else:
        shown = _shown(_kept(lambda: ring.get(names[0])))
    text = str(Address.of(Address.parse(shown["address"]).raw, prefix=PREFIXES[bech]))
    shown["address"] = text
    if address:
        click.echo(text)
    elif pubkey:
        click.echo(shown["pubkey"])
    else:
        show(shown if options["output"] == "json" else [shown], options["output"])


def _group_of(ring: Keyring, names: tuple[str, ...], threshold: int) -> dict[str, Any]:
    from akashpy.keys import group

    packed = _made_group(ring, names, threshold, is_sorted=False)
    made = group.address(packed.type_url, packed.value)
    return {"name": "", "type": "multi", "address": str(made), "pubkey": _public_text(packed)}


@keys.command()
@click.argument("names", nargs=-1, required=True)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@keyring
def delete(names: tuple[str, ...], yes: bool, **options: Any) -> None:
    """Forget keys for good."""
    ring = _open(options)
    for name in names:
        info = _kept(partial(ring.get, name))
        if not yes and not click.confirm(f"Delete {info.name} ({info.address})?", err=True):
            raise click.Abort
        _kept(partial(ring.delete, name))
        say("Key deleted forever (uh oh!)")


@keys.command()
@click.argument("old")
@click.argument("new")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@keyring
def rename(old: str, new: str, yes: bool, **options: Any) -> None:
    """Give a key another name."""
    ring = _open(options)
    if not yes and not click.confirm(f"Rename {old} to {new}?", err=True):
        raise click.Abort
    _kept(lambda: ring.rename(old, new))
    say(f"Key was successfully renamed from {old} to {new}")


@keys.command("import-hex")
@click.argument("name")
@click.option("--key-type", type=click.Choice(["secp256k1"]), default="secp256k1")
@keyring
def import_hex(name: str, key_type: str, **options: Any) -> None:
    """Keep a key given as 64 hex digits on standard input or the terminal."""
    del key_type
    ring = _open(options)
    secret = _secret_line("Private key in hex")
    _kept(lambda: ring.import_hex(name, secret))


@keys.command("import")
@click.argument("name")
@click.argument("keyfile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@keyring
def import_(name: str, keyfile: Path, **options: Any) -> None:
    """Keep a key from an armored file; asks for the passphrase that sealed it."""
    ring = _open(options)
    passphrase = _secret_line("Enter passphrase to decrypt your key")
    _kept(lambda: ring.import_armored(name, keyfile.read_text(), passphrase))


@keys.command("export")
@click.argument("name")
@click.option("--unarmored-hex", is_flag=True, help="Print the bare key; needs --unsafe.")
@click.option("--unsafe", is_flag=True, help="Allow what shows a key unprotected.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before showing a bare key.")
@keyring
def export(name: str, unarmored_hex: bool, unsafe: bool, yes: bool, **options: Any) -> None:
    """Print a key as armored text, sealed with a passphrase of at least 8 characters."""
    from akashpy.keys.vault import LEAST_PASSPHRASE

    ring = _open(options)
    if unarmored_hex != unsafe:
        raise click.ClickException("the flags unsafe and unarmored-hex must be used together")
    if unsafe:
        warning = (
            "WARNING: The private key will be exported as an unarmored hexadecimal string. USE AT "
            "YOUR OWN RISK. Continue?"
        )
        if yes or click.confirm(warning, err=True):
            click.echo(_kept(lambda: ring.key(name)).secret.hex())
        return
    passphrase = _secret_line("Enter passphrase to encrypt the exported key")
    if len(passphrase) < LEAST_PASSPHRASE:
        raise click.ClickException(f"password must be at least {LEAST_PASSPHRASE} characters")
    click.echo(_kept(lambda: ring.export(name, passphrase)))


@keys.command()
@keyring
def migrate(**options: Any) -> None:
    """Say which keys are stored in today's form; older ones are named, not changed."""
    ring = _open(options)
    found = {name: _readable(ring, name) for name in ring.names()}
    if not found:
        say("Keyring is empty, nothing to migrate")
    old = [why for why in found.values() if why]
    if old:
        raise click.ClickException("\n".join(old))
    for name in found:
        say(f"{name}: stored in today's form")


def _readable(ring: Keyring, name: str) -> str:
    """Why a key cannot be read; empty when it can."""
    from akashpy.keys.ring import KeyringError

    try:
        ring.get(name)
    except KeyringError as error:
        return str(error)
    return ""


@keys.command("mnemonic")
@click.option("--words", type=click.Choice(["12", "15", "18", "21", "24"]), default="24")
def mnemonic_(words: str) -> None:
    """Print a new random phrase."""
    from akashpy.keys import mnemonic

    click.echo(mnemonic.generate(int(words)))


@keys.command()
@click.argument("address")
@output_option("text")
def parse(address: str, output: str) -> None:
    """An address as hex, or hex as addresses."""
    from akashpy.types.address import Address
    from akashpy.types.errors import InvalidAddress

    try:
        raw = bytes.fromhex(address)
    except ValueError:
        prefix = address.rpartition("1")[0]
        try:
            parsed = Address.parse(address, prefix=prefix)
        except InvalidAddress as error:
            raise click.ClickException(
                f"{address!r} is neither hex nor a bech32 address: {error}"
            ) from error
        show({"human": prefix, "bytes": parsed.raw.hex().upper()}, output)
        return
    show({"formats": [str(Address.of(raw, prefix=p)) for p in PREFIXES.values()]}, output)


@keys.command("list-key-types")
def list_key_types() -> None:
    """The kinds of key that can be made."""
    click.echo('Supported key types/algos:\n"secp256k1"')


def _open(options: dict[str, Any]) -> Keyring:
    return open_keyring(options["home"], options["keyring_backend"], options["keyring_dir"])


def _kept(action: Callable[[], Result]) -> Result:
    """Run a keyring action; its refusals end the command with one sentence."""
    from akashpy.keys.ring import KeyringError
    from akashpy.types.errors import ChainError

    try:
        return action()
    except (KeyringError, ChainError) as error:
        raise click.ClickException(str(error)) from error


def _shown(info: KeyInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "type": info.kind,
        "address": str(info.address),
        "pubkey": _public_text(info.public_any),
    }


def _shown_public(name: str, kind: str, address: str, public: bytes) -> dict[str, Any]:
    from akashpy.tx.build import PublicKey

    pubkey = _public_text(PublicKey.secp256k1(public).to_any())
    return {"name": name, "type": kind, "address": address, "pubkey": pubkey}


def _public_text(packed: Packed) -> str:
    """A public key as proto JSON in one line."""
    from akashpy import wire

    def written(key: Packed) -> dict[str, Any]:
        content: Any = wire.to_json(wire.unpack(key))
        if "public_keys" in content:
            inner = wire.unpack(key).public_keys  # type: ignore[attr-defined]  # just asked
            content["public_keys"] = [written(one) for one in inner]
        return {"@type": key.type_url, **content}

    return json.dumps(written(packed), separators=(",", ":"))


def _given_public(ring: Keyring, options: dict[str, Any]) -> Packed | None:
    """The public key or group that is to be kept instead of a new key."""
    from base64 import b64decode

    from akashpy.tx.build import PublicKey

    if options["multisig"]:
        names = tuple(options["multisig"].split(","))
        return _made_group(
            ring, names, options["multisig_threshold"], is_sorted=not options["nosort"]
        )
    if options["pubkey"]:
        return _public(options["pubkey"])
    if options["pubkey_base64"]:
        try:
            raw = b64decode(options["pubkey_base64"], validate=True)
        except ValueError as error:
            raise click.UsageError(f"--pubkey-base64: {error}") from error
        return PublicKey.secp256k1(raw).to_any()
    return None


def _made_group(
    ring: Keyring, names: tuple[str, ...], threshold: int, *, is_sorted: bool
) -> Packed:
    from akashpy.keys import group
    from akashpy.types.errors import InvalidPubKey

    members = [_kept(partial(ring.get, name)).public_any for name in names]
    try:
        return group.make(threshold, group.in_address_order(members) if is_sorted else members)
    except (ValueError, InvalidPubKey) as error:
        raise click.ClickException(str(error)) from error


def _public(text: str) -> Packed:
    from google.protobuf.any_pb2 import Any as Packed

    from akashpy import wire

    try:
        content = json.loads(text)
        url = content.pop("@type")
        key = wire.from_json(wire.message_class(url), content)
        return Packed(type_url=url, value=key.SerializeToString(deterministic=True))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.UsageError(
            '--pubkey is not a public key: give {"@type":"/cosmos.crypto.secp256k1.PubKey",'
            '"key":"<base64>"}'
        ) from error


def _phrase(source: Path | None) -> str:
    return source.read_text() if source else _secret_line("Enter your bip39 mnemonic")


def _secret_line(prompt: str) -> str:
    stdin = sys.stdin
    if stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, err=True))
    return str(stdin.readline()).strip()
