"""A chain exported in the middle of votes and vesting goes on as the chain it came from."""

import json

from akashpy.chain import auth, genesis, gov
from akashpy.chain.app import App
from akashpy.chain.gov import records
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput
from akashpy.types.coin import Coins
from akashpy.wire import gov as pb
from akashpy.wire import pack, vesting
from akashpy.wire.bank import MsgUpdateParams, Params
from tests.chain.app.conftest import Chain, drain, key, start
from tests.chain.gov.conftest import DAY


def submit(chain: Chain, deposit: str, *, expedited: bool = False) -> bytes:
    """A transaction of alice that proposes bank's parameters."""
    message = MsgUpdateParams(authority=gov.AUTHORITY, params=Params(default_send_enabled=False))
    msg = pb.MsgSubmitProposal(
        proposer=key("alice").address,
        title="T",
        summary="S",
        initial_deposit=Coins.parse(deposit).to_wire(),
        messages=[pack(message)],
        expedited=expedited,
    )
    return chain.tx("alice", [msg], gas=2_000_000, fee=[])


def test_goes_on_alike() -> None:
    chain = start("alice", "validator")
    locked = vesting.MsgCreateVestingAccount(
        from_address=key("alice").address,
        to_address=key("carol").address,
        amount=Coins.parse("1000uakt").to_wire(),
        end_time=chain.time // 10**9 + 3 * 24 * 3600,
    )
    vote = pb.MsgVote(proposal_id=2, voter=key("validator").address, option=1)  # type: ignore[arg-type]
    results = [
        chain.deliver(tx)
        for tx in (
            submit(chain, "100000uakt"),
            submit(chain, "10000000uakt"),
            submit(chain, "50000000uakt", expedited=True),
            chain.tx("alice", [locked]),
            chain.tx("validator", [vote]),
        )
    ]
    assert [result.log for result in results] == [""] * 5
    exported = json.loads(json.dumps(chain.app.export()))
    genesis.validate(exported)
    copied = App(Store.open(None, buckets=2**8), check_invariants=True)
    copied.init_chain(exported)
    height, now = exported["initial_height"], chain.time
    for step in range(3):
        block = BlockInput(height + step, now + 1 + step * DAY, b"p" * 20, [])
        both = [drain(app.execute_block(block)) for app in (chain.app, copied)]
        assert both[0] == both[1]
        assert chain.app.commit() == copied.commit()
    ctx = copied.query_context()
    assert records.require(ctx, 2).status == records.PASSED
    assert not records.PROPOSALS.has(ctx, 1)
    assert not records.require(ctx, 3).expedited
    carol = auth.require(ctx, key("carol").address.raw)
    assert carol.vesting is not None
