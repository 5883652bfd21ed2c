"""An account that runs dry is closed in that block, without anybody's message."""

from dataclasses import replace

import pytest

from akashpy.chain import escrow, params
from akashpy.chain.escrow import operations
from akashpy.chain.escrow.exhaustion import QUEUE
from akashpy.types.chainparams import FIXES
from akashpy.types.deployment import DeploymentState, GroupState
from akashpy.types.escrow import State
from akashpy.types.market import BidState, LeaseClosedReason, LeaseID, LeaseState, OrderState
from akashpy.wire import chain as pb_chain
from tests.chain.bazaar import RICH, Bazaar, first_order, spec, unit
from tests.chain.conftest import Given


def pass_blocks(given: Given, count: int) -> None:
    """Let blocks end one after the other, with their hooks."""
    for _ in range(count):
        given.end_block()


def queue(given: Given) -> dict[str, int]:
    return dict(QUEUE.under(given.ctx))


def test_closes_in_the_last_block_that_is_paid(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    groups = [spec(unit(60_000))]
    lease = bazaar.leased(provider=provider, price="50000.7", amount=500_000, groups=groups)
    assert queue(given) == {str(lease.deployment.escrow): 1 + 9}
    pass_blocks(given, 9)
    assert bazaar.lease_of(lease).state is LeaseState.ACTIVE
    bazaar.told()

    given.end_block()

    assert bazaar.told() == [
        "transfer 450006uakt",
        "transfer 49994uakt",
        "EventDeploymentClosed",
        "EventGroupClosed",
        "EventOrderClosed",
        "transfer 500000uakt",
        "EventBidClosed",
        "EventLeaseClosed",
    ]
    ended = bazaar.lease_of(lease)
    assert (ended.state, ended.closed_on) == (LeaseState.INSUFFICIENT_FUNDS, 10)
    assert ended.reason is LeaseClosedReason.LEASE_CLOSED_REASON_INSUFFICIENT_FUNDS
    assert bazaar.deployment(lease.deployment).state is DeploymentState.CLOSED
    assert bazaar.group(lease.group).state is GroupState.INSUFFICIENT_FUNDS
    assert bazaar.order(lease.order).state is OrderState.CLOSED
    assert bazaar.bid_of(lease.bid).state is BidState.CLOSED
    account = bazaar.account(lease.deployment)
    assert (account.state, account.settled_at) == (State.CLOSED, 10)
    assert account.funds[0].amount.is_zero
    assert bazaar.payment(lease).state is State.CLOSED
    assert given.balance(provider) == RICH + 450_006
    assert given.balance(bazaar.tenant) == RICH - 450_006
    assert queue(given) == {}
    given.holds()


def test_akash_serves_on_until_somebody_looks(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    lease = bazaar.leased(price=1000, amount=500_000)
    given_akash.advance(700)
    given_akash.end_block()
    assert bazaar.lease_of(lease).state is LeaseState.ACTIVE
    assert bazaar.account(lease.deployment).state is State.OPEN


def test_the_time_moves_with_every_change_of_funds_and_rates(given: Given) -> None:
    bazaar = Bazaar(given)
    a, b = bazaar.provider("a"), bazaar.provider("b")
    id = bazaar.deploy_groups(1, 1000, 1000, amount=600_000)
    key = str(id.escrow)
    assert queue(given) == {}
    first = bazaar.lease(bazaar.bid(first_order(id), a, 1000))
    assert queue(given) == {key: 601}
    given.advance(100)
    bazaar.top_up(id, 100_000)
    assert queue(given) == {key: 701}
    second = bazaar.lease(bazaar.bid(first_order(id, 2), b, 1000))
    assert queue(given) == {key: 401}
    bazaar.withdraw(first)
    assert queue(given) == {key: 401}
    given.advance(100)
    bazaar.close_lease(first)
    assert queue(given) == {key: 601}
    bazaar.pause(second.group)
    assert queue(given) == {}
    given.holds()


def test_a_lease_that_the_money_cannot_pay_for_one_block_ends_in_its_first(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    id = bazaar.deploy_groups(1, 1_000_000, amount=500_000)
    lease = bazaar.lease(bazaar.bid(first_order(id), provider, 500_001))
    given.end_block()
    assert bazaar.lease_of(lease).state is LeaseState.INSUFFICIENT_FUNDS
    assert given.balance(bazaar.tenant) == RICH
    given.holds()


def many(given: Given, count: int) -> tuple[Bazaar, list[LeaseID]]:
    """Leases that all run dry at height 11."""
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    leases = []
    for dseq in range(1, count + 1):
        id = bazaar.deploy_groups(dseq, 50_000, amount=500_000)
        leases.append(bazaar.lease(bazaar.bid(first_order(id), provider, 50_000)))
    return bazaar, leases


def test_a_block_ends_a_bounded_number_and_the_rest_is_settled_as_of_its_own_height(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "EXHAUSTED_PER_BLOCK", 4)
    bazaar, leases = many(given, 10)
    pass_blocks(given, 10)
    ended = []
    for _ in range(4):
        given.end_block()
        given.holds()
        states = [bazaar.lease_of(lease).state for lease in leases]
        ended.append(states.count(LeaseState.INSUFFICIENT_FUNDS))
    assert ended == [4, 8, 10, 10]
    closed_on = sorted(bazaar.lease_of(lease).closed_on for lease in leases)
    assert closed_on == [11] * 4 + [12] * 4 + [13] * 2
    for lease in leases:
        assert bazaar.account(lease.deployment).settled_at == 11
        assert bazaar.payment(lease).withdrawn.amount == 500_000
    assert given.balance(bazaar.tenant) == RICH - 10 * 500_000


def test_a_block_stops_after_a_bounded_amount_of_work(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "EXHAUSTION_GAS", 1)
    bazaar, leases = many(given, 3)
    given.advance(10)
    ended = []
    for _ in range(3):
        given.end_block()
        states = [bazaar.lease_of(lease).state for lease in leases]
        ended.append(states.count(LeaseState.INSUFFICIENT_FUNDS))
    assert ended == [1, 2, 3]


@pytest.mark.parametrize("verb", ["withdraw", "close_lease", "close_bid", "close", "pause"])
def test_a_message_that_comes_before_the_queue_does_gets_no_more(given: Given, verb: str) -> None:
    """Nothing unpaid is served or owed: whoever touches the account first ends it as of then."""
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=1000, amount=500_000)
    given.advance(750)
    if verb == "close_bid":
        bazaar.close_bid(lease.bid)
    else:
        target = {"close": lease.deployment, "pause": lease.group}.get(verb, lease)
        getattr(bazaar, verb)(target)
    account = bazaar.account(lease.deployment)
    assert (account.state, account.settled_at) == (State.CLOSED, 501)
    assert given.balance(provider) == RICH + 500_000
    assert bazaar.deployment(lease.deployment).state is DeploymentState.CLOSED
    assert bazaar.payment(lease).state is State.CLOSED
    given.holds()
    given.end_block()
    given.holds()


def test_governance_may_turn_it_on_later(given_akash: Given) -> None:
    """The queue is kept all along, so accounts that ran dry long ago end as of that height."""
    bazaar = Bazaar(given_akash)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=1000, amount=500_000)
    given_akash.advance(800)
    row = pb_chain.Params(settlement_denoms=["uact"], fixes=list(FIXES))
    params.PARAMS.put(given_akash.ctx, row.SerializeToString(deterministic=True))
    given_akash.end_block()
    account = bazaar.account(lease.deployment)
    assert (account.state, account.settled_at) == (State.CLOSED, 501)
    assert given_akash.balance(provider, "uact") == RICH + 500_000
    given_akash.holds()


def test_one_account_that_fails_does_not_stop_the_block(given: Given) -> None:
    """Only broken books can fail; the account leaves the queue and an event says why."""
    bazaar, leases = many(given, 2)
    account = bazaar.account(leases[0].deployment)
    broken = replace(account, funds=(replace(account.funds[0], denom="uact"),))
    escrow.ACCOUNTS.put(given.ctx, str(account.id), broken)
    given.advance(10)
    given.events.clear()
    given.end_block()
    failed = [one for one in given.events if one.type == "akashpy.escrow_exhaustion_failed"]
    assert [one.value("id") for one in failed] == [str(account.id)]
    assert bazaar.lease_of(leases[0]).state is LeaseState.ACTIVE
    assert bazaar.lease_of(leases[1]).state is LeaseState.INSUFFICIENT_FUNDS
    assert queue(given) == {}


def test_the_work_of_a_block_comes_in_small_steps(given: Given) -> None:
    """A node answers queries between them."""
    bazaar, leases = many(given, 10)
    given.advance(10)
    ended = [
        sum(bazaar.lease_of(lease).state is not LeaseState.ACTIVE for lease in leases)
        for _ in escrow.close_exhausted(given.ctx)
    ]
    assert ended == [operations.SLICE, 2 * operations.SLICE]
    given.holds()
