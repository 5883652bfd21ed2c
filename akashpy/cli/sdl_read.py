"""Commands that read SDL files: check, describe, groups, manifest, hash.

Each takes many files (`-` is standard input) and exits with 1 if any has an error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from sdl import report
from sdl.check import Report, check
from sdl.definition import Definition
from sdl.describe import describe, describe_values
from sdl.estimate import Scales, ScalesError, parse_scales

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


def _scales(context: click.Context, parameter: click.Parameter, value: str | None) -> Scales:
    """Read `--scales`: a file, JSON text, or key=value pairs."""
    if value is None:
        return Scales()
    try:
        path = Path(value)
        is_file = "=" not in value and not value.lstrip().startswith("{")
        return parse_scales(path.read_text() if is_file else value)
    except OSError as error:
        raise click.BadParameter(f"cannot read {value}: {error.strerror}") from error
    except ScalesError as error:
        raise click.BadParameter(str(error)) from error


SCALES = click.option(
    "--scales",
    callback=_scales,
    metavar="FILE|KEY=NUMBER,...",
    help="Price scales in dollars per month: cpu, memory, ephemeral, beta1, beta2, beta3, "
    "endpoint, ip, gpu, gpu.MODEL; akt per AKT; block_seconds.",
)


def read_reports(files: tuple[Path, ...], scales: Scales) -> Iterator[Report]:
    """Check every file, one after the other."""
    for file in files:
        if str(file) == "-":
            text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
            yield check(text, scales, file="-")
        else:
            yield check(file, scales)


@click.command("check")
@FILES
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "json", "jsonl", "sarif"]),
    default="text",
    show_default=True,
    help="jsonl prints groups, manifest and version of each file, or Akash's first error.",
)
@click.option("--first", is_flag=True, help="Only the error that Akash's parser reports first.")
@SCALES
def check_files(files: tuple[Path, ...], output: str, first: bool, scales: Scales) -> None:
    """Find all errors of SDL files, and warn of what may disappoint.

    Exits with 0 if there are only warnings, with 1 if there is any error.
    """
    failed = False
    if output == "jsonl":
        for found in read_reports(files, scales):
            click.echo(report.as_json_line(found), nl=False)
            failed |= bool(found.errors)
    else:
        reports = list(read_reports(files, scales))
        failed = any(found.errors for found in reports)
        click.echo(_render(reports, output, first=first), nl=False)
    sys.exit(1 if failed else 0)


def _render(reports: list[Report], output: str, *, first: bool) -> str:
    if output == "json":
        return report.as_json(reports, first=first)
    if output == "sarif":
        return report.as_sarif(reports, metadata.version("akashpy"), first=first)
    return report.as_text(reports, first=first)


def _each(files: tuple[Path, ...], scales: Scales, show: Callable[[str, Definition], None]) -> None:
    """Show every valid file; report the errors of the others and exit with 1."""
    failed = False
    for found in read_reports(files, scales):
        if found.definition is None:
            failed = True
            for error in found.errors:
                click.echo(f"Error: {error}", err=True)
        else:
            show(found.file, found.definition)
    sys.exit(1 if failed else 0)


@click.command("describe")
@FILES
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text")
@SCALES
def describe_files(files: tuple[Path, ...], output: str, scales: Scales) -> None:
    """Say in plain words what SDL files ask for, and what it may cost."""

    def show(file: str, definition: Definition) -> None:
        if output == "json":
            values = {"file": file, **describe_values(definition, scales)}
            click.echo(json.dumps(values, ensure_ascii=False))
            return
        if len(files) > 1:
            click.echo(f"== {file}")
        click.echo(describe(definition, scales))

    _each(files, scales, show)


def _show_json(files: tuple[Path, ...], name: str, value: Callable[[Definition], Any]) -> None:
    def show(file: str, definition: Definition) -> None:
        shown = value(definition)
        if len(files) == 1:
            click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        else:
            click.echo(json.dumps({"file": file, name: shown}, ensure_ascii=False))

    _each(files, Scales(), show)


@click.command("groups")
@FILES
def show_groups(files: tuple[Path, ...]) -> None:
    """Print the deployment groups of SDL files as JSON; one line each for several files."""
    _show_json(files, "groups", Definition.groups)


@click.command("manifest")
@FILES
def show_manifest(files: tuple[Path, ...]) -> None:
    """Print the manifests of SDL files as JSON; one line each for several files."""
    _show_json(files, "manifest", Definition.manifest)


@click.command("hash")
@FILES
@click.option("-q", "--quiet", is_flag=True, help="Leave out the file names.")
def show_hash(files: tuple[Path, ...], quiet: bool) -> None:
    """Print the version hashes of SDL files in hexadecimal."""

    def show(file: str, definition: Definition) -> None:
        shown = definition.version().hex()
        click.echo(shown if quiet else f"{shown}  {file}")

    _each(files, Scales(), show)
