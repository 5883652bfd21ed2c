"""A light client's work on our own chain.

Headers are checked by the validators they name, commits by signatures, links by hash.
"""

from __future__ import annotations

from akashpy.node.comet import keys
from akashpy.node.comet.block import (
    Block,
    BlockIDFlag,
    Commit,
    data_hash,
    tx_hash,
    validators_hash,
)
from akashpy.node.core import Core
from akashpy.node.solo import results_hash


def verify_commit(core: Core, commit: Commit) -> None:
    """More than two thirds of the power signed exactly this commit."""
    validators = core.store.validators(commit.height)
    signed = 0
    for at, (validator, sig) in enumerate(zip(validators, commit.signatures, strict=True)):
        if sig.flag is BlockIDFlag.COMMIT:
            message = commit.sign_bytes(core.chain_id, at)
            assert keys.verify(validator.pub_key, message, sig.signature)
            assert sig.validator_address == validator.address
            signed += validator.power
    assert 3 * signed > 2 * sum(v.power for v in validators)


def verify_chain(core: Core) -> None:
    """Everything a full node checks about a chain of blocks, from the first to the last."""
    before = None
    for height in range(core.store.base, core.height + 1):
        meta, txs = core.block(height)
        header = meta.header
        assert Block(header, tuple(txs), meta.last_commit).id == meta.id
        assert header.data_hash == data_hash([tx_hash(tx) for tx in txs])
        assert header.validators_hash == validators_hash(core.store.validators(height))
        assert header.next_validators_hash == validators_hash(core.store.validators(height + 1))
        assert header.consensus_hash == core.store.params(height).hash
        assert header.last_commit_hash == meta.last_commit.hash()
        verify_commit(core, meta.seen_commit)
        if before is not None:
            verify_commit(core, meta.last_commit)
            assert meta.last_commit.block_id == header.last_block_id == before.id
            assert header.time == meta.last_commit.signatures[0].timestamp > before.header.time
            outcome = core.store.outcome(height - 1)
            results = core.store.results(height - 1)
            assert outcome is not None
            assert results is not None
            assert header.app_hash == outcome.app_hash
            assert header.last_results_hash == results_hash(results)
        before = meta
