"""A lease paid in AKT: when the ACT of its account is used up and no ACT can be minted."""

from __future__ import annotations

import pytest

from akashpy.chain import bme
from akashpy.types.address import Address
from akashpy.types.bme import MintStatus
from akashpy.types.dec import Dec
from akashpy.types.escrow import AccountOverdrawn, State
from akashpy.types.market import LeaseState
from tests.chain.bazaar import Bazaar, first_order
from tests.chain.conftest import Given
from tests.chain.treasury import Economy

PRICE = 1000
"""uact per block of the lease."""


class Street:
    """A lease in ACT whose account also holds AKT; the vault is empty, so minting is halted."""

    def __init__(self, given: Given, uact: int = 500_000, uakt: int = 1_000_000) -> None:
        self.given = given
        self.bazaar = Bazaar(given, "uact")
        self.economy = Economy(given)
        self.economy.blocks(2, "2")
        assert self.economy.status == MintStatus.HALT_CR
        self.provider = self.bazaar.provider("provider")
        self.id = self.bazaar.deploy(amount=uact)
        if uakt:
            self.bazaar.top_up(self.id, uakt, denom="uakt")
        bid = self.bazaar.bid(first_order(self.id), self.provider, PRICE)
        self.lease = self.bazaar.lease(bid)
        self.uakt = given.balance(self.provider)
        self.uact = given.balance(self.provider, "uact")

    def earned(self) -> tuple[int, int]:
        """uact and uakt that the provider got since the lease began."""
        return (
            self.given.balance(self.provider, "uact") - self.uact,
            self.given.balance(self.provider) - self.uakt,
        )

    def leap(self, blocks: int, price: str = "2") -> None:
        """Blocks without their hooks, then one with a fresh price."""
        self.given.advance(blocks - 1)
        self.economy.block(price)

    def funds(self) -> dict[str, Dec]:
        account = self.bazaar.account(self.id)
        return {fund.denom: fund.amount for fund in account.funds}


def akash_way(preset: str = "akash", *, fixed: bool = False) -> Street:
    """Akash's settlement: nothing happens at the end of blocks."""
    street = Street(Given(preset))
    if preset == "default":
        names = ["escrow-exhaustion", *([] if fixed else ["akt-fallback-funds"])]
        street.economy.without_fixes(*names)
    return street


def test_akt_pays_what_act_did_not_reach_for(given_akash: Given) -> None:
    street = Street(given_akash)
    street.leap(600)
    street.bazaar.withdraw(street.lease)
    # 600,000 due; 500,000 in ACT, 100,000 uact = 50,000 uakt at $2
    assert street.earned() == (500_000, 50_000)
    account = street.bazaar.account(street.id)
    payment = street.bazaar.payment(street.lease)
    assert (account.state, payment.state) == (State.OPEN, State.OPEN)
    assert payment.unsettled.amount.is_zero
    assert street.bazaar.lease_of(street.lease).state is LeaseState.ACTIVE
    assert street.funds() == {"uact": Dec.of(-100_000), "uakt": Dec.of(950_000)}
    given_akash.holds()


def test_akash_leaves_negative_funds_and_stalls(given_akash: Given) -> None:
    """Copied under its flag: nobody is paid any more until somebody adds ACT."""
    street = Street(given_akash)
    street.leap(600)
    street.bazaar.withdraw(street.lease)
    street.leap(100)
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (500_000, 50_000)
    street.bazaar.top_up(street.id, 500_000)
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (600_000, 50_000)
    given_akash.holds()


def test_with_the_fix_the_account_goes_on() -> None:
    street = akash_way("default", fixed=True)
    street.leap(600)
    street.bazaar.withdraw(street.lease)
    assert street.funds() == {"uact": Dec.ZERO, "uakt": Dec.of(950_000)}
    street.leap(100)
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (500_000, 100_000)
    street.given.holds()


def test_a_fraction_is_rounded_up() -> None:
    street = akash_way("default", fixed=True)
    street.leap(698, "3")
    street.leap(1, "3")
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (500_000, 66_334)  # of 66,333 1/3
    assert street.funds() == {"uact": Dec.ZERO, "uakt": Dec.of(1_000_000 - 66_334)}
    street.bazaar.close(street.id)
    street.given.holds()


def test_akash_ends_leases_over_a_fraction(given_akash: Given) -> None:
    """199,000 / 3 is cut at its 18th place: 10^-18 uact are still owed, and the lease ends."""
    street = Street(given_akash)
    street.leap(698, "3")
    street.leap(1, "3")
    tenant = given_akash.balance(street.bazaar.tenant)
    street.bazaar.withdraw(street.lease)
    assert street.earned()[1] == 66_333
    payment = street.bazaar.payment(street.lease)
    assert (payment.state, payment.unsettled.amount) == (State.OVERDRAWN, Dec(1))
    assert given_akash.balance(street.bazaar.tenant) - tenant == 1_000_000 - 66_334
    given_akash.holds()


def test_used_up_akt_ends_the_account(given_akash: Given) -> None:
    street = Street(given_akash, uakt=20_000)
    street.leap(600)
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (1_000_000, 20_000)  # its bid's deposit is back, too
    account, payment = street.bazaar.account(street.id), street.bazaar.payment(street.lease)
    assert (account.state, payment.state) == (State.OVERDRAWN, State.OVERDRAWN)
    assert payment.unsettled.amount == Dec.of(60_000)
    assert street.bazaar.lease_of(street.lease).state is LeaseState.INSUFFICIENT_FUNDS
    given_akash.holds()


def test_no_fallback_while_act_can_be_minted(given_akash: Given) -> None:
    street = Street(given_akash)
    street.economy.fund_vault(10**16)
    street.leap(600)
    street.economy.block("2")
    assert street.economy.status == MintStatus.HEALTHY
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (1_000_000, 0)  # its bid's deposit is back, too
    assert street.bazaar.account(street.id).state is State.OVERDRAWN


