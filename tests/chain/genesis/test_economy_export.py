"""A chain with rewards, absences and a tombstone goes on from its own export, row by row."""

from __future__ import annotations

from akashpy.chain import staking
from akashpy.chain.app import App
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput, Misbehavior, VoteInfo
from akashpy.types.address import VALOPER
from akashpy.types.coin import Coin
from akashpy.wire import crypto, distribution, pack
from akashpy.wire import staking as pb
from tests.chain.app.conftest import BLOCK, Chain, drain, key, start

RATES = pb.CommissionRates(rate=str(10**17), max_rate=str(2 * 10**17), max_change_rate=str(10**16))


def votes(chain: Chain, absent: bool = False) -> tuple[VoteInfo, ...]:
    """All validators vote, the weakest only when it is there."""
    found = sorted(staking.last_validators(chain.app.query_context()), key=lambda each: -each[1])
    return tuple(
        VoteInfo(staking.consensus_address(value), power, 1 if absent and place else 2)
        for place, (value, power) in enumerate(found)
    )


def go_on(
    chain: Chain, *txs: bytes, absent: bool = False, proof: bool = False, at: int = 0
) -> None:
    """A block with votes; every transaction in it succeeds."""
    height, time = at or chain.app.height + 1, chain.time + BLOCK
    seen = votes(chain, absent)
    guilty = (Misbehavior(1, seen[-1].address, seen[-1].power, height - 1, time - 1, 9),)
    given = BlockInput(height, time, seen[0].address, list(txs), seen, guilty if proof else ())
    result = drain(chain.app.execute_block(given))
    assert [each.log for each in result.tx_results if each.code] == []
    chain.app.commit()
    chain.time = time


def lively() -> Chain:
    """Two validators, a delegator, a gift to the community, absences and a proof."""
    chain = start("alice", "bob")
    first = key("validator").address.with_prefix(VALOPER)
    second = pb.MsgCreateValidator(
        commission=RATES,
        min_self_delegation="1",
        validator_address=key("bob").address.with_prefix(VALOPER),
        pubkey=pack(crypto.Ed25519PubKey(key=bytes(range(1, 33)))),
        value=Coin("uakt", 2_000_000).to_wire(),
    )
    second.description.moniker = "second"
    delegation = pb.MsgDelegate(
        delegator_address=key("alice").address,
        validator_address=first,
        amount=Coin("uakt", 777_777).to_wire(),
    )
    gift = distribution.MsgFundCommunityPool(
        depositor=key("alice").address, amount=[Coin("uakt", 55).to_wire()]
    )
    go_on(chain, chain.tx("bob", [second], gas=500_000))
    go_on(chain, chain.tx("alice", [delegation], gas=500_000))
    go_on(chain)
    go_on(chain, chain.tx("alice", [gift], gas=500_000), absent=True)
    go_on(chain, absent=True)
    withdrawal = distribution.MsgWithdrawDelegatorReward(
        delegator_address=key("alice").address, validator_address=first
    )
    go_on(chain, chain.tx("alice", [withdrawal], gas=500_000))
    go_on(chain, proof=True)
    go_on(chain)
    return chain


def test_the_same_rows_after_export_and_import() -> None:
    chain = lively()
    document = chain.app.export()
    again = App(Store.open(None, buckets=2**8), check_invariants=True)
    again.init_chain(document)
    stores = (b"mint", b"distribution", b"slashing", b"evidence", b"bank")
    for store in stores:
        old, new = (
            dict(app.query_context().iterate(store + b"/", store + b"0"))
            for app in (chain.app, again)
        )
        assert old == new, store
        assert old
    # and the next block of both is the same
    other = Chain(again, chain.keys, chain.time)
    go_on(chain)
    go_on(other, at=chain.app.height)
    for store in stores:
        old, new = (
            dict(app.query_context().iterate(store + b"/", store + b"0"))
            for app in (chain.app, again)
        )
        assert old == new, store
