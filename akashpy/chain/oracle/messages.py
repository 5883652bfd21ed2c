"""The oracle's messages: a price from a source, and new parameters.

It must not know how prices are aggregated. Source: node `x/oracle/handler/server.go`,
`x/oracle/keeper/keeper.go` AddPriceEntry (v2.1.0).
"""

from akashpy.chain import params as chain_params
from akashpy.chain.authority import require_authority
from akashpy.chain.oracle.records import LATEST, PRICES, SOURCE_IDS, params, put_params
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.duration import SECOND
from akashpy.types.errors import InvalidRequest, Unauthorized
from akashpy.types.events import typed
from akashpy.types.moment import ZERO, is_writable, moment_of, timestamp
from akashpy.types.oracle import AKT, USD, InvalidTimestamp, Params
from akashpy.wire import oracle as pb

FUTURE = "oracle-future-prices"

FIRST_PRICE_AGE = 12 * SECOND
"""How old a source's very first price may be."""


def add_price_entry(ctx: Context, msg: pb.MsgAddPriceEntry) -> pb.MsgAddPriceEntryResponse:
    """Record a price of an authorised source.

    An unchanged price counts as any other: it keeps the source fresh. Raises Unauthorized,
    InvalidRequest; InvalidTimestamp for a time that lies too far ahead.
    """
    # LOAD
    rules = params(ctx)
    number = SOURCE_IDS.get(ctx, msg.signer) if msg.signer in rules.sources else None
    price = Dec.from_wire(msg.price)
    moment = moment_of(msg.timestamp) if msg.HasField("timestamp") else ZERO
    # CHECK
    if number is None:
        raise Unauthorized(f"source {msg.signer} is not authorized oracle provider")
    if msg.id.denom != AKT:
        raise InvalidRequest(f"unsupported denom {msg.id.denom}")
    if msg.id.base_denom != USD:
        raise InvalidRequest(f"unsupported base denom {msg.id.base_denom}")
    if not price.is_positive:
        raise InvalidRequest("price must be positive")
    if not is_writable(moment):
        raise InvalidTimestamp(f"{moment} ns since 1970 is outside the years 1 to 9999")
    fed = (number, msg.id.denom, msg.id.base_denom)
    latest = LATEST.get(ctx, fed)
    oldest = ctx.time - FIRST_PRICE_AGE if latest is None else moment_of(latest.timestamp)
    if moment < oldest:
        raise InvalidRequest("price timestamp is too old")
    ahead = moment - ctx.time
    if ahead > rules.max_future_time_drift and chain_params.is_fixed(ctx, FUTURE):
        raise InvalidTimestamp(
            f"{ahead} ns ahead of the block, {rules.max_future_time_drift} may be"
        )
    # APPLY
    counter = ("oracle", msg.id.denom, msg.id.base_denom)
    sequence = ctx.transient.get(counter, 0)
    ctx.transient[counter] = sequence + 1
    PRICES.put(ctx, (*fed, moment, sequence), pb.PriceDataState(price=price.wire()))
    LATEST.put(ctx, fed, pb.PriceLatestDataState(timestamp=timestamp(moment), sequence=sequence))
    # EMIT
    ctx.emit(
        typed(
            pb.EventPriceData(
                source=msg.signer, id=msg.id, price=price.wire(), timestamp=timestamp(moment)
            )
        )
    )
    return pb.MsgAddPriceEntryResponse()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError."""
    require_authority(msg.authority)
    new = Params.from_wire(msg.params)
    new.validate()
    put_params(ctx, new)
    return pb.MsgUpdateParamsResponse()
