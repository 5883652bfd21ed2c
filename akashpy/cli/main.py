"""The root of the `akashpy` command: a table of what there is, not of what it does."""

from __future__ import annotations

import click

from akashpy.cli.lazy import Entry, LazyGroup

AKASH = 1
"""Exit code of wrong usage in the trees that are Akash's."""

COMMANDS = {
    "up": Entry("akashpy.cli.people.commands:up", "bring an SDL file up as a running service"),
    "down": Entry("akashpy.cli.people.commands:down", "end a deployment"),
    "ps": Entry("akashpy.cli.people.commands:ps", "all deployments, by name"),
    "status": Entry("akashpy.cli.people.commands:status", "how a deployment does"),
    "logs": Entry("akashpy.cli.people.commands:logs", "what a deployment's services write"),
    "exec": Entry("akashpy.cli.people.commands:exec_", "run a command in a service"),
    "dev": Entry("akashpy.cli.dev.command:dev", "run a chain and providers on this machine"),
    "keys": Entry("akashpy.cli.keys:keys", "make, list and remove the keys that sign", AKASH),
    "q": Entry("akashpy.cli.query.tree:query", "the same as query", AKASH),
    "query": Entry("akashpy.cli.query.tree:query", "read the chain, as Akash's query tree", AKASH),
    "tx": Entry("akashpy.cli.tx.tree:tx", "sign and send transactions, as Akash's tx tree", AKASH),
    "sdl": Entry("akashpy.cli.sdl:sdl", "check, format, describe and convert SDL files"),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="akashpy", prog_name="akashpy")
def main() -> None:
    """A compute marketplace that speaks Akash: deploy, watch, pay; run the chain."""
