"""What all commands of a provider share: the home, its file, and the layers of its settings."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from akashpy.config import Layers
    from provider.config import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
Result = TypeVar("Result")

FILE = "provider.yaml"
FLAGS = {
    "node": "CometBFT RPC of the node, as tcp://host:port or a URL.",
    "grpc-addr": "gRPC of the node, as host:port.",
    "from": "Name or address of the provider's key.",
    "keyring-backend": "Where keys are kept: file (encrypted) or test (not protected).",
    "keyring-dir": "Directory of the keyring, if not the home.",
    "gas-prices": "Price of gas, like 0.025uakt; the node's minimum if not given.",
}


def home_option(command: Command) -> Command:
    """`--home`; AP_HOME sets it."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=lambda: Path.home() / ".akashpy" / "provider",
        show_default="~/.akashpy/provider",
        envvar="AP_HOME",
        help=f"Directory of {FILE}, keys, certificate and leases.",
    )(command)


def chain_options(command: Command) -> Command:
    """The flags that say which chain, and with which key."""
    for flag, text in reversed(FLAGS.items()):
        command = click.option(f"--{flag}", f"{flag.replace('-', '_')}_", help=text)(command)
    return home_option(command)


def read_file(home: Path) -> dict[str, Any]:
    """What stands in the home's file; empty without one. Raises ClickException."""
    import yaml

    path = home / FILE
    try:
        found = yaml.safe_load(path.read_text()) or {}
    except FileNotFoundError:
        return {}
    except yaml.YAMLError as error:
        raise click.ClickException(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise click.ClickException(f"{path} is no table of settings")
    return found


def layers_of(home: Path, flags: Mapping[str, Any]) -> Layers:
    """Defaults, file, environment (AP_*) and flags. Raises ClickException."""
    from akashpy.config import ConfigError
    from provider.config import layers

    found = layers()
    try:
        found.add_file(read_file(home), str(home / FILE))
        found.add_environment(os.environ, "AP_")
        found.add_flags({name.rstrip("_"): value for name, value in flags.items()})
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    return found


def settings_of(home: Path, flags: Mapping[str, Any]) -> Settings:
    """The settings that all layers come to. Raises ClickException."""
    from akashpy.config import ConfigError
    from provider.config import settings

    try:
        return settings(layers_of(home, flags), home)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def passphrase() -> str:
    """Asked on the terminal, or one line of standard input in a pipe. Raises EOFError."""
    if sys.stdin.isatty():
        return str(click.prompt("Enter keyring passphrase", hide_input=True, err=True))
    line = sys.stdin.readline()
    if not line:
        raise EOFError("standard input has no line for the passphrase")
    return line.rstrip("\n")


def output_option(command: Command) -> Command:
    """`-o/--output`."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(("json", "yaml", "table")),
        default="yaml",
        show_default=True,
        help="How to print the result.",
    )(command)


def show(value: Mapping[str, Any], output: str) -> None:
    """Print a result on standard output."""
    if output == "json":
        import json

        click.echo(json.dumps(value, ensure_ascii=False))
    elif output == "yaml":
        import yaml

        click.echo(yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True).rstrip("\n"))
    else:
        rows = list(_flat(value, ""))
        width = max((len(name) for name, _ in rows), default=0)
        for name, text in rows:
            click.echo(f"{name.ljust(width)}  {text}".rstrip())


def _flat(value: Any, prefix: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        parts = [(f"{prefix}.{key}" if prefix else str(key), each) for key, each in value.items()]
    elif isinstance(value, list) and value:
        parts = [(f"{prefix}[{index}]", each) for index, each in enumerate(value)]
    else:
        return [(prefix, "" if value in (None, [], {}) else str(value))]
    return [row for name, each in parts for row in _flat(each, name)]


def run_async(main: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a command's coroutine; what is known to go wrong ends it with one sentence."""
    from akashpy.client.errors import ClientError
    from akashpy.keys.ring import KeyringError
    from akashpy.keys.x509 import CertificateFileError
    from akashpy.types.errors import ChainError
    from provider.cluster.errors import ClusterError
    from provider.errors import ProviderError

    known = (
        ChainError, ClientError, KeyringError, CertificateFileError, ClusterError, ProviderError,
        OSError,
    )  # fmt: skip
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(main())
    except known as error:
        raise click.ClickException(str(error) or type(error).__name__) from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop
    except ImportError:  # not made for this platform: asyncio's own loop does
        return None
    return new_event_loop
