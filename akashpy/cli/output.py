"""How a command shows its result: JSON, YAML (Akash's "text") or a table.

Values are plain (dicts, lists, texts, numbers), as `wire.to_json` makes them. Results go to
standard output, everything said to a person to standard error, so that a pipe gets the result and
nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
Format = Literal["json", "yaml", "text", "table"]
FORMATS = ("text", "json", "yaml", "table")


def output_option(default: Format) -> Callable[[Command], Command]:
    """The `-o/--output` option with Akash's own default for the command; AKASH_OUTPUT sets it."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(FORMATS),
        default=default,
        show_default=True,
        envvar="AKASH_OUTPUT",
        help="How to print the result.",
    )


def show(value: Any, output: str) -> None:
    """Print a result on standard output in the chosen format."""
    click.echo(render(value, output))


def render(value: Any, output: str) -> str:
    """A result as text without a trailing line end."""
    if output == "json":
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if output == "table":
        return _table(value)
    return _yaml(value)


def say(text: str) -> None:
    """Tell a person something on standard error."""
    click.echo(text, err=True)


def _yaml(value: Any) -> str:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=4096)
    return text.removesuffix("\n...\n").rstrip("\n")


def _table(value: Any) -> str:
    from rich.console import Console
    from rich.table import Table

    columns, rows = _cells(value)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else 200
    console = Console(width=width, highlight=False, soft_wrap=False)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def _cells(value: Any) -> tuple[Sequence[str], Iterable[Sequence[str]]]:
    """Columns and rows: a list of objects is a table of its own, an object a table of names."""
    if isinstance(value, Mapping):
        lists = [part for part in value.values() if isinstance(part, list)]
        if len(lists) == 1 and all(isinstance(item, Mapping) for item in lists[0]):
            return _cells(lists[0])
        return ("name", "value"), [(name, _cell(part)) for name, part in _flat(value)]
    if isinstance(value, list):
        flat = [dict(_flat(item)) if isinstance(item, Mapping) else {"": item} for item in value]
        columns = list(dict.fromkeys(name for row in flat for name in row))
        return columns, [[_cell(row.get(name, "")) for name in columns] for row in flat]
    return ("value",), [(_cell(value),)]


def _flat(value: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, part in value.items():
        if isinstance(part, Mapping) and part:
            rows += _flat(part, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, part))
    return rows


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