def test_no_fallback_without_a_price(given_akash: Given) -> None:
    street = Street(given_akash)
    street.leap(600)
    street.economy.blocks(8)
    assert street.economy.status == MintStatus.HALT_ORACLE
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (1_000_000, 0)  # its bid's deposit is back, too


def test_no_new_lease_on_negative_funds(given_akash: Given) -> None:
    bazaar = Bazaar(given_akash, "uact")
    economy = Economy(given_akash)
    economy.blocks(2, "2")
    id = bazaar.deploy_groups(1, PRICE, PRICE, amount=500_000)
    bazaar.top_up(id, 1_000_000, denom="uakt")
    provider = bazaar.provider("provider")
    lease = bazaar.lease(bazaar.bid(first_order(id), provider, PRICE))
    second = bazaar.bid(first_order(id, 2), provider, PRICE)
    given_akash.advance(599)
    economy.block("2")
    bazaar.withdraw(lease)
    with given_akash.rejects(AccountOverdrawn):
        bazaar.lease(second)


# WITH ACCOUNTS THAT END BY THEMSELVES


def walk(street: Street, blocks: int, price: str = "2") -> None:
    for _ in range(blocks):
        street.economy.block(price)


def test_the_lease_lives_on_akt_block_by_block(given: Given) -> None:
    """ACT for 500 blocks and AKT for 40 more: the lease ends with its last unit, all paid."""
    street = Street(given, uakt=20_000)
    given.advance(495)
    walk(street, 60)
    assert street.bazaar.account(street.id).state is State.CLOSED
    lease = street.bazaar.lease_of(street.lease)
    assert lease.state is LeaseState.INSUFFICIENT_FUNDS
    uact, uakt = street.earned()
    assert uact - 500_000 == 500_000  # its bid's deposit is back, too
    served = lease.closed_on - lease.created_at
    assert 500 + 38 <= served <= 500 + 40
    assert uakt == (served - 500) * PRICE // 2
    given.holds()


def test_it_costs_few_settlements(given: Given) -> None:
    street = Street(given, uakt=1_000_000)
    given.advance(499)
    street.economy.block("2")
    touched = 0
    settled_at = street.bazaar.account(street.id).settled_at
    for _ in range(500):
        street.economy.block("2")
        now = street.bazaar.account(street.id).settled_at
        touched, settled_at = touched + (now != settled_at), now
    assert 1 <= touched <= 10
    assert street.bazaar.lease_of(street.lease).state is LeaseState.ACTIVE


@pytest.mark.parametrize("becomes", ["mintable", "stale"])
def test_what_was_promised_is_paid(given: Given, becomes: str) -> None:
    """The breaker closes or the price fails: blocks served until then are paid all the same."""
    street = Street(given, uakt=1_000_000)
    given.advance(499)
    walk(street, 20)
    if becomes == "mintable":
        street.economy.fund_vault(10**16)
        walk(street, 110)
    else:
        street.economy.blocks(110)
    assert street.bazaar.account(street.id).state is State.CLOSED
    lease = street.bazaar.lease_of(street.lease)
    served = lease.closed_on - lease.created_at
    assert street.earned()[1] == (served - 500) * PRICE // 2
    given.holds()


@pytest.mark.parametrize("price", ["0.02", "0.5", "1.9", "40"])
def test_a_price_that_moves_costs_nobody_a_block(given: Given, price: str) -> None:
    """Blocks up to the next look are paid at the price agreed for them."""
    street = Street(given, uakt=100_000)
    given.advance(499)
    walk(street, 10)
    walk(street, 150, price)
    account = street.bazaar.account(street.id)
    lease = street.bazaar.lease_of(street.lease)
    ended = account.state is not State.OPEN
    assert ended == (price in ("0.02", "0.5"))
    until = lease.closed_on if ended else account.settled_at
    served = until - lease.created_at
    payment = street.bazaar.payment(street.lease)
    assert payment.unsettled.amount.is_zero
    uakt = street.earned()[1]
    assert uakt > 0
    assert served > 500
    if price == "0.02":
        assert uakt == (served - 500) * PRICE // 2  # nothing was looked at again at this price
    given.holds()


def test_operations_in_between_settle_rightly(given: Given) -> None:
    street = Street(given, uakt=1_000_000)
    given.advance(499)
    walk(street, 30)
    begun = street.bazaar.lease_of(street.lease).created_at
    street.bazaar.withdraw(street.lease)
    assert street.earned() == (500_000, (given.ctx.height - begun - 500) * PRICE // 2)
    street.bazaar.top_up(street.id, 100_000, denom="uakt")
    walk(street, 5)
    street.bazaar.top_up(street.id, 50_000)
    walk(street, 20)
    street.bazaar.close_lease(street.lease)
    blocks = given.ctx.height - begun
    uact, uakt = street.earned()
    assert uact - 500_000 + 2 * uakt == blocks * PRICE  # its bid's deposit is back, too
    street.bazaar.close(street.id)
    assert given.balance(Address.of_module("escrow"), "uakt") == 0
    given.holds()


def test_without_halt_the_account_ends_and_akt_goes_back(given: Given) -> None:
    street = Street(given, uakt=1_000_000)
    street.economy.fund_vault(10**16)
    walk(street, 2)
    assert bme.status(given.ctx).status == MintStatus.HEALTHY
    before = given.balance(street.bazaar.tenant)
    given.advance(496)
    walk(street, 6)
    assert street.bazaar.account(street.id).state is State.CLOSED
    assert given.balance(street.bazaar.tenant) - before == 1_000_000
    given.holds()
