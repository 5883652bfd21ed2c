"""The arithmetic of settlement, where it is not seen in any one message."""

import pytest

from akashpy.chain import escrow
from akashpy.chain.escrow.settle import deduct, dry_after
from akashpy.types.dec import Dec
from akashpy.types.escrow import (
    AccountExists,
    AccountNotFound,
    InvalidDenomination,
    PaymentExists,
    PaymentRateZero,
    State,
)
from tests.chain.bazaar import RICH, Bazaar, first_order, price_of
from tests.chain.conftest import Given


@pytest.mark.parametrize(
    ("funds", "rates", "blocks"),
    [
        (0, [1], 0),
        (10, [1], 10),
        (10, [3], 3),
        (10, ["0.5"], 21),
        (10, ["0.5", "0.5"], 11),
        (0, ["0.000000000000000001"], 10**18 - 1),
        (900_000, ["10000.7"], 89),
        (7, [1, 2], 2),
        (10, [], None),
    ],
)
def test_how_long_money_lasts(funds: int, rates: list[int | str], blocks: int | None) -> None:
    assert dry_after(Dec.of(funds), [Dec.of(rate) for rate in rates]) == blocks


def test_deposits_are_spent_first_in_first_out(given: Given) -> None:
    bazaar = Bazaar(given)
    id = bazaar.deploy(amount=500_000)
    bazaar.top_up(id, 5, denom="uact")
    bazaar.top_up(id, 100, signer=bazaar.rich("friend"))
    account, taken = deduct(bazaar.account(id), "uakt", Dec.of(500_060))
    assert taken == Dec.of(500_060)
    left = [(one.balance.denom, one.balance.amount.truncate()) for one in account.deposits]
    assert left == [("uact", 5), ("uakt", 40)]
    account, taken = deduct(account, "uakt", Dec.of(50))
    assert taken == Dec.of(40)
    assert account.funds[0].amount == Dec.of(-10)
    with pytest.raises(InvalidDenomination):
        deduct(account, "uusd", Dec.of(1))


def test_a_shortage_is_not_shared_the_first_key_is_paid_in_full(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    a, b = bazaar.provider("a"), bazaar.provider("b")
    id = bazaar.deploy_groups(1, 1000, 1000, amount=500_000)
    first = bazaar.lease(bazaar.bid(first_order(id), a, 1000))
    second = bazaar.lease(bazaar.bid(first_order(id, 2), b, 1000))
    given_akash.advance(400)
    bazaar.withdraw(second)
    assert given_akash.balance(a, "uact") == RICH + 400_000
    assert given_akash.balance(b, "uact") == RICH + 100_000
    assert bazaar.payment(first).unsettled.amount.is_zero
    assert bazaar.payment(first).state is State.OVERDRAWN
    assert bazaar.payment(second).unsettled.amount.truncate() == 300_000
    given_akash.holds()


def test_akash_bills_an_account_whose_number_begins_alike(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash)
    provider = bazaar.provider("provider")
    short = bazaar.leased(12, provider=provider, price=10)
    long = bazaar.leased(120, provider=provider, price=100)
    given_akash.advance(5)
    bazaar.withdraw(short)
    assert [str(one.amount.truncate()) for one in bazaar.account(short.deployment).transferred] == [
        "550"
    ]
    assert bazaar.payment(long).balance.amount.truncate() == 500
    given_akash.holds()


def test_fixed_an_account_bills_its_own_payments_only(given: Given) -> None:
    bazaar = Bazaar(given)
    provider = bazaar.provider("provider")
    short = bazaar.leased(12, provider=provider, price=10)
    long = bazaar.leased(120, provider=provider, price=100)
    given.advance(5)
    bazaar.withdraw(short)
    assert bazaar.account(short.deployment).transferred[0].amount.truncate() == 50
    assert bazaar.payment(long).balance.amount.is_zero
    bazaar.close(short.deployment)
    assert bazaar.payment(long).state is State.OPEN
    given.holds()


def test_an_account_and_a_payment_are_made_once(given: Given) -> None:
    bazaar = Bazaar(given)
    lease = bazaar.leased()
    id, payment = lease.deployment.escrow, lease.payment
    rate = bazaar.payment(lease).rate
    with given.rejects(AccountExists):
        escrow.create_account(given.ctx, id, bazaar.tenant, ())
    with given.rejects(PaymentExists):
        escrow.create_payment(given.ctx, payment, bazaar.tenant, rate)
    with given.rejects(PaymentRateZero):
        escrow.create_payment(given.ctx, payment, bazaar.tenant, price_of(0, "uakt"))
    with given.rejects(InvalidDenomination):
        escrow.create_payment(given.ctx, payment, bazaar.tenant, price_of(1, "uact"))
    bazaar.close(lease.deployment)
    with given.rejects(AccountExists):
        escrow.create_account(given.ctx, id, bazaar.tenant, ())
    unknown = bazaar.deploy(2)
    escrow.ACCOUNTS.remove(given.ctx, str(unknown.escrow))
    with given.rejects(AccountNotFound):
        escrow.close_account(given.ctx, unknown.escrow)
