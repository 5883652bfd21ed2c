"""MsgWithdrawDelegatorReward: a delegation's rewards since it last changed."""

import pytest

from akashpy.chain import auth, distribution, staking
from akashpy.types.dec import Dec
from akashpy.types.distribution import EmptyDelegationDistInfo
from akashpy.types.errors import InvalidAddress, Unauthorized
from akashpy.types.staking import NoDelegation, NoValidatorFound
from tests.chain.economy import Economy


def test_pays_whole_units_and_gives_the_rest_to_the_community(chain: Economy) -> None:
    chain.run(chain.delegate("ann", "val1", 5_000_000))
    chain.block()
    chain.block(uakt=1001)
    # 1001 less 2 %, half of it less 10 %, a third of it
    assert str(chain.earned("ann", "val1")) == "147.147000000000000000uakt"
    before, pool = chain.balance(chain.address("ann")), distribution.pool(chain.ctx)
    answer = chain.run(chain.withdraw("ann", "val1"))
    assert [(coin.denom, coin.amount) for coin in answer.amount] == [("uakt", "147")]
    assert chain.balance(chain.address("ann")) == before + 147
    rest = distribution.pool(chain.ctx).subtract(pool)
    assert str(rest) == "0.147000000000000000uakt"
    assert chain.told("withdraw_rewards")[-1] == {
        "amount": "147uakt",
        "validator": chain.operator("val1"),
        "delegator": chain.address("ann"),
    }
    assert chain.earned("ann", "val1") == ()
    chain.sound()


def test_nothing_earned_is_told_as_zero(chain: Economy) -> None:
    answer = chain.run(chain.withdraw("val1", "val1"))
    assert [(coin.denom, coin.amount) for coin in answer.amount] == [("uakt", "0")]
    assert chain.told("withdraw_rewards")[-1]["amount"] == "0uakt"
    assert chain.told("transfer") == []
    chain.sound()


def test_to_the_withdraw_address(chain: Economy) -> None:
    chain.block(uakt=1000)
    distribution.records.WITHDRAW_ADDRESS.put(
        chain.ctx, chain.address("val1").raw, chain.address("zoe").raw
    )
    chain.run(chain.withdraw("val1", "val1"))
    assert chain.balance(chain.address("zoe")) == 441
    chain.sound()


def test_staking_more_pays_what_was_earned_before(chain: Economy) -> None:
    chain.run(chain.delegate("ann", "val1", 10_000_000))
    chain.block()
    chain.block(uakt=2000)
    before = chain.balance(chain.address("ann"))
    chain.run(chain.delegate("ann", "val1", 1))
    assert chain.balance(chain.address("ann")) == before - 1 + 441
    chain.run(chain.undelegate("ann", "val1", 10_000_001))
    chain.sound()


def test_a_slash_takes_from_all_alike(chain: Economy) -> None:
    chain.run(chain.delegate("ann", "val1", 10_000_000))
    chain.block()
    chain.block(uakt=2000)
    assert chain.earned("ann", "val1").amount_of("uakt").round() == 441
    staking.slash(chain.ctx, chain.consensus("val1"), chain.ctx.height - 2, 20, Dec.of("0.5"))
    chain.block(uakt=2000)
    # the votes know val1's 20 of 30 by now; half of its tokens are gone, ann has half of the rest
    assert chain.earned("ann", "val1").amount_of("uakt").round() == 441 + 588
    chain.run(chain.undelegate("ann", "val1", 5_000_000))
    slashes = [
        event for _, event in distribution.SLASHES.under(chain.ctx, chain.address("val1").raw)
    ]
    assert [event.fraction for event in slashes] == [Dec.of("0.5")]
    chain.sound()


def test_many_slashes_never_stop_a_withdrawal(chain: Economy) -> None:
    chain.run(chain.delegate("ann", "val1", 3_333_333))
    for _ in range(30):
        chain.block(uakt=777)
        power = staking.power(chain.validator("val1"))
        staking.slash(chain.ctx, chain.consensus("val1"), chain.ctx.height, power, Dec.of("0.07"))
        chain.sound()
    chain.run(chain.withdraw("ann", "val1"))
    chain.run(chain.withdraw("val1", "val1"))
    chain.sound()


@pytest.mark.parametrize(
    ("who", "at", "error", "text"),
    [
        ("bob", "val1", NoDelegation, "no delegation for (address, validator) tuple"),
        ("val1", "bob", NoValidatorFound, "validator does not exist"),
    ],
)
def test_invalid(chain: Economy, who: str, at: str, error: type[NoDelegation], text: str) -> None:
    with chain.rejects(error, text):
        chain.run(chain.withdraw(who, at))


def test_invalid_addresses(chain: Economy) -> None:
    msg = chain.withdraw("val1", "val1")
    msg.validator_address = chain.address("val1")
    text = (
        "invalid validator address: hrp does not match bech32 prefix: expected 'akashvaloper' "
        "got 'akash': internal logic error: invalid address"
    )
    with chain.rejects(InvalidAddress, text):
        chain.run(msg)
    msg = chain.withdraw("val1", "val1")
    msg.delegator_address = ""
    text = "invalid delegator address: empty address string is not allowed: invalid address"
    with chain.rejects(InvalidAddress, text):
        chain.run(msg)


def test_invalid_without_a_starting_record(chain: Economy) -> None:
    key = chain.address("val1").raw, chain.address("val1").raw
    distribution.records.STARTING.remove(chain.ctx, key)
    with chain.rejects(EmptyDelegationDistInfo, "no delegation distribution info"):
        chain.run(chain.withdraw("val1", "val1"))


def test_invalid_to_a_modules_account(chain: Economy) -> None:
    chain.block(uakt=1000)
    distribution.records.WITHDRAW_ADDRESS.put(
        chain.ctx, chain.address("val1").raw, auth.MODULE_ADDRESSES["gov"]
    )
    with chain.rejects(Unauthorized):
        chain.run(chain.withdraw("val1", "val1"))
