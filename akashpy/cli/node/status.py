"""`akashpy node status`: what a node says of itself."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.network import node_options, node_status
from akashpy.cli.output import output_option, show


@click.command()
@node_options
@output_option("json")
def status(node: str, output: str, **_: Any) -> None:
    """What a node says of itself, as `akash status`."""
    show(node_status(node), output)
