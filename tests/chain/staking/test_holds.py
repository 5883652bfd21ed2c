"""A module above holds an unbonding back and lets it go on."""

import pytest

from akashpy.chain import staking
from akashpy.types.errors import ChainError
from akashpy.types.staking import (
    NoUnbondingType,
    UnbondingInitiated,
    UnbondingOnHoldRefCountNegative,
)
from tests.chain.staking.conftest import STAKE, UNBONDING, Stakes
from tests.chain.staking.test_block import Ear


@pytest.fixture
def ids(stakes: Stakes) -> tuple[int, int, int]:
    """Operations that unbond a delegation, a redelegation and a validator."""
    ear = Ear(stakes.ctx.bus)
    stakes.run(stakes.delegate("ann", "val1", 100))
    stakes.ctx.bus = ear  # type: ignore[assignment]  # a bus that also remembers
    ann, val1, val2 = (stakes.address(name).raw for name in ("ann", "val1", "val2"))
    share = staking.shares_of(stakes.validator("val1")).quo_int(STAKE + 100)
    staking.undelegate(stakes.ctx, ann, val1, share.mul_int(40))
    staking.redelegate(stakes.ctx, ann, val1, val2, share.mul_int(30))
    staking.jail(stakes.ctx, stakes.consensus("val1"))
    stakes.turn()
    one, two, three = (each.id for each in ear.heard if isinstance(each, UnbondingInitiated))
    return one, two, three


def test_held_back_until_released(stakes: Stakes, ids: tuple[int, int, int]) -> None:
    for id in ids:
        staking.put_unbonding_on_hold(stakes.ctx, id)
        staking.put_unbonding_on_hold(stakes.ctx, id)
    stakes.turn(UNBONDING)
    stakes.turn()
    assert stakes.unbonding("ann", "val1") == [(2, 40)]
    assert stakes.moved("ann", "val1", "val2") == [30]
    assert stakes.validator("val1").status == staking.UNBONDING
    before = stakes.balance(stakes.address("ann"))
    for id in ids:
        staking.unbonding_can_complete(stakes.ctx, id)
    assert stakes.balance(stakes.address("ann")) == before
    for id in ids:
        staking.unbonding_can_complete(stakes.ctx, id)
    assert stakes.balance(stakes.address("ann")) == before + 40
    assert stakes.unbonding("ann", "val1") == []
    assert stakes.moved("ann", "val1", "val2") == []
    stakes.turn()
    assert stakes.validator("val1").status == staking.UNBONDED
    stakes.sound()


def test_what_is_released_in_time_completes_in_time(
    stakes: Stakes, ids: tuple[int, int, int]
) -> None:
    for id in ids:
        staking.put_unbonding_on_hold(stakes.ctx, id)
        staking.unbonding_can_complete(stakes.ctx, id)
    assert stakes.unbonding("ann", "val1") == [(2, 40)]
    stakes.turn(UNBONDING)
    stakes.turn()
    assert stakes.unbonding("ann", "val1") == []
    stakes.sound()


@pytest.mark.parametrize("which", [0, 1, 2])
def test_one_release_for_one_hold(stakes: Stakes, ids: tuple[int, int, int], which: int) -> None:
    with stakes.rejects(UnbondingOnHoldRefCountNegative):
        staking.unbonding_can_complete(stakes.ctx, ids[which])


@pytest.mark.parametrize("act", [staking.put_unbonding_on_hold, staking.unbonding_can_complete])
def test_unknown_operations(stakes: Stakes, act: object) -> None:
    with stakes.rejects(NoUnbondingType):
        act(stakes.ctx, 99)  # type: ignore[operator]  # one of two functions
    assert issubclass(NoUnbondingType, ChainError)
