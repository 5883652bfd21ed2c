"""Blocks made alone: they verify as CometBFT's, survive a crash, keep order and time."""

from __future__ import annotations

import asyncio

import pytest

from akashpy.node.comet import merkle
from akashpy.node.comet.block import BlockIDFlag, Commit, tx_hash
from akashpy.node.mempool import MempoolLimits
from akashpy.node.rpc import render
from akashpy.node.solo import ChainHalted
from akashpy.types.abci import ValidatorUpdate
from tests.node.blocks.verifier import verify_chain
from tests.node.conftest import Parts, Start


async def test_a_chain_of_blocks_verifies_like_comets(parts: Parts) -> None:
    for at in range(3):
        await parts.core.broadcast(f"alice:{at}".encode())
        await parts.core.broadcast(f"bob:{at}".encode())
        await parts.blocks(1)
    await parts.blocks(2)
    assert parts.core.height == 5
    assert [parts.core.meta(h).num_txs for h in range(1, 6)] == [2, 2, 2, 0, 0]
    verify_chain(parts.core)


async def test_the_first_block_has_the_genesis_time_and_an_empty_last_commit(
    parts: Parts,
) -> None:
    await parts.blocks(1)
    header = parts.core.meta(1).header
    assert header.time == 1_767_225_600_000_000_000
    assert header.last_commit_hash == merkle.EMPTY == header.last_results_hash
    assert parts.core.meta(1).last_commit == Commit()


async def test_time_moves_on_even_when_the_clock_stands(parts: Parts) -> None:
    await parts.blocks(1)
    parts.core.clock = lambda: 0
    await parts.blocks(2)
    times = [parts.core.meta(h).header.time for h in (1, 2, 3)]
    assert times == sorted(set(times))


async def test_votes_of_the_last_commit_reach_the_application(parts: Parts) -> None:
    await parts.blocks(2)
    assert parts.app.blocks[0].votes == ()
    assert [(v.power, v.flag) for v in parts.app.blocks[1].votes] == [(10, 2)]


async def test_a_validator_update_holds_from_the_second_next_block(parts: Parts) -> None:
    await parts.blocks(1)
    parts.app.updates = (ValidatorUpdate("ed25519", parts.key.public, 99),)
    await parts.blocks(1)
    parts.app.updates = ()
    await parts.blocks(3)
    assert [parts.core.store.validators(h)[0].power for h in (2, 3, 4, 5)] == [10, 10, 99, 99]
    verify_chain(parts.core)


async def test_after_a_restart_the_chain_goes_on(start: Start) -> None:
    first = start()
    await first.producer.recover()
    await first.core.broadcast(b"alice:0")
    await first.blocks(3)
    second = start()
    await second.producer.recover()
    assert second.core.height == 3
    await second.core.broadcast(b"alice:1")
    await second.blocks(2)
    assert second.core.meta(4).num_txs == 1
    verify_chain(second.core)


async def test_a_block_that_was_written_but_not_committed_is_replayed(start: Start) -> None:
    class Killed(Exception):
        pass

    def die() -> None:
        raise Killed

    first = start()
    await first.producer.recover()
    await first.blocks(2)
    await first.core.broadcast(b"alice:0")
    first.app.before_write = die
    with pytest.raises(Killed):
        await first.blocks(1)
    assert (first.core.store.height, first.app.height, first.core.height) == (3, 2, 2)
    expected = first.core.store.outcome(3)
    second = start()
    await second.producer.recover()
    assert expected is not None
    assert second.app.app_hash == expected.app_hash
    assert second.core.height == 3
    assert second.core.index.tx(tx_hash(b"alice:0")) == (3, 0)
    await second.blocks(1)
    verify_chain(second.core)


async def test_state_ahead_of_the_blocks_is_refused(start: Start) -> None:
    first = start()
    await first.producer.recover()
    await first.blocks(2)
    first.core.store.drop_last()
    second = start()
    with pytest.raises(ChainHalted, match="the state is at height 2, the blocks end at 1"):
        await second.producer.recover()


