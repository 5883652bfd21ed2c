"""`akashpy node export` and `rollback`: the state of a node that is not running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import opened, refusing
from akashpy.cli.output import say, show

if TYPE_CHECKING:
    from akashpy.node.home import Home


@click.command()
@node_home
@click.option("--height", type=click.IntRange(min=1), help="The state at this height.")
def export(home: Path, height: int | None) -> None:
    """Print the whole state as a genesis.json; the node must not be running."""
    from akashpy.chain import genesis
    from akashpy.chain.app import App
    from akashpy.state.store import Store

    def main() -> None:
        store = Store.open(opened(home).data / "state")
        try:
            if not store.height:
                raise click.ClickException(f"{home}: no block yet; start the node first")
            app = App(store, chain_id=opened(home).load_genesis().chain_id)
            ctx = app.query_context(height)
            ctx.time = _time_of(opened(home), ctx.height)
            show(genesis.export(ctx), "json")
        finally:
            store.close()

    refusing(main)


@click.command()
@node_home
def rollback(home: Path) -> None:
    """Undo the state of the latest block; the node executes it again when it starts."""
    from akashpy.state.store import Store

    def main() -> None:
        store = Store.open(opened(home).data / "state")
        try:
            height = store.rollback()
            say(f"Rolled back state to height {height} and hash {store.app_hash.hex().upper()}")
        finally:
            store.close()

    refusing(main)


def _time_of(home: Home, height: int) -> int:
    """The time of a block; a state at a past height does not know it. Raises ClickException."""
    from akashpy.node.blockstore import BlockStore

    blocks = BlockStore.open(home.data / "blocks")
    try:
        meta = blocks.meta(height)
    finally:
        blocks.close()
    if meta is None:
        raise click.ClickException(f"block {height} is not stored; choose a later --height")
    return meta.header.time
