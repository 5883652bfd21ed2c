"""The mempool alone: bounds with CometBFT's texts, order, the cache, age."""

from __future__ import annotations

import pytest

from akashpy.node.mempool import Mempool, MempoolFull, MempoolLimits, TxInCache, TxTooLarge

SECOND = 1_000_000_000


def fill(pool: Mempool, *txs: bytes, gas: int = 1, now: int = 0) -> list[bytes]:
    hashes = []
    for tx in txs:
        hashes.append(pool.reserve(tx))
        pool.add(tx, hashes[-1], gas_wanted=gas, now=now)
    return hashes


def test_transactions_come_out_in_order_of_arrival() -> None:
    pool = Mempool()
    fill(pool, b"c", b"a", b"b")
    assert [entry.raw for entry in pool.reap(max_bytes=-1, max_gas=-1)] == [b"c", b"a", b"b"]
    assert len(pool) == 3
    assert pool.bytes == 3


def test_a_transaction_seen_before_is_refused_with_comets_text() -> None:
    pool = Mempool()
    fill(pool, b"a")
    with pytest.raises(TxInCache, match=r"^tx already exists in cache$"):
        pool.reserve(b"a")
    assert len(pool) == 1


def test_a_refused_transaction_may_come_again() -> None:
    pool = Mempool()
    pool.release(pool.reserve(b"a"))
    fill(pool, b"a")
    assert len(pool) == 1


def test_a_full_pool_says_how_full() -> None:
    pool = Mempool(MempoolLimits(max_txs=2, max_bytes=100))
    fill(pool, b"aa", b"bb")
    text = r"^mempool is full: number of txs 2 \(max: 2\), total txs bytes 4 \(max: 100\)$"
    with pytest.raises(MempoolFull, match=text):
        pool.reserve(b"cc")


def test_bytes_are_bounded_too() -> None:
    pool = Mempool(MempoolLimits(max_txs=10, max_bytes=4))
    fill(pool, b"aaa")
    with pytest.raises(MempoolFull):
        pool.reserve(b"bb")
    fill(pool, b"b")
    assert pool.bytes == 4


def test_a_transaction_above_the_limit_is_refused() -> None:
    pool = Mempool(MempoolLimits(max_tx_bytes=3))
    with pytest.raises(TxTooLarge, match=r"^Tx too large. Max size is 3, but got 4$"):
        pool.reserve(b"aaaa")


def test_reaping_stops_at_the_first_that_does_not_fit_so_none_overtakes() -> None:
    pool = Mempool()
    fill(pool, b"a" * 10, gas=4)
    fill(pool, b"b" * 10, gas=4)
    fill(pool, b"c", gas=1)
    assert [e.raw[:1] for e in pool.reap(max_bytes=-1, max_gas=5)] == [b"a"]
    assert [e.raw[:1] for e in pool.reap(max_bytes=24, max_gas=-1)] == [b"a", b"b"]
    assert pool.reap(max_bytes=11, max_gas=-1) == []


def test_a_landed_transaction_leaves_and_stays_known() -> None:
    pool = Mempool()
    (hash,) = fill(pool, b"a")
    pool.settle([(hash, 0)])
    assert len(pool) == 0
    assert pool.bytes == 0
    with pytest.raises(TxInCache):
        pool.reserve(b"a")


def test_a_failed_transaction_leaves_and_may_come_again() -> None:
    pool = Mempool()
    (hash,) = fill(pool, b"a")
    pool.settle([(hash, 5)])
    assert pool.reserve(b"a") == hash


def test_what_waits_too_long_is_dropped() -> None:
    pool = Mempool(MempoolLimits(ttl=10))
    (old,) = fill(pool, b"old", now=0)
    fill(pool, b"new", now=5 * SECOND)
    assert pool.expire(11 * SECOND) == [old]
    assert [entry.raw for entry in pool] == [b"new"]
    assert pool.reserve(b"old") == old


def test_the_cache_is_bounded_but_never_forgets_what_waits() -> None:
    pool = Mempool(MempoolLimits(cache_size=2))
    fill(pool, b"a", b"b", b"c")
    with pytest.raises(TxInCache):
        pool.reserve(b"a")
