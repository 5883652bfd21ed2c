"""Where a user's keys lie and how they are opened. Never takes a secret as an argument."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from akashpy.cli.output import Command

if TYPE_CHECKING:
    from akashpy.keys.ring import Keyring

BACKENDS = ("os", "file", "kwallet", "pass", "test", "memory")


def home_option() -> Callable[[Command], Command]:
    """`--home`, by default Akash's own ~/.akash; AKASH_HOME sets it."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=lambda: Path.home() / ".akash",
        show_default="~/.akash",
        envvar="AKASH_HOME",
        help="Directory of keys and certificates.",
    )


def keyring_options() -> Callable[[Command], Command]:
    """`--home`, `--keyring-backend` and `--keyring-dir`, as every Akash command that signs."""

    def add(command: Command) -> Command:
        command = click.option(
            "--keyring-dir",
            type=click.Path(file_okay=False, path_type=Path),
            envvar="AKASH_KEYRING_DIR",
            help="Directory of the keyring, if not the home.",
        )(command)
        command = click.option(
            "--keyring-backend",
            type=click.Choice(BACKENDS),
            default="os",
            show_default=True,
            envvar="AKASH_KEYRING_BACKEND",
            help="Where keys are kept.",
        )(command)
        return home_option()(command)

    return add


def open_keyring(home: Path, backend: str, directory: Path | None) -> Keyring:
    """The keyring that the options name. Raises UsageError for a backend that is not available."""
    from akashpy.keys.ring import Keyring, KeyringError

    if backend == "kwallet":
        raise click.UsageError(
            "Specified keyring backend not available: KWallet serves the backend os, too; use "
            "--keyring-backend os, or file (encrypted with a passphrase)"
        )
    try:
        return Keyring.open(directory or home, backend, _passphrase)  # type: ignore[arg-type]  # one of BACKENDS
    except KeyringError as error:
        raise click.UsageError(str(error)) from error


def _passphrase() -> str:
    """Asked on the terminal, or one line of standard input in a pipe. Raises EOFError."""
    stdin = sys.stdin
    if stdin.isatty():
        return str(click.prompt("Enter keyring passphrase", hide_input=True, err=True))
    line = stdin.readline()
    if not line:
        raise EOFError("standard input has no line for the passphrase")
    return line.rstrip("\n")
