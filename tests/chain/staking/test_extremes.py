"""Valid messages with one extreme value: refused by a rule or done, and the block ends."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from akashpy.types.errors import ChainError, Panic
from tests.chain.staking.conftest import STAKE, UNBONDING, Stakes

NUMBERS = ("-1", "0", "1", str(2**63), str(2**64), str(2**255), str(2**256 - 1), str(-(2**255)))
INTEGERS = (-(2**63), -1, 0, 1, 2**63 - 1)
TEXTS = ("", "x", "é" * 5_000, "\0", *NUMBERS)


def valid(stakes: Stakes) -> list[Message]:
    height = stakes.ctx.height
    return [
        stakes.create("ann"),
        stakes.edit("val1", min_self_delegation="2000000"),
        stakes.delegate("ann", "val1", 5),
        stakes.undelegate("val1", "val1", 5),
        stakes.redelegate("val1", "val1", "val2", 5),
        stakes.cancel("val2", "val2", 5, height),
    ]


def places(message: Message) -> list[tuple[Message, FieldDescriptor]]:
    """Every scalar field of a message and of its parts."""
    found: list[tuple[Message, FieldDescriptor]] = []
    for field in message.DESCRIPTOR.fields:
        if field.message_type is None:
            found.append((message, field))
        elif message.HasField(field.name) and "Any" not in field.message_type.full_name:
            found += places(getattr(message, field.name))
    return found


def extremes(field: FieldDescriptor) -> tuple[Any, ...]:
    return TEXTS if field.type == FieldDescriptor.TYPE_STRING else INTEGERS


@pytest.mark.parametrize("which", range(6))
def test_one_extreme_value(which: int) -> None:
    stakes = Stakes()
    stakes.run(stakes.undelegate("val2", "val2", 50))
    count = len(places(valid(stakes)[which]))
    tried = 0
    for place in range(count):
        for value in extremes(places(valid(stakes)[which])[place][1]):
            message = valid(stakes)[which]
            part, field = places(message)[place]
            setattr(part, field.name, value)
            trial = Stakes.__new__(Stakes)
            trial.__dict__ = {**stakes.__dict__, "ctx": stakes.ctx.fork()}
            tried += 1
            before = trial.ctx.changes.copy()
            try:
                trial.run(message)
            except ChainError:
                assert trial.ctx.changes == before
                continue
            trial.turn(UNBONDING)
            trial.turn()
            trial.sound()
    assert tried >= 20


def test_a_stake_near_the_end_of_all_numbers(stakes: Stakes) -> None:
    """Power has 63 bits: more is refused when it is staked, not when the block ends."""
    most = (2**63 - 1) * 10**6 + 999_999 - STAKE
    stakes.account("ann", uakt=2**100)
    stakes.run(stakes.delegate("ann", "val1", most))
    with stakes.rejects(Panic, "Int64() out of bound: panic"):  # the code that Go's panic gives
        stakes.run(stakes.delegate("ann", "val1", 1))
    stakes.turn()
    stakes.sound()
