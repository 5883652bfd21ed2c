"""What always holds between stake, shares, pools and indexes.

Each check reads everything and gives a sentence when something is broken. It must not know how the
state came about. Source of the first four: the invariants of Cosmos SDK x/staking.
"""

from collections import defaultdict

from akashpy.chain.staking import entries, pools, records, standing, unbonding_ids
from akashpy.chain.staking.parameters import BONDED, BONDED_POOL, NOT_BONDED_POOL, UNBONDING
from akashpy.chain.staking.shares import shares_of, tokens_of
from akashpy.state.context import Context
from akashpy.types.dec import Dec


def pools_back_stake(ctx: Context) -> str | None:
    """The pools hold exactly the stake that is bonded, and that which is not."""
    bonded = not_bonded = 0
    for value in records.validators(ctx):
        if value.status == BONDED:
            bonded += tokens_of(value)
        else:
            not_bonded += tokens_of(value)
    for _, unbonding in records.UNBONDINGS.under(ctx):
        not_bonded += sum(int(entry.balance) for entry in unbonding.entries)
    found = pools.held(ctx, BONDED_POOL), pools.held(ctx, NOT_BONDED_POOL)
    if found == (bonded, not_bonded):
        return None
    return f"staking: the pools hold {found}, staked are {(bonded, not_bonded)}"


def nothing_is_negative(ctx: Context) -> str | None:
    """No validator has negative stake or shares, no delegation has shares of zero or less."""
    for value in records.validators(ctx):
        if tokens_of(value) < 0 or shares_of(value).is_negative:
            return f"staking: {value.operator_address} has negative tokens or shares"
    for _, share in records.DELEGATIONS.under(ctx):
        if not Dec.from_wire(share.shares).is_positive:
            return f"staking: {share.delegator_address} delegates {share.shares} shares"
    for _, unbonding in records.UNBONDINGS.under(ctx):
        if not unbonding.entries or any(int(entry.balance) < 0 for entry in unbonding.entries):
            return f"staking: unbonding of {unbonding.delegator_address} is empty or negative"
    return None


def shares_add_up(ctx: Context) -> str | None:
    """A validator's shares are the sum of its delegations'."""
    total: dict[bytes, Dec] = defaultdict(lambda: Dec.ZERO)
    for key, share in records.DELEGATIONS.under(ctx):
        total[key[1]] += Dec.from_wire(share.shares)
    for operator, value in records.VALIDATORS.under(ctx):
        found = total.pop(operator, Dec.ZERO)
        if found != shares_of(value):
            return f"staking: {value.operator_address} has {shares_of(value)} shares, not {found}"
    return f"staking: {len(total)} validators of delegations do not exist" if total else None


def indexes_agree(ctx: Context) -> str | None:
    """Every record is found by its indexes, and indexes name nothing else."""
    found = list(records.validators(ctx))
    ranked = {(records.potential_power(v), records.operator_of(v)) for v in found if not v.jailed}
    if {key for key, _ in records.BY_POWER.under(ctx)} != ranked:
        return "staking: the order of power differs from the validators"
    keys = {records.consensus_address(value): records.operator_of(value) for value in found}
    if dict(records.BY_CONSENSUS.under(ctx)) != keys:
        return "staking: the index by consensus address differs from the validators"
    delegations = {(key[1], key[0]) for key, _ in records.DELEGATIONS.under(ctx)}
    if {key for key, _ in records.DELEGATIONS_TO.under(ctx)} != delegations:
        return "staking: the index by validator differs from the delegations"
    unbondings = {(key[1], key[0]) for key, _ in records.UNBONDINGS.under(ctx)}
    if {key for key, _ in records.UNBONDINGS_FROM.under(ctx)} != unbondings:
        return "staking: the index by validator differs from the unbonding delegations"
    moved = {key for key, _ in records.REDELEGATIONS.under(ctx)}
    if {(k[1], k[0], k[2]) for k, _ in records.REDELEGATIONS_FROM.under(ctx)} != moved:
        return "staking: the index by source differs from the redelegations"
    if {(k[1], k[2], k[0]) for k, _ in records.REDELEGATIONS_TO.under(ctx)} != moved:
        return "staking: the index by destination differs from the redelegations"
    return None


def queues_agree(ctx: Context) -> str | None:
    """Every entry that nobody held back waits in its queue; numbers lead to their records."""
    waiting = {(key[0], *key[2:]) for key, _ in entries.UNBONDING_QUEUE.under(ctx)}
    moving = {(key[0], *key[2:]) for key, _ in entries.REDELEGATION_QUEUE.under(ctx)}
    queued = {key for key, _ in standing.QUEUE.under(ctx)}
    numbers: dict[int, bytes] = {}
    for unbonding_key, unbonding in records.UNBONDINGS.under(ctx):
        for entry in unbonding.entries:
            numbers[entry.unbonding_id] = records.UNBONDINGS.key(unbonding_key)
            due = entry.completion_time.ToNanoseconds()
            if due > ctx.time and (due, *unbonding_key) not in waiting:
                return f"staking: unbonding {entry.unbonding_id} waits in no queue"
    for moved_key, moved in records.REDELEGATIONS.under(ctx):
        for piece in moved.entries:
            numbers[piece.unbonding_id] = records.REDELEGATIONS.key(moved_key)
            due = piece.completion_time.ToNanoseconds()
            if due > ctx.time and (due, *moved_key) not in moving:
                return f"staking: redelegation {piece.unbonding_id} waits in no queue"
    for operator, value in records.VALIDATORS.under(ctx):
        place = (value.unbonding_time.ToNanoseconds(), value.unbonding_height, operator)
        if (value.status == UNBONDING) != (place in queued):
            return f"staking: {value.operator_address} is not where its status says in the queue"
    lost = [id for id, key in numbers.items() if unbonding_ids.record_of(ctx, id) != key]
    return f"staking: numbers {lost} lead to no record" if lost else None


ALL = (pools_back_stake, nothing_is_negative, shares_add_up, indexes_agree, queues_agree)
