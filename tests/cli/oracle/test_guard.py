"""Which quotes are believed, and when a price is fed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from akashpy.cli.oracle.guard import Fed, Guard, choose, distance_bps, is_due
from akashpy.cli.oracle.sources import Quote
from akashpy.types.dec import Dec

SECOND = 10**9
NOW = 10**18
GUARD = Guard(
    max_age=20 * SECOND,
    max_deviation_bps=100,
    min_sources=2,
    min_change_bps=5,
    heartbeat=15 * SECOND,
)


def quotes(*prices: str, age: int = 0) -> list[Quote]:
    return [Quote(f"s{number}", Dec.of(price), NOW - age) for number, price in enumerate(prices, 1)]


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (("1", "1.01", "1.005"), "1.005"),
        (("1", "1.005"), "1.0025"),
        (("1", "1.005", "7"), "1.0025"),
        (("1", "1.005", "0.0001", "1.002"), "1.002"),
    ],
)
def test_the_median_of_those_that_agree(prices: tuple[str, ...], expected: str) -> None:
    assert choose(quotes(*prices), NOW, GUARD).price == Dec.of(expected)


def test_a_bad_minority_does_not_move_the_price_beyond_the_bound() -> None:
    """needs E.1 row 18."""
    for lie in ("0.000001", "0.995", "1.009", "1.02", "900"):
        choice = choose(quotes("1", "1", lie), NOW, GUARD)
        assert choice.price is not None
        assert distance_bps(Dec.ONE, choice.price) <= 50


def test_disagreement_is_no_price() -> None:
    choice = choose(quotes("1", "2"), NOW, GUARD)
    assert (choice.price, choice.sources) == (None, 0)
    assert choice.left_out == (
        "s1: 1.000000000000000000 is 3334 bps from the median",
        "s2: 2.000000000000000000 is 3334 bps from the median",
    )


def test_old_quotes_are_left_out() -> None:
    old = quotes("1", age=20 * SECOND + 1)
    assert choose(old, NOW, GUARD) == (None, 0, 0, ("s1: 20.0 s old",))
    assert choose(quotes("1", "1", age=20 * SECOND), NOW, GUARD).price == Dec.ONE
    assert choose([], NOW, GUARD) == (None, 0, 0, ())


def test_a_quote_of_the_future_counts_as_of_now() -> None:
    assert choose(quotes("1", "1", age=-SECOND), NOW, GUARD).time == NOW


def test_when_a_price_is_due() -> None:
    last = Fed(Dec.of(1), NOW, NOW)
    assert is_due(Dec.of(1), NOW, None, GUARD)
    assert not is_due(Dec.of(1), NOW + SECOND, last, GUARD)
    assert not is_due(Dec.of("1.0004"), NOW + SECOND, last, GUARD)
    assert is_due(Dec.of("1.0005"), NOW + SECOND, last, GUARD)
    assert is_due(Dec.of("0.9995"), NOW + SECOND, last, GUARD)
    assert is_due(Dec.of(1), NOW + 15 * SECOND, last, GUARD)


def test_a_flat_market_is_fed_with_every_heartbeat() -> None:
    """needs E.1 row 13: ten minutes of one price, never more than a heartbeat apart."""
    last, fed = None, []
    for now in range(NOW, NOW + 600 * SECOND, 5 * SECOND):
        if is_due(Dec.of(2), now, last, GUARD):
            last = Fed(Dec.of(2), now, now)
            fed.append(now)
    gaps = [after - before for before, after in pairwise(fed)]
    assert len(fed) == 40
    assert max(gaps) == 15 * SECOND
