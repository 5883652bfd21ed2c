"""`akashpy node start`: the chain in this process, as its home says."""

from __future__ import annotations

from pathlib import Path

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import SECOND, Saved, opened, refusing, split_address
from akashpy.cli.output import show
from akashpy.cli.tx.flags import DURATION


@click.command()
@node_home
@click.option(
    "--rpc-address",
    default="127.0.0.1:26657",
    show_default=True,
    help="Where to serve CometBFT RPC; port 0 takes a free one.",
)
@click.option(
    "--grpc-address",
    default="127.0.0.1:9090",
    show_default=True,
    help="Where to serve gRPC; port 0 takes a free one.",
)
@click.option("--rest-port", type=int, help="Serve REST, too, usually on 1317; 0 for a free one.")
@click.option("--rest-host", default="127.0.0.1", show_default=True)
@click.option(
    "--rest-cors-origin",
    "rest_cors_origins",
    multiple=True,
    help="A web page that may read REST, as https://app.example; * for all. Repeatable.",
)
@click.option("--grpc-web", is_flag=True, help="Serve gRPC-Web on the REST port.")
@click.option(
    "--block-interval",
    type=DURATION,
    default=None,
    help="Time between blocks.  [default: as init was told]",
)
@click.option("--minimum-gas-prices", default="", help="This node's own minimum, as 0.0025uakt.")
@click.option(
    "--pruning",
    type=click.Choice(["default", "nothing", "everything"]),
    default="default",
    show_default=True,
    help="How many heights stay readable.",
)
@click.option("--moniker", default="node0", show_default=True)
@click.option(
    "--unsafe-skip-upgrades",
    type=int,
    multiple=True,
    metavar="HEIGHT",
    help="Height at which a planned upgrade is skipped; may be given several times.",
)
def start(
    home: Path,
    rpc_address: str,
    grpc_address: str,
    rest_port: int | None,
    rest_host: str,
    rest_cors_origins: tuple[str, ...],
    grpc_web: bool,
    block_interval: int | None,
    minimum_gas_prices: str,
    pruning: str,
    moniker: str,
    unsafe_skip_upgrades: tuple[int, ...],
) -> None:
    """Run the chain until SIGINT or SIGTERM; prints one line of JSON when it serves."""
    from akashpy.node.daemon import Node, NodeSettings
    from akashpy.node.daemon import run as run_node
    from akashpy.node.rest_settings import RestSettings

    opened(home)
    if rest_port is None and (rest_cors_origins or grpc_web):
        raise click.UsageError("--rest-cors-origin and --grpc-web need --rest-port")
    rpc_host, rpc_port = split_address(rpc_address, "--rpc-address")
    grpc_host, grpc_port = split_address(grpc_address, "--grpc-address")
    interval = Saved.load(home).block_interval if block_interval is None else block_interval
    settings = NodeSettings(
        moniker=moniker,
        rpc_host=rpc_host,
        rpc_port=rpc_port,
        grpc_host=grpc_host,
        grpc_port=grpc_port,
        rest_host=rest_host,
        rest_port=rest_port,
        rest=RestSettings(cors_origins=rest_cors_origins, grpc_web=grpc_web),
        block_interval=interval / SECOND,
        min_gas_prices=minimum_gas_prices,
        pruning=pruning,
        skip_upgrades=unsafe_skip_upgrades,
        tame_process=True,
    )

    def ready(running: Node) -> None:
        endpoints = {"rpc": running.rpc, "grpc": running.grpc, "rest": running.rest}
        show({"chain_id": running.core.chain_id, **endpoints, "home": str(home)}, "json")

    refusing(lambda: run_node(home, settings, ready))
