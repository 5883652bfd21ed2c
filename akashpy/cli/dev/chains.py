"""The node of `akashpy dev`: deciding on blocks alone, or with CometBFT as its child."""

from __future__ import annotations

import socket
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from akashpy.node.cometbft import files
from akashpy.node.cometbft.daemon import CometNode, CometSettings
from akashpy.node.daemon import Node, NodeSettings
from akashpy.node.home import Home
from akashpy.node.rest_settings import LOCALHOST, RestSettings

MILLISECONDS = 1000


def embedded(
    home: Path, options: dict[str, Any], min_gas_prices: str
) -> AbstractAsyncContextManager[Node]:
    """A node that makes blocks by itself."""
    settings = NodeSettings(
        rpc_port=options["rpc_port"],
        grpc_port=options["grpc_port"],
        rest_port=options["rest_port"],
        rest=RestSettings(cors_origins=LOCALHOST),
        block_interval=options["block_interval"],
        min_gas_prices=min_gas_prices,
    )
    return Node.start(home, settings)


def under_cometbft(
    home: Path, options: dict[str, Any], min_gas_prices: str
) -> AbstractAsyncContextManager[CometNode]:
    """A node under a CometBFT that speaks to nobody else. Raises HomeError."""
    interval = round(options["block_interval"] * MILLISECONDS)
    config = files.CometConfig(p2p="tcp://127.0.0.1:0", block_interval=interval)
    files.write_missing(Home(home), config)
    settings = CometSettings(
        cometbft=options["cometbft"],
        rpc=f"tcp://127.0.0.1:{options['rpc_port'] or _free_port()}",
        grpc_port=options["grpc_port"],
        rest_port=options["rest_port"],
        rest=RestSettings(cors_origins=LOCALHOST),
        min_gas_prices=min_gas_prices,
    )
    return CometNode.start(home, settings)


def _free_port() -> int:
    """A port that is free now: CometBFT cannot say which one it took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
