"""Takes the newest block back, from the state alone or from blocks and index as well.

For an embedded node that is not running. The state goes first, so that a crash in between leaves a
block to execute again. Must not know commands. Source: SDK 0.53 `server/rollback.go`, CometBFT 0.38
`state/rollback.go`.
"""

from __future__ import annotations

from dataclasses import dataclass

from akashpy.node.blockstore import BlockStore
from akashpy.node.comet.block import tx_hash
from akashpy.node.comet.signer import Signed, forget_above
from akashpy.node.home import Home
from akashpy.node.txindex import TxIndex
from akashpy.state.store import Store


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Where a node stands now: `height` of the state, of its `blocks`, and the last `signed`."""

    height: int
    app_hash: bytes
    blocks: int
    signed: int


def roll_back(home: Home, *, hard: bool = False, sign_again: bool = False) -> RolledBack:
    """Undo the latest block of the state; with `hard` remove the blocks above the state, too.

    Blocks above the state, left by a crash or a rollback without `hard`, go alone. `sign_again`
    forgets signatures above the newest block. Raises StoreError, BlockStoreError, SignerError,
    HeightNotAvailable.
    """
    store = Store.open(home.data / "state")
    try:
        blocks = BlockStore.open(home.data / "blocks")
        try:
            if not hard or blocks.height <= store.height:
                store.rollback()
            while hard and blocks.height > store.height:
                drop_last(home, blocks)
            if sign_again:
                forget_above(home.signer_state, blocks.height)
            signed = Signed.load(home.signer_state).height
            return RolledBack(store.height, store.app_hash, blocks.height, signed)
        finally:
            blocks.close()
    finally:
        store.close()


def drop_last(home: Home, blocks: BlockStore) -> None:
    """Remove the newest block and what the index says of it. Raises BlockStoreError."""
    height = blocks.height
    results, outcome = blocks.results(height), blocks.outcome(height)
    index = TxIndex.open(home.data / "index")
    try:
        if results is not None and outcome is not None:
            hashes = [tx_hash(tx) for tx in blocks.txs(height)]
            index.forget(height, hashes, results, outcome.events)
        index.truncate(min(index.height, height - 1))
    finally:
        index.close()
    blocks.drop_last()
