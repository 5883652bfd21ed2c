"""What staking does with every block: the past it keeps, the set it names, what falls due.

A block reads the bonded validators and the rows of the queues that are due, whatever else there is.
It must not know messages. Source: SDK 0.53 `x/staking/keeper/{abci,historical_info,
val_state_change}.go`.
"""

from akashpy.chain.module import Steps
from akashpy.chain.staking import entries, pools, records, standing
from akashpy.chain.staking.parameters import BONDED, STORE, max_validators, params
from akashpy.chain.staking.shares import tokens_of
from akashpy.state.codecs import U64, message
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.abci import ValidatorUpdate
from akashpy.types.address import VALOPER, Address
from akashpy.types.events import Event
from akashpy.wire import staking as pb
from akashpy.wire.tendermint import Header

HISTORY = Map(STORE, b"\x50", U64, message(pb.HistoricalInfo))
"""Height -> that block's header and the validators bonded when it began."""
SLICE = 50
"""Completions between two pauses of a block's end."""


# THE PAST


def remember_set(ctx: Context) -> None:
    """Keep this block's header and validators, and forget what is older than wanted."""
    wanted = params(ctx).historical_entries
    for height in range(ctx.height - wanted, -1, -1):
        if not HISTORY.has(ctx, height):
            break
        HISTORY.remove(ctx, height)
    if not wanted:
        return
    found = [value for value, _ in records.last_validators(ctx)]
    found.sort(key=lambda value: (-records.power(value), records.consensus_address(value)))
    HISTORY.put(ctx, ctx.height, pb.HistoricalInfo(header=_header(ctx), valset=found))


def _header(ctx: Context) -> Header:
    """As much of the header as the application is told."""
    header = Header(
        chain_id=ctx.chain_id,
        height=ctx.height,
        app_hash=ctx.block.app_hash,
        next_validators_hash=ctx.block.next_validators_hash,
        proposer_address=ctx.proposer,
    )
    header.version.SetInParent()
    header.last_block_id.part_set_header.SetInParent()
    header.time.FromNanoseconds(ctx.time)
    return header


# THE SET


def update_validators(ctx: Context) -> list[ValidatorUpdate]:
    """Bond the most powerful validators, let others go; give what CometBFT has to know.

    Source: SDK ApplyAndReturnValidatorSetUpdates.
    """
    last = dict(records.LAST_POWER.under(ctx))
    updates: list[ValidatorUpdate] = []
    total = entering = leaving = 0
    for amount, operator in _strongest(ctx):
        total += amount
        if last.pop(operator, None) == amount:
            continue  # it was bonded with this power before: most are, in most blocks
        value = records.stored(ctx, operator)
        if value.status != BONDED:
            standing.bond(ctx, value)
            entering += tokens_of(value)
        updates.append(records.update_of(value, amount))
        records.LAST_POWER.put(ctx, operator, amount)
    for operator in sorted(last):
        value = records.stored(ctx, operator)
        standing.begin_unbonding(ctx, value)
        leaving += tokens_of(value)
        records.LAST_POWER.remove(ctx, operator)
        updates.append(records.update_of(value, 0))
    if entering > leaving:
        pools.bond(ctx, entering - leaving)
    elif entering < leaving:
        pools.unbond(ctx, leaving - entering)
    if updates:
        records.LAST_TOTAL_POWER.put(ctx, total)
    return updates


def _strongest(ctx: Context) -> list[tuple[int, bytes]]:
    """(power, operator) of the validators that shall be bonded, the most powerful first."""
    chosen: list[tuple[int, bytes]] = []
    limit = max_validators(ctx)
    for place, _ in records.BY_POWER.under(ctx, reverse=True):
        if place[0] == 0 or len(chosen) == limit:
            break
        chosen.append(place)
    return chosen


def end_block(ctx: Context) -> list[ValidatorUpdate]:
    """Change the set of validators and unbond those whose time is over."""
    updates = update_validators(ctx)
    standing.unbond_mature(ctx)
    return updates


# WHAT FALLS DUE


def complete_due(ctx: Context) -> Steps:
    """Pay out unbondings and forget redelegations whose time is over, in order of their times."""
    due = [key for key, _ in entries.UNBONDING_QUEUE.under(ctx, until=(ctx.time + 1,))]
    for count, key in enumerate(due, 1):
        entries.UNBONDING_QUEUE.remove(ctx, key)
        _complete_unbonding(ctx, key[2], key[3])
        if not count % SLICE:
            yield
    moved = [key for key, _ in entries.REDELEGATION_QUEUE.under(ctx, until=(ctx.time + 1,))]
    for count, key_ in enumerate(moved, 1):
        entries.REDELEGATION_QUEUE.remove(ctx, key_)
        _complete_redelegation(ctx, (key_[2], key_[3], key_[4]))
        if not count % SLICE:
            yield


def _complete_unbonding(ctx: Context, delegator: bytes, operator: bytes) -> None:
    paid = entries.complete_unbonding(ctx, delegator, operator)
    if paid is not None:
        attributes = (
            ("amount", str(pools.stake(ctx, paid))),
            ("validator", str(Address.of(operator, prefix=VALOPER))),
            ("delegator", Address.text(delegator)),
        )
        ctx.emit(Event("complete_unbonding", attributes))


def _complete_redelegation(ctx: Context, key: tuple[bytes, bytes, bytes]) -> None:
    moved = entries.complete_redelegation(ctx, key)
    if moved is not None:
        attributes = (
            ("amount", str(pools.stake(ctx, moved))),
            ("delegator", Address.text(key[0])),
            ("source_validator", str(Address.of(key[1], prefix=VALOPER))),
            ("destination_validator", str(Address.of(key[2], prefix=VALOPER))),
        )
        ctx.emit(Event("complete_redelegation", attributes))
