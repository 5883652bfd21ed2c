"""Old blocks go when a node is told so: with their index rows, and without what is still needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from akashpy.node import retention
from akashpy.node.blockstore import BlockStore
from akashpy.node.comet.block import tx_hash
from akashpy.node.core import HeightError
from akashpy.node.eventquery import parse
from akashpy.node.search import Page, search_txs
from akashpy.node.slices import run_sliced
from akashpy.node.txindex import TxIndex
from akashpy.types.abci import ValidatorUpdate
from tests.node.blocks.verifier import verify_chain
from tests.node.conftest import Parts, Start


async def filled(parts: Parts, count: int) -> None:
    for at in range(count):
        await parts.core.broadcast(f"alice:{at}".encode())
        await parts.blocks(1)


async def test_the_newest_blocks_stay_and_the_others_are_gone(parts: Parts) -> None:
    await filled(parts, 12)
    core = parts.core
    before = rows(parts)
    assert retention.prune(core.store, core.index, keep=5, batch=1) == 7
    assert (core.store.base, core.store.height) == (8, 12)
    with pytest.raises(HeightError, match="height 7 is not available, lowest height is 8"):
        core.block(7)
    assert core.tx(tx_hash(b"alice:0")) is None
    assert (core.store.meta(7), core.store.results(7), core.store.outcome(7)) == (None, None, None)
    assert core.store.txs(7) == []
    assert core.tx(tx_hash(b"alice:11")) is not None
    assert rows(parts) < before // 2
    await parts.blocks(2)
    verify_chain(core)


def rows(parts: Parts) -> int:
    entries: int = parts.core.index._env.stat()["entries"]
    return entries


async def test_nothing_goes_unless_asked_or_while_few_could(parts: Parts) -> None:
    await filled(parts, 6)
    core = parts.core
    assert retention.prune(core.store, core.index, keep=0, batch=1) == 0
    assert retention.prune(core.store, core.index, keep=3, batch=4) == 0
    assert retention.prune(core.store, core.index, keep=100, batch=1) == 0
    assert core.store.base == 1
    assert retention.prune(core.store, core.index, keep=3, batch=3) == 3
    assert retention.prune(core.store, core.index, keep=1, batch=1) == 2
    assert (core.store.base, core.store.height) == (6, 6)


async def test_a_pruned_chain_restarts_and_replays_its_last_block(start: Start) -> None:
    first = start()
    await first.producer.recover()
    first.app.updates = (ValidatorUpdate("ed25519", first.key.public, 99),)
    await first.blocks(1)
    first.app.updates = ()
    await filled(first, 8)
    store = first.core.store
    assert retention.prune(store, first.core.index, keep=1, batch=1) == 8
    assert store.validators(9)[0].power == 99

    def die() -> None:
        raise OSError("gone")

    first.app.before_write = die
    with pytest.raises(OSError, match="gone"):
        await first.blocks(1)
    second = start()
    await second.producer.recover()
    assert (second.core.store.base, second.core.height, second.app.height) == (9, 10, 10)
    await second.blocks(1)


async def test_a_producer_prunes_while_it_goes_on(start: Start) -> None:
    parts = start()
    await parts.producer.recover()
    object.__setattr__(parts.producer.settings, "min_retain_blocks", 10)
    await parts.blocks(70)
    assert parts.core.store.base > 1
    assert parts.core.height - parts.core.store.base >= 9
    found = await run_sliced(search_txs(parts.core, parse("tx.height > 0"), Page(1, 100, "asc")))
    assert found == ([], 0)


def test_an_empty_store_has_nothing_to_forget(tmp_path: Path) -> None:
    store, index = BlockStore.open(tmp_path / "b"), TxIndex.open(tmp_path / "i")
    assert retention.prune(store, index, keep=1, batch=1) == 0
    assert store.prune(10) == 0
    store.close()
    index.close()
