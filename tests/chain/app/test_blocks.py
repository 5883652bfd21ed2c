"""Blocks: order, gas limits, restarts, what is durable and what is not."""

from pathlib import Path

import pytest

from akashpy.chain import bank, consensus
from akashpy.chain.app import App
from akashpy.chain.authority import AUTHORITY
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput
from akashpy.types.coin import Coin
from akashpy.types.errors import ChainError, InvalidHeight, InvalidRequest, PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.wire import consensus as pb
from tests.chain.app.conftest import BLOCK, CHAIN_ID, TIME, Chain, drain, key, start
from tests.chain.conftest import Given


def test_nothing_counts_before_commit(chain: Chain) -> None:
    chain.block()
    before = chain.app.height, chain.app.app_hash, chain.balance("bob")
    result = chain.execute(chain.send("alice", "bob", "5uakt"))
    assert result.app_hash != before[1]
    assert (chain.app.height, chain.app.app_hash, chain.balance("bob")) == before
    chain.app.commit()
    assert chain.app.app_hash == result.app_hash
    assert chain.balance("bob") == before[2] + 5


def test_executing_again_gives_the_same(chain: Chain) -> None:
    chain.block()
    tx = chain.send("alice", "bob", "5uakt")
    first = chain.execute(tx)
    assert chain.execute(tx) == first
    chain.app.commit()
    assert chain.app.app_hash == first.app_hash


def test_an_abandoned_block_leaves_nothing(chain: Chain) -> None:
    steps = chain.app.execute_block(BlockInput(1, TIME, b"", [chain.send("alice", "bob", "5uakt")]))
    next(steps)
    steps.close()
    with pytest.raises(InvalidRequest, match="no executed block"):
        chain.app.commit()
    assert chain.balance("bob") == 10**12


def test_the_slow_part_runs_apart(chain: Chain) -> None:
    chain.execute(chain.send("alice", "bob", "5uakt"))
    job = chain.app.commit_job()
    job()
    assert chain.app.height == 0
    assert chain.app.commit() == 1


@pytest.mark.parametrize("height", [0, 2, 7])
def test_invalid_height(chain: Chain, height: int) -> None:
    with pytest.raises(InvalidHeight, match=f"invalid height: {height}; expected: 1"):
        drain(chain.app.execute_block(BlockInput(height, TIME, b"", [])))


def test_no_block_without_genesis() -> None:
    with pytest.raises(InvalidRequest, match="no genesis"):
        drain(App(Store.open(None, buckets=2**8)).execute_block(BlockInput(1, TIME, b"", [])))


def test_an_empty_block_changes_nothing_but_what_new_coins_do(chain: Chain) -> None:
    first = chain.block()
    before = dict(chain.app.query_context().iterate(b"", None))
    chain.block()
    after = dict(chain.app.query_context().iterate(b"", None))
    changed = {key.split(b"/")[0] for key, row in after.items() if before.get(key) != row}
    assert changed == {b"bank", b"distribution", b"mint"}
    assert first.validator_updates == ()
    assert first.consensus_param_updates == consensus.default()


def test_restart_from_disk(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "state", buckets=2**8)
    chain = start(store=store)
    chain.block(chain.send("alice", "bob", "5uakt"))
    found = chain.app.height, chain.app.app_hash, chain.app.time, chain.app.chain_id
    store.close()
    again = App(Store.open(tmp_path / "state"), chain_id=CHAIN_ID)
    assert (again.height, again.app_hash, again.time, again.chain_id) == found
    chain.app = again
    assert chain.deliver(chain.send("bob", "alice", "5uakt")).code == 0


def test_a_restart_before_the_first_block_begins_at_genesis(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "state", buckets=2**8)
    start(store=store)
    store.close()
    chain = start(store=Store.open(tmp_path / "state"))
    assert chain.app.height == 0
    assert chain.deliver(chain.send("alice", "bob", "5uakt")).code == 0


def test_a_store_of_another_chain_is_refused(chain: Chain) -> None:
    chain.block()
    with pytest.raises(InvalidRequest, match="use another home"):
        App(chain.app._store, chain_id="other-1")


