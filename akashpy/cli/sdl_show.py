"""What the commands that read SDL files do: check, describe, groups, manifest, hash.

Every function takes many files (`-` is standard input) and returns the exit status: 1 if any file
has an error. Apart from the commands themselves because `--help` must not pay for the parser.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from sdl import report
from sdl.check import Report, check
from sdl.definition import Definition
from sdl.describe import describe, describe_values
from sdl.estimate import Scales, ScalesError, parse_scales


def read_scales(value: str | None) -> Scales:
    """Price scales from a file, JSON text, or key=value pairs. Raises click.BadParameter."""
    if value is None:
        return Scales()
    is_file = "=" not in value and not value.lstrip().startswith("{")
    try:
        return parse_scales(Path(value).read_text() if is_file else value)
    except OSError as error:
        problem = f"cannot read {value}: {error.strerror}"
    except ScalesError as error:
        problem = str(error)
    raise click.BadParameter(problem, param_hint="--scales")


def read_reports(files: Sequence[Path], scales: Scales) -> Iterator[Report]:
    """Check every file, one after the other."""
    for file in files:
        if str(file) == "-":
            text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
            yield check(text, scales, file="-")
        else:
            yield check(file, scales)


def check_files(files: Sequence[Path], output: str, *, first: bool, scales: Scales) -> int:
    """Print the findings of all files as text, json, jsonl or sarif."""
    failed = False
    if output == "jsonl":
        for found in read_reports(files, scales):
            click.echo(report.as_json_line(found), nl=False)
            failed |= bool(found.errors)
    else:
        reports = list(read_reports(files, scales))
        failed = any(found.errors for found in reports)
        click.echo(_render(reports, output, first=first), nl=False)
    return 1 if failed else 0


def _render(reports: list[Report], output: str, *, first: bool) -> str:
    if output == "json":
        return report.as_json(reports, first=first)
    if output == "sarif":
        return report.as_sarif(reports, metadata.version("akashpy"), first=first)
    return report.as_text(reports, first=first)


def _each(files: Sequence[Path], scales: Scales, show: Callable[[str, Definition], None]) -> int:
    """Show every valid file; report the errors of the others and exit with 1."""
    failed = False
    for found in read_reports(files, scales):
        if found.definition is None:
            failed = True
            for error in found.errors:
                click.echo(f"Error: {error}", err=True)
        else:
            show(found.file, found.definition)
    return 1 if failed else 0


def describe_files(files: Sequence[Path], output: str, scales: Scales) -> int:
    """Print every file in plain words (text) or as one JSON object a line (json)."""

    def show(file: str, definition: Definition) -> None:
        if output == "json":
            values = {"file": file, **describe_values(definition, scales)}
            click.echo(json.dumps(values, ensure_ascii=False))
            return
        if len(files) > 1:
            click.echo(f"== {file}")
        click.echo(describe(definition, scales))

    return _each(files, scales, show)


def show_values(files: Sequence[Path], name: str) -> int:
    """Print `groups` or `manifest` as JSON; one line each for several files."""
    value: Callable[[Definition], Any] = getattr(Definition, name)

    def show(file: str, definition: Definition) -> None:
        shown = value(definition)
        if len(files) == 1:
            click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        else:
            click.echo(json.dumps({"file": file, name: shown}, ensure_ascii=False))

    return _each(files, Scales(), show)


def show_hashes(files: Sequence[Path], *, quiet: bool) -> int:
    """Print version hashes, with file names unless `quiet`."""

    def show(file: str, definition: Definition) -> None:
        shown = definition.version().hex()
        click.echo(shown if quiet else f"{shown}  {file}")

    return _each(files, Scales(), show)
