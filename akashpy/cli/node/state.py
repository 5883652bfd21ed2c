"""`akashpy node export` and `rollback`: the state of a node that is not running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import COMETBFT, EMBEDDED, configured, opened, refusing
from akashpy.cli.output import say, show

if TYPE_CHECKING:
    from akashpy.node.home import Home
    from akashpy.node.rollback import RolledBack


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
@click.option("--cometbft", help="CometBFT's program.  [default: as the home says, or from PATH]")
def rollback(home: Path, hard: bool, sign_again: bool, cometbft: str | None) -> None:
    """Undo the latest block of a node that is not running.

    The state goes back by one block, which is executed again when the node starts. With --hard the
    block is removed with it, and another one takes its place. Where the node runs under CometBFT,
    CometBFT's own state and block go with it.
    """
    from akashpy.node.comet.signer import SignerError

    def main() -> None:
        try:
            found = _rolled_back(opened(home), hard, sign_again, cometbft)
        except SignerError as error:
            raise click.ClickException(str(error)) from error
        say(f"Rolled back state to height {found.height} and hash {found.app_hash.hex().upper()}")
        if found.signed > found.blocks:
            say(
                f"This validator has signed height {found.signed} and will not sign it again. If "
                "nobody has seen that block: akashpy node rollback --sign-again"
            )

    refusing(main)


def _rolled_back(home: Home, hard: bool, sign_again: bool, program: str | None) -> RolledBack:
    from akashpy.node import rollback as embedded
    from akashpy.node.cometbft import process
    from akashpy.node.cometbft import rollback as under_cometbft
    from akashpy.node.configuration import settled

    config = settled(configured(home.root))
    if program and config.consensus != COMETBFT:
        raise click.UsageError("--cometbft: the home records another consensus; see `node init`")
    if config.consensus == EMBEDDED:
        return embedded.roll_back(home, hard=hard, sign_again=sign_again)
    if config.consensus == COMETBFT:
        found = process.find(program or config.cometbft or None)
        return under_cometbft.roll_back(home, found, hard=hard, sign_again=sign_again)
    if hard:
        raise click.UsageError(
            "CometBFT, which has the blocks, is not this program's child here: stop it, run "
            "`cometbft rollback --hard` with its --home, and then `akashpy node rollback`"
        )
    return under_cometbft.roll_back_ours(home, sign_again=sign_again)


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
