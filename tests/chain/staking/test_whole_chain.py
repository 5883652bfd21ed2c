"""Stake through transactions and blocks of a whole chain, and an export in the middle of it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from akashpy import wire
from akashpy.chain import genesis, staking
from akashpy.chain.app import App
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput, VoteInfo
from akashpy.types.address import VALOPER
from akashpy.wire import crypto
from akashpy.wire import staking as pb
from tests.chain.app.conftest import VALIDATOR_KEY, Chain, drain, key, start
from tests.chain.staking.conftest import dec, uakt

FIRST = key("validator").address.with_prefix(VALOPER)
SECOND = key("bob").address.with_prefix(VALOPER)


def create() -> pb.MsgCreateValidator:
    return pb.MsgCreateValidator(
        description=pb.Description(moniker="second"),
        commission=pb.CommissionRates(rate=dec("0.1"), max_rate=dec("1"), max_change_rate="0"),
        min_self_delegation="1",
        validator_address=SECOND,
        pubkey=wire.pack(crypto.Ed25519PubKey(key=sha256(b"second").digest())),
        value=uakt(9_000_000),
    )


def stake(kind: Any, amount: int, **fields: str) -> Any:
    return kind(delegator_address=key("alice").address, amount=uakt(amount), **fields)


def run(chain: Chain, sender: str, *msgs: Any) -> list[Any]:
    """One block with one transaction that must succeed; what it changed in the set."""
    result = chain.block(chain.tx(sender, msgs, gas=2_000_000))
    assert result.tx_results[0].code == 0, result.tx_results[0].log
    return list(result.validator_updates)


def lived() -> Chain:
    chain = start("alice", "bob")
    (update,) = run(chain, "bob", create())
    assert (update.pub_key, update.power) == (sha256(b"second").digest(), 9)
    first = {"validator_address": FIRST}
    run(chain, "alice", stake(pb.MsgDelegate, 5_000_000, **first))
    run(chain, "alice", stake(pb.MsgUndelegate, 1_000_000, **first))
    moved = {"validator_src_address": FIRST, "validator_dst_address": SECOND}
    run(chain, "alice", stake(pb.MsgBeginRedelegate, 2_000_000, **moved))
    return chain


def test_a_set_of_validators_changes_through_blocks() -> None:
    chain = lived()
    ctx = chain.app.query_context()
    assert {value.description.moniker: power for value, power in staking.last_validators(ctx)} == {
        "node0": 5002, "second": 11,
    }  # fmt: skip


def test_an_export_in_the_middle_of_unbondings_goes_on_alike() -> None:
    chain = lived()
    exported = json.loads(json.dumps(chain.app.export()))
    genesis.validate(exported)
    copied = App(Store.open(None, buckets=2**8), check_invariants=True)
    copied.init_chain(exported)
    powers = sorted(int(each["power"]) for each in exported["consensus"]["validators"])
    assert powers == [11, 5002]
    votes = (VoteInfo(sha256(VALIDATOR_KEY).digest()[:20], 5002, 2),)
    time = chain.time
    for height in range(exported["initial_height"], exported["initial_height"] + 3):
        time += 12 * 24 * 3600 * 10**9  # the second of these blocks ends the unbonding
        block = BlockInput(height, time, b"p" * 20, [], votes)
        results = [drain(app.execute_block(block)) for app in (chain.app, copied)]
        assert results[0] == results[1]
        chain.app.commit()
        copied.commit()
    alice = key("alice").address.raw
    assert list(staking.UNBONDINGS.under(copied.query_context(), alice)) == []
