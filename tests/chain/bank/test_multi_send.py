"""MsgMultiSend: one sender, several receivers, all or nothing."""

import pytest

from akashpy.chain import auth
from akashpy.types.bank import (
    InputOutputMismatch,
    MultipleSenders,
    NoInputs,
    NoOutputs,
    SendDisabled,
)
from akashpy.types.coin import Coins
from akashpy.types.errors import (
    ChainError,
    InsufficientFunds,
    InvalidAddress,
    InvalidCoins,
    Unauthorized,
)
from akashpy.types.events import Event
from akashpy.wire import bank as pb
from tests.chain.conftest import Given


def multi(inputs: list[tuple[str, str]], outputs: list[tuple[str, str]]) -> pb.MsgMultiSend:
    return pb.MsgMultiSend(
        inputs=[pb.Input(address=a, coins=Coins.parse(c).to_wire()) for a, c in inputs],
        outputs=[pb.Output(address=a, coins=Coins.parse(c).to_wire()) for a, c in outputs],
    )


def test_moves_and_tells_in_the_sdk_order(given: Given) -> None:
    alice, bob, carol = (
        given.account("alice", uakt=10),
        given.address("bob"),
        given.address("carol"),
    )
    given.run(multi([(alice, "7uakt")], [(bob, "3uakt"), (carol, "4uakt")]))
    assert [given.balance(each) for each in (alice, bob, carol)] == [3, 3, 4]
    assert given.events == [
        Event("message", (("sender", alice),)),
        Event("coin_spent", (("spender", alice), ("amount", "7uakt"))),
        Event("coin_received", (("receiver", bob), ("amount", "3uakt"))),
        Event("transfer", (("recipient", bob), ("sender", alice), ("amount", "3uakt"))),
        Event("coin_received", (("receiver", carol), ("amount", "4uakt"))),
        Event("transfer", (("recipient", carol), ("sender", alice), ("amount", "4uakt"))),
    ]
    given.holds()


@pytest.mark.parametrize(
    ("inputs", "outputs", "error"),
    [
        ([], [("bob", "1uakt")], NoInputs),
        ([("alice", "1uakt"), ("bob", "1uakt")], [("bob", "2uakt")], MultipleSenders),
        ([("alice", "1uakt")], [], NoOutputs),
        ([("alice", "2uakt")], [("bob", "1uakt")], InputOutputMismatch),
        ([("alice", "1uact")], [("bob", "1uakt")], InputOutputMismatch),
        ([("alice", "1uact")], [("bob", "1uact")], SendDisabled),
        ([("alice", "11uakt")], [("bob", "11uakt")], InsufficientFunds),
        ([("alice", "")], [("bob", "1uakt")], InvalidCoins),
    ],
)
def test_invalid(
    given: Given,
    inputs: list[tuple[str, str]],
    outputs: list[tuple[str, str]],
    error: type[ChainError],
) -> None:
    given.account("alice", uakt=10, uact=10)
    msg = multi(
        [(given.address(name), coins) for name, coins in inputs],
        [(given.address(name), coins) for name, coins in outputs],
    )
    with given.rejects(error):
        given.run(msg)


def test_invalid_receivers(given: Given) -> None:
    alice = given.account("alice", uakt=10)
    with given.rejects(InvalidAddress):
        given.run(multi([(alice, "1uakt")], [("nobody", "1uakt")]))
    with given.rejects(Unauthorized):
        given.run(multi([(alice, "1uakt")], [(auth.AUTHORITY, "1uakt")]))
