"""MsgWithdrawLease: a provider takes what its lease has earned."""

from akashpy.types.deployment import DeploymentState, GroupState
from akashpy.types.escrow import InvalidSettlement, PaymentClosed, State
from akashpy.types.market import LeaseClosedReason, LeaseState, UnknownLease
from tests.chain.bazaar import RICH, Bazaar, first_order
from tests.chain.conftest import Given


def test_pays_whole_units_and_drops_the_fraction(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price="10.7")
    for _ in range(2):
        given.advance(3)
        bazaar.withdraw(lease)
    assert given.balance(provider) == RICH - 500_000 + 2 * 32
    payment = bazaar.payment(lease)
    assert payment.withdrawn.amount == 64
    assert payment.balance.amount.is_zero
    given.holds()


def test_settles_the_other_leases_without_paying_them(given: Given) -> None:
    bazaar = Bazaar(given)
    a, b = bazaar.provider("a"), bazaar.provider("b")
    id = bazaar.deploy_groups(1, 1000, 1000)
    first = bazaar.lease(bazaar.bid(first_order(id), a, 10))
    second = bazaar.lease(bazaar.bid(first_order(id, 2), b, 20))
    given.advance(5)
    bazaar.withdraw(first)
    assert bazaar.payment(second).balance.amount.truncate() == 100
    assert given.balance(b) == RICH - 500_000
    given.holds()


def test_twice_in_one_block_pays_once(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=10)
    bazaar.withdraw(lease)
    given.advance(2)
    bazaar.withdraw(lease)
    bazaar.withdraw(lease)
    assert given.balance(provider) == RICH - 500_000 + 20
    given.holds()


def test_the_panic_of_akash_is_an_error(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    lease = bazaar.leased()
    with given_akash.rejects(InvalidSettlement):
        bazaar.withdraw(lease)
    given_akash.advance()
    bazaar.withdraw(lease)
    with given_akash.rejects(InvalidSettlement):
        bazaar.withdraw(lease)


def test_on_akash_it_finds_a_dry_account(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=1000, amount=500_000)
    given_akash.advance(600)
    bazaar.told()
    bazaar.withdraw(lease)
    assert bazaar.told() == [
        "transfer 500000uact",
        "EventDeploymentClosed",
        "EventGroupClosed",
        "EventOrderClosed",
        "transfer 500000uact",
        "EventBidClosed",
        "EventLeaseClosed",
    ]
    ended = bazaar.lease_of(lease)
    assert ended.state is LeaseState.INSUFFICIENT_FUNDS
    assert ended.reason is LeaseClosedReason.LEASE_CLOSED_REASON_INSUFFICIENT_FUNDS
    assert bazaar.group(lease.group).state is GroupState.INSUFFICIENT_FUNDS
    assert bazaar.deployment(lease.deployment).state is DeploymentState.CLOSED
    account = bazaar.account(lease.deployment)
    assert account.state is State.OVERDRAWN
    assert account.funds[0].amount.truncate() == -100_000
    given_akash.holds()


def test_rejects_an_unknown_or_ended_lease(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    with given.rejects(UnknownLease):
        bazaar.withdraw(first_order(lease.deployment, 2).with_provider(lease.provider).lease)
    bazaar.close_lease(lease)
    with given.rejects(PaymentClosed):
        bazaar.withdraw(lease)
