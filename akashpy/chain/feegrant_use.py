"""What is left of a fee allowance after a fee is paid from it, or why it cannot pay.

Each kind decides in the SDK's order. It must not know where allowances are stored. Source: SDK
0.53 `x/feegrant` basic_fee.go, periodic_fee.go, filtered_fee.go.
"""

from collections.abc import Sequence
from typing import NamedTuple

from akashpy import wire
from akashpy.state.context import Context
from akashpy.types.authz import moment
from akashpy.types.coin import Coin, Coins
from akashpy.types.duration import nanoseconds
from akashpy.types.feegrant import (
    Allowance,
    FeeLimitExceeded,
    FeeLimitExpired,
    MessageNotAllowed,
    allowance_of,
)
from akashpy.wire import feegrant as pb

LIST_GAS = 10
"""For each allowed message, and for each message looked up among them."""


class Used(NamedTuple):
    """`updated` is to be stored instead, unless nothing is left and it is to be removed."""

    updated: Allowance
    used_up: bool


def use(ctx: Context, allowance: Allowance, fee: Sequence[Coin], urls: Sequence[str]) -> Used:
    """Pay `fee` for messages of the type URLs `urls` from an allowance.

    Raises FeeLimitExpired, FeeLimitExceeded, MessageNotAllowed, NoAllowance.
    """
    if isinstance(allowance, pb.BasicAllowance):
        return _use_basic(ctx, allowance, fee)
    if isinstance(allowance, pb.PeriodicAllowance):
        return _use_periodic(ctx, allowance, fee)
    return _use_filtered(ctx, allowance, fee, urls)


def _use_basic(ctx: Context, allowance: pb.BasicAllowance, fee: Sequence[Coin]) -> Used:
    if _is_over(ctx, allowance):
        raise FeeLimitExpired("basic allowance")
    if not allowance.spend_limit:
        return Used(allowance, used_up=False)
    left = _less(Coins.from_wire(allowance.spend_limit), fee, "basic allowance")
    updated = pb.BasicAllowance(spend_limit=left.to_wire())
    if allowance.HasField("expiration"):
        updated.expiration.CopyFrom(allowance.expiration)
    return Used(updated, used_up=not left)


def _use_periodic(ctx: Context, allowance: pb.PeriodicAllowance, fee: Sequence[Coin]) -> Used:
    if _is_over(ctx, allowance.basic):
        raise FeeLimitExpired("absolute limit")
    updated = pb.PeriodicAllowance()
    updated.CopyFrom(allowance)
    if ctx.time >= moment(allowance.period_reset):
        _begin_period(ctx, updated)
    left = _less(Coins.from_wire(updated.period_can_spend), fee, "period limit")
    del updated.period_can_spend[:]
    updated.period_can_spend.extend(left.to_wire())
    if not allowance.basic.spend_limit:
        return Used(updated, used_up=False)
    total = _less(Coins.from_wire(allowance.basic.spend_limit), fee, "absolute limit")
    del updated.basic.spend_limit[:]
    updated.basic.spend_limit.extend(total.to_wire())
    return Used(updated, used_up=not total)


def _begin_period(ctx: Context, allowance: pb.PeriodicAllowance) -> None:
    """Fill a new period: one step from the last, or from now when that is over as well."""
    total = Coins.from_wire(allowance.basic.spend_limit)
    limit = Coins.from_wire(allowance.period_spend_limit)
    fresh = total if total and not total.covers(limit) else limit
    del allowance.period_can_spend[:]
    allowance.period_can_spend.extend(fresh.to_wire())
    period = nanoseconds(allowance.period)
    ends = moment(allowance.period_reset) + period
    allowance.period_reset.FromNanoseconds(ctx.time + period if ctx.time > ends else ends)


def _use_filtered(
    ctx: Context, allowance: pb.AllowedMsgAllowance, fee: Sequence[Coin], urls: Sequence[str]
) -> Used:
    allowed = frozenset(allowance.allowed_messages)
    ctx.gas.consume(LIST_GAS * len(allowance.allowed_messages), "check msg")
    for url in urls:
        ctx.gas.consume(LIST_GAS, "check msg")
        if url not in allowed:
            raise MessageNotAllowed("message does not exist in allowed messages")
    inner = use(ctx, allowance_of(allowance), fee, urls)
    updated = pb.AllowedMsgAllowance(
        allowance=wire.pack(inner.updated), allowed_messages=allowance.allowed_messages
    )
    return Used(updated, inner.used_up)


def _is_over(ctx: Context, basic: pb.BasicAllowance) -> bool:
    return basic.HasField("expiration") and moment(basic.expiration) < ctx.time


def _less(limit: Coins, fee: Sequence[Coin], which: str) -> Coins:
    if not limit.covers(fee):
        raise FeeLimitExceeded(which)
    return limit.subtract(fee)
