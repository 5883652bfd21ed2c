"""MsgCloseDeployment: everybody is paid or refunded, and everything ends."""

from akashpy.types.deployment import (
    DeploymentClosed,
    DeploymentID,
    DeploymentNotFound,
    DeploymentState,
    GroupState,
)
from akashpy.types.errors import InvalidSequence
from akashpy.types.escrow import State
from akashpy.types.market import BidState, LeaseClosedReason, LeaseState, OrderState
from tests.chain.bazaar import RICH, Bazaar, first_order
from tests.chain.conftest import Given


def test_pays_refunds_and_ends_everything(given: Given) -> None:
    bazaar = Bazaar(given)
    first, second = bazaar.provider("first"), bazaar.provider("second")
    id = bazaar.deploy_groups(1, 1000, 1000)
    lease = bazaar.lease(bazaar.bid(first_order(id), first, "10.5"))
    waiting = bazaar.bid(first_order(id, 2), second)
    given.advance(3)
    bazaar.told()

    bazaar.close(id)

    assert bazaar.told() == [
        "transfer 31uakt",
        "transfer 4999969uakt",
        "EventDeploymentClosed",
        "EventGroupClosed",
        "EventOrderClosed",
        "transfer 500000uakt",
        "EventBidClosed",
        "EventLeaseClosed",
        "EventGroupClosed",
        "EventOrderClosed",
        "transfer 500000uakt",
        "EventBidClosed",
    ]
    assert bazaar.deployment(id).state is DeploymentState.CLOSED
    assert [bazaar.group(id.with_gseq(n)).state for n in (1, 2)] == [GroupState.CLOSED] * 2
    assert bazaar.order(lease.order).state is OrderState.CLOSED
    assert bazaar.bid_of(waiting).state is BidState.CLOSED
    ended = bazaar.lease_of(lease)
    assert (ended.state, ended.closed_on) == (LeaseState.CLOSED, 4)
    assert ended.reason is LeaseClosedReason.LEASE_CLOSED_OWNER
    assert bazaar.account(id).state is State.CLOSED
    assert bazaar.account(waiting).state is State.CLOSED
    assert bazaar.payment(lease).state is State.CLOSED
    assert given.balance(first) == RICH + 31
    assert given.balance(second) == RICH
    assert given.balance(bazaar.tenant) == RICH - 31
    given.holds()


def test_in_the_block_of_the_lease_nothing_is_owed_and_the_payment_ends(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    bazaar.close(lease.deployment)
    assert bazaar.payment(lease).state is State.CLOSED
    assert given.balance(bazaar.tenant) == RICH
    given.holds()


def test_akash_leaves_the_payment_open_in_the_block_of_the_lease(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    lease = bazaar.leased()
    bazaar.close(lease.deployment)
    assert bazaar.payment(lease).state is State.OPEN
    assert bazaar.account(lease.deployment).state is State.CLOSED


def test_a_dry_account_that_nobody_touched_ends_overdrawn_on_akash(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=1000, amount=500_000)
    given_akash.advance(600)
    bazaar.close(lease.deployment)
    assert bazaar.account(lease.deployment).state is State.OVERDRAWN
    assert bazaar.lease_of(lease).state is LeaseState.INSUFFICIENT_FUNDS
    assert bazaar.payment(lease).unsettled.amount.truncate() == 100_000
    assert given_akash.balance(provider, "uact") == RICH + 500_000
    given_akash.holds()


def test_rejects_an_unknown_or_closed_deployment(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy()
    with given.rejects(DeploymentNotFound):
        bazaar.close(DeploymentID(id.owner, 99))
    with given.rejects(InvalidSequence):
        bazaar.close(DeploymentID(id.owner, 0))
    bazaar.close(id)
    with given.rejects(DeploymentClosed):
        bazaar.close(id)
