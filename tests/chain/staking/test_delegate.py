"""MsgDelegate: shares for coins, and every refusal."""

from typing import Any

import pytest

from akashpy.types.dec import Dec
from akashpy.types.errors import (
    ChainError,
    InsufficientFunds,
    InvalidAddress,
    InvalidRequest,
    TxDecode,
)
from akashpy.types.staking import DelegatorShareExRateInvalid, NoValidatorFound
from akashpy.wire.base import Coin
from tests.chain.staking.conftest import STAKE, Stakes


def test_coins_become_shares(stakes: Stakes) -> None:
    before = stakes.balance(stakes.address("ann"))
    stakes.run(stakes.delegate("ann", "val1", 5))
    assert stakes.balance(stakes.address("ann")) == before - 5
    assert stakes.shares("ann", "val1") == Dec.of(5)
    assert stakes.validator("val1").tokens == str(STAKE + 5)
    assert stakes.pools() == (2 * STAKE + 5, 0)
    stakes.run(stakes.delegate("ann", "val1", 6))
    assert stakes.shares("ann", "val1") == Dec.of(11)
    assert stakes.told("delegate")[1] == {
        "validator": str(stakes.operator("val1")),
        "delegator": str(stakes.address("ann")),
        "amount": "6uakt",
        "new_shares": "6.000000000000000000",
    }
    stakes.sound()


def test_bank_tells_spending_before_staking_tells_shares(stakes: Stakes) -> None:
    stakes.run(stakes.delegate("ann", "val1", 5))
    kinds = [event.type for event in stakes.events]
    assert kinds.index("coin_spent") < kinds.index("coin_received") < kinds.index("delegate")
    assert "transfer" not in kinds


def test_stake_of_a_validator_that_waits_is_not_bonded(stakes: Stakes) -> None:
    stakes.run(stakes.create("ann"))
    stakes.run(stakes.delegate("bob", "ann", 7))
    assert stakes.pools() == (2 * STAKE, STAKE + 7)
    stakes.turn()
    assert stakes.pools() == (3 * STAKE + 7, 0)
    stakes.sound()


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        (
            {"validator_address": "nobody"},
            InvalidAddress,
            "invalid validator address: decoding bech32 failed: invalid bech32 string length 6: "
            "invalid address",
        ),
        (
            {"delegator_address": "  "},
            InvalidAddress,
            "invalid delegator address: empty address string is not allowed: invalid address",
        ),
        ({"amount": Coin(denom="uakt", amount="0")}, InvalidRequest, "invalid delegation amount"),
        ({"amount": Coin(denom="uakt", amount="-5")}, InvalidRequest, "invalid delegation amount"),
        ({"amount": Coin(denom="u", amount="5")}, InvalidRequest, "invalid delegation amount"),
        ({"amount": Coin()}, InvalidRequest, "invalid delegation amount"),
        ({"amount": Coin(denom="uakt", amount="x")}, TxDecode, None),
        ({"amount": Coin(denom="uakt", amount="9" * 99)}, TxDecode, None),
        (
            {"amount": Coin(denom="uact", amount="5")},
            InvalidRequest,
            "invalid coin denomination: got uact, expected uakt",
        ),
        (
            {"amount": Coin(denom="uakt", amount="1" + "0" * 12)},
            InsufficientFunds,
            "failed to delegate; 1000000000uakt is smaller than 1000000000000uakt",
        ),
    ],
)
def test_refused(
    stakes: Stakes, changes: dict[str, Any], error: type[ChainError], text: str | None
) -> None:
    msg = stakes.delegate("ann", "val1", 5)
    for field, value in changes.items():
        msg.ClearField(field)
        msg.MergeFrom(type(msg)(**{field: value}))
    full = None if text is None else text
    if error is InvalidRequest:
        full = f"{text}: invalid request"
    if error is InsufficientFunds:
        full = f"{text}: insufficient funds"
    with stakes.rejects(error, full):
        stakes.run(msg)


def test_an_account_is_no_validator(stakes: Stakes) -> None:
    msg = stakes.delegate("ann", "val1", 5)
    msg.validator_address = stakes.address("val1")
    with stakes.rejects(
        InvalidAddress,
        "invalid validator address: hrp does not match bech32 prefix: expected 'akashvaloper' got "
        "'akash': internal logic error: invalid address",
    ):
        stakes.run(msg)


def test_no_validator(stakes: Stakes) -> None:
    with stakes.rejects(NoValidatorFound, "validator does not exist"):
        stakes.run(stakes.delegate("ann", "bob", 5))


def test_shares_worth_nothing_are_not_sold(stakes: Stakes) -> None:
    from akashpy.chain import staking

    staking.slash(stakes.ctx, stakes.consensus("val1"), stakes.ctx.height, 10, Dec.ONE)
    assert stakes.validator("val1").tokens == "0"
    with stakes.rejects(
        DelegatorShareExRateInvalid, "cannot delegate to validators with invalid (zero) ex-rate"
    ):
        stakes.run(stakes.delegate("ann", "val1", 5))


def test_a_slashed_validators_shares_are_cheaper(stakes: Stakes) -> None:
    from akashpy.chain import staking

    staking.slash(stakes.ctx, stakes.consensus("val1"), stakes.ctx.height, 10, Dec.of("0.3"))
    stakes.run(stakes.delegate("ann", "val1", 7))
    assert stakes.shares("ann", "val1") == Dec.of(10)
    stakes.sound()
