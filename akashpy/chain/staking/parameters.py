"""The parameters of staking, and the words of its state that every part uses.

It exists below the rest of the package, so that tables, pools and rules ask one place. It must not
know validators or delegations.
"""

from functools import lru_cache

from akashpy.state.codecs import RawBytes
from akashpy.state.collections import Item
from akashpy.state.context import Context
from akashpy.types.coin import validate_denom
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.wire import staking as pb

STORE = "staking"
PARAMS = Item(STORE, b"\x51", RawBytes)

POWER_REDUCTION = 1_000_000
"""Base units of stake per unit of voting power."""
BONDED_POOL = "bonded_tokens_pool"
NOT_BONDED_POOL = "not_bonded_tokens_pool"

BONDED = pb.BondStatus.BOND_STATUS_BONDED
UNBONDING = pb.BondStatus.BOND_STATUS_UNBONDING
UNBONDED = pb.BondStatus.BOND_STATUS_UNBONDED
STATUSES = (UNBONDED, UNBONDING, BONDED)

DAY_SECONDS = 24 * 3600
MAX_DURATION = 2**63 - 1
"""Nanoseconds of the longest duration there is on a Cosmos chain, 292 years."""
UNBONDING_DAYS = {"default": 21, "akash": 14}
MIN_COMMISSION = {"default": Dec.ZERO, "akash": Dec.of("0.05")}
"""By genesis preset. Source: facts of the network, genesis parameters."""


def params(ctx: Context) -> pb.Params:
    """The staking parameters. Do not change the answer."""
    return _params(PARAMS.get(ctx) or b"")


@lru_cache(maxsize=16)
def _params(row: bytes) -> pb.Params:
    return pb.Params.FromString(row)


def put_params(ctx: Context, value: pb.Params) -> None:
    """Store parameters that are valid."""
    PARAMS.put(ctx, value.SerializeToString(deterministic=True))


def max_validators(ctx: Context) -> int:
    """How many validators may be bonded at once."""
    return params(ctx).max_validators


def bond_denom(ctx: Context) -> str:
    """The denomination of stake."""
    return params(ctx).bond_denom


def min_commission_rate(ctx: Context) -> Dec:
    """The least commission a validator may ask."""
    return Dec.from_wire(params(ctx).min_commission_rate)


def unbonding_time(ctx: Context) -> int:
    """Nanoseconds from the start of an unbonding to its end."""
    return params(ctx).unbonding_time.ToNanoseconds()


def default_params(preset: str) -> pb.Params:
    """The SDK's defaults with uakt as bond denomination; "akash" has the main network's values."""
    value = pb.Params(
        max_validators=100,
        max_entries=7,
        historical_entries=10_000,
        bond_denom="uakt",
        min_commission_rate=MIN_COMMISSION[preset].wire(),
    )
    value.unbonding_time.FromSeconds(UNBONDING_DAYS[preset] * DAY_SECONDS)
    return value


def validate_params(value: pb.Params) -> None:
    """Raises PlainError. Source: SDK x/staking Params.Validate."""
    duration = value.unbonding_time.ToNanoseconds()
    if duration <= 0:
        raise PlainError(f"unbonding time must be positive: {duration}")
    if duration > MAX_DURATION:
        raise PlainError(f"unbonding time must be at most {MAX_DURATION} ns: {duration}")
    if not value.max_validators:
        raise PlainError(f"max validators must be positive: {value.max_validators}")
    if not value.max_entries:
        raise PlainError(f"max entries must be positive: {value.max_entries}")
    if not value.bond_denom.strip():
        raise PlainError("bond denom cannot be blank")
    validate_denom(value.bond_denom)
    if not value.min_commission_rate:
        raise PlainError("minimum commission rate cannot be nil: <nil>")
    rate = Dec.from_wire(value.min_commission_rate)
    if rate.is_negative:
        raise PlainError(f"minimum commission rate cannot be negative: {rate}")
    if rate > Dec.ONE:
        raise PlainError(f"minimum commission rate cannot be greater than 100%: {rate}")
