"""`akashpy node config`: every setting of a home, and where its value comes from."""

from __future__ import annotations

from pathlib import Path

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import configured
from akashpy.cli.output import output_option, show


@click.group()
def config() -> None:
    """What a node is set to do."""


@config.command("show")
@node_home
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@output_option("text")
def show_config(home: Path, origin: bool, output: str) -> None:
    """Print every setting as `node start` would read it, in the form of config/akashpy.toml."""
    from akashpy.node.configuration import shown

    found = configured(home).items()
    if output != "text":
        values = {name: each.value for name, each in found}
        places = {name: {"value": each.value, "origin": each.place} for name, each in found}
        show(places if origin else values, output)
        return
    for name, each in found:
        line = f"{name} = {shown(name, each.value)}"
        click.echo(f"{line}  # {each.place}" if origin else line)
