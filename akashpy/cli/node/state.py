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
            if ctx.height != store.height:
                ctx.time = _time_of(opened(home), ctx.height)
            show(genesis.export(ctx), "json")
        finally:
            store.close()

    refusing(main)


@click.command()
@node_home
@click.option("--hard", is_flag=True, help="Remove the block, too, instead of executing it again.")
@click.option(
    "--sign-again",
    is_flag=True,
    help="Let this validator sign removed heights again: only where nobody has seen their blocks.",
)
def rollback(home: Path, hard: bool, sign_again: bool) -> None:
    """Undo the latest block of a node that is not running.

    The state goes back by one block, which is executed again when the node starts. With --hard the
    block is removed with it, and another one takes its place.
    """
    from akashpy.node.comet.signer import SignerError
    from akashpy.node.rollback import roll_back

    def main() -> None:
        try:
            found = roll_back(opened(home), hard=hard, sign_again=sign_again)
        except SignerError as error:
            raise click.ClickException(str(error)) from error
        say(f"Rolled back state to height {found.height} and hash {found.app_hash.hex().upper()}")
        if found.signed > found.blocks:
            say(
                f"This validator has signed height {found.signed} and will not sign it again. If "
                "nobody has seen that block: akashpy node rollback --sign-again"
            )

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
