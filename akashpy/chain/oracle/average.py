"""The oracle's arithmetic: weighted means, medians and deviations of prices.

Pure functions, to the last digit as Akash computes them. It must not know state or sources.
Source: node `x/oracle/keeper/keeper.go` calculateTWAP, calculateMedian, calculateDeviationBps.
"""

from collections.abc import Sequence

from akashpy.types.dec import Dec

MAX_BPS = 2**64 - 1
"""Deviations above this are written as this: the field holds no more."""

Point = tuple[int, Dec]
"""A time in nanoseconds and the price from then on."""


def twap(now: int, points: Sequence[Point]) -> Dec:
    """The mean of a step function's values up to `now`, weighted by how long each held.

    `points` are newest first; without any width between them and `now` it is their plain mean.
    Raises Panic when a product does not fit a decimal.
    """
    total, weights, newer = Dec.ZERO, 0, now
    for time, price in points:
        width = newer - time
        total = total + price.mul(Dec.of(width))
        weights += width
        newer = time
    if weights == 0:
        return mean([price for _, price in points])
    return total.quo(Dec.of(weights))


def mean(prices: Sequence[Dec]) -> Dec:
    """The plain mean of at least one price. Raises Panic when the sum does not fit."""
    total = Dec.ZERO
    for price in prices:
        total = total + price
    return total.quo(Dec.of(len(prices)))


def median(prices: Sequence[Dec]) -> Dec:
    """The middle one of at least one price, or the mean of the two in the middle."""
    ordered = sorted(prices)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]).quo(Dec.of(2))


def deviation_bps(least: Dec, most: Dec) -> int:
    """How far apart two positive prices are, in hundredths of a percent of the lower one."""
    if least.is_zero:
        return 0
    apart = (most - least).mul(Dec.of(10_000)).quo(least)
    return min(abs(apart.truncate()), MAX_BPS)
