"""MsgAccountDeposit: anybody adds money to anybody's account."""

from typing import Any

import pytest

from akashpy.types.deposit import Source
from akashpy.types.errors import ChainError, InvalidDepositSource, PlainError
from akashpy.types.escrow import (
    AccountClosed,
    AccountNotFound,
    EscrowID,
    InvalidDeposit,
    InvalidID,
    Scope,
    State,
)
from akashpy.types.market import InvalidDeposit as InvalidMarketDeposit
from akashpy.wire import escrow as pb
from tests.chain.bazaar import RICH, Bazaar, deposit, first_order
from tests.chain.conftest import Given


def send(given: Given, account: EscrowID, **changes: Any) -> None:
    fields: dict[str, Any] = {
        "signer": given.address("tenant"),
        "id": account.to_wire(),
        "deposit": deposit(100),
    }
    given.run(pb.MsgAccountDeposit(**(fields | changes)))


def test_settles_nothing(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased(price=100)
    given.advance(4)
    bazaar.told()
    bazaar.top_up(lease.deployment, 70)
    assert bazaar.told() == ["transfer 70uakt"]
    assert bazaar.account(lease.deployment).settled_at == 1
    given.holds()


def test_a_friend_may_pay_and_gets_the_rest_back(given: Given) -> None:
    bazaar = Bazaar(given)
    friend = bazaar.rich("friend")
    lease = bazaar.leased(price=1000, amount=500_000)
    bazaar.top_up(lease.deployment, 300_000, signer=friend)
    given.advance(600)
    bazaar.close(lease.deployment)
    assert given.balance(bazaar.tenant) == RICH - 500_000
    assert given.balance(friend) == RICH - 100_000
    given.holds()


def test_any_denomination_is_taken_and_returned(given: Given) -> None:
    """A mixed account settles in its first denomination only."""
    bazaar = Bazaar(given)
    lease = bazaar.leased(price=100)
    bazaar.top_up(lease.deployment, 77, denom="uact")
    assert [one.denom for one in bazaar.account(lease.deployment).funds] == ["uakt", "uact"]
    given.advance(3)
    bazaar.close(lease.deployment)
    assert given.balance(bazaar.tenant, "uact") == RICH
    assert given.balance(bazaar.tenant, "uakt") == RICH - 300
    given.holds()


def test_a_bids_account_takes_money_too(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    bid = bazaar.bid(first_order(bazaar.deploy()), provider)
    bazaar.top_up(bid.escrow, 10)
    bazaar.close_bid(bid)
    assert given.balance(bazaar.tenant) == RICH - 5_000_000
    given.holds()


def test_into_an_overdrawn_account_pays_the_debt_and_closes_it(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    provider = bazaar.provider("provider")
    lease = bazaar.leased(provider=provider, price=1000, amount=500_000)
    given_akash.advance(600)
    bazaar.withdraw(lease)
    bazaar.told()
    bazaar.top_up(lease.deployment, 40_000)
    assert bazaar.told() == ["transfer 40000uact", "transfer 40000uact"]
    assert bazaar.account(lease.deployment).state is State.OVERDRAWN
    assert bazaar.payment(lease).unsettled.amount.truncate() == 60_000
    given_akash.holds()
    bazaar.top_up(lease.deployment, 100_000)
    assert bazaar.told() == ["transfer 100000uact", "transfer 60000uact", "transfer 40000uact"]
    assert bazaar.account(lease.deployment).state is State.CLOSED
    assert bazaar.payment(lease).state is State.CLOSED
    assert given_akash.balance(provider, "uact") == RICH + 600_000
    given_akash.holds()


def test_another_denomination_goes_straight_back_from_an_overdrawn_account(
    given_akash: Given,
) -> None:
    bazaar = Bazaar(given_akash)
    lease = bazaar.leased(price=1000, amount=500_000)
    given_akash.advance(600)
    bazaar.withdraw(lease)
    bazaar.top_up(lease.deployment, 9, denom="uakt")
    assert given_akash.balance(bazaar.tenant, "uakt") == RICH
    assert bazaar.account(lease.deployment).state is State.OVERDRAWN
    given_akash.holds()


def test_rejects_an_unknown_or_closed_account(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy()
    with given.rejects(AccountNotFound):
        send(given, EscrowID(Scope.DEPLOYMENT, f"{bazaar.tenant}/99"))
    bazaar.close(id)
    with given.rejects(AccountClosed):
        bazaar.top_up(id, 1)


def test_rejects_an_account_that_ran_dry_in_a_block_gone_by(given: Given) -> None:
    """EndBlock may still have to come to it; money added now would buy nothing."""
    bazaar = Bazaar(given)
    lease = bazaar.leased(price=1000, amount=500_000)
    given.advance(501)
    with given.rejects(AccountClosed):
        bazaar.top_up(lease.deployment, 1)


def test_in_the_last_paid_block_a_top_up_still_saves_the_lease(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased(price=1000, amount=500_000)
    given.advance(500)
    bazaar.top_up(lease.deployment, 1000)
    given.end_block()
    assert bazaar.account(lease.deployment).state is State.OPEN
    given.end_block()
    assert bazaar.account(lease.deployment).state is State.CLOSED
    given.holds()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"signer": "nobody"}, PlainError),
        ({"id": pb.AccountID(scope=3, xid="x")}, InvalidID),
        ({"id": pb.AccountID(scope=1, xid="akash1nobody/1")}, InvalidID),
        ({"deposit": deposit(0)}, InvalidDeposit),
        ({"deposit": deposit(-1)}, InvalidDeposit),
        ({"deposit": deposit(1, sources=())}, InvalidDepositSource),
        ({"deposit": deposit(1, sources=(7,))}, InvalidDepositSource),
        ({"deposit": deposit(1, sources=(2, 2))}, InvalidDepositSource),
        ({"deposit": deposit(1, sources=(Source.GRANT,))}, InvalidMarketDeposit),
        ({"deposit": deposit(1, "nothing")}, InvalidMarketDeposit),
        ({"deposit": deposit(2**63)}, InvalidMarketDeposit),
    ],
)
def test_rejects(given: Given, changes: dict[str, Any], error: type[ChainError]) -> None:
    id = Bazaar(given).deploy()
    with given.rejects(error):
        send(given, id.escrow, **changes)
