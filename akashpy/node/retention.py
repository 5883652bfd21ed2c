"""Old blocks make room: which ones may go, and that index and blocks forget them together.

Exists for nodes that need not show all of the chain. The index goes first, so that a crash in
between leaves a block without its index rows, never rows of a block that is gone. Must not know who
makes blocks. Source: SDK 0.53 `min-retain-blocks`; nothing here judges evidence, so that the number
alone decides.
"""

from __future__ import annotations

from akashpy.node.blockstore import BlockStore
from akashpy.node.comet.block import tx_hash
from akashpy.node.txindex import TxIndex

BATCH = 50
"""Blocks that go at once: a durable write each time a block is made would be one too many."""
MOST = 500
"""Blocks that one call lets go at most, so that a smaller setting does not hold up a block."""


def prune(store: BlockStore, index: TxIndex, *, keep: int, batch: int = BATCH) -> int:
    """Forget blocks so that at least the `keep` newest stay; gives how many went.

    Nothing goes when `keep` is 0, or while fewer than `batch` could. Blocks while it writes.
    """
    below = store.height - keep + 1
    if not keep or not store.base or below - store.base < batch:
        return 0
    below = min(below, store.base + MOST)
    for height in range(store.base, below):
        results, outcome = store.results(height), store.outcome(height)
        if results is not None and outcome is not None:
            hashes = [tx_hash(tx) for tx in store.txs(height)]
            index.forget(height, hashes, results, outcome.events)
    return store.prune(below)
