"""MsgCancelUnbondingDelegation: what is unbonding is staked again; every refusal."""

from akashpy.chain import staking
from akashpy.types.dec import Dec
from akashpy.types.errors import InvalidAddress, InvalidRequest, NotFound, PlainError
from akashpy.types.staking import DelegatorShareExRateInvalid, NoValidatorFound, ValidatorJailed
from tests.chain.staking.conftest import STAKE, UNBONDING, Stakes


def given_unbonding(stakes: Stakes) -> int:
    stakes.run(stakes.delegate("ann", "val1", 100))
    stakes.run(stakes.undelegate("ann", "val1", 40))
    height = stakes.ctx.height
    stakes.turn()
    return height


def test_a_part_and_then_all_of_it(stakes: Stakes) -> None:
    height = given_unbonding(stakes)
    stakes.run(stakes.cancel("ann", "val1", 15, height))
    assert stakes.unbonding("ann", "val1") == [(height, 25)]
    assert stakes.shares("ann", "val1") == Dec.of(75)
    assert stakes.pools() == (2 * STAKE + 75, 25)
    assert stakes.told("cancel_unbonding_delegation") == [
        {
            "amount": "15uakt",
            "validator": str(stakes.operator("val1")),
            "delegator": str(stakes.address("ann")),
            "creation_height": str(height),
        }
    ]
    stakes.run(stakes.cancel("ann", "val1", 25, height))
    assert stakes.unbonding("ann", "val1") == []
    assert stakes.shares("ann", "val1") == Dec.of(100)
    stakes.sound()
    stakes.turn(UNBONDING)
    stakes.turn()
    assert not stakes.told("complete_unbonding")  # nothing is left to complete
    stakes.sound()


def test_refused(stakes: Stakes) -> None:
    height = given_unbonding(stakes)
    with stakes.rejects(InvalidRequest, "invalid amount: invalid request"):
        stakes.run(stakes.cancel("ann", "val1", 0, height))
    for bad in (0, -5, -(2**63)):
        with stakes.rejects(InvalidRequest, "invalid height: invalid request"):
            stakes.run(stakes.cancel("ann", "val1", 1, bad))
    with stakes.rejects(
        InvalidRequest, "invalid coin denomination: got uact, expected uakt: invalid request"
    ):
        stakes.run(stakes.cancel("ann", "val1", 1, height, "uact"))
    with stakes.rejects(NoValidatorFound):
        stakes.run(stakes.cancel("ann", "bob", 1, height))
    with stakes.rejects(
        PlainError,
        "rpc error: code = NotFound desc = unbonding delegation with delegator "
        f"{stakes.address('ann')} not found for validator {stakes.operator('val2')}",
    ):
        stakes.run(stakes.cancel("ann", "val2", 1, height))
    with stakes.rejects(
        NotFound, f"unbonding delegation entry is not found at block height {height + 1}: not found"
    ):
        stakes.run(stakes.cancel("ann", "val1", 1, height + 1))
    with stakes.rejects(
        InvalidRequest,
        "amount is greater than the unbonding delegation entry balance: invalid request",
    ):
        stakes.run(stakes.cancel("ann", "val1", 41, height))
    wrong = stakes.cancel("ann", "val1", 1, height)
    wrong.validator_address = "x"
    with stakes.rejects(InvalidAddress):
        stakes.run(wrong)
    stakes.ctx.time += UNBONDING
    with stakes.rejects(
        InvalidRequest, "unbonding delegation is already processed: invalid request"
    ):
        stakes.run(stakes.cancel("ann", "val1", 1, height))


def test_not_with_a_validator_that_is_jailed_or_worth_nothing(stakes: Stakes) -> None:
    height = given_unbonding(stakes)
    staking.jail(stakes.ctx, stakes.consensus("val1"))
    with stakes.rejects(ValidatorJailed):
        stakes.run(stakes.cancel("ann", "val1", 1, height))
    staking.slash(stakes.ctx, stakes.consensus("val1"), stakes.ctx.height, 11, Dec.ONE)
    with stakes.rejects(DelegatorShareExRateInvalid):
        stakes.run(stakes.cancel("ann", "val1", 1, height))
