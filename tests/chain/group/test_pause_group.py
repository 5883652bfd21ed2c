"""MsgPauseGroup: the lease ends, the group waits for its tenant."""

from akashpy.types.deployment import GroupClosed, GroupID, GroupNotFound, GroupPaused, GroupState
from akashpy.types.market import BidState, LeaseClosedReason, LeaseState, OrderState
from tests.chain.bazaar import RICH, Bazaar, first_order
from tests.chain.conftest import Given


def test_ends_the_lease_as_closed_by_its_owner(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=100)
    given.advance(2)
    bazaar.told()
    bazaar.pause(lease.group)
    assert bazaar.told() == [
        "EventGroupPaused",
        "EventOrderClosed",
        "transfer 500000uakt",
        "EventBidClosed",
        "EventLeaseClosed",
        "transfer 200uakt",
    ]
    assert bazaar.group(lease.group).state is GroupState.PAUSED
    ended = bazaar.lease_of(lease)
    assert (ended.state, ended.reason) == (
        LeaseState.CLOSED,
        LeaseClosedReason.LEASE_CLOSED_OWNER,
    )
    assert given.balance(provider) == RICH + 200
    given.holds()


def test_refunds_open_bids(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    bid = bazaar.bid(first_order(bazaar.deploy()), provider)
    bazaar.pause(bid.group)
    assert bazaar.bid_of(bid).state is BidState.CLOSED
    assert bazaar.order(bid.order).state is OrderState.CLOSED
    assert given.balance(provider) == RICH
    given.holds()


def test_rejects_an_unknown_paused_or_closed_group(given: Given) -> None:
    bazaar = Bazaar(given)
    group = bazaar.deploy().with_gseq(1)
    with given.rejects(GroupNotFound):
        bazaar.pause(GroupID(group.owner, group.dseq, 2))
    bazaar.pause(group)
    with given.rejects(GroupPaused):
        bazaar.pause(group)
    bazaar.close_group(group)
    with given.rejects(GroupClosed):
        bazaar.pause(group)


def test_a_group_that_ran_out_of_funds_can_be_paused_as_on_akash(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased(price=1000, amount=500_000)
    given.advance(500)
    given.end_block()
    assert bazaar.group(lease.group).state is GroupState.INSUFFICIENT_FUNDS
    bazaar.pause(lease.group)
    assert bazaar.group(lease.group).state is GroupState.PAUSED
    given.holds()
