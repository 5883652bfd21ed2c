"""How a validator changes: its stake, its status, its jail, its end.

Each function keeps the order of power and the queue of validators in step with the record. It must
not know messages, delegations' rules or when a block ends.
Source: SDK 0.53 `x/staking/keeper/{validator,val_state_change}.go`.
"""

from akashpy.chain.staking import records, shares
from akashpy.chain.staking.parameters import (
    BONDED,
    STORE,
    UNBONDED,
    UNBONDING,
    min_commission_rate,
    unbonding_time,
)
from akashpy.chain.staking.unbonding_ids import VALIDATOR, forget, index, next_id
from akashpy.state.codecs import U64, Bytes, Presence
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.errors import Panic, PlainError
from akashpy.types.staking import (
    BadRemoveValidator,
    CommissionGTMaxChangeRate,
    CommissionGTMaxRate,
    CommissionNegative,
    CommissionUpdateTime,
    UnbondingInitiated,
    ValidatorBeginUnbonding,
    ValidatorBonded,
    ValidatorJailed,
    ValidatorRemoved,
)
from akashpy.wire import staking as pb

QUEUE: Map[tuple[int, int, bytes], bool] = Map(STORE, b"\x43", (U64, U64, Bytes), Presence)
"""(unix ns, height, operator) of validators that are unbonding: when they are unbonded."""
COMMISSION_PAUSE = 24 * 3600 * 10**9
"""Nanoseconds between two changes of a validator's commission."""


# STAKE


def add_tokens(ctx: Context, value: pb.Validator, amount: int) -> Dec:
    """Add stake to a validator; give the shares issued."""
    records.unrank(ctx, value)
    issued = shares.add_tokens(value, amount)
    records.put_validator(ctx, value)
    records.rank(ctx, value)
    return issued


def remove_shares(ctx: Context, value: pb.Validator, amount: Dec) -> int:
    """Take shares from a validator; give the tokens that go with them."""
    records.unrank(ctx, value)
    issued = shares.remove_shares(value, amount)
    records.put_validator(ctx, value)
    records.rank(ctx, value)
    return issued


def remove_tokens(ctx: Context, value: pb.Validator, amount: int) -> None:
    """Take tokens from a validator and leave its shares."""
    records.unrank(ctx, value)
    shares.remove_tokens(value, amount)
    records.put_validator(ctx, value)
    records.rank(ctx, value)


# COMMISSION


def change_commission(ctx: Context, value: pb.Validator, rate: Dec) -> None:
    """Check a new commission rate and write it into `value`, which is not stored here.

    Raises CommissionUpdateTime, CommissionNegative, CommissionGTMaxRate,
    CommissionGTMaxChangeRate, PlainError below the least rate.
    """
    rates = value.commission.commission_rates
    if ctx.time - value.commission.update_time.ToNanoseconds() < COMMISSION_PAUSE:
        raise CommissionUpdateTime
    if rate.is_negative:
        raise CommissionNegative
    if rate > Dec.from_wire(rates.max_rate):
        raise CommissionGTMaxRate
    if rate - Dec.from_wire(rates.rate) > Dec.from_wire(rates.max_change_rate):
        raise CommissionGTMaxChangeRate
    least = min_commission_rate(ctx)
    if rate < least:
        raise PlainError(f"cannot set validator commission to less than minimum rate of {least}")
    rates.rate = rate.wire()
    value.commission.update_time.FromNanoseconds(ctx.time)


# JAIL


def jail_validator(ctx: Context, value: pb.Validator) -> None:
    """Take a validator out of the order of power; it leaves the set when the block ends.

    Raises ValidatorJailed.
    """
    if value.jailed:
        raise ValidatorJailed(
            f"cannot jail already jailed validator, validator: {value.operator_address}"
        )
    records.unrank(ctx, value)
    value.jailed = True
    records.put_validator(ctx, value)


