"""CometBFT's files in a node's home: configuration, genesis in its form, the signer's state.

The configuration holds what we set; every other setting keeps CometBFT's default and may be added
by hand, because what is there is never overwritten. It must not know how CometBFT is run.
Source: CometBFT 0.38 config/toml.go, types/genesis.go, privval/file.go.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akashpy.node.home import Home, HomeError

GENESIS = "config/cometbft-genesis.json"
NEW_SIGNER = {"height": "0", "round": 0, "step": 0}


@dataclass(frozen=True, slots=True)
class CometConfig:
    """What a new configuration says. Addresses are CometBFT's (`tcp://host:port`); `peers` are
    `id@host:port`; `block_interval` is in milliseconds; `prometheus` an address or empty."""

    moniker: str = "node0"
    rpc: str = "tcp://127.0.0.1:26657"
    p2p: str = "tcp://0.0.0.0:26656"
    peers: tuple[str, ...] = ()
    block_interval: int = 1000
    private_network: bool = False
    prometheus: str = ""

    def text(self) -> str:
        """config.toml."""
        strict = "false" if self.private_network else "true"
        several = "true" if self.private_network else "false"
        return f"""\
# CometBFT 0.38. Only what differs from its defaults is written here; every setting of
# https://docs.cometbft.com/v0.38/core/configuration may be added.
moniker = {json.dumps(self.moniker)}
genesis_file = "{GENESIS}"

[rpc]
laddr = {json.dumps(self.rpc)}

[p2p]
laddr = {json.dumps(self.p2p)}
persistent_peers = {json.dumps(",".join(self.peers))}
addr_book_strict = {strict}
allow_duplicate_ip = {several}

[mempool]
size = 50000

[consensus]
timeout_commit = "{self.block_interval}ms"

[instrumentation]
prometheus = {"true" if self.prometheus else "false"}
prometheus_listen_addr = {json.dumps(self.prometheus or ":26660")}
"""


def path_of(home: Home) -> Path:
    """config.toml of a home."""
    return home.root / "config" / "config.toml"


def write_missing(home: Home, config: CometConfig) -> None:
    """Write what is not there yet: configuration, genesis in CometBFT's form, signer's state.

    Raises HomeError when the home has no genesis.
    """
    path = path_of(home)
    if not path.exists():
        path.write_text(config.text(), encoding="utf-8")
    target = home.root / GENESIS
    text = home.load_genesis().comet_json()
    if not target.exists() or target.read_bytes() != text:
        _replace(target, text)
    state = home.data / "priv_validator_state.json"
    if not state.exists():
        home.data.mkdir(parents=True, exist_ok=True)
        _replace(state, json.dumps(NEW_SIGNER).encode())


def read(home: Home) -> dict[str, Any]:
    """The configuration as it is. Raises HomeError."""
    path = path_of(home)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise HomeError(f"{path}: no configuration; make one with `akashpy node init`") from error
    except tomllib.TOMLDecodeError as error:
        raise HomeError(f"{path}: {error}; correct it") from error


def _replace(path: Path, text: bytes) -> None:
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_bytes(text)
    os.replace(unfinished, path)
