"""The oracle at genesis.

Akash carries over the parameters only, so that a chain restarted from an export has no price until
its sources feed again and numbers its sources anew. With the fix "oracle-genesis" prices, sources'
numbers and what was made of them come along; what Akash's genesis has no field for stands in a
member of our own. It must not know messages.
"""

from typing import Any

from akashpy import wire
from akashpy.chain import params as chain_params
from akashpy.chain.module import JsonState
from akashpy.chain.oracle.records import (
    AGGREGATES,
    HEALTH,
    LATEST,
    PRICES,
    SOURCE_COUNT,
    SOURCE_IDS,
    params,
    put_params,
)
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.types.moment import is_writable, moment_of, timestamp
from akashpy.types.oracle import USD, Params
from akashpy.wire import oracle as pb

FIX = "oracle-genesis"
OURS = "akashpy"
"""Name of the member of app_state.oracle that Akash does not have."""


def default_genesis(preset: str) -> JsonState:
    """Akash's parameters, no sources, no prices."""
    del preset
    return wire.to_json(pb.GenesisState(params=Params().to_wire()))


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for parameters or prices that are bad."""
    parsed, ours = _read(state)
    Params.from_wire(parsed.params).validate()
    for price in parsed.prices:
        if not Dec.from_wire(price.state.price).is_positive:
            raise PlainError(f"price of source {price.id.source} must be positive")
        if not is_writable(moment_of(price.id.timestamp)):
            raise PlainError(f"time of a price of source {price.id.source} is out of range")
    _aggregates(ours), _health(ours)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store parameters and, with the fix, everything else. Raises PlainError."""
    parsed, ours = _read(state)
    rules = Params.from_wire(parsed.params)
    rules.validate()
    if not chain_params.is_fixed(ctx, FIX):
        put_params(ctx, rules)
        return
    for source in parsed.source_ids:
        SOURCE_IDS.put(ctx, source.address, source.id)
    if parsed.source_seq:
        SOURCE_COUNT.put(ctx, parsed.source_seq)
    put_params(ctx, rules)
    for price in parsed.prices:
        id = price.id
        key = (id.source, id.denom, id.base_denom, moment_of(id.timestamp), id.sequence)
        PRICES.put(ctx, key, price.state)
    for latest in parsed.latest_prices_ids:
        fed = (latest.id.source, latest.id.denom, latest.id.base_denom)
        LATEST.put(ctx, fed, latest.state)
    for aggregate in _aggregates(ours):
        AGGREGATES.put(ctx, (aggregate.denom, USD), aggregate)
    for health in _health(ours):
        HEALTH.put(ctx, (health.denom, USD), health)


def export_genesis(ctx: Context) -> JsonState:
    """Parameters and, with the fix, everything else."""
    state = pb.GenesisState(params=params(ctx).to_wire())
    if not chain_params.is_fixed(ctx, FIX):
        return wire.to_json(state)
    for (source, denom, base, moment, sequence), price in PRICES.under(ctx):
        state.prices.add(
            id=pb.PriceDataRecordID(
                source=source,
                denom=denom,
                base_denom=base,
                timestamp=timestamp(moment),
                sequence=sequence,
            ),
            state=price,
        )
    for (source, denom, base), latest in LATEST.under(ctx):
        id = pb.PriceDataID(source=source, denom=denom, base_denom=base)
        state.latest_prices_ids.add(id=id, state=latest)
    for address, number in SOURCE_IDS.under(ctx):
        state.source_ids.add(address=address, id=number)
    state.source_seq = SOURCE_COUNT.get(ctx) or 0
    ours = {
        "aggregated_prices": [wire.to_json(one) for _, one in AGGREGATES.under(ctx)],
        "price_health": [wire.to_json(one) for _, one in HEALTH.under(ctx)],
    }
    more = {OURS: ours} if any(ours.values()) else {}
    return {**wire.to_json(state), **more}


def _read(state: JsonState) -> tuple[pb.GenesisState, dict[str, Any]]:
    """Akash's part and ours."""
    theirs = {name: value for name, value in state.items() if name != OURS}
    ours = state.get(OURS) or {}
    if not isinstance(ours, dict):
        raise PlainError(f"{OURS} must be an object, not {type(ours).__name__}")
    return wire.from_json(pb.GenesisState, theirs), ours


def _aggregates(ours: dict[str, Any]) -> list[pb.AggregatedPrice]:
    found = ours.get("aggregated_prices") or []
    return [wire.from_json(pb.AggregatedPrice, one) for one in found]


def _health(ours: dict[str, Any]) -> list[pb.PriceHealth]:
    return [wire.from_json(pb.PriceHealth, one) for one in ours.get("price_health") or []]
