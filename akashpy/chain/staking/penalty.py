"""What a validator and its delegators lose for an infraction.

Stake that began to unbond or moved away after the infraction pays its part first; the validator's
own tokens pay the rest. It must not know what an infraction is nor how much it costs.
Source: SDK 0.53 `x/staking/keeper/slash.go`.
"""

from akashpy.chain.staking import entries, pools, records, shares, standing
from akashpy.chain.staking.delegations import unbond
from akashpy.chain.staking.parameters import (
    BONDED,
    BONDED_POOL,
    NOT_BONDED_POOL,
    POWER_REDUCTION,
    UNBONDED,
)
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.types.staking import ValidatorModified, ValidatorSlashing
from akashpy.wire import staking as pb


def slash(ctx: Context, consensus: bytes, infraction_height: int, power: int, fraction: Dec) -> int:
    """Burn `fraction` of what stood behind `power` at the infraction; give the tokens burned.

    What the validator itself lost is given, without unbondings and redelegations. A validator that
    is gone loses nothing. Raises PlainError for a negative fraction, a height to come, or an
    unbonded validator.
    """
    if fraction.is_negative:
        raise PlainError(f"attempted to slash with a negative slash factor: {fraction}")
    due = Dec.of(power * POWER_REDUCTION).mul(fraction).truncate()
    validator = records.validator_by_consensus(ctx, consensus)
    if validator is None:
        return 0
    if validator.status == UNBONDED:
        raise PlainError(f"should not be slashing unbonded validator: {validator.operator_address}")
    operator = records.operator_of(validator)
    ctx.notify(ValidatorModified(operator))
    if infraction_height > ctx.height:
        raise PlainError(
            f"impossible attempt to slash future infraction at height {infraction_height} but we "
            f"are at height {ctx.height}"
        )
    if infraction_height < ctx.height:
        due -= _slash_what_left(ctx, operator, infraction_height, fraction)
    burned = max(min(due, shares.tokens_of(validator)), 0)
    if burned:
        ctx.notify(ValidatorSlashing(operator, _effective(burned, shares.tokens_of(validator))))
        standing.remove_tokens(ctx, validator, burned)
        pools.burn(ctx, pools.pool_of(validator.status), burned)
    return burned


def _effective(burned: int, tokens: int) -> Dec:
    return min(Dec.of(burned).quo_round_up(Dec.of(tokens)), Dec.ONE)


def _slash_what_left(ctx: Context, operator: bytes, height: int, fraction: Dec) -> int:
    """Slash what left a validator since `height`; give what that should have cost."""
    total = 0
    for _, delegator in [key for key, _ in records.UNBONDINGS_FROM.under(ctx, operator)]:
        unbonding = records.UNBONDINGS.get(ctx, (delegator, operator))
        if unbonding is not None:
            total += slash_unbonding(ctx, unbonding, height, fraction)
    moved = [key for key, _ in records.REDELEGATIONS_FROM.under(ctx, operator)]
    for source, delegator, target in moved:
        redelegation = records.REDELEGATIONS.get(ctx, (delegator, source, target))
        if redelegation is not None:
            total += slash_redelegation(ctx, redelegation, height, fraction)
    return total


def slash_unbonding(ctx: Context, value: pb.UnbondingDelegation, height: int, fraction: Dec) -> int:
    """Slash what has been unbonding since `height`.

    Gives the part of the initial balances, which may be more than was left to burn.
    """
    total = burned = 0
    for entry in value.entries:
        if not _is_liable(entry, ctx.time, height):
            continue
        share = fraction.mul_int(int(entry.initial_balance)).truncate()
        total += share
        burned += _take(entry, share)
    if burned:
        records.put_unbonding(ctx, value)
        pools.burn(ctx, NOT_BONDED_POOL, burned)
    return total


def slash_redelegation(ctx: Context, value: pb.Redelegation, height: int, fraction: Dec) -> int:
    """Slash what has moved away since `height`, first where it is unbonding again.

    Gives the part of the initial balances, which may be more than was left to burn.
    """
    delegator = Address.parse(value.delegator_address).raw
    target = Address.parse(value.validator_dst_address, prefix=VALOPER).raw
    total = bonded = not_bonded = 0
    for entry in value.entries:
        if not _is_liable(entry, ctx.time, height):
            continue
        share = fraction.mul_int(int(entry.initial_balance)).truncate()
        total += share
        taken = _slash_unbonding_target(ctx, (delegator, target), height, share)
        not_bonded += taken
        wanted = fraction.mul(Dec.from_wire(entry.shares_dst))
        owned = records.delegation(ctx, delegator, target)
        if wanted.is_zero or share == taken or owned is None:
            continue
        # the status before: the last shares of an unbonded validator take its record with them
        status = records.stored(ctx, target).status
        tokens = unbond(ctx, delegator, target, min(wanted, Dec.from_wire(owned.shares)))
        if status == BONDED:
            bonded += tokens
        else:
            not_bonded += tokens
    pools.burn(ctx, BONDED_POOL, bonded)
    pools.burn(ctx, NOT_BONDED_POOL, not_bonded)
    return total


def _slash_unbonding_target(ctx: Context, key: tuple[bytes, bytes], height: int, share: int) -> int:
    """Take up to `share` from what is unbonding from a redelegation's destination."""
    value = records.UNBONDINGS.get(ctx, key)
    taken = 0
    for entry in () if value is None else value.entries:
        if _is_liable(entry, ctx.time, height):
            taken += _take(entry, share - taken)
    if value is not None and taken:
        records.put_unbonding(ctx, value)
    return taken


def _is_liable(entry: entries.Entry, now: int, height: int) -> bool:
    """Whether an entry began at or after the infraction and may still be slashed."""
    return entry.creation_height >= height and not entries.may_complete(entry, now)


def _take(entry: pb.UnbondingDelegationEntry, wanted: int) -> int:
    """Lower an entry's balance by up to `wanted`; give by how much."""
    taken = min(wanted, int(entry.balance))
    entry.balance = str(int(entry.balance) - taken)
    return taken
