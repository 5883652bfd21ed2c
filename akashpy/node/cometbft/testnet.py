"""Homes of several validators of one new chain, ready to find each other.

Exists for test networks on one machine or several; a chain for the public makes its genesis with
`genesis gentx` and `genesis collect`. It must not know what the genesis says beyond its validators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akashpy.chain import genesis as documents
from akashpy.node.comet.keys import SigningKey
from akashpy.node.cometbft import files
from akashpy.node.home import Home, HomeError, init_home
from akashpy.types.coin import Coins

RPC_PORT, P2P_PORT, STEP = 26657, 26656, 10


@dataclass(frozen=True, slots=True)
class Member:
    """One validator of a test network. `host` is where the others reach it; `operator` holds
    `coins` and stakes `stake` base units."""

    home: Path
    operator: str
    coins: Coins
    stake: int
    host: str = "127.0.0.1"
    rpc_port: int = RPC_PORT
    p2p_port: int = P2P_PORT

    @property
    def moniker(self) -> str:
        """The folder's name."""
        return self.home.name


@dataclass(frozen=True, slots=True)
class Network:
    """What all members share; `time` is unix nanoseconds, `block_interval` milliseconds."""

    chain_id: str
    time: int
    preset: str = "default"
    block_interval: int = 1000
    accounts: Sequence[tuple[str, Coins]] = ()
    adjust: Callable[[dict[str, Any]], None] = lambda document: None
    """May change the genesis before it is written."""


def make(network: Network, members: Sequence[Member]) -> list[Home]:
    """Write every member's home: keys, the one genesis, CometBFT's files.

    Raises HomeError when a home is taken or none is asked for, PlainError for a bad genesis.
    """
    if not members:
        raise HomeError("a network needs at least one validator")
    taken = next((each for each in members if Home(each.home).is_initialised), None)
    if taken is not None:
        raise HomeError(f"{taken.home}: a chain is there already; choose another folder")
    keys = [SigningKey.generate() for _ in members]
    nodes = [SigningKey.generate() for _ in members]
    document = documents.default(
        network.preset,
        network.chain_id,
        network.time,
        [*network.accounts, *((each.operator, each.coins) for each in members)],
        more=[
            documents.GenesisValidator(key.public, each.operator, each.stake, each.moniker)
            for each, key in zip(members, keys, strict=True)
        ],
    )
    network.adjust(document)
    documents.validate(document)
    peers = [f"{node.address.hex()}@{each.host}:{each.p2p_port}"
             for each, node in zip(members, nodes, strict=True)]  # fmt: skip
    homes = []
    for place, each in enumerate(members):
        home = init_home(each.home, document, validator_key=keys[place], node_key=nodes[place])
        others = tuple(peer for other, peer in enumerate(peers) if other != place)
        files.write_missing(home, _config(network, each, others))
        homes.append(home)
    return homes


def join(home: Path, genesis: Path, config: files.CometConfig) -> Home:
    """Write the home of a node that joins an existing chain, with keys of its own.

    Raises HomeError when the home is taken.
    """
    made = init_home(home, json.loads(genesis.read_text(encoding="utf-8")))
    files.write_missing(made, config)
    return made


def _config(network: Network, each: Member, peers: tuple[str, ...]) -> files.CometConfig:
    return files.CometConfig(
        moniker=each.moniker,
        rpc=f"tcp://127.0.0.1:{each.rpc_port}",
        p2p=f"tcp://{each.host}:{each.p2p_port}",
        peers=peers,
        block_interval=network.block_interval,
        private_network=True,
    )
