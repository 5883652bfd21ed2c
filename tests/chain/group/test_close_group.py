"""MsgCloseGroup: the group ends with its order and lease, the deployment stays."""

from akashpy.types.deployment import (
    DeploymentID,
    DeploymentState,
    GroupClosed,
    GroupID,
    GroupNotFound,
    GroupState,
)
from akashpy.types.errors import InvalidSequence
from akashpy.types.escrow import State
from akashpy.types.market import LeaseClosedReason, LeaseState, OrderState
from tests.chain.bazaar import RICH, Bazaar, first_order
from tests.chain.conftest import Given


def test_ends_the_lease_and_pays_but_keeps_the_deployment(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=100)
    given.advance(2)
    bazaar.told()
    bazaar.close_group(lease.group)
    assert bazaar.told() == [
        "EventGroupClosed",
        "EventOrderClosed",
        "transfer 500000uakt",
        "EventBidClosed",
        "EventLeaseClosed",
        "transfer 200uakt",
    ]
    assert bazaar.group(lease.group).state is GroupState.CLOSED
    assert bazaar.order(lease.order).state is OrderState.CLOSED
    ended = bazaar.lease_of(lease)
    assert (ended.state, ended.reason) == (
        LeaseState.CLOSED,
        LeaseClosedReason.LEASE_CLOSED_OWNER,
    )
    assert bazaar.deployment(lease.deployment).state is DeploymentState.ACTIVE
    assert bazaar.account(lease.deployment).state is State.OPEN
    assert given.balance(provider) == RICH + 200
    given.holds()


def test_losing_bids_are_left_alone_and_open_ones_refunded(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy()
    providers = [bazaar.provider(name) for name in ("a", "b")]
    for provider in providers:
        bazaar.bid(first_order(id), provider)
    bazaar.close_group(id.with_gseq(1))
    assert [given.balance(one) for one in providers] == [RICH, RICH]
    given.holds()


def test_closes_a_paused_group(given: Given) -> None:
    bazaar = Bazaar(given)
    group = bazaar.deploy().with_gseq(1)
    bazaar.pause(group)
    bazaar.close_group(group)
    assert bazaar.group(group).state is GroupState.CLOSED


def test_rejects_an_unknown_or_closed_group(given: Given) -> None:
    bazaar = Bazaar(given)
    group = bazaar.deploy().with_gseq(1)
    with given.rejects(GroupNotFound):
        bazaar.close_group(GroupID(group.owner, group.dseq, 2))
    with given.rejects(InvalidSequence):
        bazaar.close_group(DeploymentID(group.owner, group.dseq).with_gseq(0))
    bazaar.close_group(group)
    with given.rejects(GroupClosed):
        bazaar.close_group(group)


def test_on_akash_a_dry_account_found_on_the_way_ends_the_other_groups(
    given_akash: Given,
) -> None:
    bazaar = Bazaar(given_akash)
    provider = bazaar.provider("provider")
    id = bazaar.deploy_groups(1, 1000, 1000, amount=500_000)
    lease = bazaar.lease(bazaar.bid(first_order(id), provider, 1000))
    other = bazaar.lease(bazaar.bid(first_order(id, 2), provider, 1000))
    given_akash.advance(400)
    bazaar.close_group(lease.group)
    assert bazaar.account(id).state is State.OVERDRAWN
    assert bazaar.group(lease.group).state is GroupState.CLOSED
    assert bazaar.group(other.group).state is GroupState.INSUFFICIENT_FUNDS
    assert bazaar.lease_of(lease).state is LeaseState.CLOSED
    assert bazaar.lease_of(other).state is LeaseState.INSUFFICIENT_FUNDS
    given_akash.holds()
