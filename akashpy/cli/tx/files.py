"""`akashpy tx broadcast | encode | decode`: transactions in files, in the SDK's JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.output import show
from akashpy.cli.tx.flags import switch, tx_flags

if TYPE_CHECKING:
    from google.protobuf.any_pb2 import Any as Packed

FILE = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))


@click.command()
@FILE
@tx_flags
def broadcast(file: Path, **options: Any) -> None:
    """Send a signed transaction and print its result."""
    from akashpy.cli.tx.session import broadcast_file
    from akashpy.tx import build

    body, auth, signatures = parts_in(file)
    if not signatures:
        raise click.ClickException(f"{file} has no signature: sign it with `akashpy tx sign`")
    broadcast_file(options, build.assemble(body, auth, signatures))


@click.command()
@FILE
def encode(file: Path) -> None:
    """A transaction's JSON as base64 of its bytes."""
    from base64 import b64encode

    from akashpy.tx import build

    body, auth, signatures = parts_in(file)
    click.echo(b64encode(build.assemble(body, auth, signatures)).decode())


@click.command()
@click.argument("text", metavar="BYTES")
@switch("-x", "--hex", help="The bytes are in hex, not base64.")
def decode(text: str, hex: bool) -> None:
    """A transaction's bytes as JSON."""
    from base64 import b64decode

    from akashpy.cli.refusal import sentence
    from akashpy.cli.tx.offline import as_json
    from akashpy.tx import build
    from akashpy.types.errors import ChainError

    try:
        raw = bytes.fromhex(text) if hex else b64decode(text, validate=True)
        build.decode(raw)
    except ValueError as error:
        kind = "hex" if hex else "base64"
        raise click.ClickException(f"{text[:60]!r} is no {kind}: {error}") from error
    except ChainError as error:
        raise click.ClickException(sentence(error)) from error
    show(as_json(raw), "json")


def messages_of(file: Path) -> list[Packed]:
    """The messages of a transaction in a file, packed. Raises ClickException."""
    from akashpy.wire import tx as pb

    return list(pb.TxBody.FromString(parts_in(file)[0]).messages)


def parts_in(file: Path) -> tuple[bytes, bytes, list[bytes]]:
    """Body, auth info and signatures of a file, or of standard input for "-"."""
    from akashpy.cli.tx.offline import parts_of
    from akashpy.wire import WireError

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text()
        return parts_of(json.loads(text))
    except (OSError, ValueError, WireError) as error:
        raise click.ClickException(f"{file}: {error}") from error
