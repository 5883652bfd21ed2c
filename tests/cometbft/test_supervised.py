"""The real cosmovisor runs a node, and puts the next release in its place at the upgrade's height.

The last module of the folder: Go takes long to build cosmovisor, and does so beside the others.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cometbft import program
from tests.cometbft.net import Net, Peer, deliver, start_words, until
from tests.cometbft.test_upgrade import NEWER, plan_upgrade

PAGE = Path(__file__).parents[2] / "docs" / "validator.md"


@pytest.fixture(scope="module")
def cosmovisor(cometbft: str) -> str:
    """The path of cosmovisor's program; what builds CometBFT builds it, too."""
    del cometbft
    return str(program.build(program.SUPERVISOR))


def script(path: Path, *words: str) -> Path:
    """A program that runs ours with what it is given behind these words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = shlex.join([sys.executable, *words])
    path.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    path.chmod(0o755)
    return path


def upgraded(peer: Peer) -> bool:
    """Whether cosmovisor runs the next release's program."""
    return os.readlink(peer.home / "cosmovisor/current").endswith("upgrades/v2")


def test_the_page_names_the_cosmovisor_of_the_tests() -> None:
    assert f"go install {program.SUPERVISOR}" in PAGE.read_text().splitlines()


def test_cosmovisor_changes_the_program_at_the_height(
    cosmovisor: str, cometbft: str, tmp_path: Path
) -> None:
    with Net.made(tmp_path, cometbft, 1) as net:
        peer = net.peers[0]
        first = script(tmp_path / "akashpy", "-m", "akashpy.cli")
        script(peer.home / "cosmovisor/upgrades/v2/bin/akashpy", NEWER)
        peer.environment = {
            "DAEMON_HOME": str(peer.home),
            "DAEMON_NAME": "akashpy",
            "DAEMON_SHUTDOWN_GRACE": "30s",
            "COSMOVISOR_DISABLE_LOGS": "false",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        made = subprocess.run(
            [cosmovisor, "init", str(first)], env={**os.environ, **peer.environment},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        assert (peer.home / "cosmovisor/genesis/bin/akashpy").exists()

        peer.launch(program=cosmovisor, command=("run", *start_words(peer)))
        peer.reach(2)
        assert peer.stop() == 0  # it hands SIGTERM to the node
        peer.launch(program=cosmovisor, command=("run", *start_words(peer)))
        peer.reach(3)
        height = plan_upgrade(net, "v2")
        until(lambda: upgraded(peer), "cosmovisor changes the program")
        noted = json.loads((peer.home / "data/upgrade-info.json").read_text())
        assert (noted["name"], noted["height"]) == ("v2", height)
        peer.reach(height + 3)
        deliver(peer, net.accounts["alice"].pay("bob"))
        assert f'UPGRADE "v2" NEEDED at height: {height}' in (peer.home / "node.log").read_text()
        (backup,) = peer.home.glob("data-backup-*")
        assert (backup / "upgrade-info.json").exists()
