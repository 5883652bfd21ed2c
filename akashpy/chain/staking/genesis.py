"""Staking's part of a genesis: made, checked, taken in and written back.

An export carries all that is staked, unbonding or moved, in any status; it does not carry past
headers, as the SDK's does not. It must not know other modules' parts.
Source: SDK 0.53 `x/staking/keeper/genesis.go`, `x/staking/genesis.go`.
"""

from akashpy import wire
from akashpy.chain import auth, bank
from akashpy.chain.module import JsonState
from akashpy.chain.staking import block, entries, pools, records, standing, unbonding_ids
from akashpy.chain.staking.parameters import (
    BONDED,
    BONDED_POOL,
    NOT_BONDED_POOL,
    STATUSES,
    UNBONDED,
    UNBONDING,
    default_params,
    params,
    put_params,
    validate_params,
)
from akashpy.chain.staking.unbonding_ids import DELEGATION, REDELEGATION, VALIDATOR
from akashpy.state.context import Context
from akashpy.types.abci import ValidatorUpdate
from akashpy.types.address import VALOPER, Address
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.types.staking import DelegationCreating, DelegationModified, ValidatorCreated
from akashpy.wire import staking as pb


def default_genesis(preset: str) -> JsonState:
    """The parameters of `preset`, and no validators."""
    return wire.to_json(pb.GenesisState(params=default_params(preset), last_total_power=b"0"))


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for bad parameters, doubled or contradictory validators, lost records."""
    parsed = wire.from_json(pb.GenesisState, state)
    validate_params(parsed.params)
    operators: set[str] = set()
    keys: set[bytes] = set()
    for value in parsed.validators:
        _validate_validator(value)
        key = records.consensus_key(value)
        if value.operator_address in operators or key in keys:
            raise PlainError(
                "duplicate validator in genesis state: moniker "
                f"{value.description.moniker}, address {value.operator_address}"
            )
        operators.add(value.operator_address)
        keys.add(key)
    for share in parsed.delegations:
        Address.parse(share.delegator_address)
        if share.validator_address not in operators:
            raise PlainError(
                f"delegation of {share.delegator_address} is to {share.validator_address}, "
                "which is no validator of this genesis"
            )
    for power in parsed.last_validator_powers:
        if power.address not in operators:
            raise PlainError(f"last power of {power.address}, which is no validator here")


def _validate_validator(value: pb.Validator) -> None:
    where = f"validator {value.operator_address}"
    Address.parse(value.operator_address, prefix=VALOPER)
    if value.status not in STATUSES:
        raise PlainError(f"{where}: invalid validator status: use one of BOND_STATUS_*")
    if value.jailed and value.status == BONDED:
        raise PlainError(
            "validator is bonded and jailed in genesis state: moniker "
            f"{value.description.moniker}, address {value.operator_address}"
        )
    if Dec.from_wire(value.delegator_shares).is_zero and value.status != UNBONDING:
        raise PlainError(
            "bonded/unbonded genesis validator cannot have zero delegator shares, validator: "
            f"{value.operator_address}"
        )
    if int(value.tokens or 0) < 0 or Dec.from_wire(value.delegator_shares).is_negative:
        raise PlainError(f"{where} has negative tokens or shares")


def init_genesis(ctx: Context, state: JsonState) -> list[ValidatorUpdate]:
    """Store everything and name the first set of validators.

    Raises PlainError when a pool's balance differs from what it must hold.
    """
    parsed = wire.from_json(pb.GenesisState, state)
    put_params(ctx, parsed.params)
    records.LAST_TOTAL_POWER.put(ctx, int(parsed.last_total_power or 0))
    for value in parsed.validators:
        _take_validator(ctx, value, told=not parsed.exported)
    for share in parsed.delegations:
        _take_delegation(ctx, share, told=not parsed.exported)
    for unbonding in parsed.unbonding_delegations:
        _take_unbonding(ctx, unbonding)
    for moved in parsed.redelegations:
        _take_redelegation(ctx, moved)
    _number(ctx, parsed)
    _require_pools(ctx, parsed)
    if not parsed.exported:
        return block.update_validators(ctx)
    updates = []
    for last in parsed.last_validator_powers:
        operator = Address.parse(last.address, prefix=VALOPER).raw
        records.LAST_POWER.put(ctx, operator, last.power)
        updates.append(records.update_of(records.stored(ctx, operator), last.power))
    return updates


def _take_validator(ctx: Context, value: pb.Validator, *, told: bool) -> None:
    operator = records.operator_of(value)
    records.put_validator(ctx, value)
    records.BY_CONSENSUS.put(ctx, records.consensus_address(value), operator)
    records.rank(ctx, value)
    if told:
        ctx.notify(ValidatorCreated(operator))
    if value.status == UNBONDING:
        standing.enqueue(ctx, value)
    if value.status != UNBONDED:  # the numbers of an unbonded validator's operations are over
        for id in value.unbonding_ids:
            unbonding_ids.index(ctx, id, VALIDATOR, records.VALIDATORS.key(operator))


def _take_delegation(ctx: Context, share: pb.Delegation, *, told: bool) -> None:
    delegator = Address.parse(share.delegator_address).raw
    operator = Address.parse(share.validator_address, prefix=VALOPER).raw
    if told:
        ctx.notify(DelegationCreating(delegator, operator))
    records.put_delegation(ctx, delegator, operator, share)
    if told:
        ctx.notify(DelegationModified(delegator, operator))


def _take_unbonding(ctx: Context, value: pb.UnbondingDelegation) -> None:
    delegator = Address.parse(value.delegator_address).raw
    operator = Address.parse(value.validator_address, prefix=VALOPER).raw
    records.put_unbonding(ctx, value)
    for entry in value.entries:
        due, id = entry.completion_time.ToNanoseconds(), entry.unbonding_id
        entries.UNBONDING_QUEUE.put(ctx, (due, id, delegator, operator), True)
        unbonding_ids.index(ctx, id, DELEGATION, records.UNBONDINGS.key((delegator, operator)))


def _take_redelegation(ctx: Context, value: pb.Redelegation) -> None:
    key = records.redelegation_key(value)
    records.put_redelegation(ctx, value)
    for entry in value.entries:
        due, id = entry.completion_time.ToNanoseconds(), entry.unbonding_id
        entries.REDELEGATION_QUEUE.put(ctx, (due, id, *key), True)
        unbonding_ids.index(ctx, id, REDELEGATION, records.REDELEGATIONS.key(key))


def _number(ctx: Context, state: pb.GenesisState) -> None:
    """Go on numbering behind the highest operation that the genesis names."""
    known = [id for value in state.validators for id in value.unbonding_ids]
    for unbonding in state.unbonding_delegations:
        known += [entry.unbonding_id for entry in unbonding.entries]
    for moved in state.redelegations:
        known += [entry.unbonding_id for entry in moved.entries]
    if known:
        unbonding_ids.LAST_ID.put(ctx, max(known))


def _require_pools(ctx: Context, state: pb.GenesisState) -> None:
    bonded = not_bonded = 0
    for value in state.validators:
        if value.status == BONDED:
            bonded += int(value.tokens)
        else:
            not_bonded += int(value.tokens)
    for unbonding in state.unbonding_delegations:
        not_bonded += sum(int(entry.balance) for entry in unbonding.entries)
    for name, called, wanted in (
        (BONDED_POOL, "bonded", bonded),
        (NOT_BONDED_POOL, "not bonded", not_bonded),
    ):
        held = bank.balances(ctx, auth.module_account(ctx, name).address)
        due = pools.stake(ctx, wanted)
        if held != due:
            raise PlainError(
                f"{called} pool balance is different from {called} coins: {held} <-> {due}"
            )


def export_genesis(ctx: Context) -> JsonState:
    """Everything but past headers, each list in the order of its keys."""
    state = pb.GenesisState(params=params(ctx), exported=True)
    state.last_total_power = b"%d" % (records.LAST_TOTAL_POWER.get(ctx) or 0)
    for operator, amount in records.LAST_POWER.under(ctx):
        state.last_validator_powers.add(address=Address.of(operator, prefix=VALOPER), power=amount)
    state.validators.extend(records.validators(ctx))
    state.delegations.extend(share for _, share in records.DELEGATIONS.under(ctx))
    state.unbonding_delegations.extend(value for _, value in records.UNBONDINGS.under(ctx))
    state.redelegations.extend(value for _, value in records.REDELEGATIONS.under(ctx))
    return wire.to_json(state)
