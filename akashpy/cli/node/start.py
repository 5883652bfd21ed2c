"""`akashpy node start`: the chain in this process, with the consensus that its home records."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import (
    COMETBFT,
    EMBEDDED,
    EXTERNAL,
    SECOND,
    configured,
    opened,
    refusing,
    split_address,
)
from akashpy.cli.node.settings import given, setting_flags
from akashpy.cli.output import show

if TYPE_CHECKING:
    from akashpy.config import Layers
    from akashpy.node.cometbft.daemon import CometNode
    from akashpy.node.configuration import NodeConfig
    from akashpy.node.daemon import Node

RPC = "127.0.0.1:26657"
SUPERVISED = "DAEMON_NAME"
"""What cosmovisor has in its environment, and hands down."""
SUPERVISOR_S = 120
"""Seconds that cosmovisor has to end a program that it replaces."""
ABCI = {COMETBFT: "tcp://127.0.0.1:0", EXTERNAL: "tcp://127.0.0.1:26658"}
"""Where the application listens unless told: a child is told the port, others expect the usual."""


@click.command()
@node_home
@setting_flags
def start(home: Path, **flags: Any) -> None:
    """Run the chain until SIGINT or SIGTERM; prints one line of JSON when it serves.

    Settings come from config/akashpy.toml, AKASHPY_NODE_... in the environment, and these flags,
    the later ones going first.
    """
    from akashpy import logs
    from akashpy.node.configuration import settled

    opened(home)
    found = configured(home, given(flags))
    config = settled(found)
    if config.rest_port is None and (config.rest_cors_origins or config.grpc_web):
        raise click.UsageError("--rest-cors-origin and --grpc-web need --rest-port")
    logs.set_up(config.log_level, config.log_format)
    if config.consensus == EMBEDDED:
        _refuse_flags(found, "cometbft", "abci_address", "akash_rpc_address")
        _run_embedded(home, config)
        return
    if found.origin("block_interval").startswith("--"):
        raise click.UsageError("--block-interval: set consensus.timeout_commit in config.toml")
    if config.consensus == EXTERNAL:
        _refuse_flags(found, "cometbft")
    _run_under_cometbft(home, config)


def _refuse_flags(found: Layers, *names: str) -> None:
    for name in names:
        if found.origin(name).startswith("--"):
            raise click.UsageError(
                f"{found.origin(name)}: the home records another consensus; see `node init`"
            )


def _served(config: NodeConfig) -> dict[str, Any]:
    """What both kinds of node are told alike."""
    from akashpy.node.rest_settings import RestSettings

    grpc_host, grpc_port = split_address(config.grpc_address)
    metrics_host, metrics_port = split_address(config.metrics_address)
    return {
        "grpc_host": grpc_host,
        "grpc_port": grpc_port,
        "rest_host": config.rest_host,
        "rest_port": config.rest_port,
        "rest": RestSettings(cors_origins=config.rest_cors_origins, grpc_web=config.grpc_web),
        "metrics_host": metrics_host,
        "metrics_port": metrics_port,
        "moniker": config.moniker,
        "min_gas_prices": config.minimum_gas_prices,
        "pruning": config.pruning,
        "tame_process": True,
    }


def _run_embedded(home: Path, config: NodeConfig) -> None:
    from akashpy.node.bus import BusLimits
    from akashpy.node.daemon import NodeSettings
    from akashpy.node.daemon import run as run_node
    from akashpy.node.mempool import MempoolLimits

    rpc_host, rpc_port = split_address(config.rpc_address or RPC)
    settings = NodeSettings(
        rpc_host=rpc_host,
        rpc_port=rpc_port,
        block_interval=config.block_interval / SECOND,
        min_retain_blocks=config.min_retain_blocks,
        skip_upgrades=config.unsafe_skip_upgrades,
        mempool=MempoolLimits(
            max_txs=config.mempool_max_txs,
            max_bytes=config.mempool_max_bytes,
            ttl=max(1, config.mempool_ttl // SECOND),
        ),
        subscriptions=BusLimits(
            max_clients=config.max_subscription_clients,
            max_per_client=config.max_subscriptions_per_client,
        ),
        **_served(config),
    )
    refusing(lambda: _until_replaced(lambda: run_node(home, settings, _tell(home))))


def _run_under_cometbft(home: Path, config: NodeConfig) -> None:
    from akashpy.node.abci.application import AbciSettings
    from akashpy.node.cometbft.daemon import CometSettings
    from akashpy.node.cometbft.daemon import run as run_node

    door_host, door_port = split_address(config.akash_rpc_address)
    settings = CometSettings(
        door_host=door_host,
        door_port=door_port,
        abci=config.abci_address or ABCI[config.consensus],
        transport=config.abci_transport,
        cometbft=config.cometbft or None,
        supervise=config.consensus == COMETBFT,
        rpc=f"tcp://{config.rpc_address}" if config.rpc_address else "",
        skip_upgrades=frozenset(config.unsafe_skip_upgrades),
        snapshots_kept=config.snapshot_keep,
        chain=AbciSettings(
            snapshot_interval=config.snapshot_interval, retain_blocks=config.min_retain_blocks
        ),
        **_served(config),
    )
    refusing(lambda: _until_replaced(lambda: run_node(home, settings, _tell(home))))


def _until_replaced(run: Callable[[], None]) -> None:
    """Run a node; below cosmovisor, one that needs an upgrade waits to be ended by it.

    cosmovisor asks the program for its status when it finds upgrade-info.json, and takes one that
    ends meanwhile for a broken one; programs written in Go stay, too. Everything is closed by then.
    """
    from akashpy.types.upgrade import UpgradeNeeded

    try:
        run()
    except UpgradeNeeded:
        if SUPERVISED in os.environ:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            with suppress(KeyboardInterrupt):  # how it asks where it leaves time to end
                Event().wait(SUPERVISOR_S)
        raise


def _tell(home: Path) -> Callable[[Node | CometNode], None]:
    """Prints where a node serves, once it does."""

    def ready(running: Node | CometNode) -> None:
        endpoints = {"rpc": running.rpc, "grpc": running.grpc, "rest": running.rest}
        endpoints["metrics"] = running.metrics
        if door := getattr(running, "door", ""):
            endpoints["akash_rpc"] = door
        show({"chain_id": running.core.chain_id, **endpoints, "home": str(home)}, "json")

    return ready
