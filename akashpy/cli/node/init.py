"""`akashpy node init`: a new chain in an empty home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from akashpy.cli.chain_home import FUNDS, NewChain, make_home, node_home
from akashpy.cli.node.home import Saved
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
def init(
    home: Path,
    chain_id: str,
    preset: str,
    accounts: tuple[str, ...],
    operator: str,
    block_interval: int,
) -> None:
    """Make a new chain in an empty home."""
    from akashpy.node.home import Home, HomeError
    from akashpy.types.address import Address
    from akashpy.types.coin import Coins
    from akashpy.types.errors import ChainError

    if Home(home).is_initialised:
        raise click.ClickException(f"{home}: a chain is there already; choose another --home")
    try:
        funded = [_account(text) for text in accounts]
        owner = str(Address.parse(operator)) if operator else _new_operator(home)
        if not operator:
            funded.append((owner, Coins.parse(FUNDS)))
        make_home(home, NewChain(chain_id, preset, funded, owner))
    except (ChainError, HomeError) as error:
        raise click.ClickException(str(error)) from error
    Saved(block_interval).save(home)
    show({"home": str(home), "chain_id": chain_id, "preset": preset, "operator": owner}, "json")


def _account(text: str) -> tuple[str, Any]:
    from akashpy.types.address import Address
    from akashpy.types.coin import Coins

    address, equals, coins = text.partition("=")
    if not equals:
        raise click.UsageError(f"--account {text!r}: write ADDRESS=COINS, as akash1...=5uakt")
    return str(Address.parse(address)), Coins.parse(coins)


def _new_operator(home: Path) -> str:
    """The address of the key that stakes, made in the home's own keyring."""
    from akashpy.keys import mnemonic
    from akashpy.keys.ring import Keyring

    home.mkdir(parents=True, exist_ok=True)
    ring = Keyring.open(home, "test")
    if OPERATOR in ring.names():
        return str(ring.get(OPERATOR).address)
    return str(ring.add(OPERATOR, mnemonic.derive(mnemonic.generate(24))).address)
