"""Subscribers, queries and transactions at once: nobody misses a block, nothing is lost."""

from __future__ import annotations

import pytest

from tests.bench.load_bench import Load, measure

GROWTH = 150_000_000
"""Bytes a node may grow by in a few seconds of this; what it keeps of 500 transactions is less."""


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_everybody_hears_of_every_block() -> None:
    found = measure(Load(seconds=5, subscribers=200, queries=100, txs=100))
    assert found.wrong == []
    assert len(found.heard) == 200
    assert found.last > found.first
    assert found.missed == 0
    assert found.in_order
    assert len(found.latencies) == 500
    assert found.landed == found.accepted == 500
    assert found.memory_after - found.memory_before < GROWTH
