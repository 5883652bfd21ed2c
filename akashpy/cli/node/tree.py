"""The tree of `akashpy node`: a table of what there is, not of what it does."""

from __future__ import annotations

import click

from akashpy.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "init": Entry("akashpy.cli.node.init:init", "make a new chain, or join one"),
    "start": Entry("akashpy.cli.node.start:start", "run the chain until SIGINT or SIGTERM"),
    "status": Entry("akashpy.cli.node.status:status", "what a node says of itself"),
    "config": Entry("akashpy.cli.node.config:config", "the settings and where they come from"),
    "doctor": Entry(
        "akashpy.cli.node.doctor:doctor", "look for what would keep a node from running"
    ),
    "testnet": Entry("akashpy.cli.node.testnet:testnet", "make the homes of several validators"),
    "export": Entry("akashpy.cli.node.state:export", "print the whole state as a genesis.json"),
    "rollback": Entry("akashpy.cli.node.state:rollback", "undo the state of the latest block"),
    "show-validator": Entry(
        "akashpy.cli.node.identity:show_validator", "the public key that signs blocks"
    ),
    "show-address": Entry("akashpy.cli.node.identity:show_address", "the consensus address"),
    "show-node-id": Entry("akashpy.cli.node.identity:show_node_id", "the name among its peers"),
    "snapshot": Entry("akashpy.cli.node.snapshot:snapshot", "take, list and restore snapshots"),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def node() -> None:
    """Make and run a chain: alone in this process, or as one of many under CometBFT.

    \b
    Examples:
      akashpy node init --account akash1...=1000000000uakt,1000000000uact
      akashpy node start
      akashpy node status
    """
