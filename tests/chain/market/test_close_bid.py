"""MsgCloseBid: a provider takes its bid back, or gives up its lease."""

from dataclasses import replace

import pytest

from akashpy.chain import market
from akashpy.types.deployment import GroupState
from akashpy.types.escrow import State
from akashpy.types.market import (
    BidNotActive,
    BidState,
    InvalidLeaseClosedReason,
    LeaseClosedReason,
    LeaseNotActive,
    LeaseState,
    OrderState,
    ReclamationNotStarted,
    ReclamationWindowNotElapsed,
    UnknownBid,
    UnknownLeaseForBid,
)
from akashpy.wire import market as pb
from tests.chain.bazaar import HOUR, RICH, Bazaar, first_order
from tests.chain.conftest import BLOCK_TIME, Given


def test_an_open_bid_is_refunded(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    id = bazaar.bid(first_order(bazaar.deploy()), provider)
    bazaar.told()
    bazaar.close_bid(id)
    assert bazaar.told() == ["transfer 500000uakt", "EventBidClosed"]
    assert bazaar.bid_of(id).state is BidState.CLOSED
    assert bazaar.order(id.order).state is OrderState.OPEN
    assert given.balance(provider) == RICH
    given.holds()


def test_a_lease_is_given_up_for_the_stated_reason_and_its_group_pauses(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=100)
    given.advance(4)
    bazaar.told()
    bazaar.close_bid(lease.bid, reason=10_001)
    assert bazaar.told() == [
        "EventGroupPaused",
        "EventLeaseClosed",
        "transfer 500000uakt",
        "EventBidClosed",
        "EventOrderClosed",
        "transfer 400uakt",
    ]
    ended = bazaar.lease_of(lease)
    assert (ended.state, ended.closed_on) == (LeaseState.CLOSED, 5)
    assert ended.reason is LeaseClosedReason.LEASE_CLOSED_REASON_DECOMMISSION
    assert bazaar.group(lease.group).state is GroupState.PAUSED
    assert bazaar.order(lease.order).state is OrderState.CLOSED
    assert bazaar.payment(lease).state is State.CLOSED
    assert given.balance(provider) == RICH + 400
    given.holds()


def test_in_the_block_of_the_lease_the_payment_ends_too(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    bazaar.close_bid(lease.bid)
    assert bazaar.payment(lease).state is State.CLOSED
    given.holds()


def test_akash_lets_a_closed_lease_charge_on_after_the_block_of_the_lease(
    given_akash: Given,
) -> None:
    bazaar = Bazaar(given_akash)
    lease = bazaar.leased()
    bazaar.close_bid(lease.bid)
    assert bazaar.lease_of(lease).state is LeaseState.CLOSED
    assert bazaar.payment(lease).state is State.OPEN


@pytest.mark.parametrize("reason", [0, 1, 9_999, 20_000])
def test_rejects_a_reason_that_is_not_a_providers(given: Given, reason: int) -> None:
    bazaar = Bazaar(given)
    id = bazaar.bid(first_order(bazaar.deploy()), bazaar.provider("provider"))
    with given.rejects(InvalidLeaseClosedReason):
        bazaar.close_bid(id, reason=reason)


def test_rejects_a_bid_that_is_unknown_lost_or_over(given: Given) -> None:
    bazaar = Bazaar(given)
    winner, loser = bazaar.provider("winner"), bazaar.provider("loser")
    order = first_order(bazaar.deploy())
    with given.rejects(UnknownBid):
        bazaar.close_bid(order.with_provider(winner))
    lost = bazaar.bid(order, loser)
    lease = bazaar.lease(bazaar.bid(order, winner))
    with given.rejects(UnknownLeaseForBid):
        bazaar.close_bid(lost)
    bazaar.close_bid(lease.bid)
    with given.rejects(LeaseNotActive):
        bazaar.close_bid(lease.bid)


def test_a_provider_that_promised_notice_must_give_it_and_wait(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy(notice=HOUR))
    lease = bazaar.lease(bazaar.bid(order, provider, 1, notice=HOUR))
    with given.rejects(ReclamationNotStarted):
        bazaar.close_bid(lease.bid)
    given.run(pb.MsgLeaseStartReclaim(id=lease.to_wire(), reason=10_000))
    given.advance(HOUR // BLOCK_TIME - 1)
    with given.rejects(ReclamationWindowNotElapsed):
        bazaar.close_bid(lease.bid)
    given.advance()
    bazaar.close_bid(lease.bid)
    assert bazaar.lease_of(lease).state is LeaseState.CLOSED
    given.holds()


def test_rejects_a_lease_whose_bid_is_not_active(given: Given) -> None:
    """Only a broken genesis can hold such a pair; it must not be paid out twice."""

    bazaar = Bazaar(given)
    lease = bazaar.leased()
    market.BIDS.put(given.ctx, lease.bid, replace(bazaar.bid_of(lease.bid), state=BidState.LOST))
    with given.rejects(BidNotActive):
        bazaar.close_bid(lease.bid)