def jail(ctx: Context, consensus: bytes) -> None:
    """Jail the validator with this key. Raises ValidatorJailed, Panic without one."""
    jail_validator(ctx, _required(ctx, consensus))


def unjail(ctx: Context, consensus: bytes) -> None:
    """Let the validator with this key be ranked again. Raises PlainError, Panic without one."""
    value = _required(ctx, consensus)
    if not value.jailed:
        raise PlainError(
            f"cannot unjail already unjailed validator, validator: {value.operator_address}"
        )
    value.jailed = False
    records.put_validator(ctx, value)
    records.rank(ctx, value)


def _required(ctx: Context, consensus: bytes) -> pb.Validator:
    value = records.validator_by_consensus(ctx, consensus)
    if value is None:
        raise Panic(f"validator with consensus-Address {consensus.hex().upper()} not found")
    return value


# STATUS


def bond(ctx: Context, value: pb.Validator) -> None:
    """Make a validator bonded. Its tokens' pool is the caller's business."""
    if value.status == UNBONDING:
        QUEUE.remove(ctx, _queued(value))
    value.status = BONDED
    records.put_validator(ctx, value)
    consensus = records.consensus_address(value)
    ctx.notify(ValidatorBonded(consensus, records.operator_of(value)))


def begin_unbonding(ctx: Context, value: pb.Validator) -> None:
    """Let a bonded validator begin to unbond. Its tokens' pool is the caller's business."""
    if value.status != BONDED:
        raise Panic(f"should not already be unbonded or unbonding: {value.operator_address}")
    id = next_id(ctx)
    value.status = UNBONDING
    value.unbonding_time.FromNanoseconds(ctx.time + unbonding_time(ctx))
    value.unbonding_height = ctx.height
    value.unbonding_ids.append(id)
    records.put_validator(ctx, value)
    enqueue(ctx, value)
    operator = records.operator_of(value)
    ctx.notify(ValidatorBeginUnbonding(records.consensus_address(value), operator))
    index(ctx, id, VALIDATOR, records.VALIDATORS.key(operator))
    ctx.notify(UnbondingInitiated(id))


def enqueue(ctx: Context, value: pb.Validator) -> None:
    """Note when an unbonding validator is unbonded."""
    QUEUE.put(ctx, _queued(value), True)


def _queued(value: pb.Validator) -> tuple[int, int, bytes]:
    moment = value.unbonding_time.ToNanoseconds()
    return moment, value.unbonding_height, records.operator_of(value)


def unbond_mature(ctx: Context) -> None:
    """Make validators unbonded whose unbonding time is over; remove those without shares.

    One on hold stays in the queue.
    """
    mature = [key for key, _ in QUEUE.under(ctx, until=(ctx.time + 1,)) if key[1] <= ctx.height]
    for key in mature:
        value = records.stored(ctx, key[2])
        if value.status != UNBONDING:
            raise Panic("unexpected validator in unbonding queue; status was not unbonding")
        if value.unbonding_on_hold_ref_count:
            continue
        for id in value.unbonding_ids:
            forget(ctx, id)
        value.status = UNBONDED
        records.put_validator(ctx, value)
        QUEUE.remove(ctx, key)
        if shares.shares_of(value).is_zero:
            remove(ctx, value)


def remove(ctx: Context, value: pb.Validator) -> None:
    """Remove the record of an unbonded validator without tokens. Raises BadRemoveValidator."""
    if value.status != UNBONDED:
        raise BadRemoveValidator("cannot call RemoveValidator on bonded or unbonding validators")
    if shares.tokens_of(value) > 0:
        raise BadRemoveValidator("attempting to remove a validator which still contains tokens")
    operator, consensus = records.operator_of(value), records.consensus_address(value)
    records.VALIDATORS.remove(ctx, operator)
    records.BY_CONSENSUS.remove(ctx, consensus)
    records.unrank(ctx, value)
    ctx.notify(ValidatorRemoved(consensus, operator))
