"""MsgSend: what moves, what is refused, what is told."""

import pytest

from akashpy.chain import auth, bank
from akashpy.types.bank import SendDisabled
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import (
    InsufficientFunds,
    InvalidAddress,
    InvalidCoins,
    Unauthorized,
)
from akashpy.types.events import Event
from akashpy.wire import bank as pb
from tests.chain.conftest import Given


def send_msg(sender: str, to: str, *amounts: str) -> pb.MsgSend:
    coins = [Coin.parse(amount).to_wire() for amount in amounts]
    return pb.MsgSend(from_address=sender, to_address=to, amount=coins)


def test_moves_coins_and_creates_the_receiver(given: Given) -> None:
    alice, bob = given.account("alice", uakt=100), given.address("bob")
    given.run(send_msg(alice, bob, "30uakt"))
    assert given.balance(alice) == 70
    assert given.balance(bob) == 30
    assert auth.require(given.ctx, bob.raw).sequence == 0
    given.holds()


def test_tells_what_the_sdk_tells(given: Given) -> None:
    alice, bob = given.account("alice", uakt=100), given.address("bob")
    given.run(send_msg(alice, bob, "30uakt"))
    assert given.events == [
        Event("coin_spent", (("spender", alice), ("amount", "30uakt"))),
        Event("coin_received", (("receiver", bob), ("amount", "30uakt"))),
        Event("transfer", (("recipient", bob), ("sender", alice), ("amount", "30uakt"))),
        Event("message", (("sender", alice),)),
    ]


def test_an_emptied_balance_leaves_no_row(given: Given) -> None:
    alice, bob = given.account("alice", uakt=100), given.address("bob")
    given.run(send_msg(alice, bob, "100uakt"))
    assert bank.balances(given.ctx, alice.raw) == Coins.EMPTY
    given.holds()


def test_sending_to_oneself_changes_nothing(given: Given) -> None:
    alice = given.account("alice", uakt=100)
    given.run(send_msg(alice, alice, "100uakt"))
    assert given.balance(alice) == 100
    given.holds()


def test_invalid_more_than_held(given: Given) -> None:
    alice, bob = given.account("alice", uakt=5), given.address("bob")
    with given.rejects(
        InsufficientFunds, "spendable balance 5uakt is smaller than 6uakt: insufficient funds"
    ):
        given.run(send_msg(alice, bob, "6uakt"))


def test_invalid_first_coin_moves_when_the_second_is_short(given: Given) -> None:
    alice, bob = given.account("alice", uakt=5), given.address("bob")
    given.run(_enable("uact"))
    given.events.clear()
    with given.rejects(InsufficientFunds):
        given.run(send_msg(alice, bob, "1uact", "5uakt"))


def _enable(denom: str) -> pb.MsgSetSendEnabled:
    msg = pb.MsgSetSendEnabled(authority=auth.AUTHORITY)
    msg.send_enabled.add(denom=denom, enabled=True)
    return msg


def test_invalid_denomination_that_may_not_be_sent(given: Given) -> None:
    alice, bob = given.account("alice", uact=5), given.address("bob")
    with given.rejects(
        SendDisabled, "uact transfers are currently disabled: send transactions are disabled"
    ):
        given.run(send_msg(alice, bob, "1uact"))


@pytest.mark.parametrize("module", sorted(auth.MODULE_ADDRESSES))
def test_invalid_module_account_as_receiver(given: Given, module: str) -> None:
    from akashpy.types.address import Address

    alice, to = given.account("alice", uakt=5), Address.of_module(module)
    with given.rejects(Unauthorized, f"{to} is not allowed to receive funds: unauthorized"):
        given.run(send_msg(alice, to, "1uakt"))


def test_invalid_addresses(given: Given) -> None:
    alice = given.account("alice", uakt=5)
    with given.rejects(
        InvalidAddress,
        "invalid to address: empty address string is not allowed: invalid address",
    ):
        given.run(send_msg(alice, "", "1uakt"))
    with given.rejects(InvalidAddress):
        given.run(send_msg("cosmos1x", alice, "1uakt"))


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        ((), ": invalid coins"),
        (("0uakt",), "0uakt: invalid coins"),
        (("1uakt", "1uakt"), "1uakt,1uakt: invalid coins"),
        (("1uakt", "1uact"), "1uakt,1uact: invalid coins"),
    ],
)
def test_invalid_coins(given: Given, amounts: tuple[str, ...], text: str) -> None:
    alice, bob = given.account("alice", uakt=5), given.address("bob")
    with given.rejects(InvalidCoins, text):
        given.run(send_msg(alice, bob, *amounts))