def test_rollback_undoes_one_block(chain: Chain) -> None:
    chain.block()
    before = chain.app.app_hash
    tx = chain.send("alice", "bob", "5uakt")
    after = chain.block(tx).app_hash
    assert chain.app.rollback() == 1
    assert chain.app.app_hash == before
    chain.time -= BLOCK
    assert chain.block(tx).app_hash == after


def test_old_heights_stay_readable(chain: Chain) -> None:
    chain.block(chain.send("alice", "bob", "5uakt"))
    chain.block(chain.send("alice", "bob", "7uakt"))
    bob = key("bob").address.raw
    balances = [bank.balance(chain.app.query_context(h), bob, "uakt") for h in (1, 2, None)]
    assert balances == [10**12 + 5, 10**12 + 12, 10**12 + 12]
    with pytest.raises(ChainError):
        chain.app.query_context(3)


def test_a_raw_value_comes_with_its_proof(chain: Chain) -> None:
    chain.block()
    stored = bank.BALANCES.key((key("bob").address.raw, "uakt"))
    value, proof = chain.app.read_store(stored, prove=True)
    assert value == b"1000000000000"
    from akashpy.state.proof import Proof, verify

    assert proof is not None
    assert verify(Proof.decode(proof), chain.app.app_hash, stored, value)
    assert chain.app.read_store(stored) == (value, None)


def limit_gas(chain: Chain, max_gas: int) -> None:
    """Start the next block with a gas limit, as governance would set one."""
    assert chain.app._genesis is not None
    params = consensus.default()
    params.block.max_gas = max_gas
    consensus.put(chain.app._genesis, params)
    chain.app._reset()


def test_a_block_runs_out_of_gas(chain: Chain) -> None:
    used = chain.app.simulate(chain.send("alice", "bob", "1uakt", sequence=0))[0]
    limit_gas(chain, used + used // 2)
    pairs = [("alice", "bob"), ("bob", "alice")]
    txs = [chain.send(*pair, "1uakt", gas=used + 9_000) for pair in pairs]
    third = chain.send("alice", "bob", "4uakt", gas=used + 9_000)
    results = chain.block(*txs, third).tx_results
    assert [result.code for result in results] == [0, 11, 11]
    assert results[1].log.startswith("out of gas in location: block gas meter; gasWanted: ")
    assert results[2].log == "no block gas left to run tx: out of gas"
    assert (results[2].gas_wanted, results[2].gas_used) == (0, 0)
    assert chain.balance("bob") == 10**12 - 5_000 + 1


def test_invalid_gas_above_the_block(chain: Chain) -> None:
    limit_gas(chain, 150_000)
    result = chain.check(chain.send("alice", "bob", "1uakt", gas=150_001))
    assert (result.codespace, result.code) == ("sdk", 41)
    assert result.log == "tx gas limit 150001 exceeds block max gas 150000: invalid gas limit"


def update(authority: str, max_bytes: int = 1_000_000) -> pb.MsgUpdateParams:
    params = consensus.default()
    params.block.max_bytes = max_bytes
    return pb.MsgUpdateParams(
        authority=authority,
        block=params.block,
        evidence=params.evidence,
        validator=params.validator,
    )


def test_governance_changes_consensus_parameters(given: Given) -> None:
    consensus.put(given.ctx, consensus.default())
    given.run(update(AUTHORITY, 2_000_000))
    assert consensus.get(given.ctx).block.max_bytes == 2_000_000
    assert given.events[0].type == "update_consensus_params"


def test_invalid_consensus_parameters(given: Given) -> None:
    consensus.put(given.ctx, consensus.default())
    with given.rejects(InvalidSigner):
        given.run(update(given.address("me")))
    with given.rejects(PlainError, "block.MaxBytes cannot be 0"):
        given.run(update(AUTHORITY, 0))
    with given.rejects(PlainError, "all parameters must be present"):
        given.run(pb.MsgUpdateParams(authority=AUTHORITY))


def test_fees_are_told_in_the_order_of_denominations(chain: Chain) -> None:
    fee = [Coin("uact", 2), Coin("uakt", 3)]
    result = chain.deliver(chain.send("alice", "bob", "1uakt", fee=fee))
    assert result.events[0].value("amount") == "2uact,3uakt"
