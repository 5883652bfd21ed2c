"""Genesis documents made by both programs together, and a chain of the Go node begun from one."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from akashpy.chain import genesis
from akashpy.keys.ring import Keyring
from tests.cli.conftest import Cli
from tests.nodes import key_of
from tests.parity.gonode.gochain import go_chain, program

CHAIN = "local-1"
KEYRING = ("--keyring-backend", "test")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "go"
    ring = Keyring.open(path, "test")
    for name in ("validator", "tenant"):
        ring.add(name, key_of(name))
    return path


def theirs(home: Path, *words: str) -> str:
    done = subprocess.run(
        [program("akash"), "genesis", *words, "--home", str(home)],
        capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "AKASH_HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def ours(home: Path, *words: str) -> str:
    done = Cli(home)("genesis", *words, "--home", str(home))
    assert done.code == 0, done
    return done.out + done.err


def imported(home: Path) -> dict[str, object]:
    """The Go program's document as our `genesis import` leaves it."""
    new = home.parent / "imported"
    ours(new, "import", str(home / "config/genesis.json"))
    found: dict[str, object] = json.loads((new / "config/genesis.json").read_text())
    return found


def test_our_accounts_and_validators_begin_a_go_chain(home: Path) -> None:
    theirs(home, "init", "node0", "--chain-id", CHAIN)
    funds = "100000000000000uakt,5uact"
    ours(home, "add-account", "validator", funds, *KEYRING)
    ours(home, "add-account", "tenant", funds, *KEYRING, "--vesting-amount", "90000000000000uakt",
         "--vesting-start-time", "2000000000", "--vesting-end-time", "2100000000")  # fmt: skip
    ours(home, "gentx", "validator", "5000000000000uakt", "--chain-id", CHAIN, *KEYRING)
    theirs(home, "collect")
    theirs(home, "validate")
    with go_chain(home) as chain:
        found = chain.query("auth", "account", str(key_of("tenant").address))
        assert "ContinuousVestingAccount" in json.dumps(found)


def test_their_accounts_and_validators_begin_a_chain_of_ours(home: Path) -> None:
    theirs(home, "init", "node0", "--chain-id", CHAIN)
    theirs(home, "add-account", "validator", "100000000000000uakt", *KEYRING)
    theirs(home, "gentx", "validator", "5000000000000uakt", "--chain-id", CHAIN, *KEYRING,
           "--min-self-delegation", "1")  # fmt: skip
    theirs(home, "collect")
    document = imported(home)
    genesis.validate(document)
    from akashpy.chain.app import App
    from akashpy.state.store import Store

    (first,) = App(Store.open(None, buckets=2**8)).init_chain(document).validators
    assert first.power == 5_000_000
