"""`akashpy node init`: a new chain in an empty home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from akashpy.cli.chain_home import FUNDS, NewChain, make_home, node_home
from akashpy.cli.node.home import COMETBFT, CONSENSUS, EMBEDDED, SECOND, Saved
from akashpy.cli.output import show
from akashpy.cli.tx.flags import DURATION

CHAIN_ID = "akashpy-1"
OPERATOR = "validator"


@click.command()
@node_home
@click.option("--chain-id", default=CHAIN_ID, show_default=True)
@click.option(
    "--preset",
    type=click.Choice(["default", "akash"]),
    default="default",
    show_default=True,
    help="Rules: ours, or exactly Akash's.",
)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ADDRESS=COINS",
    help="An account with coins; can be given several times.",
)
@click.option(
    "--operator",
    default="",
    metavar="ADDRESS",
    help="The validator's account.  [default: a new key in the home's keyring-test]",
)
@click.option(
    "--block-interval", type=DURATION, default="1s", show_default=True, help="Time between blocks."
)
@click.option(
    "--consensus",
    type=click.Choice(CONSENSUS),
    default=EMBEDDED,
    show_default=True,
    help="Who decides on blocks: this process alone, CometBFT as its child, or elsewhere.",
)
@click.option("--moniker", default="node0", show_default=True, help="The node's name for people.")
@click.option(
    "--join",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Join the chain of this genesis.json instead of making one.",
)
@click.option(
    "--validator-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Sign with a copy of this priv_validator_key.json; never run two nodes with one key.",
)
@click.option(
    "--persistent-peers",
    default="",
    metavar="ID@HOST:PORT,...",
    help="Nodes to stay in touch with.",
)
def init(
    home: Path,
    chain_id: str,
    preset: str,
    accounts: tuple[str, ...],
    operator: str,
    block_interval: int,
    consensus: str,
    moniker: str,
    join: Path | None,
    validator_key: Path | None,
    persistent_peers: str,
) -> None:
    """Make a new chain in an empty home, or the home of a node that joins one."""
    from akashpy.node.home import Home, HomeError
    from akashpy.types.address import Address
    from akashpy.types.coin import Coins
    from akashpy.types.errors import ChainError

    if Home(home).is_initialised:
        raise click.ClickException(f"{home}: a chain is there already; choose another --home")
    if validator_key is not None and join is None:
        raise click.UsageError("--validator-key needs --join: a new chain makes its own key")
    if join is not None:
        _join(home, join, validator_key)
        saved = Saved(block_interval, COMETBFT if consensus == EMBEDDED else consensus)
        _finish(home, saved, moniker, persistent_peers)
        return
    try:
        funded = [account(text) for text in accounts]
        owner = str(Address.parse(operator)) if operator else new_operator(home)
        if not operator:
            funded.append((owner, Coins.parse(FUNDS)))
        make_home(home, NewChain(chain_id, preset, funded, owner, moniker))
    except (ChainError, HomeError) as error:
        raise click.ClickException(str(error)) from error
    _finish(
        home, Saved(block_interval, consensus), moniker, persistent_peers,
        preset=preset, operator=owner,
    )  # fmt: skip


def _join(home: Path, genesis: Path, validator_key: Path | None) -> None:
    """The home of a further node of the chain with this genesis, with keys of its own."""
    from akashpy.node.comet.keys import KeyFileError, load_validator_key
    from akashpy.node.home import HomeError, init_home

    try:
        key = None if validator_key is None else load_validator_key(validator_key)
        document = json.loads(genesis.read_text(encoding="utf-8"))
        init_home(home, document, validator_key=key)
    except (HomeError, KeyFileError, ValueError) as error:
        raise click.ClickException(f"{genesis}: {error}") from error


def _finish(home: Path, saved: Saved, moniker: str, peers: str, **told: str) -> None:
    """Save what `start` has to know and say what was made."""
    from akashpy.node.comet.keys import load_node_key
    from akashpy.node.cometbft.files import CometConfig, write_missing
    from akashpy.node.home import Home, HomeError

    made = Home(home)
    saved.save(home)
    try:
        chain_id = made.load_genesis().chain_id
        if saved.consensus != EMBEDDED:
            interval = saved.block_interval * 1000 // SECOND
            others = tuple(peer for peer in peers.split(",") if peer)
            write_missing(made, CometConfig(moniker=moniker, peers=others, block_interval=interval))
    except HomeError as error:
        raise click.ClickException(str(error)) from error
    node_id = load_node_key(made.node_key).address.hex()
    where = {"home": str(home), "chain_id": chain_id, "consensus": saved.consensus}
    show({**where, "node_id": node_id, **told}, "json")


def account(text: str) -> tuple[str, Any]:
    """Address and coins of `ADDRESS=COINS`. Raises UsageError, ChainError."""
    from akashpy.types.address import Address
    from akashpy.types.coin import Coins

    address, equals, coins = text.partition("=")
    if not equals:
        raise click.UsageError(f"--account {text!r}: write ADDRESS=COINS, as akash1...=5uakt")
    return str(Address.parse(address)), Coins.parse(coins)


def new_operator(home: Path) -> str:
    """The address of the key that stakes, made in the home's own keyring."""
    from akashpy.keys import mnemonic
    from akashpy.keys.ring import Keyring

    home.mkdir(parents=True, exist_ok=True)
    ring = Keyring.open(home, "test")
    if OPERATOR in ring.names():
        return str(ring.get(OPERATOR).address)
    return str(ring.add(OPERATOR, mnemonic.derive(mnemonic.generate(24))).address)
