"""One of our nodes, and both programs with the same keys in the same home."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, with_keys
from tests.nodes import CHAIN_ID, given_home, node_process
from tests.parity.gonode.gochain import program
from tests.walk import Ran

NAMES = ("tenant", "provider", "auditor", "other", "bidder")
PATIENCE = 60


class Go:
    """Go's `akash` with the keys of a home, talking to one of our nodes."""

    def __init__(self, home: Path, rpc: str) -> None:
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AKASH_HOME": str(home),
            "AKASH_NODE": rpc.replace("http://", "tcp://"),
            "AKASH_CHAIN_ID": CHAIN_ID,
            "AKASH_KEYRING_BACKEND": "test",
            "AKASH_GAS": "auto",
            "AKASH_GAS_PRICES": "0.025uakt",
            "AKASH_GAS_ADJUSTMENT": "1.5",
        }

    def __call__(self, *words: str) -> Ran:
        done = subprocess.run(
            [program("akash"), *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Go]:
    """Go's program."""
    folder = with_keys(tmp_path_factory.mktemp("walk"))
    home = given_home(folder / "node", NAMES, preset="akash")
    with node_process(home, interval=0.2) as node:
        yield Go(folder, node.rpc)


@pytest.fixture(scope="module")
def ours(go: Go) -> Cli:
    """Our program, where the Go program runs."""
    return Cli(go.home, go.environment["AKASH_NODE"])