async def test_a_different_app_hash_is_refused(start: Start) -> None:
    first = start()
    await first.producer.recover()
    await first.blocks(2)
    first.app.disk.app_hash = b"\x01" * 32
    second = start()
    with pytest.raises(ChainHalted, match="app hash at height 2"):
        await second.producer.recover()


async def test_a_key_outside_the_genesis_is_refused(start: Start) -> None:
    parts = start()
    parts.app.validator = b"\x05" * 32
    with pytest.raises(ChainHalted, match="is not in the genesis"):
        await parts.producer.recover()


async def test_a_block_is_announced_only_when_it_is_durable(parts: Parts) -> None:
    seen: list[int] = []
    parts.app.before_write = lambda: seen.append(parts.core.height)
    await parts.blocks(2)
    assert seen == [0, 1]
    assert parts.core.height == 2


async def test_what_still_waits_is_checked_again_in_order(start: Start) -> None:
    parts = start(MempoolLimits(max_txs=10))
    await parts.producer.recover()
    for tx in (b"alice:0", b"alice:1", b"bob:0", b"alice:2"):
        await parts.core.broadcast(tx)
    object.__setattr__(parts.producer.settings, "max_txs", 2)
    await parts.blocks(1)
    assert [entry.raw for entry in parts.core.mempool] == [b"bob:0", b"alice:2"]
    assert (await parts.core.broadcast(b"alice:3")).check.code == 0
    await parts.blocks(2)
    assert [r.code for h in (1, 2, 3) for r in parts.core.store.results(h) or ()] == [0] * 5


async def test_what_no_longer_passes_is_dropped(parts: Parts) -> None:
    await parts.core.broadcast(b"alice:0")
    await parts.core.broadcast(b"alice:1")
    object.__setattr__(parts.producer.settings, "max_txs", 1)
    parts.app._state["alice"] = 4
    await parts.blocks(1)
    assert len(parts.core.mempool) == 0


async def test_no_check_passes_between_commit_and_recheck(parts: Parts) -> None:
    offered: list[asyncio.Task[object]] = []
    loop = asyncio.get_running_loop()

    def offer_during_write() -> None:
        loop.call_soon_threadsafe(
            lambda: offered.append(asyncio.ensure_future(parts.core.broadcast(b"bob:0")))
        )

    parts.app.before_write = offer_during_write
    await parts.core.broadcast(b"alice:0")
    await parts.blocks(1)
    parts.app.before_write = lambda: None
    await asyncio.gather(*offered)
    assert [entry.raw for entry in parts.core.mempool] == [b"bob:0"]
    assert parts.app._check == {"alice": 1, "bob": 1}


async def test_a_commit_broadcast_waits_for_its_block(parts: Parts) -> None:
    waiting = asyncio.ensure_future(parts.core.broadcast(b"alice:0", "commit"))
    await asyncio.sleep(0)
    await parts.blocks(1)
    done = await waiting
    assert done.landed is not None
    assert (done.landed.height, done.landed.index) == (1, 0)


async def test_a_block_once_begun_is_finished_when_the_caller_leaves(parts: Parts) -> None:
    task = asyncio.ensure_future(parts.producer.produce())
    await asyncio.sleep(0)
    task.cancel()
    await parts.core.reached(1)
    await parts.blocks(1)
    verify_chain(parts.core)


async def test_losing_the_majority_is_said_aloud(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    await parts.blocks(1)
    parts.app.updates = (ValidatorUpdate("ed25519", b"\x09" * 32, 5),)
    await parts.blocks(1)
    assert "this node signs with too little power" in caplog.text
    parts.app.updates = ()
    await parts.blocks(3)
    flags = {sig.flag for sig in parts.core.meta(5).last_commit.signatures}
    assert flags == {BlockIDFlag.COMMIT, BlockIDFlag.ABSENT}
    shown = render.commit(parts.core.meta(5).last_commit)["signatures"]
    absent = next(sig for sig in shown if sig["block_id_flag"] == BlockIDFlag.ABSENT)
    assert absent == {
        "block_id_flag": 1,
        "validator_address": "",
        "timestamp": "0001-01-01T00:00:00Z",
        "signature": None,
    }
