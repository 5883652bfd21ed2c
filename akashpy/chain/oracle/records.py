"""What the oracle keeps: who may feed, what each fed, and what came of it.

Only tables and their keys. It must not know how prices are aggregated. Source: node
`x/oracle/keeper/key.go`, `keeper.go` SetParams (v2.1.0); times are kept as seconds and
nanoseconds since the year 1 where Akash keeps 31 characters of text, in the same order.
"""

from akashpy.state.codecs import U32, U64, Int, Str, Uint64, message, record
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.duration import SECOND
from akashpy.types.moment import ZERO_SECONDS
from akashpy.types.oracle import Params
from akashpy.wire import oracle as pb

Pair = tuple[str, str]
"""A denomination and what it is priced in, such as ("akt", "usd")."""
Fed = tuple[int, str, str]
"""A source's number and a pair."""


class MomentPart:
    """A time in nanoseconds since 1970, within the years 1 to 9999: twelve bytes that sort."""

    __slots__ = ()

    def encode(self, value: int) -> bytes:
        """Seconds since the year 1, then nanoseconds."""
        seconds, nanos = divmod(value, SECOND)
        return (seconds - ZERO_SECONDS).to_bytes(8, "big") + nanos.to_bytes(4, "big")

    def decode(self, data: bytes, at: int) -> tuple[int, int]:
        """The time that begins at `at`, and where the next part begins."""
        seconds = int.from_bytes(data[at : at + 8], "big") + ZERO_SECONDS
        return seconds * SECOND + int.from_bytes(data[at + 8 : at + 12], "big"), at + 12


Moment = MomentPart()

PARAMS = Item("oracle", b"\x09", record(Params))

LATEST: Map[Fed, pb.PriceLatestDataState] = Map(
    "oracle", b"\x11\x01", (U32, Str, Str), message(lambda: pb.PriceLatestDataState())
)
"""(source, denom, base) -> time and sequence of the source's latest price."""

AGGREGATES: Map[Pair, pb.AggregatedPrice] = Map(
    "oracle", b"\x11\x02", (Str, Str), message(lambda: pb.AggregatedPrice())
)
"""(denom, base) -> what all sources together say; stays as it was while the price is unhealthy."""

HEALTH: Map[Pair, pb.PriceHealth] = Map(
    "oracle", b"\x11\x03", (Str, Str), message(lambda: pb.PriceHealth())
)

PRICES: Map[tuple[int, str, str, int, int], pb.PriceDataState] = Map(
    "oracle", b"\x11\x05", (U32, Str, Str, Moment, U64), message(lambda: pb.PriceDataState())
)
"""(source, denom, base, time, sequence in its block) -> price."""

SOURCE_COUNT = Item("oracle", b"\x12\x00", Uint64)
"""How many sources there ever were; their numbers begin with 1 and are never used again."""

SOURCE_IDS: Map[str, int] = Map("oracle", b"\x12\x02", Str, Int)
"""Address -> number of every source there ever was."""


def params(ctx: Context) -> Params:
    """The oracle's parameters."""
    return PARAMS.get(ctx) or Params()


def put_params(ctx: Context, new: Params) -> None:
    """Store parameters, number new sources, and forget the latest prices of removed ones."""
    old = PARAMS.get(ctx)
    PARAMS.put(ctx, new)
    for source in new.sources:
        if not SOURCE_IDS.has(ctx, source):
            number = (SOURCE_COUNT.get(ctx) or 0) + 1
            SOURCE_COUNT.put(ctx, number)
            SOURCE_IDS.put(ctx, source, number)
    if old is None:
        return
    for source in old.sources:
        removed = SOURCE_IDS.get(ctx, source) if source not in new.sources else None
        if removed is not None:
            for key in [key for key, _ in LATEST.under(ctx, removed)]:
                LATEST.remove(ctx, key)
