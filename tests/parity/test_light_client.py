"""CometBFT's own light client, in Go, follows our chain: headers, blocks, results, sets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.conftest import needs
from tests.nodes import CHAIN_ID, given_home, node_process
from tests.ports import free_port

STARTING = 20.0
"""Seconds the light client has to come up."""


def get(url: str) -> Any:
    with urlopen(url, timeout=10) as response:
        return json.load(response)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING
    while True:
        try:
            get(url)
            return
        except URLError:
            assert process.poll() is None, "the light client ended"
            assert time.monotonic() < until, "the light client did not come up"
            time.sleep(0.1)


def test_the_go_light_client_verifies_our_blocks(tmp_path: Path) -> None:
    folder = os.environ.get("AKASH_GO_BIN", "")
    program = shutil.which("cometbft", path=folder or None)
    needs(program is not None, "cometbft in AKASH_GO_BIN")
    assert program is not None
    home = given_home(tmp_path / "home", ["alice"])
    with node_process(home, interval=0.2) as node:
        while int(get(f"{node.rpc}/status")["result"]["sync_info"]["latest_block_height"]) < 8:
            time.sleep(0.2)
        trusted = get(f"{node.rpc}/block?height=2")["result"]["block_id"]["hash"]
        proxy = f"127.0.0.1:{free_port()}"
        client = subprocess.Popen(
            [program, "light", CHAIN_ID, "--primary", node.rpc, "--witnesses", node.rpc,
             "--height", "2", "--hash", trusted, "--laddr", f"tcp://{proxy}",
             "--home-dir", str(tmp_path / "light")],
        )  # fmt: skip
        try:
            wait_for(f"http://{proxy}/health", client)
            verified = get(f"http://{proxy}/commit?height=7")["result"]["signed_header"]
            assert verified == get(f"{node.rpc}/commit?height=7")["result"]["signed_header"]
            for path in ("block?height=5", "block_results?height=5", "validators?height=6",
                         "consensus_params?height=6"):  # fmt: skip
                answer = get(f"http://{proxy}/{path}")
                assert "result" in answer, answer
        finally:
            client.terminate()
            client.wait(timeout=10)
