"""Delegating, unbonding and moving stake: how shares, tokens and pools change together.

It must not know messages, nor who pays for what. The order of steps is the SDK's, because the
modules above are told in between. Source: SDK 0.53 `x/staking/keeper/delegation.go`.
"""

from typing import NamedTuple

from akashpy.chain import bank
from akashpy.chain.staking import entries, pools, records, shares, standing
from akashpy.chain.staking.parameters import BONDED, UNBONDED, params, unbonding_time
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.errors import InvalidRequest, Panic
from akashpy.types.staking import (
    BadRedelegationDst,
    BadRedelegationSrc,
    DelegationCreating,
    DelegationModified,
    DelegatorShareExRateInvalid,
    MaxRedelegationEntries,
    MaxUnbondingDelegationEntries,
    NoDelegation,
    NoDelegatorForAddress,
    NotEnoughDelegationShares,
    NoValidatorFound,
    SelfRedelegation,
    SharesModifying,
    TinyRedelegationAmount,
    TransitiveRedelegation,
)
from akashpy.wire import staking as pb

ZERO_TIME = -62_135_596_800 * 10**9
"""Unix ns of the year 1: the completion time of what is complete at once, as Go has it."""


class Undelegated(NamedTuple):
    """When stake is free (unix ns), and how much of it."""

    completion: int
    amount: int


def require_validator(ctx: Context, operator: bytes) -> pb.Validator:
    """The validator of an operator. Raises NoValidatorFound."""
    return records.VALIDATORS.require(ctx, operator, NoValidatorFound)


def delegate(
    ctx: Context,
    delegator: bytes,
    amount: int,
    source_status: int,
    validator: pb.Validator,
    subtract_account: bool,
) -> Dec:
    """Delegate `amount` base units; give the shares issued.

    With `subtract_account` the account pays; else the tokens are in the pool of `source_status`.
    `validator` is changed as it is stored. Raises DelegatorShareExRateInvalid, InsufficientFunds.
    """
    if shares.has_invalid_rate(validator):
        raise DelegatorShareExRateInvalid
    operator = records.operator_of(validator)
    value = records.delegation(ctx, delegator, operator)
    if value is not None:
        ctx.notify(SharesModifying(delegator, operator))
    else:
        ctx.notify(DelegationCreating(delegator, operator))
        value = pb.Delegation(
            delegator_address=Address.of(delegator),
            validator_address=validator.operator_address,
            shares=Dec.ZERO.wire(),
        )
    if subtract_account:
        pool = pools.pool_of(validator.status)
        bank.delegate_coins(ctx, delegator, pool, pools.stake(ctx, amount))
    else:
        _move_between_pools(ctx, amount, source_status, validator.status)
    issued = standing.add_tokens(ctx, validator, amount)
    value.shares = (Dec.from_wire(value.shares) + issued).wire()
    records.put_delegation(ctx, delegator, operator, value)
    ctx.notify(DelegationModified(delegator, operator))
    return issued


def _move_between_pools(ctx: Context, amount: int, source: int, target: int) -> None:
    if source != BONDED and target == BONDED:
        pools.bond(ctx, amount)
    elif source == BONDED and target != BONDED:
        pools.unbond(ctx, amount)


def unbond(ctx: Context, delegator: bytes, operator: bytes, amount: Dec) -> int:
    """Take shares from a delegation; give the tokens that go with them, still in their pool.

    A validator whose own stake falls below its minimum is jailed. Raises NoDelegatorForAddress,
    NotEnoughDelegationShares, NoValidatorFound.
    """
    value = records.delegation(ctx, delegator, operator)
    if value is None:
        raise NoDelegatorForAddress
    ctx.notify(SharesModifying(delegator, operator))
    owned = Dec.from_wire(value.shares)
    if owned < amount:
        raise NotEnoughDelegationShares(str(owned))
    validator = require_validator(ctx, operator)
    left = owned - amount
    value.shares = left.wire()
    if delegator == operator and not validator.jailed:
        own = shares.tokens_from_shares(validator, left).truncate()
        if own < int(validator.min_self_delegation):
            standing.jail_validator(ctx, validator)
    if left.is_zero:
        records.remove_delegation(ctx, delegator, operator)
    else:
        records.put_delegation(ctx, delegator, operator, value)
        ctx.notify(DelegationModified(delegator, operator))
    issued = standing.remove_shares(ctx, validator, amount)
    if shares.shares_of(validator).is_zero and validator.status == UNBONDED:
        standing.remove(ctx, validator)
    return issued


