"""The end of a block: one price of many, its health, and what a bad one sets off."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from akashpy.chain import oracle
from akashpy.chain.oracle.average import deviation_bps, mean, median, twap
from akashpy.types.dec import UNIT, Dec
from akashpy.types.duration import SECOND, duration
from akashpy.types.oracle import PriceStalled
from tests.chain.conftest import Given
from tests.chain.treasury import Economy

BLOCK = 6 * SECOND


def test_a_price_is_served_after_its_block(given: Given) -> None:
    economy = Economy(given)
    with given.rejects(
        PriceStalled,
        "collections: not found: key 'akt/usd' of type "
        "github.com/cosmos/gogoproto/akash.oracle.v2.PriceHealth: price stalled",
    ):
        oracle.price(given.ctx, "uakt")
    economy.told()
    economy.block("1.5")
    assert oracle.price(given.ctx, "uakt") == oracle.price(given.ctx, "akt") == Dec.of("1.5")
    told = [name for name in economy.told() if "Price" in name]
    assert told == ["EventPriceData", "EventPriceRecovered", "EventAggregatedPrice"]


def test_act_is_one_dollar_without_any_price(given: Given) -> None:
    assert oracle.price(given.ctx, "uact") == oracle.price(given.ctx, "act") == Dec.ONE
    with pytest.raises(PriceStalled):
        oracle.price(given.ctx, "btc")


def test_a_price_goes_stale_after_the_period(given: Given) -> None:
    economy = Economy(given)
    economy.block("1.5")
    economy.blocks(5)
    assert oracle.price(given.ctx, "akt") == Dec.of("1.5")
    economy.told()
    economy.block()  # 36 s after the price
    assert "EventPriceStaled" in economy.told()
    health = oracle.health(given.ctx, "akt")
    assert health is not None
    assert list(health.failure_reason) == ["insufficient price sources: 0 < 1"]
    with pytest.raises(PriceStalled) as caught:
        oracle.price(given.ctx, "akt")
    assert str(caught.value) == "price stalled"


@pytest.mark.parametrize("fixed", [True, False])
def test_a_price_that_will_be_stale_is_told_of(given: Given, fixed: bool) -> None:
    economy = Economy(given)
    if not fixed:
        economy.without_fixes("oracle-staleness")
    economy.block("1.5")
    given.events.clear()
    economy.blocks(7)
    told = [
        event.value("blocks_to_stall")
        for event in given.events
        if event.type == "akash.oracle.v2.EventPriceStaleWarning"
    ]
    assert told == (['"2"', '"1"', '"0"'] if fixed else [])


def test_a_flat_market_is_not_a_stale_one(given: Given) -> None:
    """needs E.1 row 13: ten minutes of one price, fed again and again, stay healthy."""
    economy = Economy(given)
    economy.healthy("2")
    for _ in range(100):
        economy.block("2")
        assert oracle.price(given.ctx, "akt") == Dec.of(2)
        assert economy.status == 1


def test_sources_that_disagree_are_not_healthy(given: Given) -> None:
    economy = Economy(given, "a", "b", "c")
    economy.block("1", "1.01", "1.015")
    made = oracle.aggregated(given.ctx, "akt")
    assert made is not None
    assert (made.num_sources, made.deviation_bps) == (3, 150)
    assert Dec.from_wire(made.median_price) == Dec.of("1.01")
    assert Dec.from_wire(made.min_price) == Dec.of(1)
    assert Dec.from_wire(made.max_price) == Dec.of("1.015")
    economy.block("1", "1.01", "1.0152")
    health = oracle.health(given.ctx, "akt")
    assert health is not None
    assert list(health.failure_reason) == ["price deviation too high: 152bps > 150bps"]
    with pytest.raises(PriceStalled):
        oracle.price(given.ctx, "akt")


def test_too_few_sources_are_not_healthy(given: Given) -> None:
    economy = Economy(given, "a", "b")
    economy.set_oracle(min_price_sources=2)
    given.run(economy.entry("1"))
    economy.block()
    health = oracle.health(given.ctx, "akt")
    assert health is not None
    assert (health.total_sources, health.total_healthy_sources) == (1, 1)
    assert list(health.failure_reason) == ["insufficient price sources: 1 < 2"]
    economy.block("1", "1")
    assert oracle.price(given.ctx, "akt") == Dec.ONE


def test_a_bad_minority_cannot_make_a_price(given: Given) -> None:
    """needs E.1 row 18: with f bad of 2f + 1 the price is refused or stays within the bound."""
    for lie in ("0.5", "1.01", "1.014", "2", "1000000"):
        economy = Economy(Given(), "a", "b", "c")
        economy.block("1", "1", lie)
        try:
            found = oracle.price(economy.ctx, "akt")
        except PriceStalled:
            continue
        assert abs(found - Dec.ONE) <= Dec.of("0.015")


@pytest.mark.parametrize("preset", ["default", "akash"])
def test_a_price_without_sources_fails(preset: str) -> None:
    """Akash goes on serving the last price when governance removes every source."""
    given = Given(preset)
    economy = Economy(given)
    economy.block("2")
    economy.set_oracle(sources=[])
    economy.block()
    if preset == "akash":
        assert oracle.price(given.ctx, "akt") == Dec.of(2)
        return
    with pytest.raises(PriceStalled):
        oracle.price(given.ctx, "akt")


@pytest.mark.parametrize("raw", [1, 2**255, 2**314, 2**315 - 1])
@pytest.mark.parametrize("preset", ["default", "akash"])
def test_extreme_prices_do_not_stop_the_chain(preset: str, raw: int) -> None:
    """needs E.3 row 52: Akash's chain stops where a product does not fit."""
    given = Given(preset)
    economy = Economy(given, "a", "b")
    given.run(economy.entry(Dec(raw), source=economy.sources[0]))
    given.run(economy.entry(Dec(1), source=economy.sources[1]))
    economy.block()
    health = oracle.health(given.ctx, "akt")
    assert health is not None
    assert health.is_healthy == (raw == 1)
    given.holds()


