"""Staking's part of a genesis: presets, refusals, and coming back the same from an export."""

import json
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import auth, bank, staking
from akashpy.chain.staking import entries, records, unbonding_ids
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.types.staking import (
    DelegationCreating,
    DelegationModified,
    ValidatorBonded,
    ValidatorCreated,
)
from akashpy.wire import staking as pb
from tests.chain.conftest import Given
from tests.chain.staking.conftest import DAY, STAKE, UNBONDING, Stakes, uakt
from tests.chain.staking.test_block import Ear

KEPT_OUT = (staking.HISTORY.base, unbonding_ids.LAST_ID.key)
"""Rows that no export carries: past headers, and the last number given."""


def copied(stakes: Stakes) -> Stakes:
    """The chain that an export of the bank's and staking's parts starts."""
    parts = {
        module.name: json.loads(json.dumps(module.export_genesis(stakes.ctx)))
        for module in (bank.MODULE, staking.MODULE)
    }
    staking.validate_genesis(parts["staking"])
    other = Stakes.__new__(Stakes)
    Given.__init__(other, "default")
    other.ctx.time, other.ctx.height = stakes.ctx.time, stakes.ctx.height
    for name in ("val1", "val2", "ann", "bob"):
        auth.ensure_account(other.ctx, other.address(name).raw)
    bank.MODULE.init_genesis(other.ctx, parts["bank"])
    staking.MODULE.init_genesis(other.ctx, parts["staking"])
    return other


def staking_rows(stakes: Stakes) -> dict[bytes, bytes]:
    """Staking's rows but for what the SDK's exports lose as well.

    Rows of queues whose entry was cancelled or merged, and numbers of validators that are bonded
    again: their records list operations that are over, too.
    """
    live = dict(unbonding_ids.INDEX.under(stakes.ctx))
    bonded = {records.VALIDATORS.key(raw)[8:] for raw, _ in records.LAST_POWER.under(stakes.ctx)}
    stale = {
        table.key(id)
        for table in (unbonding_ids.INDEX, unbonding_ids.KINDS)
        for id, row in live.items()
        if row in bonded
    } | {
        table.key(key)
        for table in (entries.UNBONDING_QUEUE, entries.REDELEGATION_QUEUE)
        for key, _ in table.under(stakes.ctx)  # type: ignore[attr-defined]  # both are maps
        if key[1] not in live
    }
    return {
        key: row
        for key, row in stakes.rows().items()
        if key.startswith(b"staking/") and not key.startswith(KEPT_OUT) and key not in stale
    }


def given_everything(stakes: Stakes) -> None:
    """Validators of all statuses, and something of every kind that can be pending."""
    stakes.set_params(max_validators=2)
    stakes.run(stakes.create("ann", value=uakt(1_000_000)))
    stakes.run(stakes.delegate("bob", "val1", 500))
    stakes.run(stakes.redelegate("bob", "val1", "val2", 100))
    stakes.turn()
    stakes.run(stakes.undelegate("bob", "val1", 50))
    stakes.turn()
    stakes.run(stakes.create("bob", value=uakt(2 * STAKE)))
    stakes.turn()
    staking.jail(stakes.ctx, stakes.consensus("bob"))
    stakes.run(stakes.undelegate("bob", "val1", 60))
    stakes.turn()
    stakes.run(stakes.delegate("ann", "val1", 7))


def test_an_export_starts_the_same_chain(stakes: Stakes) -> None:
    given_everything(stakes)
    statuses = {value.status for value in staking.validators(stakes.ctx)}
    assert statuses == {staking.BONDED, staking.UNBONDING, staking.UNBONDED}
    other = copied(stakes)
    assert staking_rows(other) == staking_rows(stakes)
    other.sound()
    for chain in (stakes, other):
        chain.turn(UNBONDING)
        chain.turn()
        chain.turn()
    assert staking_rows(other) == staking_rows(stakes)
    assert other.pools() == stakes.pools()
    other.sound()


def test_an_import_tells_powers_and_nobody(stakes: Stakes) -> None:
    given_everything(stakes)
    stakes.turn()
    state = staking.MODULE.export_genesis(stakes.ctx)
    assert state["exported"] is True
    ctx = Context.scratch()
    ear = Ear(ctx.bus)
    ctx.bus = ear  # type: ignore[assignment]  # a bus that also remembers
    bank.MODULE.init_genesis(ctx, bank.MODULE.export_genesis(stakes.ctx))
    updates = staking.MODULE.init_genesis(ctx, state)
    assert updates is not None
    assert {update.power for update in updates} == {
        power for _, power in staking.last_validators(stakes.ctx)
    }
    assert ear.heard == []


def fresh(stakes: Stakes) -> dict[str, Any]:
    """A genesis of `val1` alone, waiting to be bonded."""
    state = pb.GenesisState(params=staking.params(stakes.ctx), last_total_power=b"0")
    value = state.validators.add()
    value.CopyFrom(stakes.validator("val1"))
    value.status = staking.UNBONDED
    state.delegations.extend(staking.delegations_to(stakes.ctx, stakes.address("val1").raw))
    made: dict[str, Any] = wire.to_json(state)
    return made


