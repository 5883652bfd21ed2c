"""What all sources together say, at the end of every block, and whether it may be relied on.

A price is healthy when enough sources fed it recently and agree. Who uses prices asks `price` in
the package; who must know at once that a price failed is told with HealthChanged. It must not know
who feeds or uses prices. Source: node `x/oracle/keeper/abci.go`, `keeper.go` (v2.1.0).
"""

from collections.abc import Sequence
from typing import NamedTuple

from akashpy.chain import params as chain_params
from akashpy.chain.oracle.average import Point, deviation_bps, mean, median, twap
from akashpy.chain.oracle.records import (
    AGGREGATES,
    HEALTH,
    LATEST,
    PRICES,
    SOURCE_IDS,
    Pair,
    params,
)
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.duration import SECOND
from akashpy.types.errors import Panic
from akashpy.types.events import typed
from akashpy.types.moment import ZERO, is_writable, moment_of, timestamp
from akashpy.types.oracle import USD, HealthChanged, Params
from akashpy.wire import oracle as pb

FIX = "oracle-staleness"

BLOCK_LENGTH = 6 * SECOND
"""The length of a block that Akash's estimates assume."""


class _Latest(NamedTuple):
    """A source's latest price: its number, its time and its place in its block."""

    source: int
    time: int
    sequence: int


class _Fresh(NamedTuple):
    """A source that fed recently: its latest price, and its prices in the window, newest first."""

    price: Dec
    points: Sequence[Point]


def end_block(ctx: Context) -> None:
    """Aggregate every pair that an active source feeds; tell of each health that changed."""
    rules = params(ctx)
    fed = _fed(ctx, rules)
    if chain_params.is_fixed(ctx, FIX):
        _warn(ctx, rules, fed)
        for pair, _ in list(HEALTH.under(ctx)):
            fed.setdefault(pair, [])
    made: list[pb.AggregatedPrice] = []
    changed: list[HealthChanged] = []
    for pair in sorted(fed):
        fresh = [found for one in fed[pair] if (found := _fresh(ctx, rules, pair, one)) is not None]
        aggregate = _aggregate(ctx, pair, fresh)
        health = _health(rules, aggregate, len(fed[pair]))
        if _save(ctx, health):
            changed.append(HealthChanged(pair[0], USD, health.is_healthy))
        if health.is_healthy and fresh:
            AGGREGATES.put(ctx, pair, aggregate)
            made.append(aggregate)
    for aggregate in made:
        ctx.emit(typed(pb.EventAggregatedPrice(price=aggregate)))
    for value in changed:
        ctx.notify(value)


def _warn(ctx: Context, rules: Params, fed: dict[Pair, list[_Latest]]) -> None:
    """Tell of prices that will be stale soon, in every block of the second half of their period.

    Akash defines this event and never tells it.
    """
    period = rules.max_price_staleness_period
    for denom, base in sorted(fed):
        left = max(latest.time for latest in fed[denom, base]) + period - ctx.time
        if 0 <= left < period // 2:
            id = pb.DataID(denom=denom, base_denom=base)
            blocks = left // BLOCK_LENGTH
            ctx.emit(typed(pb.EventPriceStaleWarning(id=id, blocks_to_stall=blocks)))


def _fed(ctx: Context, rules: Params) -> dict[Pair, list[_Latest]]:
    """The latest price of each active source, by pair; in the order of the sources' numbers."""
    ids = {SOURCE_IDS.get(ctx, source) for source in rules.sources}
    found: dict[Pair, list[_Latest]] = {}
    for (source, denom, base), latest in LATEST.under(ctx):
        if source in ids:
            at = _Latest(source, moment_of(latest.timestamp), latest.sequence)
            found.setdefault((denom, base), []).append(at)
    return found


def _fresh(ctx: Context, rules: Params, pair: Pair, latest: _Latest) -> _Fresh | None:
    """What a source says, unless its latest price is too old or was pruned."""
    if latest.time < ctx.time - rules.max_price_staleness_period:
        return None
    price = PRICES.get(ctx, (latest.source, *pair, latest.time, latest.sequence))
    if price is None:
        return None
    return _Fresh(Dec.from_wire(price.price), _window(ctx, latest.source, pair, rules.twap_window))


def _window(ctx: Context, source: int, pair: Pair, length: int) -> list[Point]:
    """A source's prices in the last `length` nanoseconds, newest first.

    The price that held when the window began counts from then on.
    """
    begins, points = max(ctx.time - length, ZERO), []
    after = ctx.time + 1
    if not is_writable(after):
        return []
    for (*_, time, _), state in PRICES.under(
        ctx, source, *pair, until=(source, *pair, after), reverse=True
    ):
        points.append((max(time, begins), Dec.from_wire(state.price)))
        if time < begins:
            break
    return points


def _aggregate(ctx: Context, pair: Pair, fresh: Sequence[_Fresh]) -> pb.AggregatedPrice:
    """The prices of fresh sources taken together; without sources where nothing can be said.

    Prices too large to compute with say nothing: Akash's chain stops on them.
    """
    nothing = pb.AggregatedPrice(denom=pair[0])
    try:
        means = [twap(ctx.time, one.points) for one in fresh if one.points]
        if not means:
            return nothing
        prices = [one.price for one in fresh]
        return pb.AggregatedPrice(
            denom=pair[0],
            twap=mean(means).wire(),
            median_price=median(prices).wire(),
            min_price=min(prices).wire(),
            max_price=max(prices).wire(),
            timestamp=timestamp(ctx.time),
            num_sources=len(fresh),
            deviation_bps=deviation_bps(min(prices), max(prices)),
        )
    except Panic:
        return nothing


def _health(rules: Params, aggregate: pb.AggregatedPrice, sources: int) -> pb.PriceHealth:
    health = pb.PriceHealth(
        denom=aggregate.denom,
        has_min_sources=aggregate.num_sources >= rules.min_price_sources,
        deviation_ok=aggregate.deviation_bps <= rules.max_price_deviation_bps,
        total_sources=sources,
        total_healthy_sources=aggregate.num_sources,
    )
    if not health.has_min_sources:
        health.failure_reason.append(
            f"insufficient price sources: {aggregate.num_sources} < {rules.min_price_sources}"
        )
    if not health.deviation_ok:
        health.failure_reason.append(
            f"price deviation too high: {aggregate.deviation_bps}bps > "
            f"{rules.max_price_deviation_bps}bps"
        )
    health.is_healthy = health.has_min_sources and health.deviation_ok
    return health


def _save(ctx: Context, health: pb.PriceHealth) -> bool:
    """Store a health; whether it is another than before, and an event if so."""
    pair = (health.denom, USD)
    before = HEALTH.get(ctx, pair)
    HEALTH.put(ctx, pair, health)
    if before is not None and before.is_healthy == health.is_healthy:
        return False
    id = pb.DataID(denom=health.denom, base_denom=USD)
    if health.is_healthy:
        ctx.emit(typed(pb.EventPriceRecovered(id=id, height=ctx.height)))
    else:
        ctx.emit(typed(pb.EventPriceStaled(id=id, last_height=0)))
    return True