def test_the_window_begins_with_the_price_that_held_then(given: Given) -> None:
    economy = Economy(given)
    economy.set_oracle(twap_window=duration(10 * SECOND))
    economy.block("1")
    start = given.ctx.time
    given.run(economy.entry("3", at=start - 2 * SECOND))
    economy.block()
    # 10 s up to now: 8 s at 1 (fed 6 s before, clamped), 2 s at 3.
    made = oracle.aggregated(given.ctx, "akt")
    assert made is not None
    begun, fed = start - 6 * SECOND, start - 2 * SECOND
    exact = Fraction(fed - begun, start - begun) + 3 * Fraction(start - fed, start - begun)
    assert abs(Fraction(Dec.from_wire(made.twap).raw, UNIT) - exact) < Fraction(1, 10**15)


# ARITHMETIC

PRICES = st.integers(1, 10**24).map(Dec)
GAPS = st.integers(0, 60 * SECOND)


@hypothesis_given(st.lists(st.tuples(GAPS, PRICES), min_size=1, max_size=30), GAPS)
@settings(max_examples=300, deadline=None)
def test_twap_is_the_integral_of_the_step_function(steps: list[tuple[int, Dec]], rest: int) -> None:
    """needs E.1 row 19."""
    time, ascending = 10**18, []
    for gap, price in steps:
        time += gap
        ascending.append((time, price))
    now = time + rest
    area = sum(
        Fraction(price.raw, UNIT) * (following - begun)
        for (begun, price), following in zip(
            ascending, [*(begun for begun, _ in islice(ascending, 1, None)), now], strict=True
        )
    )
    width = now - ascending[0][0]
    found = Fraction(twap(now, ascending[::-1]).raw, UNIT)
    exact = (
        area / width
        if width
        else sum(Fraction(price.raw, UNIT) for _, price in ascending) / len(ascending)
    )
    assert abs(found - exact) <= Fraction(1, UNIT)


@hypothesis_given(st.lists(PRICES, min_size=1, max_size=9))
def test_mean_median_and_deviation_lie_between_the_extremes(prices: list[Dec]) -> None:
    least, most = min(prices), max(prices)
    assert least <= median(prices) <= most
    assert least <= mean(prices) <= most
    exact = Fraction((most.raw - least.raw) * 10_000, least.raw)
    assert abs(deviation_bps(least, most) - min(exact, 2**64 - 1)) <= 1


def test_deviation_is_cut_and_bounded() -> None:
    assert deviation_bps(Dec.of(1), Dec.of("1.01599")) == 159
    assert deviation_bps(Dec.ZERO, Dec.ONE) == 0
    assert deviation_bps(Dec(1), Dec.of(10**12)) == 2**64 - 1
