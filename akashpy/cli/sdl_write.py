"""Commands that write SDL files: fmt, convert, init, schema.

Parsers and writers are imported when a command runs (lazy doors): `--help` must not pay for them.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from sdl.templates import TEMPLATES

_EXISTING = click.Path(dir_okay=False, path_type=Path)


def _fail(message: str) -> None:
    click.echo(f"Error: {message}", err=True)


@click.command("fmt")
@click.argument("files", nargs=-1, required=True, type=_EXISTING)
@click.option("-w", "--write", is_flag=True, help="Write the files instead of printing them.")
@click.option("--check", "only_check", is_flag=True, help="Only list files that would change.")
def format_files(files: tuple[Path, ...], write: bool, only_check: bool) -> None:
    """Lay SDL files out uniformly, keeping every comment and what the file means.

    With --check, exits with 1 if a file would change.
    """
    from sdl.errors import SdlError
    from sdl.layout import LayoutError, format_sdl

    failed = changed = False
    for file in files:
        try:
            text = format_sdl(file)
        except (SdlError, LayoutError) as error:
            _fail(str(error) if isinstance(error, SdlError) else f"{file}: {error}")
            failed = True
            continue
        differs = text.encode() != file.read_bytes()
        changed |= differs
        if only_check:
            if differs:
                click.echo(str(file))
        elif write:
            if differs:
                file.write_text(text, encoding="utf-8", newline="\n")
                click.echo(str(file))
        else:
            click.echo(text, nl=False)
    sys.exit(1 if failed or (only_check and changed) else 0)


@click.command("convert")
@click.argument("files", nargs=-1, required=True, type=_EXISTING)
@click.option("-w", "--write", is_flag=True, help="Write FILE.sdl.yaml beside each file.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text")
@click.option("--denom", default="uact", show_default=True, help="Denomination of the prices.")
@click.option("--cpu", default="0.5", show_default=True, help="CPU where Compose gives none.")
@click.option("--memory", default="512Mi", show_default=True, help="Memory likewise.")
@click.option("--storage", default="1Gi", show_default=True, help="Ephemeral storage.")
@click.option("--volume-size", default="10Gi", show_default=True, help="Size of each volume.")
def convert_files(
    files: tuple[Path, ...],
    write: bool,
    output: str,
    denom: str,
    cpu: str,
    memory: str,
    storage: str,
    volume_size: str,
) -> None:
    """Make SDL files from Docker Compose files.

    Every key that could not be carried over is reported on standard error, with its line.
    """
    from sdl.compose_file import ConvertError
    from sdl.convert import Options, convert
    from sdl.errors import SdlError

    options = Options(denom=denom, cpu=cpu, memory=memory, storage=storage, volume=volume_size)
    failed = False
    for file in files:
        try:
            made = convert(file, options)
        except (SdlError, ConvertError) as error:
            _fail(str(error) if isinstance(error, SdlError) else f"{file}: {error}")
            failed = True
            continue
        if output == "json":
            values = {"file": str(file), **asdict(made)}
            click.echo(json.dumps(values, ensure_ascii=False))
        elif write:
            target = file.with_name(f"{file.stem}.sdl.yaml")
            target.write_text(made.text, encoding="utf-8")
            click.echo(str(target))
        else:
            click.echo(made.text, nl=False)
        if output == "text":
            for item in made.dropped:
                click.echo(f"{file}:{item.line}: dropped {item.path}: {item.reason}", err=True)
            for note in made.notes:
                click.echo(f"{file}: note: {note}", err=True)
    sys.exit(1 if failed else 0)


@click.command("init")
@click.argument("kind", type=click.Choice(list(TEMPLATES)), default="web")
@click.option("--out", type=_EXISTING, help="Write to this file, which must not exist yet.")
def init(kind: str, out: Path | None) -> None:
    """Write an SDL file to start from."""
    if out is None:
        click.echo(TEMPLATES[kind], nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(TEMPLATES[kind])
    except FileExistsError:
        _fail(f"{out} exists already; choose another name")
        sys.exit(1)
    except OSError as error:
        _fail(f"cannot write {out}: {error.strerror}")
        sys.exit(1)
    click.echo(str(out))


@click.command("schema")
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of SDL, for editors."""
    from sdl.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
