"""Holding back unbonding operations: a module above may stop one and let it go on later.

Each hold must be matched by one release; what is over by then completes at once. It must not know
who holds and why. Source: SDK 0.53 `x/staking/keeper/unbonding.go`.
"""

from akashpy.chain.staking import entries, records, unbonding_ids
from akashpy.chain.staking.unbonding_ids import DELEGATION, REDELEGATION, VALIDATOR
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.staking import (
    NoRedelegation,
    NoUnbondingDelegation,
    NoValidatorFound,
    UnbondingNotFound,
    UnbondingOnHoldRefCountNegative,
)
from akashpy.wire import staking as pb


def put_unbonding_on_hold(ctx: Context, id: int) -> None:
    """Stop operation `id` until it is released. Raises NoUnbondingType, UnbondingNotFound."""
    kind = unbonding_ids.kind_of(ctx, id)
    if kind == DELEGATION:
        unbonding, entry = _unbonding(ctx, id)
        entry.unbonding_on_hold_ref_count += 1
        records.put_unbonding(ctx, unbonding)
    elif kind == REDELEGATION:
        moved, piece = _redelegation(ctx, id)
        piece.unbonding_on_hold_ref_count += 1
        records.put_redelegation(ctx, moved)
    elif kind == VALIDATOR:
        value = _validator(ctx, id)
        value.unbonding_on_hold_ref_count += 1
        records.put_validator(ctx, value)
    else:
        raise UnbondingNotFound


def unbonding_can_complete(ctx: Context, id: int) -> None:
    """Release one hold of operation `id`; complete it when it is over and nobody holds it.

    A validator completes when a block ends. Raises NoUnbondingType, UnbondingNotFound,
    UnbondingOnHoldRefCountNegative.
    """
    kind = unbonding_ids.kind_of(ctx, id)
    if kind == DELEGATION:
        _release_unbonding(ctx, id)
    elif kind == REDELEGATION:
        _release_redelegation(ctx, id)
    elif kind == VALIDATOR:
        value = _validator(ctx, id)
        _require_hold(value.unbonding_on_hold_ref_count, f"val({value.operator_address})", "int64")
        value.unbonding_on_hold_ref_count -= 1
        records.put_validator(ctx, value)
    else:
        raise UnbondingNotFound


def _release_unbonding(ctx: Context, id: int) -> None:
    value, entry = _unbonding(ctx, id)
    _require_hold(entry.unbonding_on_hold_ref_count, f"undelegation unbondingID({id})", "int64")
    entry.unbonding_on_hold_ref_count -= 1
    if entries.may_complete(entry, ctx.time):
        entries.pay_out(ctx, Address.parse(value.delegator_address).raw, entry)
        value.entries.remove(entry)
        unbonding_ids.forget(ctx, id)
    records.put_unbonding(ctx, value)


def _release_redelegation(ctx: Context, id: int) -> None:
    value, entry = _redelegation(ctx, id)
    _require_hold(entry.unbonding_on_hold_ref_count, f"redelegation unbondingID({id})", "int64")
    entry.unbonding_on_hold_ref_count -= 1
    if entries.may_complete(entry, ctx.time):
        value.entries.remove(entry)
        unbonding_ids.forget(ctx, id)
    records.put_redelegation(ctx, value)


def _require_hold(count: int, what: str, kind: str) -> None:
    if count <= 0:
        raise UnbondingOnHoldRefCountNegative(
            f"{what}, expecting UnbondingOnHoldRefCount > 0, got {kind}"
        )


def _unbonding(ctx: Context, id: int) -> tuple[pb.UnbondingDelegation, pb.UnbondingDelegationEntry]:
    row = _row(ctx, id)
    value = None if row is None else pb.UnbondingDelegation.FromString(row)
    for entry in () if value is None else value.entries:
        if value is not None and entry.unbonding_id == id:
            return value, entry
    raise NoUnbondingDelegation


def _redelegation(ctx: Context, id: int) -> tuple[pb.Redelegation, pb.RedelegationEntry]:
    row = _row(ctx, id)
    value = None if row is None else pb.Redelegation.FromString(row)
    for entry in () if value is None else value.entries:
        if value is not None and entry.unbonding_id == id:
            return value, entry
    raise NoRedelegation


def _validator(ctx: Context, id: int) -> pb.Validator:
    row = _row(ctx, id)
    if row is None:
        raise NoValidatorFound
    return pb.Validator.FromString(row)


def _row(ctx: Context, id: int) -> bytes | None:
    key = unbonding_ids.record_of(ctx, id)
    return None if key is None else ctx.get(key)
