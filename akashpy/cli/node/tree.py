"""The tree of `akashpy node`: a table of what there is, not of what it does."""

from __future__ import annotations

import click

from akashpy.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "init": Entry("akashpy.cli.node.init:init", "make a new chain in an empty home"),
    "start": Entry("akashpy.cli.node.start:start", "run the chain until SIGINT or SIGTERM"),
    "status": Entry("akashpy.cli.node.status:status", "what a node says of itself"),
    "export": Entry("akashpy.cli.node.state:export", "print the whole state as a genesis.json"),
    "rollback": Entry("akashpy.cli.node.state:rollback", "undo the state of the latest block"),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def node() -> None:
    """Make and run a chain of one validator.

    \b
    Examples:
      akashpy node init --account akash1...=1000000000uakt,1000000000uact
      akashpy node start
      akashpy node status
    """
