"""`akashpy node`: a chain is made, run, asked, exported and rolled back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from akashpy.node.comet.keys import SigningKey, save_node_key, save_validator_key
from akashpy.types.address import Address
from tests.cli.conftest import Cli, address

PROGRAM = "from akashpy.cli.main import main; main()"


@contextmanager
def running(home: Path, *words: str) -> Iterator[tuple[dict[str, str], Any]]:
    """`akashpy node start` in a process of its own, once it is ready; ended by SIGTERM."""
    ports = ("--rpc-address", "127.0.0.1:0", "--grpc-address", "127.0.0.1:0")
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "node", "start", "--home", str(home), *ports, *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        process.stdout.close()


def made(cli: Cli, home: Path, *words: str) -> dict[str, str]:
    """A new chain with quick blocks."""
    found: dict[str, str] = cli(
        "node", "init", "--home", str(home), "--block-interval", "50ms", *words
    ).value
    return found


def test_the_life_of_a_node(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    account = f"{address('tenant')}=5000000uakt,7uact"
    said = made(alone, home, "--account", account, "--chain-id", "mine-1")
    assert (said["chain_id"], said["preset"]) == ("mine-1", "default")
    with running(home) as (ready, process):
        assert {"chain_id", "rpc", "grpc", "home"} <= set(ready)
        assert ready["chain_id"] == "mine-1"
        node = ("--node", ready["rpc"])
        assert alone("node", "status", *node).value["node_info"]["network"] == "mine-1"
        funded = alone("query", "bank", "balances", address("tenant"), *node, "-o", "json").value
        assert {"denom": "uact", "amount": "7"} in funded["balances"]
        by_grpc = alone(
            "query", "bank", "balances", address("tenant"), "--grpc-addr", ready["grpc"],
            "--grpc-insecure", "-o", "json",
        ).value  # fmt: skip
        assert by_grpc == funded
        sent = alone("tx", "bank", "send", "tenant", address("other"), "9uakt", *node, "-y").value
        assert "in use by another process" in alone.refused("node", "export", "--home", str(home))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    exported = alone("node", "export", "--home", str(home)).value
    balances = {each["address"]: each for each in exported["app_state"]["bank"]["balances"]}
    assert balances[address("other")]["coins"] == [{"denom": "uakt", "amount": "9"}]
    past = alone("node", "export", "--home", str(home), "--height", "1").value
    assert int(past["initial_height"]) == 2
    assert int(exported["initial_height"]) > int(sent["height"])


def test_a_rolled_back_block_is_executed_again(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    made(alone, home)
    with running(home) as (ready, _):
        while int(
            alone("node", "status", "--node", ready["rpc"]).value["sync_info"][
                "latest_block_height"
            ]
        ) < 3:  # fmt: skip
            pass
    before = alone("node", "export", "--home", str(home)).value
    done = alone("node", "rollback", "--home", str(home))
    assert (done.code, done.out) == (0, "")
    height = int(before["initial_height"]) - 2
    assert done.err.startswith(f"Rolled back state to height {height} and hash ")
    after = alone("node", "export", "--home", str(home)).value
    assert int(after["initial_height"]) == int(before["initial_height"]) - 1
    with running(home) as (ready, _):
        again = alone("node", "status", "--node", ready["rpc"]).value["sync_info"]
        assert int(again["latest_block_height"]) > height
    same = alone("node", "export", "--home", str(home), "--height", str(height + 1)).value
    assert same == before


def test_a_block_rolled_back_hard_is_gone_and_signed_again_only_when_asked(
    alone: Cli, tmp_path: Path
) -> None:
    home = tmp_path / "node"
    made(alone, home)
    with running(home) as (ready, _):
        while int(
            alone("node", "status", "--node", ready["rpc"]).value["sync_info"][
                "latest_block_height"
            ]
        ) < 3:  # fmt: skip
            pass
    height = int(alone("node", "export", "--home", str(home)).value["initial_height"]) - 1
    done = alone("node", "rollback", "--home", str(home), "--hard")
    assert f"Rolled back state to height {height - 1} and hash " in done.err
    assert f"signed height {height} and will not sign it again" in done.err
    refused = alone.refused("node", "start", "--home", str(home), "--rpc-address", ":0")
    assert f"has signed height {height}, the blocks end at {height - 1}" in refused
    again = alone("node", "rollback", "--home", str(home), "--sign-again")
    assert f"Rolled back state to height {height - 2} and hash " in again.err
    assert "will not sign" not in again.err
    with running(home) as (ready, _):
        seen = alone("node", "status", "--node", ready["rpc"]).value["sync_info"]
        assert int(seen["latest_block_height"]) >= height - 2


def test_the_akash_preset_has_akashs_rules(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    made(alone, home, "--preset", "akash", "--operator", address("tenant"))
    genesis = json.loads((home / "config" / "genesis.json").read_text())
    params = genesis["app_state"]["chain"]["params"]
    assert params == {"settlement_denoms": ["uact"], "fixes": []}
    assert not (home / "keyring-test").exists()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("init --account foo", "write ADDRESS=COINS"),
        ("init --account foo=5uakt", "bech32"),
        ("init --account {tenant}=5", "invalid decimal coin expression"),
        ("init --operator foo", "bech32"),
        ("init --preset mine", "is not one of"),
        ("init --block-interval often", "write it like 1h30m or 90s"),
        ("start", "make one with `akashpy node init`"),
        ("export", "make one with `akashpy node init`"),
        ("rollback", "make one with `akashpy node init`"),
        ("status --node tcp://127.0.0.1:1", "no answer from http://127.0.0.1:1/"),
        ("status --node tcp://127.0.0.1:1", "name a node that runs with --node"),
    ],
)
def test_wrong_wishes_are_refused(alone: Cli, tmp_path: Path, words: str, text: str) -> None:
    home = tmp_path / "nothing"
    asked = ["node", *words.format(tenant=address("tenant")).split()]
    if "--node" not in asked:
        asked += ["--home", str(home)]
    done = alone(*asked)
    assert done.code in (1, 2)
    assert text in done.err
    assert not (home / "config").exists()


def test_a_home_is_made_once(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    made(alone, home)
    genesis = (home / "config" / "genesis.json").read_bytes()
    assert "a chain is there already" in alone.refused("node", "init", "--home", str(home))
    assert (home / "config" / "genesis.json").read_bytes() == genesis
    done = alone("node", "start", "--home", str(home), "--rpc-address", "nowhere")
    assert done.code == 2
    assert "write host:port" in done.err


def test_a_taken_port_is_said(alone: Cli, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    made(alone, first)
    made(alone, second)
    with running(first) as (ready, _):
        port = ready["rpc"].rpartition(":")[2]
        said = alone.refused(
            "node", "start", "--home", str(second), "--rpc-address", f"127.0.0.1:{port}"
        )
        assert "address already in use" in said


SEED = bytes(range(32))
PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
"""The ed25519 key of SEED; Akash's own program shows both the same way."""


