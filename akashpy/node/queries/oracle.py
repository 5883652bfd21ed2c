"""Reads of the oracle: prices as fed, the price made of them, parameters.

It must not judge prices. Source: node v2.1 `x/oracle/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain import oracle
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.types.moment import ZERO, moment_of, timestamp
from akashpy.wire import oracle as pb
from akashpy.wire.base import PageRequest

Key = tuple[int, str, str, int, int]


def prices(ctx: Context, req: pb.QueryPricesRequest) -> pb.QueryPricesResponse:
    """Prices that match the filters, newest first; `reverse` turns that round, as Akash does."""
    filters, request = req.filters, PageRequest()
    request.CopyFrom(req.pagination)
    request.reverse = not request.reverse
    first = _bound(filters, "start_time")
    last = _bound(filters, "end_time")

    def keep(key: Key, value: pb.PriceDataState) -> bool:
        del value
        _, denom, base, moment, _ = key
        return (
            (not filters.asset_denom or denom == filters.asset_denom)
            and (not filters.base_denom or base == filters.base_denom)
            and (first == ZERO or moment >= first)
            and (last == ZERO or moment <= last)
        )

    found = stocklist.page(ctx, oracle.PRICES, request, keep=keep)
    return pb.QueryPricesResponse(
        prices=[_shown(key, state) for key, state in found.items],
        pagination=stocklist.response(found),
    )


def aggregated_price(
    ctx: Context, req: pb.QueryAggregatedPriceRequest
) -> pb.QueryAggregatedPriceResponse:
    """The price that modules use and its health; it may be old where the health is bad.

    Raises PlainError for a denomination that was never healthy.
    """
    made = oracle.aggregated(ctx, req.denom)
    if made is None:
        raise PlainError(oracle.not_found(req.denom, "AggregatedPrice"))
    health = oracle.health(ctx, req.denom)
    if health is None:
        raise PlainError(oracle.not_found(req.denom, "PriceHealth"))
    return pb.QueryAggregatedPriceResponse(aggregated_price=made, price_health=health)


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The parameters."""
    del req
    return pb.QueryParamsResponse(params=oracle.params(ctx).to_wire())


def _bound(filters: pb.PricesFilter, field: str) -> int:
    return moment_of(getattr(filters, field)) if filters.HasField(field) else ZERO


def _shown(key: Key, state: pb.PriceDataState) -> pb.PriceData:
    source, denom, base, moment, sequence = key
    id = pb.PriceDataRecordID(
        source=source,
        denom=denom,
        base_denom=base,
        timestamp=timestamp(moment),
        sequence=sequence,
    )
    return pb.PriceData(id=id, state=state)


METHODS: Methods = {"AggregatedPrice": aggregated_price, "Params": params, "Prices": prices}
