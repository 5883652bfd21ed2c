"""The operators' port: numbers under their known names, liveness, readiness with reasons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from akashpy.node.daemon import Node, NodeSettings
from akashpy.node.mempool import MempoolError
from akashpy.node.metrics import Metrics
from akashpy.node.readiness import judged, patience_of
from tests.node.abci.calls import Caller
from tests.nodes import given_home, send

QUICK = NodeSettings(rpc_port=None, metrics_port=0, block_interval=0.02)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with Node.start(given_home(tmp_path, ["alice", "bob"]), QUICK) as node:
        await node.core.reached(3)
        yield node


async def asked(node: Node, path: str) -> tuple[int, str, str]:
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session,
        session.get(node.metrics + path) as response,
    ):
        return response.status, response.headers["Content-Type"], await response.text()


async def numbers(node: Node) -> dict[str, float]:
    status, kind, text = await asked(node, "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_numbers_follow_the_chain(node: Node) -> None:
    before = await numbers(node)
    assert before["tx_count"] == 0
    sent = send("alice", "bob", 7, number=0, sequence=0)
    await node.core.broadcast(sent, "commit")
    broke = send("bob", "alice", 10**18, number=1, sequence=0)
    await node.core.broadcast(broke, "commit")
    with pytest.raises(MempoolError):
        await node.core.broadcast(sent)
    await node.core.broadcast(b"nothing")
    after = await numbers(node)
    assert (after["tx_count"], after["tx_successful"], after["tx_failed"]) == (2, 1, 1)
    assert after["tx_gas_wanted"] == 200_000
    assert 0 < after["tx_gas_used"] < 200_000
    assert after["cometbft_consensus_latest_block_height"] == after["akashpy_height"] >= 3
    assert after["cometbft_consensus_height"] == after["akashpy_height"] + 1
    assert after["cometbft_consensus_validators"] == 1
    assert after["cometbft_consensus_validators_power"] == 5
    assert after["cometbft_consensus_missing_validators"] == 0
    assert after["cometbft_consensus_validator_last_signed_height"] == after["akashpy_height"]
    assert after["cometbft_consensus_total_txs"] == 2
    assert after["cometbft_consensus_block_interval_seconds_count"] > 2
    assert after["cometbft_state_block_processing_time_count"] > 2
    assert after["cometbft_abci_connection_method_timing_seconds_count"] > 2
    assert after["akashpy_block_part_seconds_count"] > 2
    assert after["cometbft_mempool_size"] == 0
    assert after["cometbft_mempool_failed_txs"] == 1
    assert after["cometbft_mempool_rejected_txs"] == 1
    assert after["process_resident_memory_bytes"] > 0


async def test_names_are_cometbfts_and_each_carries_the_chain(node: Node) -> None:
    _, _, text = await asked(node, "/metrics")
    for line in text.splitlines():
        if line.startswith(("cometbft_", "tx_", "akashpy_")):
            assert 'chain_id="node-test-1"' in line


async def test_alive_and_ready(node: Node) -> None:
    status, kind, text = await asked(node, "/health")
    assert (status, text) == (200, '{"status": "alive"}')
    assert kind.startswith("application/json")
    status, _, text = await asked(node, "/ready")
    assert status == 200
    assert '"signing": true' in text
    assert '"catching_up": false' in text


async def test_a_node_whose_blocks_stay_away_is_not_ready(node: Node) -> None:
    now, later = node.core.clock, count(60 * 10**9, 60 * 10**9)
    node.core.clock = lambda: now() + next(later)  # a minute later at every look
    status, _, text = await asked(node, "/ready")
    assert status == 503
    assert "at most 10 s are usual" in text


async def test_a_node_that_has_ended_says_why(node: Node) -> None:
    class DiskFull(Exception):
        pass

    def fail() -> None:
        raise DiskFull("no space left on device")

    node.core.app.commit_job = lambda: fail  # type: ignore[method-assign]
    await asyncio.wait([node.failed], timeout=60)
    status, _, text = await asked(node, "/ready")
    assert status == 503
    assert "the node has ended: no space left on device" in text
    assert (await asked(node, "/health"))[0] == 200


async def test_before_the_first_block_and_while_catching_up(node: Node) -> None:
    core = node.core
    core._latest = None
    found = judged(core, patience=1, catching_up=True)
    assert not found.ready
    assert found.reasons == ("there is no block yet", "catching up with the chain")
    assert found.as_json()["signing"] is None


def test_patience_grows_with_the_interval() -> None:
    assert patience_of(0.05) == 10
    assert patience_of(6) == 30


async def test_a_taken_port_is_said(node: Node, tmp_path: Path) -> None:
    port = int(node.metrics.rpartition(":")[2])
    other = given_home(tmp_path / "other", ["alice"])
    with pytest.raises(OSError, match="in use"):
        async with Node.start(other, replace(QUICK, metrics_port=port)):
            pass


async def test_each_kind_of_request_of_cometbft_is_timed(tmp_path: Path) -> None:
    caller = Caller(tmp_path / "chain")
    metrics = Metrics(caller.chain.core, alone=False)
    await caller.begun(2)
    await caller.call("check_tx", tx=b"nothing")
    await caller.call("prepare_proposal", txs=[b"nothing"], max_tx_bytes=1000)
    await caller.call("process_proposal", txs=[b"nothing"])
    await caller.call("query", path="/app/version")
    counted = {
        sample.labels["method"]: sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
        if sample.name == "akashpy_abci_seconds_count"
    }
    assert counted == {
        "init_chain": 1, "finalize_block": 2, "commit": 2, "check_tx": 1,
        "prepare_proposal": 1, "process_proposal": 1, "query": 1,
    }  # fmt: skip
    await caller.close()
