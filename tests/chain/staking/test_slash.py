"""What an infraction costs: the validator, what left it since, and nobody else."""

import pytest

from akashpy.chain import bank, staking
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.types.staking import ValidatorModified, ValidatorSlashing
from tests.chain.staking.conftest import STAKE, UNBONDING, Stakes
from tests.chain.staking.test_block import Ear

TENTH = Dec.of("0.1")


def slash(stakes: Stakes, name: str, height: int, power: int, fraction: Dec = TENTH) -> int:
    return staking.slash(stakes.ctx, stakes.consensus(name), height, power, fraction)


def moved_since(stakes: Stakes) -> int:
    """Ann moves 4 of the 5 akt she has at val1 to val2; the height at which she moves them."""
    stakes.run(stakes.delegate("ann", "val1", 5_000_000))
    stakes.turn()
    stakes.run(stakes.redelegate("ann", "val1", "val2", 4_000_000))
    return stakes.ctx.height


def test_now_only_the_validator_pays(stakes: Stakes) -> None:
    ear = Ear(stakes.ctx.bus)
    stakes.run(stakes.delegate("ann", "val1", 5_000_000))
    stakes.run(stakes.undelegate("ann", "val1", 1_000_000))
    stakes.ctx.bus = ear  # type: ignore[assignment]  # a bus that also remembers
    supply = bank.supply(stakes.ctx, "uakt")
    assert slash(stakes, "val1", stakes.ctx.height, 15) == 1_500_000
    assert bank.supply(stakes.ctx, "uakt") == supply - 1_500_000
    assert stakes.validator("val1").tokens == str(14_000_000 - 1_500_000)
    assert stakes.unbonding("ann", "val1") == [(2, 1_000_000)]
    operator = stakes.address("val1").raw
    assert ear.heard == [
        ValidatorModified(operator),
        ValidatorSlashing(operator, Dec.of("0.107142857142857143")),  # rounded up
    ]
    stakes.sound()


def test_what_unbonds_since_pays_its_part(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 5_000_000))
    stakes.run(stakes.undelegate("ann", "val1", 1_000_000))
    stakes.turn()
    infraction = stakes.ctx.height
    stakes.turn()
    stakes.run(stakes.undelegate("ann", "val1", 2_000_000))
    stakes.turn()
    assert slash(stakes, "val1", infraction, 14) == 1_400_000 - 200_000
    assert stakes.unbonding("ann", "val1") == [(2, 1_000_000), (4, 1_800_000)]
    assert stakes.validator("val1").tokens == str(12_000_000 - 1_200_000)
    stakes.sound()


def test_what_moved_since_pays_where_it_is(stakes: Stakes) -> None:
    infraction = moved_since(stakes)
    stakes.turn()
    assert slash(stakes, "val1", infraction, 15) == 1_500_000 - 400_000
    assert stakes.shares("ann", "val2") == Dec.of(3_600_000)
    assert stakes.validator("val2").tokens == str(STAKE + 3_600_000)
    stakes.sound()


def test_what_moved_and_unbonds_pays_first(stakes: Stakes) -> None:
    infraction = moved_since(stakes)
    stakes.turn()
    stakes.run(stakes.undelegate("ann", "val2", 3_000_000))
    stakes.turn()
    assert slash(stakes, "val1", infraction, 15) == 1_100_000
    assert stakes.unbonding("ann", "val2") == [(4, 2_600_000)]
    assert stakes.shares("ann", "val2") == Dec.of(1_000_000)
    stakes.sound()


def test_what_is_left_of_moved_stake_pays_the_rest(stakes: Stakes) -> None:
    infraction = moved_since(stakes)
    stakes.turn()
    stakes.run(stakes.undelegate("ann", "val2", 100_000))
    stakes.turn()
    assert slash(stakes, "val1", infraction, 15) == 1_100_000
    # as on the SDK, the unbonding entry pays all it has and the shares their whole part as well
    assert stakes.unbonding("ann", "val2") == [(4, 0)]
    assert stakes.shares("ann", "val2") == Dec.of(3_500_000)
    stakes.sound()


def test_moved_stake_that_is_gone_pays_nothing(stakes: Stakes) -> None:
    infraction = moved_since(stakes)
    stakes.run(stakes.undelegate("ann", "val2", 4_000_000))
    stakes.ctx.time += UNBONDING
    stakes.turn()
    assert slash(stakes, "val1", infraction, 15) == 1_500_000  # both entries were over
    stakes.sound()


def test_the_last_shares_of_an_unbonded_target_pay_as_well(stakes: Stakes) -> None:
    stakes.set_params(max_validators=2)
    stakes.run(stakes.create("bob", value={"denom": "uakt", "amount": "1000000"}))
    stakes.run(stakes.delegate("ann", "val1", 5_000_000))
    stakes.turn()
    infraction = stakes.ctx.height
    stakes.run(stakes.redelegate("ann", "val1", "bob", 2_000_000))
    stakes.run(stakes.undelegate("bob", "bob", 1_000_000))
    assert stakes.validator("bob").status == staking.UNBONDED
    stakes.turn()
    assert slash(stakes, "val1", infraction, 15, Dec.ONE) == STAKE + 3_000_000
    assert staking.validator(stakes.ctx, stakes.address("bob").raw) is None
    stakes.sound()


def test_never_more_than_there_is(stakes: Stakes) -> None:
    assert slash(stakes, "val1", stakes.ctx.height, 10**9) == STAKE
    assert stakes.validator("val1").tokens == "0"
    assert slash(stakes, "val1", stakes.ctx.height, 10) == 0
    (update,) = stakes.turn()
    assert update.power == 0
    stakes.sound()


def test_who_is_gone_pays_nothing(stakes: Stakes) -> None:
    before = stakes.rows()
    assert slash(stakes, "nobody", 1, 10) == 0
    assert slash(stakes, "val1", stakes.ctx.height, 0) == 0
    assert stakes.rows() == before


def test_refused(stakes: Stakes) -> None:
    with stakes.rejects(PlainError, "attempted to slash with a negative slash factor: -0.1000000000"
                        "00000000"):  # fmt: skip
        slash(stakes, "val1", 1, 10, Dec.of("-0.1"))
    with stakes.rejects(
        PlainError,
        "impossible attempt to slash future infraction at height 9 but we are at height 2",
    ):
        slash(stakes, "val1", 9, 10)
    stakes.run(stakes.create("ann"))
    with stakes.rejects(
        PlainError, f"should not be slashing unbonded validator: {stakes.operator('ann')}"
    ):
        slash(stakes, "ann", 1, 10)


@pytest.mark.parametrize("fraction", ["0.000000000000000001", "0.5", "1", "123456"])
def test_any_fraction(stakes: Stakes, fraction: str) -> None:
    stakes.run(stakes.delegate("ann", "val1", 3))
    stakes.run(stakes.undelegate("ann", "val1", 2))
    stakes.run(stakes.redelegate("ann", "val1", "val2", 1))
    stakes.turn()
    slash(stakes, "val1", 1, 10, Dec.of(fraction))
    stakes.sound()
