"""The operators' port of a node under CometBFT: numbers, readiness, and old blocks that go."""

from __future__ import annotations

import json
import re
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.cometbft.net import ANSWER_S, Net, deliver, until
from tests.nodes import CHAIN_ID
from tests.ports import free_port

RETAIN = 20
OFF = re.compile(r"prometheus = false\nprometheus_listen_addr = .*")


def asked(url: str) -> tuple[int, str]:
    try:
        with urlopen(url, timeout=ANSWER_S) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def number(text: str, name: str) -> float:
    line = next(line for line in text.splitlines() if line.startswith(f"{name}{{"))
    return float(line.rpartition(" ")[2])


def test_numbers_readiness_and_retention(one: Net) -> None:
    peer = one.peers[0]
    peer.stop()
    consensus = f"127.0.0.1:{free_port()}"
    config = peer.home / "config/config.toml"
    asked_for = f'prometheus = true\nprometheus_listen_addr = "{consensus}"'
    config.write_text(OFF.sub(asked_for, config.read_text()))
    peer.start("--metrics-address", "127.0.0.1:0", "--min-retain-blocks", str(RETAIN))
    metrics = peer.ready["metrics"]
    peer.reach(peer.height() + 2)
    until(lambda: asked(f"{metrics}/ready")[0] == 200, "ready")
    found = json.loads(asked(f"{metrics}/ready")[1])
    assert (found["ready"], found["catching_up"], found["signing"]) == (True, False, True)
    assert asked(f"{metrics}/health") == (200, '{"status": "alive"}')
    deliver(peer, one.accounts["alice"].pay("bob", 7))
    until(lambda: number(asked(f"{metrics}/metrics")[1], "tx_successful") == 1, "counted")
    text = asked(f"{metrics}/metrics")[1]
    assert number(text, "akashpy_state_height") >= number(text, "akashpy_height") > 2
    assert "cometbft_" not in text
    for method in ("check_tx", "prepare_proposal", "process_proposal", "finalize_block", "commit"):
        line = f'akashpy_abci_seconds_count{{chain_id="{CHAIN_ID}",method="{method}"}}'
        assert any(each.startswith(line) for each in text.splitlines()), line
    theirs = asked(f"http://{consensus}/metrics")[1]
    assert number(theirs, "cometbft_consensus_height") > 2
    assert number(theirs, "cometbft_consensus_missing_validators") == 0
    assert number(theirs, "cometbft_mempool_size") == 0
    assert "cometbft_abci_connection_method_timing_seconds_bucket" in theirs
    until(lambda: number(asked(f"{metrics}/metrics")[1], "akashpy_blocks_base") > 1, "pruned")
    text = asked(f"{metrics}/metrics")[1]
    kept = number(text, "akashpy_height") - number(text, "akashpy_blocks_base") + 1
    assert kept >= RETAIN
    assert peer.stop() == 0
