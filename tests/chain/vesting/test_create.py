"""The three messages that make vesting accounts: what they make, what they refuse."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import auth, bank
from akashpy.types.address import Address
from akashpy.types.bank import SendDisabled
from akashpy.types.coin import Coins
from akashpy.types.errors import (
    InsufficientFunds,
    InvalidAddress,
    InvalidCoins,
    InvalidRequest,
    Panic,
    Unauthorized,
)
from akashpy.types.vesting import Kind, Period
from akashpy.wire import vesting as pb
from tests.chain.conftest import GENESIS_TIME, Given

NOW = GENESIS_TIME // 10**9
UAKT = Coins.parse("100uakt")


def continuous(given: Given, **fields: Any) -> Any:
    """MsgCreateVestingAccount of alice to bob with 100uakt over 1000 s, unless told otherwise."""
    found = {"amount": UAKT.to_wire(), "end_time": NOW + 1000}
    return pb.MsgCreateVestingAccount(**_parties(given), **(found | fields))


def permanent(given: Given, **fields: Any) -> Any:
    """MsgCreatePermanentLockedAccount of the same."""
    return pb.MsgCreatePermanentLockedAccount(
        **_parties(given), **({"amount": UAKT.to_wire()} | fields)
    )


def periodic(given: Given, *periods: tuple[int, str], start: int = NOW) -> Any:
    """MsgCreatePeriodicVestingAccount with these (length, coins)."""
    return pb.MsgCreatePeriodicVestingAccount(
        **_parties(given),
        start_time=start,
        vesting_periods=[
            pb.Period(length=length, amount=Coins.parse(coins).to_wire())
            for length, coins in periods
        ],
    )


def _parties(given: Given) -> Any:
    return {"from_address": given.address("alice"), "to_address": given.address("bob")}


@pytest.fixture(autouse=True)
def _alice(given: Given) -> None:
    given.account("alice", uakt=1000, uact=1000)


@pytest.mark.parametrize("delayed", [False, True])
def test_creates_a_vesting_account(given: Given, delayed: bool) -> None:
    given.run(continuous(given, delayed=delayed))
    bob = auth.require(given.ctx, given.address("bob").raw)
    assert bob.vesting is not None
    assert bob.vesting.kind is (Kind.DELAYED if delayed else Kind.CONTINUOUS)
    assert (bob.vesting.original, bob.vesting.end) == (UAKT, NOW + 1000)
    assert bob.vesting.start == (0 if delayed else NOW)
    assert given.balance(given.address("bob")) == 100
    assert bank.spendable(given.ctx, bob.address, "uakt") == 0
    assert [event.type for event in given.events] == [
        "coin_spent", "coin_received", "transfer", "message"
    ]  # fmt: skip
    given.holds()


def test_creates_a_permanently_locked_account(given: Given) -> None:
    given.run(permanent(given))
    bob = auth.require(given.ctx, given.address("bob").raw)
    assert bob.vesting is not None
    assert (bob.vesting.kind, bob.vesting.end) == (Kind.PERMANENT, 0)
    shown = wire.to_json(auth.to_wire(bob))["base_vesting_account"]
    assert shown["original_vesting"] == [{"denom": "uakt", "amount": "100"}]
    given.holds()


def test_creates_a_periodic_account(given: Given) -> None:
    given.run(periodic(given, (10, "5uakt"), (20, "6uakt"), start=5))
    bob = auth.require(given.ctx, given.address("bob").raw)
    assert bob.vesting is not None
    assert (bob.vesting.start, bob.vesting.end) == (5, 35)
    assert bob.vesting.periods == (
        Period(10, Coins.parse("5uakt")),
        Period(20, Coins.parse("6uakt")),
    )
    assert given.balance(given.address("bob")) == 11
    given.holds()


@pytest.mark.parametrize("make", [continuous, permanent, periodic])
class TestEveryKindRefuses:
    """What all three messages refuse alike."""

    def test_a_bad_sender(self, given: Given, make: Any) -> None:
        msg = make(given)
        msg.from_address = "akash1"
        with given.rejects(InvalidAddress):
            given.run(msg)

    def test_a_bad_receiver(self, given: Given, make: Any) -> None:
        msg = make(given)
        msg.to_address = ""
        with given.rejects(
            InvalidAddress,
            "invalid 'to' address: empty address string is not allowed: invalid address",
        ):
            given.run(msg)

    def test_an_account_that_exists(self, given: Given, make: Any) -> None:
        bob = given.account("bob", uakt=1)
        with given.rejects(InvalidRequest, f"account {bob} already exists: invalid request"):
            given.run(make(given))

    def test_a_module(self, given: Given, make: Any) -> None:
        msg = make(given)
        msg.to_address = Address.of_module("gov")
        with given.rejects(
            Unauthorized, f"{msg.to_address} is not allowed to receive funds: unauthorized"
        ):
            given.run(msg)


@pytest.mark.parametrize("make", [continuous, permanent])
def test_invalid_amounts(given: Given, make: Any) -> None:
    with given.rejects(InvalidCoins, ": invalid coins"):
        given.run(make(given, amount=[]))
    with given.rejects(InvalidCoins, "0uakt: invalid coins"):
        given.run(make(given, amount=[wire.Coin(denom="uakt", amount="0")]))
    with given.rejects(SendDisabled):
        given.run(make(given, amount=Coins.parse("1uact").to_wire()))
    with given.rejects(InsufficientFunds):
        given.run(make(given, amount=Coins.parse("1001uakt").to_wire()))


@pytest.mark.parametrize("end", [0, -1])
def test_invalid_end_time(given: Given, end: int) -> None:
    with given.rejects(InvalidRequest, "invalid end time: invalid request"):
        given.run(continuous(given, end_time=end))


def test_invalid_periods(given: Given) -> None:
    with given.rejects(
        InvalidRequest, "invalid start time of 0, length must be greater than 0: invalid request"
    ):
        given.run(periodic(given, (1, "1uakt"), start=0))
    with given.rejects(
        InvalidRequest,
        "invalid period length of 0 in period 1, length must be greater than 0: invalid request",
    ):
        given.run(periodic(given, (1, "1uakt"), (0, "1uakt")))
    with given.rejects(InvalidCoins, ": invalid coins"):
        given.run(periodic(given, (1, "")))
    with given.rejects(
        InvalidRequest, "vesting start-time cannot be before end-time: invalid request"
    ):
        given.run(periodic(given))
    with given.rejects(
        InvalidRequest, "vesting start-time cannot be before end-time: invalid request"
    ):
        given.run(periodic(given, (2**63 - 1, "1uakt"), (2, "1uakt")))
    with given.rejects(SendDisabled):
        given.run(periodic(given, (1, "1uact")))
    with given.rejects(Panic):
        given.run(periodic(given, (1, f"{2**256 - 1}uakt"), (1, f"{2**256 - 1}uakt")))
