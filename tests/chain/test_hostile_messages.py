"""Messages with every kind of nonsense in their fields are refused by a rule, never by accident.

Any message may come from anyone, so each handler meets strings that are no addresses, amounts that
are no numbers, absent and repeated parts. A refusal is a ChainError; all else would be a panic.
"""

from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from akashpy import wire
from akashpy.chain import registry
from akashpy.types.address import Address
from akashpy.types.errors import ChainError, Panic
from tests.chain.conftest import Given

GIVEN = Given()
ALICE = GIVEN.account("alice", uakt=10**9, uact=10**9)
URLS = sorted(registry.router().handlers)

TEXTS = st.sampled_from(
    [
        "", "x", ALICE, Address.of(b"z" * 20), Address.of_module("gov"), "akash1", "uakt", "uact",
        "1x", "0", "1", "-1", "007", "1.5", "1e9", str(10**18), str(2**256), "9" * 400, "é\u0000",
        f"{ALICE}/1", f"{ALICE}/1/1/1/{ALICE}", "1/1/x", "https://p.example", "region",
        "capabilities/gpu/vendor/*/model/*",
    ]
)  # fmt: skip
BYTES = st.sampled_from(
    [b"", b"x", b"0", b"-1", b"100", b"1.5", b"\xff\xfe", bytes(32), b"9" * 400]
)
NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32: [0, 1, -1, 2**31 - 1],
    FieldDescriptor.CPPTYPE_INT64: [0, 1, -1, 2**63 - 1, -(2**63)],
    FieldDescriptor.CPPTYPE_UINT32: [0, 1, 2, 2**32 - 1],
    FieldDescriptor.CPPTYPE_UINT64: [0, 1, 2, 2**64 - 1],
    FieldDescriptor.CPPTYPE_ENUM: [0, 1, 2, 3, 99],
    FieldDescriptor.CPPTYPE_BOOL: [False, True],
}


def fill(draw: st.DrawFn, message: Message, depth: int = 0) -> None:
    """Give every field of `message` something, or nothing."""
    for field in message.DESCRIPTOR.fields:
        if draw(st.integers(0, 5)) == 0 or depth > 7:
            continue
        if field.label == FieldDescriptor.LABEL_REPEATED:
            values = getattr(message, field.name)
            for _ in range(draw(st.integers(0, 2))):
                if field.message_type is not None:
                    fill(draw, values.add(), depth + 1)
                else:
                    values.append(draw(scalar(field)))
        elif field.message_type is not None:
            part = getattr(message, field.name)
            part.SetInParent()
            fill(draw, part, depth + 1)
        else:
            setattr(message, field.name, draw(scalar(field)))


def scalar(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    """Odd values of one field."""
    if field.type == FieldDescriptor.TYPE_BYTES:
        return BYTES
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return TEXTS
    return st.sampled_from(NUMBERS[field.cpp_type])


@st.composite
def messages(draw: st.DrawFn, url: str) -> Message:
    """A message of this type full of nonsense."""
    message = wire.message_class(url)()
    fill(draw, message)
    return message


@pytest.mark.parametrize("url", URLS)
def test_nonsense_is_refused_by_a_rule(url: str) -> None:
    @settings(max_examples=60)
    @given(message=messages(url))
    def attempt(message: Message) -> None:
        before = GIVEN.rows()
        try:
            with GIVEN.ctx.branch():
                GIVEN.router.dispatch(GIVEN.ctx, message)
                raise Panic("undo")
        except ChainError:
            pass
        assert GIVEN.rows() == before

    attempt()
