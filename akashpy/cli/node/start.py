"""`akashpy node start`: the chain in this process, with the consensus that its home records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import (
    COMETBFT,
    EMBEDDED,
    EXTERNAL,
    SECOND,
    Saved,
    opened,
    refusing,
    split_address,
)
from akashpy.cli.output import show
from akashpy.cli.tx.flags import DURATION

if TYPE_CHECKING:
    from akashpy.node.cometbft.daemon import CometNode
    from akashpy.node.daemon import Node

RPC = "127.0.0.1:26657"
ABCI = {COMETBFT: "tcp://127.0.0.1:0", EXTERNAL: "tcp://127.0.0.1:26658"}
"""Where the application listens unless told: a child is told the port, others expect the usual."""


@click.command()
@node_home
@click.option(
    "--rpc-address",
    help="Where CometBFT's RPC is; port 0 takes a free one (embedded).  "
    f"[default: {RPC}, under CometBFT as config.toml says]",
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
@click.option("--cometbft", metavar="PATH", help="CometBFT's program.  [default: from PATH]")
@click.option(
    "--abci-address",
    metavar="tcp://HOST:PORT",
    help="Where CometBFT reaches the application.  [default: a free port for a child, "
    "26658 for a CometBFT started elsewhere]",
)
@click.option(
    "--abci-transport",
    type=click.Choice(["socket", "grpc"]),
    default="socket",
    show_default=True,
    help="How CometBFT speaks to the application.",
)
@click.option(
    "--snapshot-interval",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Blocks between two snapshots for nodes that join by state sync; 0 takes none.",
)
@click.option(
    "--snapshot-keep",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Snapshots that are kept.",
)
@click.option(
    "--retain-blocks",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Blocks that CometBFT keeps; 0 keeps all.",
)
@click.option(
    "--unsafe-skip-upgrades",
    type=int,
    multiple=True,
    metavar="HEIGHT",
    help="Height at which a planned upgrade is skipped; may be given several times.",
)
def start(
    home: Path,
    rpc_address: str | None,
    block_interval: int | None,
    rest_port: int | None,
    rest_cors_origins: tuple[str, ...],
    grpc_web: bool,
    **flags: Any,
) -> None:
    """Run the chain until SIGINT or SIGTERM; prints one line of JSON when it serves."""
    from akashpy.node.rest_settings import RestSettings

    opened(home)
    if rest_port is None and (rest_cors_origins or grpc_web):
        raise click.UsageError("--rest-cors-origin and --grpc-web need --rest-port")
    grpc_host, grpc_port = split_address(flags["grpc_address"], "--grpc-address")
    served = {
        "grpc_host": grpc_host,
        "grpc_port": grpc_port,
        "rest_host": flags["rest_host"],
        "rest_port": rest_port,
        "rest": RestSettings(cors_origins=rest_cors_origins, grpc_web=grpc_web),
        "moniker": flags["moniker"],
        "min_gas_prices": flags["minimum_gas_prices"],
        "pruning": flags["pruning"],
        "tame_process": True,
    }
    saved = Saved.load(home)
    if saved.consensus == EMBEDDED:
        _refuse_flags(flags, "cometbft", "abci_address")
        interval = saved.block_interval if block_interval is None else block_interval
        _run_embedded(home, rpc_address or RPC, interval, flags, served)
        return
    if block_interval is not None:
        raise click.UsageError("--block-interval: set consensus.timeout_commit in config.toml")
    if saved.consensus == EXTERNAL:
        _refuse_flags(flags, "cometbft")
    _run_under_cometbft(home, rpc_address, saved.consensus, flags, served)


def _refuse_flags(flags: dict[str, Any], *names: str) -> None:
    for name in names:
        if flags[name] is not None:
            flag = "--" + name.replace("_", "-")
            raise click.UsageError(f"{flag}: the home records another consensus; see `node init`")


def _run_embedded(
    home: Path, rpc: str, interval: int, flags: dict[str, Any], served: dict[str, Any]
) -> None:
    from akashpy.node.daemon import NodeSettings
    from akashpy.node.daemon import run as run_node

    rpc_host, rpc_port = split_address(rpc, "--rpc-address")
    settings = NodeSettings(
        rpc_host=rpc_host,
        rpc_port=rpc_port,
        block_interval=interval / SECOND,
        skip_upgrades=flags["unsafe_skip_upgrades"],
        **served,
    )
    refusing(lambda: run_node(home, settings, _tell(home)))


def _run_under_cometbft(
    home: Path, rpc: str | None, consensus: str, flags: dict[str, Any], served: dict[str, Any]
) -> None:
    from akashpy.node.abci.application import AbciSettings
    from akashpy.node.cometbft.daemon import CometSettings
    from akashpy.node.cometbft.daemon import run as run_node

    if rpc is not None:
        split_address(rpc, "--rpc-address")
    settings = CometSettings(
        abci=flags["abci_address"] or ABCI[consensus],
        transport=flags["abci_transport"],
        cometbft=flags["cometbft"],
        supervise=consensus == COMETBFT,
        rpc="" if rpc is None else f"tcp://{rpc.removeprefix('tcp://')}",
        skip_upgrades=frozenset(flags["unsafe_skip_upgrades"]),
        snapshots_kept=flags["snapshot_keep"],
        chain=AbciSettings(
            snapshot_interval=flags["snapshot_interval"], retain_blocks=flags["retain_blocks"]
        ),
        **served,
    )
    refusing(lambda: run_node(home, settings, _tell(home)))


def _tell(home: Path) -> Callable[[Node | CometNode], None]:
    """Prints where a node serves, once it does."""

    def ready(running: Node | CometNode) -> None:
        endpoints = {"rpc": running.rpc, "grpc": running.grpc, "rest": running.rest}
        show({"chain_id": running.core.chain_id, **endpoints, "home": str(home)}, "json")

    return ready
