"""The first validator: its record, power, consensus key, and what genesis refuses."""

import pytest

from akashpy.chain import auth, bank, staking
from akashpy.chain.authority import AUTHORITY
from akashpy.types.address import VALOPER
from akashpy.types.errors import PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.wire import staking as pb
from tests.chain.app.conftest import VALIDATOR_KEY, key, start
from tests.chain.conftest import Given


def test_the_genesis_validator_answers() -> None:
    ctx = start().app.query_context()
    (found,) = staking.validators(ctx)
    operator = key("validator").address
    assert found.operator_address == operator.with_prefix(VALOPER)
    assert staking.consensus_key(found) == VALIDATOR_KEY
    assert (staking.power(found), found.status, found.tokens) == (
        5000,
        staking.BONDED,
        "5000000000",
    )
    assert staking.validator(ctx, operator.raw) == found
    pool = auth.MODULE_ADDRESSES[staking.BONDED_POOL]
    assert bank.balance(ctx, pool, "uakt") == 5_000_000_000
    assert staking.params(ctx).bond_denom == "uakt"


def test_governance_changes_parameters(given: Given) -> None:
    value = pb.Params()
    value.CopyFrom(staking.params(given.ctx))
    value.max_validators = 7
    given.run(pb.MsgUpdateParams(authority=AUTHORITY, params=value))
    assert staking.params(given.ctx).max_validators == 7
    with given.rejects(InvalidSigner):
        given.run(pb.MsgUpdateParams(authority=given.address("me"), params=value))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("max_validators", 0, "max validators must be positive: 0"),
        ("max_entries", 0, "max entries must be positive: 0"),
        ("bond_denom", " ", "bond denom cannot be blank"),
        ("bond_denom", "1x", "invalid denom: 1x"),
        (
            "min_commission_rate",
            "-1",
            "minimum commission rate cannot be negative: -0.000000000000000001",
        ),
    ],
)
def test_invalid_parameters(given: Given, name: str, value: object, text: str) -> None:
    changed = pb.Params()
    changed.CopyFrom(staking.params(given.ctx))
    setattr(changed, name, value)
    with given.rejects(PlainError, text):
        given.run(pb.MsgUpdateParams(authority=AUTHORITY, params=changed))


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "unbonding time must be positive: 0"),
    (-5, "unbonding time must be positive: -5000000000"),
    (300 * 365 * 24 * 3600, None),
])  # fmt: skip
def test_the_unbonding_time_has_bounds(given: Given, seconds: int, text: str | None) -> None:
    changed = pb.Params()
    changed.CopyFrom(staking.params(given.ctx))
    changed.unbonding_time.FromSeconds(seconds)
    with given.rejects(PlainError, text):
        given.run(pb.MsgUpdateParams(authority=AUTHORITY, params=changed))
