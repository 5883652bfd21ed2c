"""The state of distribution: pool, rewards of validators, and since when delegations earn.

It must not know how rewards are computed or who may take them.
"""

from collections.abc import Iterable

from akashpy.state.codecs import U64, Codec, Raw, RawBytes, record
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.coin import DecCoins
from akashpy.types.dec import Dec
from akashpy.types.distribution import (
    CurrentRewards,
    HistoricalRewards,
    Params,
    SlashEvent,
    StartingInfo,
)
from akashpy.types.errors import Panic
from akashpy.wire import distribution as pb

STORE = "distribution"
MODULE_NAME = "distribution"
SLASH_LIMIT = 2**64 - 1


class _DecCoinsCodec:
    """Decimal coins as FeePool, ValidatorOutstandingRewards and the accumulated commission have
    them: one repeated field, number 1 in all three."""

    __slots__ = ()

    def encode(self, value: DecCoins) -> bytes:
        """The message's bytes."""
        return pb.FeePool(community_pool=value.to_wire()).SerializeToString(deterministic=True)

    def decode(self, data: bytes) -> DecCoins:
        """The coins of the message."""
        return DecCoins.from_wire(pb.FeePool.FromString(data).community_pool)


DECIMALS: Codec[DecCoins] = _DecCoinsCodec()

POOL = Item(STORE, b"\x00", DECIMALS)
PREVIOUS_PROPOSER = Item(STORE, b"\x01", RawBytes)
"""Consensus address of the latest block's proposer; nothing reads it but genesis."""
OUTSTANDING = Map(STORE, b"\x02", Raw, DECIMALS)
"""Operator -> what its delegators and itself have earned and not withdrawn, commission included."""
WITHDRAW_ADDRESS = Map(STORE, b"\x03", Raw, RawBytes)
"""Delegator -> where its rewards go, when not to itself."""
STARTING: Map[tuple[bytes, bytes], StartingInfo] = Map(
    STORE, b"\x04", (Raw, Raw), record(StartingInfo)
)
"""(operator, delegator) -> since when the delegation earns."""
HISTORICAL: Map[tuple[bytes, int], HistoricalRewards] = Map(
    STORE, b"\x05", (Raw, U64), record(HistoricalRewards)
)
"""(operator, period) -> rewards per base unit up to that period's end."""
CURRENT = Map(STORE, b"\x06", Raw, record(CurrentRewards))
COMMISSION = Map(STORE, b"\x07", Raw, DECIMALS)
SLASHES: Map[tuple[bytes, int, int], SlashEvent] = Map(
    STORE, b"\x08", (Raw, U64, U64), record(SlashEvent)
)
"""(operator, height, period) -> what was slashed."""
PARAMS = Item(STORE, b"\x09", record(Params))

NOTHING = CurrentRewards(DecCoins.EMPTY, 0)
NO_HISTORY = HistoricalRewards(DecCoins.EMPTY, 0)
NO_PARAMS = Params(community_tax=Dec.ZERO, withdraw_addr_enabled=False)


def params(ctx: Context) -> Params:
    """The parameters; without any, no tax and no withdraw addresses."""
    return PARAMS.get(ctx) or NO_PARAMS


def pool(ctx: Context) -> DecCoins:
    """What belongs to the community."""
    return POOL.get(ctx) or DecCoins.EMPTY


def add_to_pool(ctx: Context, coins: DecCoins) -> None:
    """Give the community coins that the module's account holds already."""
    POOL.put(ctx, pool(ctx) + coins)


def outstanding(ctx: Context, operator: bytes) -> DecCoins:
    """What a validator and its delegators have not withdrawn yet."""
    return OUTSTANDING.get(ctx, operator) or DecCoins.EMPTY


def commission(ctx: Context, operator: bytes) -> DecCoins:
    """What a validator keeps of its delegators' rewards and has not withdrawn yet."""
    return COMMISSION.get(ctx, operator) or DecCoins.EMPTY


def current(ctx: Context, operator: bytes) -> CurrentRewards:
    """The running period of a validator."""
    return CURRENT.get(ctx, operator) or NOTHING


def history(ctx: Context, operator: bytes, period: int) -> HistoricalRewards:
    """Rewards per base unit up to the end of a period."""
    return HISTORICAL.get(ctx, (operator, period)) or NO_HISTORY


def withdraw_address(ctx: Context, delegator: bytes) -> bytes:
    """Where a delegator's rewards go."""
    return WITHDRAW_ADDRESS.get(ctx, delegator) or delegator


def hold(ctx: Context, operator: bytes, period: int) -> None:
    """Count one more who needs the end of `period`. Raises Panic above two, as the SDK."""
    found = history(ctx, operator, period)
    if found.references >= 2:
        raise Panic("reference count should never exceed 2")
    HISTORICAL.put(ctx, (operator, period), HistoricalRewards(found.ratio, found.references + 1))


def release(ctx: Context, operator: bytes, period: int) -> None:
    """Count one less who needs the end of `period`; it goes with the last.

    Raises Panic when nobody did.
    """
    found = history(ctx, operator, period)
    if not found.references:
        raise Panic("cannot set negative reference count")
    if found.references == 1:
        HISTORICAL.remove(ctx, (operator, period))
        return
    HISTORICAL.put(ctx, (operator, period), HistoricalRewards(found.ratio, found.references - 1))


def slashes_between(ctx: Context, operator: bytes, start: int, end: int) -> Iterable[SlashEvent]:
    """What a validator was slashed from height `start` to height `end`, both included."""
    before = None if start == 0 else (operator, start - 1, SLASH_LIMIT)
    rows = SLASHES.under(ctx, operator, after=before, until=(operator, end + 1))
    return [event for _, event in rows]
