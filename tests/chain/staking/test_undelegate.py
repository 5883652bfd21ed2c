"""MsgUndelegate: stake waits its time and comes back; every refusal."""

import pytest

from akashpy.chain import staking
from akashpy.types.dec import Dec
from akashpy.types.errors import InvalidAddress, InvalidRequest, Panic
from akashpy.types.staking import (
    InsufficientShares,
    MaxUnbondingDelegationEntries,
    NoDelegation,
    NoValidatorFound,
)
from tests.chain.staking.conftest import STAKE, UNBONDING, Stakes


def test_stake_comes_back_when_its_time_is_over(stakes: Stakes) -> None:
    before = stakes.balance(stakes.address("ann"))
    stakes.run(stakes.delegate("ann", "val1", 100))
    began = stakes.ctx.time
    answer = stakes.run(stakes.undelegate("ann", "val1", 40))
    assert answer.amount.amount == "40"
    assert answer.completion_time.ToNanoseconds() == began + UNBONDING
    assert stakes.unbonding("ann", "val1") == [(2, 40)]
    assert stakes.shares("ann", "val1") == Dec.of(60)
    assert stakes.pools() == (2 * STAKE + 60, 40)
    assert stakes.told("unbond") == [
        {
            "validator": str(stakes.operator("val1")),
            "delegator": str(stakes.address("ann")),
            "amount": "40uakt",
            "completion_time": "2023-12-05T22:13:26Z",
        }
    ]
    stakes.turn(UNBONDING - 1)
    stakes.turn()
    assert stakes.balance(stakes.address("ann")) == before - 100
    assert not stakes.told("complete_unbonding")
    stakes.turn()
    assert stakes.balance(stakes.address("ann")) == before - 60
    assert stakes.unbonding("ann", "val1") == []
    assert stakes.told("complete_unbonding") == [
        {
            "amount": "40uakt",
            "validator": str(stakes.operator("val1")),
            "delegator": str(stakes.address("ann")),
        }
    ]
    stakes.sound()


def test_two_of_one_block_are_one_entry(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    for amount in (10, 20):
        stakes.run(stakes.undelegate("ann", "val1", amount))
    assert stakes.unbonding("ann", "val1") == [(2, 30)]
    stakes.turn()
    stakes.run(stakes.undelegate("ann", "val1", 5))
    assert stakes.unbonding("ann", "val1") == [(2, 30), (3, 5)]
    stakes.sound()


def test_the_last_shares_take_the_delegation_with_them(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    stakes.run(stakes.undelegate("ann", "val1", 100))
    assert staking.delegation(
        stakes.ctx, stakes.address("ann").raw, stakes.address("val1").raw
    ) is (None)
    stakes.sound()


def test_too_little_stake_of_its_own_jails_a_validator(stakes: Stakes) -> None:
    stakes.run(stakes.undelegate("val1", "val1", STAKE - 1_000_000))
    assert not stakes.validator("val1").jailed
    stakes.run(stakes.undelegate("val1", "val1", 1))
    assert stakes.validator("val1").jailed
    (update,) = stakes.turn()
    assert update.power == 0
    assert stakes.validator("val1").status == staking.UNBONDING
    assert stakes.pools() == (STAKE, STAKE)
    stakes.sound()


def test_a_validator_without_shares_ends_with_its_unbonding(stakes: Stakes) -> None:
    stakes.run(stakes.undelegate("val1", "val1", STAKE))
    assert stakes.validator("val1").delegator_shares == "0"
    stakes.turn(UNBONDING)
    stakes.turn()
    assert staking.validator(stakes.ctx, stakes.address("val1").raw) is None
    assert staking.validator_by_consensus(stakes.ctx, stakes.consensus("val1")) is None
    stakes.sound()


def test_an_unbonded_validator_ends_with_its_last_shares(stakes: Stakes) -> None:
    stakes.set_params(max_validators=2)
    stakes.run(stakes.create("ann", value={"denom": "uakt", "amount": "1000000"}))
    stakes.turn()
    assert stakes.validator("ann").status == staking.UNBONDED
    stakes.run(stakes.undelegate("ann", "ann", 1_000_000))
    assert staking.validator(stakes.ctx, stakes.address("ann").raw) is None
    stakes.sound()


def test_at_most_so_many_entries(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    for _ in range(7):
        stakes.run(stakes.undelegate("ann", "val1", 1))
        stakes.turn()
    with stakes.rejects(
        MaxUnbondingDelegationEntries,
        "too many unbonding delegation entries for (delegator, validator) tuple",
    ):
        stakes.run(stakes.undelegate("ann", "val1", 1))


@pytest.mark.parametrize("amount", [0, -1, -(2**200)])
def test_nothing_is_not_unbonded(stakes: Stakes, amount: int) -> None:
    with stakes.rejects(InvalidRequest, "invalid shares amount: invalid request"):
        stakes.run(stakes.undelegate("val1", "val1", amount))


def test_refused(stakes: Stakes) -> None:
    with stakes.rejects(NoDelegation, "no delegation for (address, validator) tuple"):
        stakes.run(stakes.undelegate("ann", "val1", 1))
    with stakes.rejects(NoValidatorFound):
        stakes.run(stakes.undelegate("ann", "bob", 1))
    with stakes.rejects(InvalidRequest, "invalid shares amount: invalid request"):
        stakes.run(stakes.undelegate("val1", "val1", STAKE + 1))
    with stakes.rejects(Panic, "decimal out of range; got: 339, max: 315: panic"):  # as Go's
        stakes.run(stakes.undelegate("val1", "val1", 2**255))
    with stakes.rejects(
        InvalidRequest,
        "invalid coin denomination: got uact, expected uakt: invalid request",
    ):
        stakes.run(stakes.undelegate("val1", "val1", 1, "uact"))
    bad = stakes.undelegate("val1", "val1", 1)
    bad.delegator_address = "x"
    with stakes.rejects(InvalidAddress):
        stakes.run(bad)
    staking.slash(stakes.ctx, stakes.consensus("val1"), stakes.ctx.height, 10, Dec.ONE)
    with stakes.rejects(InsufficientShares, "insufficient delegation shares"):
        stakes.run(stakes.undelegate("val1", "val1", 1))