def with_pool(ctx: Context, name: str, amount: int) -> None:
    bank.mint(ctx, "mint", Coins([Coin("uakt", amount)]))
    bank.send_between_modules(ctx, "mint", name, Coins([Coin("uakt", amount)]))


def test_a_new_chain_tells_its_hooks_and_bonds(stakes: Stakes) -> None:
    ctx = Context.scratch()
    ear = Ear(ctx.bus)
    ctx.bus = ear  # type: ignore[assignment]  # a bus that also remembers
    with_pool(ctx, staking.NOT_BONDED_POOL, STAKE)
    (update,) = staking.MODULE.init_genesis(ctx, fresh(stakes)) or ()
    assert update.power == 10
    raw = stakes.address("val1").raw
    assert ear.heard == [
        ValidatorCreated(raw),
        DelegationCreating(raw, raw),
        DelegationModified(raw, raw),
        ValidatorBonded(stakes.consensus("val1"), raw),
    ]


@pytest.mark.parametrize(
    ("pool", "amount", "text"),
    [
        (staking.BONDED_POOL, 5, "bonded pool balance is different from bonded coins: 5uakt <-> "),
        (
            staking.NOT_BONDED_POOL,
            5,
            "not bonded pool balance is different from not bonded coins: 5uakt <-> 10000000uakt",
        ),
    ],
)
def test_pools_hold_what_is_staked(stakes: Stakes, pool: str, amount: int, text: str) -> None:
    ctx = Context.scratch()
    with_pool(ctx, pool, amount)
    with pytest.raises(PlainError) as caught:
        staking.MODULE.init_genesis(ctx, fresh(stakes))
    assert str(caught.value) == text


def broken(state: dict[str, Any], where: str, **changes: Any) -> dict[str, Any]:
    made = json.loads(json.dumps(state))
    made[where][0].update(changes)
    return made


def test_refused(stakes: Stakes) -> None:
    state = fresh(stakes)
    staking.validate_genesis(state)
    where = stakes.operator("val1")
    other = str(Address.of(b"o" * 20, prefix=VALOPER))
    cases: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({**state, "validators": state["validators"] * 2}, PlainError, "duplicate validator"),
        (
            broken(state, "validators", status="BOND_STATUS_UNSPECIFIED"),
            PlainError,
            "invalid validator status",
        ),
        (
            broken(state, "validators", status="BOND_STATUS_BONDED", jailed=True),
            PlainError,
            "validator is bonded and jailed in genesis state: moniker val1",
        ),
        (
            broken(state, "validators", delegator_shares="0.000000000000000000"),
            PlainError,
            "bonded/unbonded genesis validator cannot have zero delegator shares",
        ),
        (broken(state, "validators", tokens="-5"), PlainError, f"{where} has negative tokens"),
        (broken(state, "validators", operator_address="x"), InvalidAddress, "bech32"),
        (
            broken(state, "delegations", validator_address=other),
            PlainError,
            "which is no validator of this genesis",
        ),
        (
            {**state, "last_validator_powers": [{"address": other, "power": "1"}]},
            PlainError,
            "which is no validator here",
        ),
    ]
    for made, error, text in cases:
        with pytest.raises(error, match=text):
            staking.validate_genesis(made)


def test_presets() -> None:
    ours = wire.from_json(pb.GenesisState, staking.MODULE.default_genesis("default")).params
    akash = wire.from_json(pb.GenesisState, staking.MODULE.default_genesis("akash")).params
    assert ours.unbonding_time.ToNanoseconds() == 21 * DAY
    assert akash.unbonding_time.ToNanoseconds() == 14 * DAY
    assert (ours.min_commission_rate, akash.min_commission_rate) == ("0", "50000000000000000")
    for value in (ours, akash):
        assert (value.max_validators, value.max_entries, value.bond_denom) == (100, 7, "uakt")
        assert value.historical_entries == 10_000
        staking.validate_params(value)


def test_invariants_notice() -> None:
    for break_it, text in (
        (lambda ctx, v: setattr(v, "tokens", "5"), "the pools hold"),
        (lambda ctx, v: setattr(v, "delegator_shares", "5"), "has 0.000000000000000005 shares"),
        (lambda ctx, v: setattr(v, "status", staking.UNBONDING), "pools hold|queue"),
    ):
        stakes = Stakes()
        value = stakes.validator("val1")
        break_it(stakes.ctx, value)
        records.put_validator(stakes.ctx, value)
        found = [why for check in staking.MODULE.invariants if (why := check(stakes.ctx))]
        assert found, text
        assert any(part in found[0] for part in text.split("|"))


def test_numbers_go_on_behind_the_highest(stakes: Stakes) -> None:
    given_everything(stakes)
    highest = max(id for id, _ in unbonding_ids.INDEX.under(stakes.ctx))
    other = copied(stakes)
    assert unbonding_ids.next_id(other.ctx) == highest + 1
    found = unbonding_ids.record_of(other.ctx, highest)
    assert found is not None
    assert other.ctx.has(found)
