"""Making the home of a new chain: one function for `node init` and `genesis init`."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from akashpy.cli.output import Command

FUNDS = "1000000000000uakt,1000000000000uact"
STAKE = 5_000_000_000_000


def node_home(command: Command) -> Command:
    """`--home`, by default ~/.akashpy/node."""
    add: Callable[[Command], Command] = click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        default=lambda: Path.home() / ".akashpy" / "node",
        show_default="~/.akashpy/node",
        envvar="AKASHPY_NODE_HOME",
        help="Directory of the node.",
    )
    return add(command)


@dataclass(frozen=True, slots=True)
class NewChain:
    """What a new home's genesis says.

    `operator` stakes in the genesis itself; without one, validators come by genesis transactions.
    """

    chain_id: str
    preset: str
    accounts: Sequence[tuple[str, Any]] = ()
    operator: str = ""
    moniker: str = "node0"
    denom: str = "uakt"
    initial_height: int = 1
    overwrite: bool = False


def make_home(home: Path, new: NewChain) -> None:
    """Write a home: genesis, validator key and node key. Raises ChainError, HomeError."""
    from akashpy.chain import genesis
    from akashpy.node.comet.keys import SigningKey, load_node_key, load_validator_key
    from akashpy.node.home import Home, init_home

    found = Home(home)
    key, node = SigningKey.generate(), SigningKey.generate()
    if found.is_initialised and new.overwrite:
        if found.validator_key.exists():
            key = load_validator_key(found.validator_key)
        if found.node_key.exists():
            node = load_node_key(found.node_key)
    validator = None
    if new.operator:
        validator = genesis.GenesisValidator(key.public, new.operator, STAKE, new.moniker)
    document = genesis.default(new.preset, new.chain_id, time.time_ns(), new.accounts, validator)
    document["initial_height"] = new.initial_height
    if new.denom != genesis.BOND_DENOM:
        _stake_in(document["app_state"], new.denom)
    genesis.validate(document)
    if found.is_initialised and new.overwrite:
        found.genesis.unlink()
    init_home(home, document, validator_key=key, node_key=node)


def random_chain_id() -> str:
    """A name for a chain that nobody named, as Akash's program makes one."""
    return f"test-chain-{secrets.token_hex(3)}"


def write_genesis(home: Path, document: dict[str, Any]) -> None:
    """Replace a home's genesis; a crash leaves the old one or the new one."""
    from akashpy.node.home import Home

    path = Home(home).genesis
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(document, indent=2))
    draft.replace(path)


def _stake_in(state: dict[str, Any], denom: str) -> None:
    """Another staking token, wherever a default names it."""
    state["staking"]["params"]["bond_denom"] = denom
    if "mint" in state:
        state["mint"]["params"]["mint_denom"] = denom
    params = state.get("gov", {}).get("params") or {}
    for name in ("min_deposit", "expedited_min_deposit"):
        for coin in params.get(name, ()):
            coin["denom"] = denom
