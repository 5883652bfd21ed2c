"""The commands of docs/validator.md, run in their order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from akashpy.node.cometbft.process import INSTALL
from tests.cometbft.net import LIMIT_S, Peer, until
from tests.ports import free_port

PAGE = Path(__file__).parents[2] / "docs" / "validator.md"
PROGRAM = "from akashpy.cli.main import main; main()"


def shown(begin: str) -> list[str]:
    """The page's command with this beginning, as words behind the program's name."""
    lines = PAGE.read_text().splitlines()
    (line,) = {each for each in lines if each == begin or each.startswith(f"{begin} ")}
    return line.split()[1:]


class Place:
    """A directory with a HOME of its own, in which commands run."""

    def __init__(self, root: Path, cometbft: str) -> None:
        self.root = root
        self.rpc = f"127.0.0.1:{free_port()}"
        self._environment = {
            **os.environ,
            "HOME": str(root),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PATH": f"{Path(cometbft).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def run(self, *words: str) -> str:
        """A command to its end."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words], cwd=self.root, env=self._environment,
            capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self, *words: str, home: Path) -> Iterator[Peer]:
        """A node until left, at ports that are free."""
        path = home / "config/config.toml"
        text = path.read_text()
        for place in ("0.0.0.0:26656", "127.0.0.1:26656"):
            text = text.replace(place, f"127.0.0.1:{free_port()}")
        path.write_text(text)
        ports = ("--rpc-address", self.rpc, "--grpc-address", "127.0.0.1:0")
        peer = Peer(home, "", int(self.rpc.rpartition(":")[2]), 0)
        before = dict(os.environ)
        os.environ.update(self._environment)
        try:
            peer.launch(command=("-c", PROGRAM, *words, "--home", str(home), *ports))
        finally:
            os.environ.clear()
            os.environ.update(before)
        try:
            peer.wait_ready()
            yield peer
            assert peer.stop() == 0
        finally:
            peer.kill()


@pytest.fixture
def place(tmp_path: Path, cometbft: str) -> Place:
    """An empty place."""
    return Place(tmp_path, cometbft)


def test_from_nothing_and_back_again(place: Place) -> None:
    assert INSTALL in PAGE.read_text().splitlines()
    made = json.loads(place.run(*shown("akashpy node init --consensus")))
    home = Path(made["home"])
    assert home == place.root / ".akashpy/node"
    assert made["consensus"] == "cometbft"
    with place.running("node", "start", home=home) as peer:
        peer.reach(3)
        told = json.loads(place.run(*shown("akashpy node status"), "--node", peer.rpc))
        assert told["node_info"]["network"] == "mine-1"
    place.run(*shown("akashpy node rollback"))
    taken: dict[str, Any] = json.loads(place.run(*shown("akashpy node snapshot take")))
    assert json.loads(place.run(*shown("akashpy node snapshot list"))) == [taken]
    with place.running("node", "start", home=home) as peer:
        peer.reach(taken["height"] + 3)
    words = [str(taken["height"]) if word == "HEIGHT" else word
             for word in shown("akashpy node snapshot restore")]  # fmt: skip
    place.run(*words)
    exported = json.loads(place.run("node", "export"))
    assert int(exported["initial_height"]) == taken["height"] + 1
    with place.running("node", "start", home=home) as peer:
        peer.reach(taken["height"] + 4)


def test_a_second_node_joins(place: Place) -> None:
    made = json.loads(place.run(*shown("akashpy node testnet")))
    assert len(made["validators"]) == 4
    for name in ("node0", "node3"):
        assert (place.root / "testnet" / name / "keyring-test").is_dir()
    single = json.loads(place.run(*shown("akashpy node init --consensus")))
    home = Path(single["home"])
    genesis = home / "config/genesis.json"
    (place.root / "genesis.json").write_bytes(genesis.read_bytes())
    with place.running("node", "start", home=home) as first:
        first.reach(3)
        import tomllib

        p2p = tomllib.loads((home / "config/config.toml").read_text())["p2p"]["laddr"]
        peer_name = f"{single['node_id']}@{p2p.removeprefix('tcp://')}"
        words = [peer_name if word.startswith("ID@") else word
                 for word in shown("akashpy node init --home joined")]  # fmt: skip
        place.run(*words)
        joined = place.root / "joined"
        path = joined / "config/config.toml"
        path.write_text(
            path.read_text().replace("addr_book_strict = true", "addr_book_strict = false")
        )
        place.rpc = f"127.0.0.1:{free_port()}"
        start = [word for word in shown("akashpy node start --home joined")
                 if word not in ("--home", "joined")]  # fmt: skip
        with place.running(*start, home=joined) as second:
            second.reach(first.height())
            until(lambda: second.heads(2, 3) == first.heads(2, 3), "the same blocks")
            becomes_a_validator(place, home, second)


def becomes_a_validator(place: Place, rich: Path, peer: Peer) -> None:
    """The page's commands for it, with an account that the operator in `rich` has filled."""
    chain = ("--node", peer.rpc)
    ring = ("--keyring-backend", "test")
    sending = (*chain, *ring, "-y", "-b", "block", "-o", "json")
    operator = json.loads(place.run("keys", "add", "operator", *ring, "-o", "json"))["address"]
    words = ("tx", "bank", "send", "validator", operator, "20000000uakt", "--home", str(rich))
    assert json.loads(place.run(*words, *sending))["code"] == 0
    public = json.loads(place.run(*shown("akashpy node show-validator")))
    about = {
        "pubkey": public,
        "amount": "10000000uakt",
        "moniker": "joined",
        "commission-rate": "0.1",
        "commission-max-rate": "0.2",
        "commission-max-change-rate": "0.01",
        "min-self-delegation": "1",
    }
    (place.root / "validator.json").write_text(json.dumps(about))
    told = json.loads(place.run(*shown("akashpy tx staking create-validator"), *sending))
    assert told["code"] == 0, told

    def bonded() -> bool:
        listed = json.loads(
            place.run(*shown("akashpy query staking validators"), *chain, "-o", "json")
        )["validators"]
        return [each["status"] for each in listed] == ["BOND_STATUS_BONDED"] * 2

    until(bonded, "two validators that sign")
    address = peer.ask("status")["validator_info"]["address"]

    def signs() -> bool:
        commit = peer.ask("commit")["signed_header"]["commit"]
        return address in {each["validator_address"] for each in commit["signatures"]}

    until(signs, "the new one's vote for a block")


def test_a_chain_that_decided_alone_goes_on_among_many(place: Place) -> None:
    alone = place.root / "alone"
    place.run("node", "init", "--home", str(alone), "--block-interval", "50ms")
    ports = ("--rpc-address", place.rpc, "--grpc-address", "127.0.0.1:0")
    peer = Peer(alone, "", int(place.rpc.rpartition(":")[2]), 0)
    peer.launch(command=("-c", PROGRAM, "node", "start", "--home", str(alone), *ports))
    try:
        peer.wait_ready()
        peer.reach(5)
        assert peer.stop() == 0
    finally:
        peer.kill()
    words = shown("akashpy node export --home alone")
    (place.root / "exported.json").write_text(place.run(*words[: words.index(">")]))
    place.run(*shown("akashpy node init --home many --join exported.json"))
    many = place.root / "many"
    before = int(json.loads((place.root / "exported.json").read_text())["initial_height"])
    with place.running("node", "start", home=many) as peer:
        peer.reach(before + 2)
        assert peer.consensus in peer.powers()
