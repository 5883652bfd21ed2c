"""What becomes of requests: conversions to the unit, cancellations with reasons, bounded blocks."""

from __future__ import annotations

from fractions import Fraction

import pytest

from akashpy.chain import bank, bme
from akashpy.chain.bme import queue
from akashpy.chain.bme.records import EPOCHS
from akashpy.types.bme import CancelReason, MintStatus
from akashpy.types.coin import Coin
from akashpy.types.dec import Dec
from akashpy.wire import bme as wire
from tests.chain.conftest import Given
from tests.chain.treasury import AKT, Economy


@pytest.fixture
def economy(given: Given) -> Economy:
    found = Economy(given)
    found.healthy("2")
    return found


def test_minting_keeps_the_akt_as_credit(economy: Economy) -> None:
    owner = economy.given.account("owner", uakt=100 * AKT)
    vault = economy.vault.amount_of("uakt")
    economy.mint(owner, 10 * AKT)
    economy.told()
    economy.until_minted()
    (record,) = economy.executed()
    assert Coin.from_wire(record.minted.coin) == Coin("uact", 20 * AKT)
    assert Coin.from_wire(record.spread) == Coin("uact", 50_000)  # 25 bps
    assert Coin.from_wire(record.remint_credit_accrued.coin) == Coin("uakt", 10 * AKT)
    assert Dec.from_wire(record.remint_credit_accrued.price) == Dec.of(2)
    assert not record.HasField("burned")
    assert not record.HasField("remint_credit_issued")
    assert (record.burner, record.minter) == ("bme", "bme")
    assert economy.given.balance(owner, "uact") == 20 * AKT - 50_000
    assert economy.vault == (Coin("uact", 50_000), Coin("uakt", vault + 10 * AKT))
    assert bank.supply(economy.ctx, "uact") == 20 * AKT
    assert (economy.pending(), economy.waiting("uakt")) == ([], 0)
    assert "EventLedgerRecordExecuted" in economy.told()
    economy.given.holds()


def test_burning_pays_from_the_credit_first(economy: Economy) -> None:
    owner = economy.given.account("owner", uakt=100 * AKT)
    economy.mint(owner, 10 * AKT)
    economy.until_minted()
    akt = bank.supply(economy.ctx, "uakt")
    economy.burn(owner, 19 * AKT)
    economy.blocks(12, "2")
    record = economy.executed()[0]
    assert Coin.from_wire(record.burned.coin) == Coin("uact", 19 * AKT)
    assert Coin.from_wire(record.remint_credit_issued.coin) == Coin("uakt", 9_500_000)
    assert not record.HasField("minted")
    assert Coin.from_wire(record.spread) == Coin("uakt", 0)
    assert economy.given.balance(owner) == 90 * AKT + 9_500_000
    assert bank.supply(economy.ctx, "uakt") == akt
    economy.given.holds()


def test_burning_mints_what_the_credit_does_not_reach_for(economy: Economy) -> None:
    owner = economy.given.account("owner", uact=30 * AKT)
    akt = bank.supply(economy.ctx, "uakt")
    economy.burn(owner, 30 * AKT)
    economy.blocks(12, "2")
    (record,) = economy.executed()
    assert Coin.from_wire(record.minted.coin) == Coin("uakt", 15 * AKT)
    assert not record.HasField("remint_credit_issued")
    assert bank.supply(economy.ctx, "uakt") == akt + 15 * AKT
    assert dict(bme.BURNED.under(economy.ctx)) == {"uact": 30 * AKT, "uakt": 0}
    assert dict(bme.MINTED.under(economy.ctx)) == {"uact": 0, "uakt": 15 * AKT}


def test_amounts_are_cut_to_the_unit(economy: Economy) -> None:
    economy.set_bme(min_mint=[])
    quote = bme.quote(economy.ctx, bme.params(economy.ctx), Coin("uakt", 3), "uact")
    assert (quote.minted, quote.spread) == (Coin("uact", 6), 0)
    economy.block("1.999999999999999999")
    economy.block("1.999999999999999999")
    quote = bme.quote(economy.ctx, bme.params(economy.ctx), Coin("uakt", 401), "uact")
    assert (quote.minted, quote.spread) == (Coin("uact", 801), 2)
    exact = Fraction(801_999, 1000) * Fraction(25, 10_000)
    assert quote.spread == int(exact)


