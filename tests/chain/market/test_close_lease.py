"""MsgCloseLease: the tenant ends a lease and its group is offered again."""

from dataclasses import replace

from akashpy.chain import escrow
from akashpy.types.deployment import GroupState
from akashpy.types.escrow import PaymentClosed, State
from akashpy.types.market import (
    BidNotFound,
    BidState,
    LeaseClosedReason,
    LeaseState,
    OrderClosed,
    OrderNotFound,
    OrderState,
)
from akashpy.wire import market as pb
from tests.chain.bazaar import HOUR, RICH, Bazaar, first_order
from tests.chain.conftest import Given


def test_pays_refunds_and_reopens(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    order = first_order(bazaar.deploy(notice=HOUR))
    lease = bazaar.lease(bazaar.bid(order, provider, 100, notice=HOUR))
    given.advance(2)
    bazaar.told()
    bazaar.close_lease(lease)
    assert bazaar.told() == [
        "EventLeaseClosed",
        "transfer 500000uakt",
        "EventBidClosed",
        "EventOrderClosed",
        "transfer 200uakt",
        "EventOrderCreated",
    ]
    ended = bazaar.lease_of(lease)
    assert (ended.state, ended.closed_on) == (LeaseState.CLOSED, 3)
    assert bazaar.bid_of(lease.bid).state is BidState.CLOSED
    again = bazaar.order(first_order(lease.deployment, oseq=2))
    assert again.state is OrderState.OPEN
    assert again.reclamation == bazaar.order(order).reclamation
    assert bazaar.group(lease.group).state is GroupState.OPEN
    assert given.balance(provider) == RICH + 200
    given.holds()


def test_the_reason_in_the_message_is_ignored(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    given.run(pb.MsgCloseLease(id=lease.to_wire(), reason=10_000))
    assert bazaar.lease_of(lease).reason is LeaseClosedReason.LEASE_CLOSED_OWNER


def test_a_lease_under_notice_can_be_closed(given: Given) -> None:
    bazaar = Bazaar(given)
    bid = bazaar.bid(first_order(bazaar.deploy()), bazaar.provider("provider"), notice=HOUR)
    lease = bazaar.lease(bid)
    given.run(pb.MsgLeaseStartReclaim(id=lease.to_wire(), reason=10_000))
    bazaar.close_lease(lease)
    assert bazaar.lease_of(lease).state is LeaseState.CLOSED
    given.holds()


def test_in_the_block_of_the_lease_the_payment_ends_too(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    bazaar.close_lease(lease)
    assert bazaar.payment(lease).state is State.CLOSED
    given.holds()


def test_akash_charges_on_for_a_lease_closed_in_its_first_block(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    lease = bazaar.leased(price=100)
    bazaar.close_lease(lease)
    assert bazaar.payment(lease).state is State.OPEN
    given_akash.advance(5)
    bazaar.close(lease.deployment)
    assert bazaar.payment(lease).withdrawn.amount == 500


def test_rejects_a_lease_that_is_unknown_or_over(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    stranger = bazaar.provider("stranger")
    with given.rejects(OrderNotFound):
        bazaar.close_lease(first_order(lease.deployment, 2).with_provider(stranger).lease)
    with given.rejects(BidNotFound):
        bazaar.close_lease(lease.order.with_provider(stranger).lease)
    bazaar.close_lease(lease)
    with given.rejects(OrderClosed):
        bazaar.close_lease(lease)


def test_escrows_refusal_is_the_messages(given: Given) -> None:
    """A payment that ended alone (a broken genesis) is not paid a second time."""

    bazaar = Bazaar(given)
    lease = bazaar.leased()
    closed = replace(bazaar.payment(lease), state=State.CLOSED)
    escrow.PAYMENTS.put(given.ctx, str(lease.payment), closed)
    with given.rejects(PaymentClosed):
        bazaar.close_lease(lease)
