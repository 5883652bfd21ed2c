"""The oracle: what AKT costs in dollars, said by sources that governance names.

Sources send prices (messages), every block's end makes one price of them (aggregate, average) and
says whether it may be relied on; old prices are pruned. Other modules ask `price`. It must not know
who asks. Source: node `x/oracle` (v2.1.0).
"""

from akashpy.chain.module import Handler, Module
from akashpy.chain.oracle.aggregate import end_block
from akashpy.chain.oracle.genesis import (
    default_genesis,
    export_genesis,
    init_genesis,
    validate_genesis,
)
from akashpy.chain.oracle.messages import add_price_entry, update_params
from akashpy.chain.oracle.prune import epoch_ended
from akashpy.chain.oracle.records import AGGREGATES, HEALTH, LATEST, PRICES, SOURCE_IDS, params
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.epochs import EpochEnded
from akashpy.types.oracle import (
    ACT,
    BASES,
    USD,
    PriceStalled,
    validate_add_price_entry,
    validate_update_params,
)
from akashpy.wire import oracle as pb

__all__ = [
    "AGGREGATES", "HEALTH", "LATEST", "MODULE", "PRICES", "SOURCE_IDS", "aggregated", "health",
    "not_found", "params", "price",
]  # fmt: skip


def price(ctx: Context, denom: str) -> Dec:
    """Dollars for one unit of `denom` (micro denominations count as their base ones).

    ACT is one dollar by definition. Raises PriceStalled when the price cannot be relied on.
    """
    base = BASES.get(denom, denom)
    if base == ACT:
        return Dec.ONE
    found = health(ctx, base)
    if found is None:
        raise PriceStalled(not_found(base, "PriceHealth"))
    if not found.is_healthy:
        raise PriceStalled
    made = aggregated(ctx, base)
    if made is None:
        raise PriceStalled(not_found(base, "AggregatedPrice"))
    return Dec.from_wire(made.twap)


def aggregated(ctx: Context, denom: str) -> pb.AggregatedPrice | None:
    """What the sources last said together while they were healthy."""
    return AGGREGATES.get(ctx, (denom, USD)) if "\0" not in denom else None


def health(ctx: Context, denom: str) -> pb.PriceHealth | None:
    """Whether and why (not) the price may be relied on; None when nobody ever fed it."""
    return HEALTH.get(ctx, (denom, USD)) if "\0" not in denom else None


def not_found(denom: str, kind: str) -> str:
    """Go's words for a row of this module that is not there."""
    return (
        f"collections: not found: key '{denom}/{USD}' of type "
        f"github.com/cosmos/gogoproto/akash.oracle.v2.{kind}"
    )


MODULE = Module(
    name="oracle",
    handlers={
        "/akash.oracle.v2.MsgAddPriceEntry": Handler(validate_add_price_entry, add_price_entry),
        "/akash.oracle.v2.MsgUpdateParams": Handler(validate_update_params, update_params),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    end_block=(end_block,),
    subscribers={EpochEnded: epoch_ended},
)
