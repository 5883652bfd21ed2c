"""MsgCreateLease: one bid wins, the others are refunded, the payment starts."""

from dataclasses import replace

from akashpy.chain import escrow, group, market
from akashpy.types.deployment import GroupState
from akashpy.types.escrow import AccountNotFound, InvalidDenomination, State
from akashpy.types.market import (
    BidNotFound,
    BidNotOpen,
    BidState,
    GroupNotFound,
    GroupNotOpen,
    LeaseState,
    OrderNotFound,
    OrderNotOpen,
    OrderState,
)
from tests.chain.bazaar import HOUR, RICH, Bazaar, first_order
from tests.chain.conftest import Given


def test_starts_the_payment_and_says_so(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    bid = bazaar.bid(first_order(bazaar.deploy()), provider, "12.5")
    given.advance(3)
    bazaar.told()
    lease = bazaar.lease(bid)
    assert bazaar.told() == ["EventLeaseCreated"]
    made = bazaar.lease_of(lease)
    assert (made.state, made.created_at, made.closed_on) == (LeaseState.ACTIVE, 4, 0)
    assert made.reclamation is None
    payment = bazaar.payment(lease)
    assert (payment.state, payment.owner, payment.rate) == (State.OPEN, provider, made.price)
    assert bazaar.account(lease.deployment).settled_at == 4
    assert bazaar.order(lease.order).state is OrderState.ACTIVE
    assert bazaar.bid_of(bid).state is BidState.ACTIVE
    assert given.balance(provider) == RICH - 500_000
    given.holds()


def test_the_promised_notice_is_on_the_lease(given: Given) -> None:
    bazaar = Bazaar(given)
    order = first_order(bazaar.deploy())
    bid = bazaar.bid(order, bazaar.provider("provider"), notice=2 * HOUR)
    reclamation = bazaar.lease_of(bazaar.lease(bid)).reclamation
    assert reclamation is not None
    assert (reclamation.window, reclamation.started_at) == (2 * HOUR, 0)


def test_every_loser_is_refunded(given: Given) -> None:
    bazaar = Bazaar(given)
    order = first_order(bazaar.deploy())
    providers = [bazaar.provider(name) for name in ("a", "b", "c", "d")]
    bids = [bazaar.bid(order, one) for one in providers]
    bazaar.told()
    bazaar.lease(bids[0])
    assert bazaar.told() == ["EventLeaseCreated", *["transfer 500000uakt"] * 3]
    assert [bazaar.bid_of(one).state for one in bids[1:]] == [BidState.LOST] * 3
    assert [given.balance(one) for one in providers[1:]] == [RICH] * 3
    assert all(bazaar.account(one).state is State.CLOSED for one in bids[1:])
    given.holds()


def test_akash_refunds_the_first_loser_only(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    order = first_order(bazaar.deploy())
    bids = [bazaar.bid(order, bazaar.provider(name)) for name in ("a", "b", "c", "d")]
    bazaar.lease(bids[0])
    losers = sorted(bids[1:], key=lambda one: one.provider)
    assert [bazaar.bid_of(one).state for one in losers] == [
        BidState.LOST,
        BidState.OPEN,
        BidState.OPEN,
    ]
    bazaar.close_bid(losers[1])
    bazaar.close(order.deployment)
    assert [given_akash.balance(one.provider, "uact") for one in losers] == [RICH] * 3
    given_akash.holds()


def test_a_second_lease_settles_the_first(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy_groups(1, 1000, 1000)
    a, b = bazaar.provider("a"), bazaar.provider("b")
    first = bazaar.lease(bazaar.bid(first_order(id), a, "10.7"))
    other = bazaar.bid(first_order(id, 2), b, 20)
    given.advance(3)
    bazaar.lease(other)
    assert bazaar.payment(first).balance.amount.truncate() == 32
    assert bazaar.account(id).settled_at == 4
    given.holds()


def test_akash_forgets_what_the_first_had_earned(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    id = bazaar.deploy_groups(1, 1000, 1000)
    a, b = bazaar.provider("a"), bazaar.provider("b")
    first = bazaar.lease(bazaar.bid(first_order(id), a, "10.7"))
    other = bazaar.bid(first_order(id, 2), b, 20)
    given_akash.advance(3)
    bazaar.lease(other)
    assert bazaar.payment(first).balance.amount.is_zero
    assert [str(one) for one in bazaar.account(id).transferred] == ["32.000000000000000000uact"]
    given_akash.holds()


def test_rejects_a_bid_that_is_unknown_or_not_open(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy())
    with given.rejects(BidNotFound):
        bazaar.lease(order.with_provider(provider))
    lease = bazaar.lease(bazaar.bid(order, provider))
    with given.rejects(BidNotOpen):
        bazaar.lease(lease.bid)


def test_rejects_an_order_that_is_not_open(given_akash: Given) -> None:
    """On Akash a second loser stays open on an active order; it cannot win it."""
    bazaar = Bazaar(given_akash)
    order = first_order(bazaar.deploy())
    bids = [bazaar.bid(order, bazaar.provider(name)) for name in ("a", "b", "c")]
    bazaar.lease(bids[0])
    still_open = next(one for one in bids if bazaar.bid_of(one).state is BidState.OPEN)
    with given_akash.rejects(OrderNotOpen):
        bazaar.lease(still_open)


def test_rejects_what_a_broken_genesis_might_hold(given: Given) -> None:
    bazaar = Bazaar(given)
    bid = bazaar.bid(first_order(bazaar.deploy()), bazaar.provider("provider"))
    stored = bazaar.group(bid.group)
    group.GROUPS.put(given.ctx, bid.group, replace(stored, state=GroupState.PAUSED))
    with given.rejects(GroupNotOpen):
        bazaar.lease(bid)
    group.GROUPS.remove(given.ctx, bid.group)
    with given.rejects(GroupNotFound):
        bazaar.lease(bid)
    group.GROUPS.put(given.ctx, bid.group, stored)
    account = escrow.ACCOUNTS.get(given.ctx, str(bid.deployment.escrow))
    assert account is not None
    escrow.ACCOUNTS.remove(given.ctx, str(account.id))
    with given.rejects(AccountNotFound):
        bazaar.lease(bid)
    market.ORDERS.remove(given.ctx, bid.order)
    with given.rejects(OrderNotFound):
        bazaar.lease(bid)


def test_rejects_a_rate_in_another_denomination_than_the_account(given: Given) -> None:
    """Akash panics at the next settlement of such an account; we refuse to begin."""
    bazaar = Bazaar(given)
    bid = bazaar.bid(first_order(bazaar.deploy()), bazaar.provider("provider"))
    account = bazaar.account(bid.deployment)
    swapped = replace(account, funds=(replace(account.funds[0], denom="uact"),))
    escrow.ACCOUNTS.put(given.ctx, str(account.id), swapped)
    with given.rejects(InvalidDenomination):
        bazaar.lease(bid)
