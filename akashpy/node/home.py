"""A node's directory: where its files lie and how a new one is made.

Layout as CometBFT's: config/genesis.json, config/priv_validator_key.json, config/node_key.json,
data/. Must not know what the chain does with the genesis.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akashpy.node.comet.keys import SigningKey, save_node_key, save_validator_key
from akashpy.node.genesis import Genesis, GenesisError


class HomeError(Exception):
    """A home that is missing, incomplete or in the way; the text names the remedy."""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of one node's home."""

    root: Path

    @property
    def genesis(self) -> Path:
        return self.root / "config" / "genesis.json"

    @property
    def validator_key(self) -> Path:
        return self.root / "config" / "priv_validator_key.json"

    @property
    def node_key(self) -> Path:
        return self.root / "config" / "node_key.json"

    @property
    def signer_state(self) -> Path:
        """What the validator has signed last."""
        return self.data / "priv_validator_state.json"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def is_initialised(self) -> bool:
        """Whether a genesis is there."""
        return self.genesis.is_file()

    def load_genesis(self) -> Genesis:
        """The head of genesis.json. Raises HomeError."""
        try:
            return Genesis.load(self.genesis)
        except FileNotFoundError as error:
            raise HomeError(f"{self.genesis}: no genesis; initialise the home first") from error
        except GenesisError as error:
            raise HomeError(str(error)) from error


def init_home(
    path: Path,
    genesis: dict[str, Any],
    *,
    validator_key: SigningKey | None = None,
    node_key: SigningKey | None = None,
) -> Home:
    """Make a home for a new chain or a new node of it; keys that are not given are made.

    `genesis` is written as it is; its validator set must name `validator_key`. Raises HomeError
    when a genesis is already there.
    """
    home = Home(path)
    if home.is_initialised:
        raise HomeError(f"{home.genesis}: already there; choose another home or remove it")
    home.genesis.parent.mkdir(parents=True, exist_ok=True)
    home.data.mkdir(parents=True, exist_ok=True)
    save_validator_key(home.validator_key, validator_key or SigningKey.generate())
    save_node_key(home.node_key, node_key or SigningKey.generate())
    unfinished = home.genesis.with_suffix(".new")
    unfinished.write_text(json.dumps(genesis, indent=2))
    os.replace(unfinished, home.genesis)
    return home
