"""What went wrong with the credit, its prices and their feed: rows 11 to 19.

Each test is named after its row of docs/incidents.md and lives through the incident itself.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from akashpy import wire
from akashpy.chain import oracle, registry
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.oracle.average import twap
from akashpy.types.dec import UNIT, Dec
from akashpy.types.duration import duration
from akashpy.types.errors import ChainError, Panic
from akashpy.types.oracle import PriceStalled
from tests.chain.conftest import Given
from tests.chain.treasury import AKT, Economy

HEALTHY = 1


def test_e1_11_nothing_panics_on_a_fresh_chain(given: Given) -> None:
    """Each type of message once, with its signer filled in, on the first block."""
    owner = given.account("owner", uakt=100 * AKT, uact=100 * AKT)
    for url in registry.router().handlers:
        message = wire.message_class(url)()
        for path in wire.signer_paths(url):
            if "." not in path:
                setattr(message, path, owner)
        refused = None
        try:
            given.run(message)
        except ChainError as error:
            refused = error
        assert not isinstance(refused, Panic), (url, refused)
    given.holds()


def test_e1_11_the_first_credit_is_minted(given: Given) -> None:
    """The module account was missing on a fresh chain, so that every minting panicked."""
    economy = Economy(given)
    economy.healthy("2")
    owner = given.account("owner", uakt=20 * AKT)
    economy.mint(owner, 10 * AKT)
    economy.blocks(12, "2")
    assert given.balance(owner, "uact") == 19_950_000  # 20 less the spread
    given.holds()


def test_e1_12_a_dead_feed_is_seen_within_a_block_and_gives_money_back(given: Given) -> None:
    economy = Economy(given)
    economy.healthy("2")
    owner = given.account("owner", uakt=50 * AKT)
    fed = 0
    while economy.status == HEALTHY:
        fed += 1
        assert fed < 100
        economy.block()
    health = oracle.health(given.ctx, "akt")
    assert health is not None
    assert not health.is_healthy
    assert list(health.failure_reason) != []
    with pytest.raises(PriceStalled):
        oracle.price(given.ctx, "akt")
    with pytest.raises(ChainError):
        economy.mint(owner, 10 * AKT)
    assert given.balance(owner) == 50 * AKT
    assert economy.pending() == []


def test_e1_12_what_waited_comes_back_with_the_true_reason(given: Given) -> None:
    economy = Economy(given)
    economy.healthy("2")
    owner = given.account("owner", uakt=50 * AKT)
    economy.mint(owner, 10 * AKT)
    assert given.balance(owner) == 40 * AKT
    economy.blocks(60)  # the feed has died
    assert economy.pending() == []
    assert given.balance(owner) == 50 * AKT
    (record,) = economy.canceled()
    assert "unknown" not in str(record).lower()
    given.holds()


def test_e1_13_a_flat_market_is_not_a_stale_one(given: Given) -> None:
    economy = Economy(given)
    economy.healthy("2")
    for _ in range(110):  # eleven minutes
        economy.block("2")
        assert economy.status == HEALTHY
        assert oracle.price(given.ctx, "akt") == Dec.of(2)


def test_e1_15_sources_change_without_a_gap(given: Given) -> None:
    economy = Economy(given, "a", "b", "c")
    economy.block("1", "1", "1")
    for name in ("d", "e", "f"):
        economy.sources = [*economy.sources[1:], given.account(name, uakt=1)]
        economy.set_oracle(sources=economy.sources)
        given.end_block()  # the new one has not fed yet
        assert oracle.price(given.ctx, "akt") == Dec.ONE
        economy.block("1", "1", "1")
        assert oracle.price(given.ctx, "akt") == Dec.ONE


@pytest.mark.parametrize(
    "zero",
    ["min_price_sources", "max_price_staleness_period", "twap_window", "max_price_deviation_bps"],
)
def test_e1_16_what_would_brick_the_feed_is_refused(given: Given, zero: str) -> None:
    economy = Economy(given)
    value = duration(0) if zero in {"max_price_staleness_period", "twap_window"} else 0
    before = given.rows()
    with pytest.raises(ChainError):
        economy.set_oracle(**{zero: value})
    assert given.rows() == before
    economy.healthy("2")


WHOLE = {
    "/akash.bme.v1", "/akash.oracle.v2", "/cosmos.auth.v1beta1", "/cosmos.consensus.v1",
    "/cosmos.distribution.v1beta1", "/cosmos.gov.v1", "/cosmos.mint.v1beta1",
    "/cosmos.slashing.v1beta1", "/cosmos.staking.v1beta1", "/akash.market.v1beta5",
    "/akash.deployment.v1beta4", "/akashpy.chain.v1",
}  # fmt: skip
"""Modules whose parameters cannot all be zero. Those of bank can: one switch, off."""


def test_e1_17_a_forgotten_field_is_not_reset_silently(given: Given) -> None:
    """Parameters are given whole: a proposal that leaves them out is refused."""
    refused = set()
    for url in registry.router().handlers:
        if not url.endswith(".MsgUpdateParams"):
            continue
        message = wire.message_class(url)(authority=AUTHORITY)  # type: ignore[call-arg]  # all have it
        try:
            given.run(message)
        except ChainError:
            refused.add(url.removesuffix(".MsgUpdateParams"))
    assert refused == WHOLE


@pytest.mark.parametrize("lie", ["0.000001", "0.5", "0.99", "1.01", "2", "1000000"])
@pytest.mark.parametrize("bad", [1, 2])
def test_e1_18_a_lying_minority_does_not_move_the_price(given: Given, bad: int, lie: str) -> None:
    names = tuple("abcde"[: 2 * bad + 1])
    economy = Economy(given, *names)
    prices = ["1"] * (bad + 1) + [lie] * bad
    for _ in range(3):
        economy.block(*prices)
        try:
            found = oracle.price(given.ctx, "akt")
        except PriceStalled:
            continue
        assert abs(found - Dec.ONE) <= Dec.of("0.015")


def test_e1_19_the_newest_span_counts_for_the_price_that_held_in_it() -> None:
    """100 s at 1, then 1 s at 1000: Akash's first text credited the long span to the new price."""
    now = 10**18
    ascending = [(now - 101 * 10**9, Dec.of(1)), (now - 10**9, Dec.of(1000))]
    exact = (Fraction(100) * 1 + Fraction(1) * 1000) / 101
    assert abs(Fraction(twap(now, ascending[::-1]).raw, UNIT) - exact) <= Fraction(1, UNIT)
