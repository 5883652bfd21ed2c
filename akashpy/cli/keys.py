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
@keyring
def add(name: str, recover: bool, source: Path | None, no_backup: bool, **options: Any) -> None:
    """Make a key, or recover one from its phrase."""
    from akashpy.keys import mnemonic

    ring = _open(options)
    if options["pubkey"]:
        show([_shown(ring.add_offline(name, _public(options["pubkey"])))], options["output"])
        return
    try:
        phrase = mnemonic.normalise(_phrase(source)) if recover else mnemonic.generate(24)
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
@click.argument("name_or_address")
@click.option("-a", "--address", is_flag=True, help="Only the address.")
@click.option("-p", "--pubkey", is_flag=True, help="Only the public key.")
@click.option("--bech", type=click.Choice([*PREFIXES]), default="acc", show_default=True)
@keyring
def show_(name_or_address: str, address: bool, pubkey: bool, bech: str, **options: Any) -> None:
    """One key, by name or address."""
    from akashpy.types.address import Address

    ring = _open(options)
    info = _kept(lambda: ring.get(name_or_address))
    text = str(Address.of(info.address.raw, prefix=PREFIXES[bech]))
    shown = _shown(info) | {"address": text}
    if address:
        click.echo(text)
    elif pubkey:
        click.echo(shown["pubkey"])
    else:
        show(shown if options["output"] == "json" else [shown], options["output"])


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
@keyring
def import_hex(name: str, **options: Any) -> None:
    """Keep a key given as 64 hex digits on standard input or the terminal."""
    ring = _open(options)
    secret = _secret_line("Private key in hex")
    _kept(lambda: ring.import_hex(name, secret))


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
    return _shown_public(info.name, info.kind, str(info.address), info.public)


def _shown_public(name: str, kind: str, address: str, public: bytes) -> dict[str, Any]:
    from base64 import b64encode

    key = {"@type": "/cosmos.crypto.secp256k1.PubKey", "key": b64encode(public).decode()}
    pubkey = json.dumps(key, separators=(",", ":")) if public else ""
    return {"name": name, "type": kind, "address": address, "pubkey": pubkey}


def _public(text: str) -> bytes:
    from base64 import b64decode

    try:
        return b64decode(json.loads(text)["key"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
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
