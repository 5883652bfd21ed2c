"""The root of the `akashpy-provider` command: a table of what there is; modules load when used."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

import click

COMMANDS = {
    "init": ("provider.cli.init:init", "make this machine a provider: key, certificate, record"),
    "run": ("provider.cli.run:run", "bid for orders and serve tenants until stopped"),
    "operator": ("provider.cli.operator:operator", "host names, addresses, inventory on their own"),
    "status": ("provider.cli.status:status", "what the running provider says of itself"),
}


class LazyCommands(click.Group):
    """A group whose commands are imported by their use alone, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="akashpy", prog_name="akashpy-provider")
def main() -> None:
    """Offer this machine's resources on an Akash marketplace, and get paid per block.

    \b
    Examples:
      akashpy-provider init --from provider --host https://provider.example:8443
      akashpy-provider run
      akashpy-provider status
    """
