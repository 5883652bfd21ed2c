"""A click group that imports a command's module only when that command is used.

`--help` of the whole tree must answer in a fraction of a second, so names and one-line summaries
stand in a literal table and modules are imported by the dispatcher alone. Flags written before a
subcommand's name are handed on to the subcommand, as cobra does, so that Akash's habits of writing
commands work unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NamedTuple

import click

SWITCHES = frozenset(
    {
        "-h", "--help", "-y", "--yes", "--offline", "--generate-only", "--dry-run", "--unordered",
        "--aux", "--ledger", "--trace", "--count-total", "--reverse", "--grpc-insecure",
        "--no-backup", "--recover", "--address", "--version", "--overwrite", "--json",
        "--split", "--signature-only", "--to-genesis", "--hex", "-x", "--follow", "-f", "--tty",
        "--stdin", "--list-names", "-n", "-p", "--all", "--check", "--first", "--grpc-web",
        "--commission", "--quiet", "-q", "--reset", "--write", "-w", "-i", "--interactive",
        "--nosort", "--unarmored-hex", "--unsafe", "--append", "--skip-signature-verification",
        "--delayed", "--expedited", "--skip-metadata", "--no-validate", "--no-checksum-required",
        "--no-auto-increment", "--once", "--hard", "--sign-again", "--origin",
    }
)  # fmt: skip
"""Flags that take no value; any other before a subcommand takes the next word unless it has `=`."""


class Entry(NamedTuple):
    """Where a command lives (`module:attribute`) and its line in the help.

    `usage_exit` is the exit code of wrong usage: 2 as people's programs, 1 in Akash's trees.
    """

    where: str
    summary: str
    usage_exit: int = 2


class LazyGroup(click.Group):
    """A group whose subcommands are the rows of a table."""

    def __init__(self, *args: Any, table: Mapping[str, Entry] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = dict(table or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self._table.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = entry.where.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._hand_on(ctx, args))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            entry = self._table.get(ctx.invoked_subcommand or "")
            if entry is not None and entry.usage_exit != error.exit_code:
                error.exit_code = entry.usage_exit  # type: ignore[misc]  # click reads it so
            raise

    def _hand_on(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The same words with flags of a subcommand moved behind its name."""
        own = {name for option in self.get_params(ctx) for name in option.opts}
        mine: list[str] = []
        later: list[str] = []
        rest = list(args)
        while rest and rest[0].startswith("-") and rest[0] != "--":
            flag = rest.pop(0)
            name, equals, _ = flag.partition("=")
            words = [flag]
            if not equals and name not in SWITCHES and rest:
                words.append(rest.pop(0))
            (mine if name in own else later).extend(words)
        if not rest:
            return mine + later
        return [*mine, rest[0], *later, *rest[1:]]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = self._like(ctx, args[0]) if args else []
            if close:
                text = f"No such command {args[0]!r}. Did you mean {' or '.join(close)}?"
                raise click.UsageError(text, ctx=ctx) from error
            raise

    def _like(self, ctx: click.Context, word: str) -> list[str]:
        """Commands with a name like this; where there is none, those one group further in."""
        close = get_close_matches(word, self.list_commands(ctx), n=3)
        if close:
            return close
        groups: dict[click.Group, str] = {}  # one name for each, though there are others
        for name in self._table:
            command = self.get_command(ctx, name)
            if isinstance(command, click.Group):
                groups[command] = name
        return [
            f"{name} {inner}"
            for group, name in groups.items()
            for inner in get_close_matches(word, group.list_commands(ctx), n=1, cutoff=0.75)
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, entry.summary) for name, entry in self._table.items()]
        for name in super().list_commands(ctx):
            command = super().get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str(80)))
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
