"""Which prices to believe, and whether to feed: plain functions over quotes and times.

Must not know where quotes come from or how a price is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from akashpy.chain.oracle.average import median
from akashpy.cli.oracle.sources import Quote
from akashpy.types.dec import Dec
from akashpy.types.duration import SECOND


@dataclass(frozen=True, slots=True)
class Guard:
    """Limits; times in nanoseconds, distances in hundredths of a percent.

    `max_age` of a quote; `max_deviation_bps` of a quote from the median; `min_sources` that must be
    left; `min_change_bps` that a price must have moved to be fed before `heartbeat` has passed.
    """

    max_age: int
    max_deviation_bps: int
    min_sources: int
    min_change_bps: int
    heartbeat: int


class Choice(NamedTuple):
    """A price to believe (None where there is none), when it was so, and what was left out."""

    price: Dec | None
    time: int
    sources: int
    left_out: tuple[str, ...]


class Fed(NamedTuple):
    """The last price that was fed: what, its time, and when it was sent."""

    price: Dec
    time: int
    at: int


def choose(quotes: Sequence[Quote], now: int, guard: Guard) -> Choice:
    """The median of the quotes that are fresh and agree.

    Quotes too far from the median of all fresh ones are left out, and the rest has a median of its
    own. Where fewer than `min_sources` are left there is no price.
    """
    left_out, fresh = [], []
    for quote in quotes:
        age = now - quote.time
        if age > guard.max_age:
            left_out.append(f"{quote.source}: {age / SECOND:.1f} s old")
        else:
            fresh.append(quote)
    if not fresh:
        return Choice(None, 0, 0, tuple(left_out))
    middle = median([quote.price for quote in fresh])
    agreed = []
    for quote in fresh:
        apart = distance_bps(middle, quote.price)
        if apart > guard.max_deviation_bps:
            left_out.append(f"{quote.source}: {quote.price} is {apart} bps from the median")
        else:
            agreed.append(quote)
    if len(agreed) < guard.min_sources:
        return Choice(None, 0, len(agreed), tuple(left_out))
    newest = min(max(quote.time for quote in agreed), now)
    price = median([quote.price for quote in agreed])
    return Choice(price, newest, len(agreed), tuple(left_out))


def is_due(price: Dec, now: int, last: Fed | None, guard: Guard) -> bool:
    """Whether a price is to be fed now: the first one, one that moved, or a heartbeat.

    A flat market must not look like a dead feed, so an unchanged price is fed again.
    """
    if last is None or now - last.at >= guard.heartbeat:
        return True
    return price != last.price and distance_bps(last.price, price) >= guard.min_change_bps


def distance_bps(base: Dec, price: Dec) -> int:
    """How far a price is from a positive base, in hundredths of a percent, rounded up."""
    return (abs(price.raw - base.raw) * 10_000 + base.raw - 1) // base.raw
