"""`akashpy node doctor`: a sound home passes; each thing that is wrong is named with its remedy."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from akashpy.node import doctor
from akashpy.node.blockstore import BlockStore
from akashpy.node.comet.signer import Signed
from akashpy.node.daemon import Node, NodeSettings
from akashpy.node.doctor import Finding, Places, examine
from akashpy.node.home import Home
from tests.cli.conftest import Cli
from tests.cli.test_node import made
from tests.nodes import given_home


@pytest.fixture
async def home(tmp_path: Path) -> Home:
    """A home whose node has made some blocks."""
    root = given_home(tmp_path / "node", ["alice"])
    settings = NodeSettings(rpc_port=None, block_interval=0.02)
    async with Node.start(root, settings) as node:
        await node.core.reached(4)
    return Home(root)


def bad(home: Home, places: Places | None = None) -> list[Finding]:
    return [each for each in examine(home.root, places or Places()) if each.level != doctor.OK]


def the(home: Home, what: str) -> Finding:
    """The only finding, which is an error and has a remedy."""
    (found,) = bad(home)
    assert (found.what, found.level) == (what, doctor.ERROR)
    return found


async def test_a_sound_home(home: Home) -> None:
    assert bad(home) == []
    said = {each.what: each.text for each in examine(home.root, Places())}
    assert "node-test-1, hash " in said["genesis"]
    assert said["signer"].startswith("signed up to height ")
    before = Signed.load(home.signer_state)
    assert bad(home) == []
    assert Signed.load(home.signer_state) == before


async def test_keys_that_others_can_read(home: Home) -> None:
    home.validator_key.chmod(0o644)
    found = the(home, "validator key")
    assert "can be read by others (644)" in found.text
    assert found.remedy == f"chmod 600 {home.validator_key}"


async def test_a_key_that_is_gone(home: Home) -> None:
    home.node_key.unlink()
    assert "restore the file" in the(home, "node key").remedy


async def test_another_genesis(home: Home) -> None:
    document = json.loads(home.genesis.read_text())
    home.genesis.write_text(json.dumps(document | {"genesis_time": "2026-02-01T00:00:00Z"}))
    assert "belong to another genesis" in the(home, "data").text


async def test_blocks_that_are_behind_or_gone(home: Home) -> None:
    blocks = BlockStore.open(home.data / "blocks")
    blocks.drop_last()
    height = blocks.height
    blocks.close()
    found = bad(home)
    assert [each.what for each in found] == ["data", "signer"]
    assert "the state is ahead of the blocks" in found[0].text
    assert f"height {height + 1} is signed, the blocks end at {height}" in found[1].text
    assert "rollback --sign-again" in found[1].remedy
    shutil.rmtree(home.data / "blocks")
    assert "blocks 0 to 0" in bad(home)[0].text
    assert not (home.data / "blocks").exists()


async def test_an_index_that_is_gone_is_only_a_warning(home: Home) -> None:
    shutil.rmtree(home.data / "index")
    (found,) = bad(home)
    assert (found.what, found.level) == ("data", doctor.WARNING)


async def test_a_signers_state_that_is_none_or_gone(home: Home) -> None:
    home.signer_state.write_text("{}")
    assert "restore the newest copy" in the(home, "signer").text
    home.signer_state.unlink()
    assert [each.level for each in bad(home)] == [doctor.WARNING]


async def test_a_port_in_use(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        (found,) = bad(home, Places(ports={"grpc_address": address}))
    assert found.what == "grpc_address"
    assert "in use" in found.text
    assert "set grpc_address" in found.remedy


async def test_no_cometbft(home: Home, tmp_path: Path) -> None:
    missing = str(tmp_path / "cometbft")
    (found,) = bad(home, Places(supervised=True, cometbft=missing))
    assert found.what == "CometBFT"
    assert "go install github.com/cometbft" in found.text


async def test_a_clock_that_was_never_set(home: Home) -> None:
    found = [each for each in examine(home.root, Places(), clock=lambda: 0.0) if each.remedy]
    assert [(each.what, each.level) for each in found] == [("clock", doctor.ERROR)]


@pytest.mark.parametrize(("free", "level"), [(1 << 20, doctor.ERROR), (5 << 30, doctor.WARNING)])
async def test_little_room(
    home: Home, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    usage = shutil.disk_usage(home.root)._replace(free=free)
    asked: Callable[..., object] = lambda path: usage  # noqa: E731
    monkeypatch.setattr(doctor.shutil, "disk_usage", asked)
    (found,) = bad(home)
    assert (found.what, found.level) == ("disk", level)


def test_by_command(alone: Cli, tmp_path: Path) -> None:
    home = tmp_path / "node"
    done = alone("node", "doctor", "--home", str(home))
    assert done.code == 1
    assert "make one with `akashpy node init`" in done.out
    made(alone, home)
    (home / "config" / "akashpy.toml").write_text(
        'rpc_address = "127.0.0.1:0"\ngrpc_address = "127.0.0.1:0"\n'
    )
    done = alone("node", "doctor", "--home", str(home))
    assert done.code == 0, done.out
    assert "ok      data: empty" in done.out
    (home / "config" / "node_key.json").chmod(0o604)
    rows = json.loads(alone("node", "doctor", "--home", str(home), "-o", "json").out)
    assert [row["what"] for row in rows if row["level"] == "error"] == ["node key"]
