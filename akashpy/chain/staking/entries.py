"""Entries of what is unbonding and of what was redelegated, and the queues they wait in.

A queue has one row for each entry, by time and operation number, so that a block reads only what is
due. A cancelled or merged entry's row stays until its time, as the SDK's does. It must not know
shares or validators' status.
Source: SDK 0.53 `x/staking/keeper/delegation.go`, `types/delegation.go`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from akashpy.chain import bank
from akashpy.chain.staking import records
from akashpy.chain.staking.parameters import NOT_BONDED_POOL, STORE
from akashpy.chain.staking.pools import stake
from akashpy.chain.staking.unbonding_ids import (
    DELEGATION,
    REDELEGATION,
    forget,
    index,
    next_id,
)
from akashpy.state.codecs import U64, Presence, Raw
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.dec import Dec
from akashpy.types.staking import UnbondingInitiated
from akashpy.wire import staking as pb

UNBONDING_QUEUE: Map[tuple[int, int, bytes, bytes], bool] = Map(
    STORE, b"\x41", (U64, U64, Raw, Raw), Presence
)
"""(unix ns, operation, delegator, operator)."""
REDELEGATION_QUEUE: Map[tuple[int, int, bytes, bytes, bytes], bool] = Map(
    STORE, b"\x42", (U64, U64, Raw, Raw, Raw), Presence
)
"""(unix ns, operation, delegator, source, destination)."""

Entry = pb.UnbondingDelegationEntry | pb.RedelegationEntry


class Beginning(NamedTuple):
    """When an unbonding began and when it ends (unix ns)."""

    height: int
    completion: int


def is_mature(entry: Entry, now: int) -> bool:
    """Whether an entry's time is over."""
    return entry.completion_time.ToNanoseconds() <= now


def may_complete(entry: Entry, now: int) -> bool:
    """Whether an entry's time is over and nobody holds it back."""
    return is_mature(entry, now) and entry.unbonding_on_hold_ref_count <= 0


# UNBONDING DELEGATIONS


def begin_unbonding(
    ctx: Context, delegator: bytes, operator: bytes, begun: Beginning, amount: int
) -> None:
    """Note stake that is unbonding; two of one block and one end become one entry."""
    id = next_id(ctx)
    value = records.UNBONDINGS.get(ctx, (delegator, operator))
    if value is None:
        value = pb.UnbondingDelegation(
            delegator_address=Address.of(delegator),
            validator_address=Address.of(operator, prefix=VALOPER),
        )
    twin = next((each for each in value.entries if _is_twin(each, begun)), None)
    if twin is None:
        entry = value.entries.add(
            creation_height=begun.height,
            initial_balance=str(amount),
            balance=str(amount),
            unbonding_id=id,
        )
        entry.completion_time.FromNanoseconds(begun.completion)
    else:
        twin.balance = str(int(twin.balance) + amount)
        twin.initial_balance = str(int(twin.initial_balance) + amount)
    records.put_unbonding(ctx, value)
    if twin is None:
        index(ctx, id, DELEGATION, records.UNBONDINGS.key((delegator, operator)))
        ctx.notify(UnbondingInitiated(id))
    UNBONDING_QUEUE.put(ctx, (begun.completion, id, delegator, operator), True)


def _is_twin(entry: pb.UnbondingDelegationEntry, begun: Beginning) -> bool:
    return (entry.creation_height, entry.completion_time.ToNanoseconds()) == begun


def complete_unbonding(ctx: Context, delegator: bytes, operator: bytes) -> int | None:
    """Pay out what is over; give the amount, None when nothing of the two is unbonding."""
    value = records.UNBONDINGS.get(ctx, (delegator, operator))
    if value is None:
        return None
    paid = 0
    left = []
    for entry in value.entries:
        if not may_complete(entry, ctx.time):
            left.append(entry)
            continue
        forget(ctx, entry.unbonding_id)
        paid += pay_out(ctx, delegator, entry)
    _keep(value.entries, left)
    records.put_unbonding(ctx, value)
    return paid


def pay_out(ctx: Context, delegator: bytes, entry: pb.UnbondingDelegationEntry) -> int:
    """Give an entry's balance back to the delegator."""
    balance = int(entry.balance)
    if balance:
        bank.undelegate_coins(ctx, NOT_BONDED_POOL, delegator, stake(ctx, balance))
    return balance


def lower(
    ctx: Context, value: pb.UnbondingDelegation, entry: pb.UnbondingDelegationEntry, amount: int
) -> None:
    """Take a part of an entry back; the entry goes with the last of it."""
    left = int(entry.balance) - amount
    if left:
        entry.balance = str(left)
        entry.initial_balance = str(int(entry.initial_balance) - amount)
    else:
        forget(ctx, entry.unbonding_id)
        value.entries.remove(entry)
    records.put_unbonding(ctx, value)


# REDELEGATIONS


def begin_redelegation(
    ctx: Context,
    key: tuple[bytes, bytes, bytes],
    begun: Beginning,
    amount: int,
    shares: Dec,
) -> None:
    """Note stake that moved: `key` is (delegator, source, destination), `shares` are the new."""
    id = next_id(ctx)
    value = records.REDELEGATIONS.get(ctx, key)
    if value is None:
        value = pb.Redelegation(
            delegator_address=Address.of(key[0]),
            validator_src_address=Address.of(key[1], prefix=VALOPER),
            validator_dst_address=Address.of(key[2], prefix=VALOPER),
        )
    entry = value.entries.add(
        creation_height=begun.height,
        initial_balance=str(amount),
        shares_dst=shares.wire(),
        unbonding_id=id,
    )
    entry.completion_time.FromNanoseconds(begun.completion)
    records.put_redelegation(ctx, value)
    index(ctx, id, REDELEGATION, records.REDELEGATIONS.key(key))
    ctx.notify(UnbondingInitiated(id))
    REDELEGATION_QUEUE.put(ctx, (begun.completion, id, *key), True)


def complete_redelegation(ctx: Context, key: tuple[bytes, bytes, bytes]) -> int | None:
    """Forget what is over; give the amount that had moved, None when no record is left."""
    value = records.REDELEGATIONS.get(ctx, key)
    if value is None:
        return None
    moved = 0
    left = []
    for entry in value.entries:
        if not may_complete(entry, ctx.time):
            left.append(entry)
            continue
        forget(ctx, entry.unbonding_id)
        moved += int(entry.initial_balance)
    _keep(value.entries, left)
    records.put_redelegation(ctx, value)
    return moved


def is_receiving(ctx: Context, delegator: bytes, operator: bytes) -> bool:
    """Whether stake of the delegator has moved to this validator lately."""
    found = records.REDELEGATIONS_TO.under(ctx, operator, delegator)
    return next(found, None) is not None


def _keep(entries: object, left: Sequence[Entry]) -> None:
    """Reduce a record's entries to those left, in their order."""
    kept = list(left)
    del entries[:]  # type: ignore[attr-defined]  # a repeated field
    entries.extend(kept)  # type: ignore[attr-defined]  # a repeated field
