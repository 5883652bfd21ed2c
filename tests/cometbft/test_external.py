"""The application of a CometBFT that somebody else starts."""

from __future__ import annotations

import subprocess
from pathlib import Path

from akashpy.cli.node.home import EXTERNAL, Saved
from tests.cometbft.net import LIMIT_S, Net, deliver
from tests.ports import free_port


def test_a_cometbft_started_elsewhere_is_answered(cometbft: str, tmp_path: Path) -> None:
    with Net.made(tmp_path, cometbft, 1) as net:
        peer = net.peers[0]
        Saved(consensus=EXTERNAL).save(peer.home)
        abci = f"tcp://127.0.0.1:{free_port()}"
        command = ("-m", "akashpy.cli", "node", "start", "--home", str(peer.home),
                   "--abci-address", abci, "--grpc-address", "127.0.0.1:0")  # fmt: skip
        peer.launch(command=command)
        peer.wait_ready()
        with (tmp_path / "cometbft.log").open("w") as log:
            other = subprocess.Popen(
                [cometbft, "start", "--home", str(peer.home), "--proxy_app", abci],
                stdout=log,
                stderr=log,
            )
        try:
            peer.reach(3)
            deliver(peer, net.accounts["alice"].pay("bob"))
        finally:
            other.terminate()
            other.wait(timeout=LIMIT_S)
        assert peer.stop() == 0
