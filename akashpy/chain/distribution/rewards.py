"""The F1 rule: what each delegation has earned, without ever walking over delegations.

A validator's life is cut into periods, which end whenever its stake changes; each remembers what
one base unit has earned from the start to its end. A delegation's reward is its stake times the
difference of two of these. It must not know votes, fees or messages.
Source: SDK 0.53 x/distribution/keeper/{validator,delegation}.go.
"""

from akashpy.chain import bank, staking
from akashpy.chain.distribution.records import (
    COMMISSION,
    CURRENT,
    HISTORICAL,
    MODULE_NAME,
    OUTSTANDING,
    SLASHES,
    STARTING,
    add_to_pool,
    current,
    history,
    hold,
    outstanding,
    release,
    slashes_between,
    withdraw_address,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin, DecCoins
from akashpy.types.dec import Dec
from akashpy.types.distribution import (
    CurrentRewards,
    EmptyDelegationDistInfo,
    HistoricalRewards,
    SlashEvent,
    StartingInfo,
)
from akashpy.types.errors import Panic
from akashpy.types.events import Event
from akashpy.types.staking import NoDelegation, NoValidatorFound
from akashpy.wire import staking as pb

BASE_DENOM = "uakt"
"""What a withdrawal of nothing is counted in."""


# VALIDATORS


def begin_validator(ctx: Context, operator: bytes) -> None:
    """A new validator: nothing earned, period 1 runs."""
    HISTORICAL.put(ctx, (operator, 0), HistoricalRewards(DecCoins.EMPTY, 1))
    CURRENT.put(ctx, operator, CurrentRewards(DecCoins.EMPTY, 1))
    COMMISSION.put(ctx, operator, DecCoins.EMPTY)
    OUTSTANDING.put(ctx, operator, DecCoins.EMPTY)


def end_period(ctx: Context, validator: pb.Validator) -> int:
    """End a validator's running period; give its number.

    Rewards of a validator without tokens go to the community: nobody could claim them.
    """
    operator = staking.operator_of(validator)
    running = current(ctx, operator)
    tokens = int(validator.tokens)
    if tokens:
        # cut, so that no more can be withdrawn than was earned
        each = running.rewards.quo_truncate(Dec.of(tokens))
    else:
        add_to_pool(ctx, running.rewards)
        OUTSTANDING.put(ctx, operator, outstanding(ctx, operator).subtract(running.rewards))
        each = DecCoins.EMPTY
    ratio = history(ctx, operator, running.period - 1).ratio
    release(ctx, operator, running.period - 1)
    HISTORICAL.put(ctx, (operator, running.period), HistoricalRewards(ratio + each, 1))
    CURRENT.put(ctx, operator, CurrentRewards(DecCoins.EMPTY, running.period + 1))
    return running.period


def record_slash(ctx: Context, operator: bytes, fraction: Dec) -> None:
    """Remember that a validator is about to lose `fraction` of its tokens.

    Raises Panic for a fraction that is none, staking.NoValidatorFound.
    """
    if fraction > Dec.ONE or fraction.is_negative:
        raise Panic(f"fraction must be >=0 and <=1, current fraction: {fraction}")
    ended = end_period(ctx, require_validator(ctx, operator))
    hold(ctx, operator, ended)
    SLASHES.put(ctx, (operator, ctx.height, ended), SlashEvent(ended, fraction))


# DELEGATIONS


def begin_delegation(ctx: Context, delegator: bytes, operator: bytes) -> None:
    """Let a delegation earn from now on; the running period must have just begun."""
    previous = current(ctx, operator).period - 1
    hold(ctx, operator, previous)
    validator = require_validator(ctx, operator)
    shares = Dec.from_wire(require_delegation(ctx, delegator, operator).shares)
    # cut, so that no more can be withdrawn than was earned
    stake = staking.tokens_from_shares_truncated(validator, shares)
    STARTING.put(ctx, (operator, delegator), StartingInfo(previous, stake, ctx.height))


def earned(
    ctx: Context, validator: pb.Validator, delegation: pb.Delegation, ending: int
) -> DecCoins:
    """What a delegation has earned up to the end of period `ending`; nothing in its first block.

    The stake is taken back in time through the slashes since it began. Rounding may leave it above
    what the shares are worth now, by more than the SDK's margin after many slashes; it is then
    what they are worth, where the SDK gives up.
    """
    operator = staking.operator_of(validator)
    delegator = Address.parse(delegation.delegator_address).raw
    start = STARTING.get(ctx, (operator, delegator)) or StartingInfo(0, Dec.ZERO, 0)
    if start.height == ctx.height:
        return DecCoins.EMPTY
    period, stake, total = start.previous_period, start.stake, DecCoins.EMPTY
    for slash in slashes_between(ctx, operator, start.height, ctx.height):
        if slash.period > period:
            total += _between(ctx, operator, period, slash.period, stake)
            stake = stake.mul_truncate(Dec.ONE - slash.fraction)
            period = slash.period
    worth = staking.tokens_from_shares(validator, Dec.from_wire(delegation.shares))
    return total + _between(ctx, operator, period, ending, min(stake, worth))


def _between(ctx: Context, operator: bytes, start: int, end: int, stake: Dec) -> DecCoins:
    """What `stake` earned from the end of one period to the end of another."""
    if start > end:
        raise Panic("startingPeriod cannot be greater than endingPeriod")
    before, after = history(ctx, operator, start).ratio, history(ctx, operator, end).ratio
    return after.subtract(before).mul_truncate(stake)


def withdraw(ctx: Context, validator: pb.Validator, delegation: pb.Delegation) -> tuple[Coin, ...]:
    """Pay a delegation what it has earned, whole units; fractions go to the community.

    The delegation stops earning: `begin_delegation` must follow, or its end. Nothing earned is
    told as an amount of zero. Raises EmptyDelegationDistInfo, Unauthorized for a withdraw address
    that may not receive.
    """
    # LOAD
    operator = staking.operator_of(validator)
    delegator = Address.parse(delegation.delegator_address).raw
    start = STARTING.get(ctx, (operator, delegator))
    if start is None:
        raise EmptyDelegationDistInfo
    # APPLY
    ended = end_period(ctx, validator)
    left = outstanding(ctx, operator)
    due = earned(ctx, validator, delegation, ended).least(left)
    coins, rest = due.split()
    if coins:
        bank.send_from_module(ctx, MODULE_NAME, withdraw_address(ctx, delegator), coins)
    OUTSTANDING.put(ctx, operator, left.subtract(due))
    add_to_pool(ctx, rest)
    release(ctx, operator, start.previous_period)
    STARTING.remove(ctx, (operator, delegator))
    # EMIT
    paid = tuple(coins) or (Coin(BASE_DENOM, 0),)
    ctx.emit(
        Event(
            "withdraw_rewards",
            (
                ("amount", ",".join(map(str, paid))),
                ("validator", validator.operator_address),
                ("delegator", delegation.delegator_address),
            ),
        )
    )
    return paid


# STAKING'S RECORDS


def require_validator(ctx: Context, operator: bytes) -> pb.Validator:
    """A validator's record. Raises staking.NoValidatorFound."""
    found = staking.validator(ctx, operator)
    if found is None:
        raise NoValidatorFound
    return found


def require_delegation(ctx: Context, delegator: bytes, operator: bytes) -> pb.Delegation:
    """A delegation's record. Raises staking.NoDelegation."""
    found = staking.delegation(ctx, delegator, operator)
    if found is None:
        raise NoDelegation
    return found
