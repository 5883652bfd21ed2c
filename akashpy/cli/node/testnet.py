"""`akashpy node testnet`: the homes of several validators of one new chain."""

from __future__ import annotations

import time
from pathlib import Path

import click

from akashpy.cli.chain_home import FUNDS, STAKE, random_chain_id
from akashpy.cli.node.home import COMETBFT, SECOND, Saved
from akashpy.cli.node.init import account, new_operator
from akashpy.cli.output import show
from akashpy.cli.tx.flags import DURATION

MOST = 100


@click.command()
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("testnet"),
    show_default=True,
    help="Where the homes node0, node1, ... are made.",
)
@click.option(
    "--validators", type=click.IntRange(1, MOST), default=4, show_default=True, help="How many."
)
@click.option("--chain-id", default="", help="The chain's name.  [default: made at random]")
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
    "--host",
    "hosts",
    multiple=True,
    metavar="ADDRESS",
    help="Where the others reach a validator; once for each.  [default: all on 127.0.0.1]",
)
@click.option("--rpc-port", type=int, default=26657, show_default=True, help="Of node0.")
@click.option("--p2p-port", type=int, default=26656, show_default=True, help="Of node0.")
@click.option(
    "--block-interval", type=DURATION, default="1s", show_default=True, help="Time between blocks."
)
def testnet(
    output_dir: Path,
    validators: int,
    chain_id: str,
    preset: str,
    accounts: tuple[str, ...],
    hosts: tuple[str, ...],
    rpc_port: int,
    p2p_port: int,
    block_interval: int,
) -> None:
    """Make homes of validators that find each other; run each with `akashpy node start`.

    On one machine, ports of each further validator are ten higher. Each home's keyring-test holds
    its operator's key, `validator`.
    """
    from akashpy.node.cometbft import testnet as homes
    from akashpy.node.home import HomeError
    from akashpy.types.coin import Coins
    from akashpy.types.errors import ChainError

    if hosts and len(hosts) != validators:
        raise click.UsageError(f"--host: given {len(hosts)} times for {validators} validators")
    step = 0 if hosts else homes.STEP
    members = []
    for place in range(validators):
        home = output_dir / f"node{place}"
        members.append(
            homes.Member(
                home=home,
                operator=new_operator(home),
                coins=Coins.parse(FUNDS),
                stake=STAKE,
                host=hosts[place] if hosts else "127.0.0.1",
                rpc_port=rpc_port + step * place,
                p2p_port=p2p_port + step * place,
            )
        )
    try:
        network = homes.Network(
            chain_id=chain_id or random_chain_id(),
            time=time.time_ns(),
            preset=preset,
            block_interval=block_interval * 1000 // SECOND,
            accounts=[account(text) for text in accounts],
        )
        homes.make(network, members)
    except (ChainError, HomeError) as error:
        raise click.ClickException(str(error)) from error
    for each in members:
        Saved(block_interval, COMETBFT).save(each.home)
    made = [
        {"home": str(each.home), "operator": each.operator,
         "rpc": f"http://{each.host}:{each.rpc_port}"}
        for each in members
    ]  # fmt: skip
    show({"chain_id": network.chain_id, "validators": made}, "json")
