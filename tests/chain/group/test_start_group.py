"""MsgStartGroup: a paused group is offered again, under its deployment's wishes."""

from akashpy.types.deployment import (
    DeploymentClosed,
    DeploymentID,
    GroupClosed,
    GroupID,
    GroupNotFound,
    GroupOpen,
    GroupState,
)
from akashpy.types.market import LeaseState, OrderState
from tests.chain.bazaar import HOUR, Bazaar, first_order
from tests.chain.conftest import Given


def dried_out(bazaar: Bazaar) -> DeploymentID:
    """A deployment whose account ran dry, its group insufficient_funds."""
    lease = bazaar.leased(price=1000, amount=500_000)
    bazaar.given.advance(600)
    if bazaar.given.preset == "akash":
        bazaar.withdraw(lease)
    else:
        bazaar.given.end_block()
    assert bazaar.lease_of(lease).state is LeaseState.INSUFFICIENT_FUNDS
    return lease.deployment


def test_opens_the_next_order_with_the_deployments_notice(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy(notice=HOUR)
    group = id.with_gseq(1)
    bazaar.pause(group)
    bazaar.told()
    bazaar.start(group)
    assert bazaar.told() == ["EventGroupStarted", "EventOrderCreated"]
    assert bazaar.group(group).state is GroupState.OPEN
    order = bazaar.order(first_order(id, oseq=2))
    assert order.state is OrderState.OPEN
    assert order.reclamation is not None
    assert order.reclamation.min_window == HOUR


def test_rejects_an_unknown_open_or_closed_group(given: Given) -> None:
    bazaar = Bazaar(given)
    group = bazaar.deploy().with_gseq(1)
    with given.rejects(GroupNotFound):
        bazaar.start(GroupID(group.owner, group.dseq, 2))
    with given.rejects(GroupOpen):
        bazaar.start(group)
    bazaar.close_group(group)
    with given.rejects(GroupClosed):
        bazaar.start(group)


def test_rejects_a_group_of_a_closed_deployment(given: Given) -> None:
    bazaar = Bazaar(given)
    id = dried_out(bazaar)
    with given.rejects(DeploymentClosed):
        bazaar.start(id.with_gseq(1))


def test_akash_starts_it_and_opens_an_order_nobody_can_lease(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    id = dried_out(bazaar)
    bazaar.start(id.with_gseq(1))
    assert bazaar.group(id.with_gseq(1)).state is GroupState.OPEN
    assert bazaar.order(first_order(id, oseq=2)).state is OrderState.OPEN
