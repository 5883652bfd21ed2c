"""`akashpy node show-...`: who a node is, from the key files of its home.

The names and what is printed are those of `akash comet`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import opened, refusing


@click.command("show-validator")
@node_home
def show_validator(home: Path) -> None:
    """The public key with which this node signs, as `tx staking create-validator` wants it.

    Where a remote signer holds the key, ask the signer for it.
    """

    def main() -> None:
        from akashpy.keys.group import ED25519
        from akashpy.node.comet.keys import load_validator_key

        public = load_validator_key(opened(home).validator_key).public
        shown = {"@type": ED25519, "key": b64encode(public).decode()}
        click.echo(json.dumps(shown, separators=(",", ":")))

    refusing(main)


@click.command("show-address")
@node_home
def show_address(home: Path) -> None:
    """The consensus address of this node, under which its signing is counted."""

    def main() -> None:
        from akashpy.node.comet.keys import load_validator_key
        from akashpy.types.address import VALCONS, Address

        key = load_validator_key(opened(home).validator_key)
        click.echo(str(Address.of(key.address, prefix=VALCONS)))

    refusing(main)


@click.command("show-node-id")
@node_home
def show_node_id(home: Path) -> None:
    """The name by which other nodes find this one: ID@HOST:26656."""

    def main() -> None:
        from akashpy.node.comet.keys import load_node_key

        click.echo(load_node_key(opened(home).node_key).address.hex())

    refusing(main)
