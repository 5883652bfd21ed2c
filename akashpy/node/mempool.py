"""Transactions that wait for a block, in order of arrival, within bounds.

Exists to hold what was checked and to refuse what does not fit, with CometBFT's own texts. One
queue in arrival order keeps every sender's transactions in order: reaping stops at the first
that does not fit, so none overtakes another. Must not know the application: the caller checks a
transaction before adding it, and again after a block.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from akashpy.node.comet.block import tx_hash


class MempoolError(Exception):
    """A transaction was refused before it was checked; the text is CometBFT's."""


class TxInCache(MempoolError):
    """This very transaction was seen before and has not become free again."""

    def __init__(self) -> None:
        super().__init__("tx already exists in cache")


class TxTooLarge(MempoolError):
    """A single transaction above the size limit."""

    def __init__(self, limit: int, size: int) -> None:
        super().__init__(f"Tx too large. Max size is {limit}, but got {size}")


class MempoolFull(MempoolError):
    """No room left; try again after a block."""

    def __init__(self, count: int, max_txs: int, size: int, max_bytes: int) -> None:
        super().__init__(
            f"mempool is full: number of txs {count} (max: {max_txs}), "
            f"total txs bytes {size} (max: {max_bytes})"
        )


@dataclass(frozen=True, slots=True)
class MempoolLimits:
    """Bounds of the mempool. Bytes are of raw transactions; `ttl` is in seconds."""

    max_txs: int = 50_000
    max_bytes: int = 64 * 1024 * 1024
    max_tx_bytes: int = 1024 * 1024
    cache_size: int = 100_000
    ttl: int = 600


class Entry:
    """One waiting transaction: its bytes, hash, gas limit and time of arrival (unix ns)."""

    __slots__ = ("arrived", "gas_wanted", "hash", "raw")

    def __init__(self, raw: bytes, hash: bytes, gas_wanted: int, arrived: int) -> None:
        self.raw = raw
        self.hash = hash
        self.gas_wanted = gas_wanted
        self.arrived = arrived


class Mempool:
    """The queue and the cache of hashes that keeps a transaction from being offered twice."""

    def __init__(self, limits: MempoolLimits | None = None) -> None:
        self.limits = limits or MempoolLimits()
        self.bytes = 0
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._cache: OrderedDict[bytes, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, hash: bytes) -> bool:
        return hash in self._entries

    def reserve(self, raw: bytes) -> bytes:
        """Hash of `raw`, which the cache now holds: add() or release() must follow.

        Raises MempoolFull, TxTooLarge, TxInCache, checked in CometBFT's order.
        """
        limits, size = self.limits, len(raw)
        if len(self._entries) >= limits.max_txs or self.bytes + size > limits.max_bytes:
            raise MempoolFull(len(self._entries), limits.max_txs, self.bytes, limits.max_bytes)
        if size > limits.max_tx_bytes:
            raise TxTooLarge(limits.max_tx_bytes, size)
        hash = tx_hash(raw)
        if hash in self._cache or hash in self._entries:
            self._remember(hash)
            raise TxInCache
        self._remember(hash)
        return hash

    def add(self, raw: bytes, hash: bytes, *, gas_wanted: int, now: int) -> None:
        """Queue a transaction that passed its check. `now` is in unix nanoseconds."""
        self._entries[hash] = Entry(raw, hash, gas_wanted, now)
        self.bytes += len(raw)

    def release(self, hash: bytes) -> None:
        """Let a refused transaction be offered again."""
        self._cache.pop(hash, None)

    def reap(self, *, max_bytes: int, max_gas: int) -> list[Entry]:
        """The longest run from the front that fits a block; -1 means no limit. Removes nothing."""
        if max_bytes < 0 and max_gas < 0:
            return list(self._entries.values())
        chosen: list[Entry] = []
        size = gas = 0
        for entry in self._entries.values():
            # a repeated bytes field of the block costs its tag and length as well
            size += len(entry.raw) + 1 + (len(entry.raw).bit_length() + 6) // 7
            gas += entry.gas_wanted
            if (0 <= max_bytes < size) or (0 <= max_gas < gas):
                break
            chosen.append(entry)
        return chosen

    def settle(self, outcomes: Iterable[tuple[bytes, int]]) -> None:
        """Take out what a block held: (hash, result code). A failed one may be offered again."""
        for hash, code in outcomes:
            self._drop(hash)
            if code == 0:
                self._remember(hash)
            else:
                self._cache.pop(hash, None)

    def expire(self, now: int) -> list[bytes]:
        """Drop what waited longer than the limit; returns the hashes. `now` in unix ns."""
        deadline = now - self.limits.ttl * 1_000_000_000
        old: list[bytes] = []
        for entry in self._entries.values():
            if entry.arrived > deadline:
                break
            old.append(entry.hash)
        for hash in old:
            self.discard(hash)
        return old

    def discard(self, hash: bytes) -> None:
        """Drop a waiting transaction and let it be offered again."""
        self._drop(hash)
        self._cache.pop(hash, None)

    def flush(self) -> None:
        """Drop everything."""
        self._entries.clear()
        self._cache.clear()
        self.bytes = 0

    def _drop(self, hash: bytes) -> None:
        entry = self._entries.pop(hash, None)
        if entry is not None:
            self.bytes -= len(entry.raw)

    def _remember(self, hash: bytes) -> None:
        self._cache[hash] = None
        self._cache.move_to_end(hash)
        while len(self._cache) > self.limits.cache_size:
            self._cache.popitem(last=False)