def test_a_node_says_who_it_is(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    made(alone, home)
    save_validator_key(home / "config/priv_validator_key.json", SigningKey(SEED))
    save_node_key(home / "config/node_key.json", SigningKey(SEED))
    where = ("--home", str(home))
    shown = alone("node", "show-validator", *where).out
    assert shown == f'{{"@type":"/cosmos.crypto.ed25519.PubKey","key":"{PUBLIC}"}}\n'
    id = sha256(b64decode(PUBLIC)).hexdigest()[:40]
    assert alone("node", "show-node-id", *where).out == f"{id}\n"
    consensus = Address.of(bytes.fromhex(id), prefix="akashvalcons")
    assert alone("node", "show-address", *where).out == f"{consensus}\n"


@pytest.mark.parametrize("verb", ["show-validator", "show-address", "show-node-id"])
def test_who_is_nobody(alone: Cli, tmp_path: Path, verb: str) -> None:
    home = tmp_path / "node"
    refused = alone.refused("node", verb, "--home", str(home))
    assert f"{home}: no chain here; make one with `akashpy node init`" in refused
    made(alone, home)
    name = "node_key" if verb == "show-node-id" else "priv_validator_key"
    (home / f"config/{name}.json").unlink()
    refused = alone.refused("node", verb, "--home", str(home))
    assert f"{name}.json: no such key file" in refused