def shares_to_unbond(ctx: Context, delegator: bytes, operator: bytes, amount: int) -> Dec:
    """The shares that are worth `amount`, at most all of the delegation's.

    Raises NoValidatorFound, NoDelegation, InsufficientShares, InvalidRequest.
    Source: SDK ValidateUnbondAmount.
    """
    validator = require_validator(ctx, operator)
    value = records.delegation(ctx, delegator, operator)
    if value is None:
        raise NoDelegation
    wanted = shares.shares_from_tokens(validator, amount)
    owned = Dec.from_wire(value.shares)
    if shares.shares_from_tokens_truncated(validator, amount) > owned:
        raise InvalidRequest("invalid shares amount")
    return min(wanted, owned)


def undelegate(ctx: Context, delegator: bytes, operator: bytes, amount: Dec) -> Undelegated:
    """Begin to unbond shares. Raises MaxUnbondingDelegationEntries and what `unbond` raises."""
    validator = require_validator(ctx, operator)
    pending = records.UNBONDINGS.get(ctx, (delegator, operator))
    if pending is not None and len(pending.entries) >= params(ctx).max_entries:
        raise MaxUnbondingDelegationEntries
    issued = unbond(ctx, delegator, operator, amount)
    if validator.status == BONDED:
        pools.unbond(ctx, issued)
    completion = ctx.time + unbonding_time(ctx)
    begun = entries.Beginning(ctx.height, completion)
    entries.begin_unbonding(ctx, delegator, operator, begun, issued)
    return Undelegated(completion, issued)


def redelegate(ctx: Context, delegator: bytes, source: bytes, target: bytes, amount: Dec) -> int:
    """Move shares to another validator; give the unix ns when they may move on.

    Raises SelfRedelegation, BadRedelegationDst, BadRedelegationSrc, TransitiveRedelegation,
    MaxRedelegationEntries, TinyRedelegationAmount and what `unbond` and `delegate` raise.
    """
    if source == target:
        raise SelfRedelegation
    receiver = records.VALIDATORS.require(ctx, target, BadRedelegationDst)
    giver = records.VALIDATORS.require(ctx, source, BadRedelegationSrc)
    if entries.is_receiving(ctx, delegator, source):
        raise TransitiveRedelegation
    key = (delegator, source, target)
    pending = records.REDELEGATIONS.get(ctx, key)
    if pending is not None and len(pending.entries) >= params(ctx).max_entries:
        raise MaxRedelegationEntries
    issued = unbond(ctx, delegator, source, amount)
    if not issued:
        raise TinyRedelegationAmount
    created = delegate(ctx, delegator, issued, giver.status, receiver, False)
    begun = _beginning(ctx, source)
    if begun is None:
        return ZERO_TIME
    entries.begin_redelegation(ctx, key, begun, issued, created)
    return begun.completion


def _beginning(ctx: Context, source: bytes) -> entries.Beginning | None:
    """From when to when stake that left `source` can be slashed; None when not at all.

    Raises NoValidatorFound when the last of its stake left. Source: SDK getBeginInfo.
    """
    validator = require_validator(ctx, source)
    if validator.status == BONDED:
        return entries.Beginning(ctx.height, ctx.time + unbonding_time(ctx))
    if validator.status == UNBONDED:
        return None
    if validator.status != pb.BondStatus.BOND_STATUS_UNBONDING:
        raise Panic(f"unknown validator status: {validator.status}")
    moment = validator.unbonding_time.ToNanoseconds()
    return entries.Beginning(validator.unbonding_height, moment)