def test_requests_go_by_address_not_by_time(economy: Economy) -> None:
    owners = [economy.given.account(name, uakt=100 * AKT) for name in ("p", "q", "r")]
    ordered = sorted(owners, key=lambda owner: owner.raw)
    for owner in reversed(ordered):
        economy.mint(owner, 10 * AKT)
        economy.block("2")
    economy.set_bme(max_endblocker_records=2)
    economy.until_minted()
    assert [record.burned_from for record in economy.executed()] == ordered[:2]
    assert [record.owner for record in economy.pending()] == ordered[2:]


def test_a_block_handles_a_bounded_number(economy: Economy) -> None:
    """10,000 pending requests: 50 of them are converted, and little else is read or written."""
    owner = economy.given.account("owner", uakt=200_000 * AKT)
    for _ in range(10_000):
        economy.mint(owner, 10 * AKT)
    due = EPOCHS.get(economy.ctx, "mint") or 0
    while economy.ctx.height < due:
        economy.block("2")
    economy.feed("2")
    used = economy.ctx.gas.used
    economy.given.end_block()
    assert len(economy.executed()) == 50
    assert len(economy.pending()) == 9_950
    assert economy.ctx.gas.used - used < 50 * 1_000_000


@pytest.mark.parametrize("fixed", [True, False])
def test_what_fails_again_and_again_is_given_back(given: Given, fixed: bool) -> None:
    economy = Economy(given)
    if not fixed:
        economy.without_fixes("bme-cancel-reasons", "oracle-staleness", "bme-mint-queue")
    economy.healthy("2")
    owner = given.account("owner", uact=AKT)
    economy.burn(owner, AKT)
    economy.told()
    economy.blocks(5)  # the price is still fresh
    economy.blocks(40)
    assert economy.status == MintStatus.HALT_ORACLE
    (canceled,) = economy.canceled()
    expected = CancelReason.ZERO_PRICE if fixed else CancelReason.MAX_ATTEMPTS
    assert canceled.cancel_reason == expected
    assert given.balance(owner, "uact") == AKT
    why = [event for event in given.events if event.type == "akashpy.bme_canceled"]
    assert [event.value("error") for event in why] == (["price stalled"] if fixed else [])
    given.holds()


@pytest.mark.parametrize("fixed", [True, False])
def test_a_halted_mint_gives_the_coins_back(given: Given, fixed: bool) -> None:
    """needs E.1 row 12: queued funds return when they cannot be converted."""
    economy = Economy(given)
    if not fixed:
        economy.without_fixes("bme-mint-queue")
    economy.healthy("2")
    owner = given.account("owner", uakt=100 * AKT)
    economy.mint(owner, 10 * AKT)
    economy.blocks(30)
    assert economy.status == MintStatus.HALT_ORACLE
    if not fixed:
        assert given.balance(owner) == 90 * AKT
        assert len(economy.pending()) == 1
        return
    assert given.balance(owner) == 100 * AKT
    (canceled,) = economy.canceled()
    assert canceled.cancel_reason == CancelReason.ZERO_PRICE
    assert economy.pending() == []
    given.holds()


def test_a_price_that_comes_and_goes_does_not_keep_requests_waiting(given: Given) -> None:
    economy = Economy(given)
    economy.healthy("2")
    owner = given.account("owner", uakt=100 * AKT)
    economy.mint(owner, 10 * AKT)
    for _ in range(4):
        economy.blocks(7)
        economy.block("2")
        economy.block("2")
    assert economy.pending() == []
    assert len(economy.executed()) + len(economy.canceled()) == 1


@pytest.mark.parametrize(
    "reason", [reason for reason in CancelReason if reason is not CancelReason.UNKNOWN]
)
def test_every_reason_has_an_error(economy: Economy, reason: CancelReason) -> None:
    """needs E.1 row 12: no cancellation says "unknown"."""
    found = {one for _, one in queue.REASONS} | {CancelReason.MAX_ATTEMPTS}
    assert reason in found
    pending = wire.LedgerPendingRecord(coins_to_burn=Coin("uakt", 1).to_wire())
    assert queue._reason(economy.ctx, pending, ValueError("?")) is CancelReason.MINT_FAILED
