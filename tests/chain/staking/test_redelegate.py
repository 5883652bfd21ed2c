"""MsgBeginRedelegate: stake moves at once and is liable for its past; every refusal."""

import pytest

from akashpy.chain import staking
from akashpy.types.dec import Dec
from akashpy.types.errors import InvalidAddress, InvalidRequest
from akashpy.types.staking import (
    BadRedelegationDst,
    MaxRedelegationEntries,
    NoDelegation,
    NoValidatorFound,
    SelfRedelegation,
    TinyRedelegationAmount,
    TransitiveRedelegation,
)
from tests.chain.staking.conftest import STAKE, UNBONDING, Stakes


def test_stake_moves_at_once(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    answer = stakes.run(stakes.redelegate("ann", "val1", "val2", 40))
    assert answer.completion_time.ToNanoseconds() == stakes.ctx.time + UNBONDING
    assert (stakes.shares("ann", "val1"), stakes.shares("ann", "val2")) == (Dec.of(60), Dec.of(40))
    assert stakes.moved("ann", "val1", "val2") == [40]
    assert stakes.pools() == (2 * STAKE + 100, 0)
    assert stakes.told("redelegate")[0]["amount"] == "40uakt"
    stakes.turn(UNBONDING)
    stakes.turn()
    assert stakes.moved("ann", "val1", "val2") == []
    assert stakes.told("complete_redelegation") == [
        {
            "amount": "40uakt",
            "delegator": str(stakes.address("ann")),
            "source_validator": str(stakes.operator("val1")),
            "destination_validator": str(stakes.operator("val2")),
        }
    ]
    stakes.sound()


def test_stake_changes_its_pool_with_its_validator(stakes: Stakes) -> None:
    stakes.set_params(max_validators=2)
    stakes.run(stakes.create("ann", value={"denom": "uakt", "amount": "1000000"}))
    stakes.turn()
    stakes.run(stakes.delegate("bob", "val1", 100))
    stakes.run(stakes.redelegate("bob", "val1", "ann", 30))
    assert stakes.pools() == (2 * STAKE + 70, 1_000_030)
    answer = stakes.run(stakes.redelegate("ann", "ann", "val1", 10))
    assert answer.completion_time.ToJsonString() == "0001-01-01T00:00:00Z"  # nothing to be liable
    assert stakes.moved("ann", "ann", "val1") == []
    assert stakes.pools() == (2 * STAKE + 80, 1_000_020)
    stakes.sound()


def test_stake_of_an_unbonding_validator_is_liable_as_long_as_it(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    staking.jail(stakes.ctx, stakes.consensus("val1"))
    stakes.turn()
    ends = stakes.validator("val1").unbonding_time
    stakes.turn()
    answer = stakes.run(stakes.redelegate("ann", "val1", "val2", 40))
    assert answer.completion_time == ends
    assert stakes.pools() == (STAKE + 40, STAKE + 60)
    stakes.sound()


def test_moved_stake_moves_on_when_its_time_is_over(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    stakes.run(stakes.redelegate("ann", "val1", "val2", 40))
    with stakes.rejects(TransitiveRedelegation):
        stakes.run(stakes.redelegate("ann", "val2", "val1", 1))
    stakes.turn(UNBONDING)
    stakes.turn()
    stakes.run(stakes.redelegate("ann", "val2", "val1", 1))
    stakes.sound()


def test_at_most_so_many_entries(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    for _ in range(7):  # of one block, unlike unbondings: each is an entry of its own
        stakes.run(stakes.redelegate("ann", "val1", "val2", 1))
    with stakes.rejects(MaxRedelegationEntries):
        stakes.run(stakes.redelegate("ann", "val1", "val2", 1))


def test_refused(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 100))
    with stakes.rejects(SelfRedelegation):
        stakes.run(stakes.redelegate("ann", "val1", "val1", 1))
    with stakes.rejects(BadRedelegationDst):
        stakes.run(stakes.redelegate("ann", "val1", "bob", 1))
    with stakes.rejects(NoValidatorFound):
        stakes.run(stakes.redelegate("ann", "bob", "val1", 1))
    with stakes.rejects(NoDelegation):
        stakes.run(stakes.redelegate("bob", "val1", "val2", 1))
    with stakes.rejects(InvalidRequest, "invalid shares amount: invalid request"):
        stakes.run(stakes.redelegate("ann", "val1", "val2", 101))
    with stakes.rejects(
        InvalidRequest, "invalid coin denomination: got uact, expected uakt: invalid request"
    ):
        stakes.run(stakes.redelegate("ann", "val1", "val2", 1, "uact"))
    for field, which in (
        ("validator_src_address", "source validator"),
        ("validator_dst_address", "destination validator"),
        ("delegator_address", "delegator"),
    ):
        bad = stakes.redelegate("ann", "val1", "val2", 1)
        setattr(bad, field, "nobody")
        with stakes.rejects(
            InvalidAddress,
            f"invalid {which} address: decoding bech32 failed: invalid bech32 string length 6: "
            "invalid address",
        ):
            stakes.run(bad)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_does_not_move(stakes: Stakes, amount: int) -> None:
    with stakes.rejects(InvalidRequest, "invalid shares amount: invalid request"):
        stakes.run(stakes.redelegate("val1", "val1", "val2", amount))


def test_shares_worth_less_than_a_token_do_not_move(stakes: Stakes) -> None:
    ann, val1, val2 = (stakes.address(name).raw for name in ("ann", "val1", "val2"))
    stakes.run(stakes.delegate("ann", "val1", 100))
    with stakes.rejects(TinyRedelegationAmount), stakes.ctx.branch():
        staking.redelegate(stakes.ctx, ann, val1, val2, Dec.of("0.5"))
