"""Key parts keep order and come back; values come back."""

from dataclasses import dataclass
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.state import codecs
from akashpy.state.codecs import (
    I32,
    I64,
    U8,
    U32,
    U64,
    Bytes,
    Fields,
    Int,
    Presence,
    Raw,
    RawBytes,
    Str,
    Text,
    Uint64,
    key_parts,
    message,
    record,
)
from akashpy.types.errors import InvalidRequest
from akashpy.wire import Coin

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4)
I32S = st.integers(-(2**31), 2**31 - 1)
U64S = st.integers(0, 2**64 - 1)


@given(st.lists(st.tuples(TEXTS, U64S, I32S, st.binary(max_size=3)), min_size=2, max_size=2))
def test_encoded_keys_sort_as_their_parts(pair) -> None:
    key = key_parts((Str, U64, I32, Bytes))
    as_bytes = [(text.encode(), *rest) for text, *rest in pair]
    a, b = (key.encode(item) for item in pair)
    assert (a < b) == (as_bytes[0] < as_bytes[1])
    assert [key.decode(data, 0)[0] for data in (a, b)] == pair


@given(st.binary(max_size=255), st.integers(0, 255), st.integers(0, 2**32 - 1))
def test_other_parts_come_back(raw: bytes, small: int, middle: int) -> None:
    key = key_parts((Raw, U8, U32, I64))
    item = (raw, small, middle, -small)
    assert key.decode(b"skip" + key.encode(item), 4) == (item, 4 + len(key.encode(item)))


@pytest.mark.parametrize(
    ("part", "value"),
    [(Str, "a\0b"), (Raw, b"x" * 256), (U8, 256), (U64, -1), (U64, 2**64), (I32, 2**31)],
)
def test_invalid_parts_are_refused(part, value) -> None:
    with pytest.raises(InvalidRequest):
        key_parts(part).encode(value)


@dataclass(frozen=True, slots=True)
class Parent:
    owner: str
    number: int


@dataclass(frozen=True, slots=True)
class Child:
    owner: str
    number: int
    place: int


def test_a_dataclass_is_a_key_and_a_prefix() -> None:
    key = key_parts(Fields(Child, Str, U64, U32))
    data = key.encode(Child("a", 1, 2))
    assert key.decode(data, 0)[0] == Child("a", 1, 2)
    assert data.startswith(key.prefix((Parent("a", 1),)))
    assert key_parts((Str, U64, U32)).encode((Parent("a", 1), 2)) == data


def test_a_wrong_number_of_parts_is_refused() -> None:
    key = key_parts((Str, U64))
    with pytest.raises(ValueError, match="1 parts instead of 2"):
        key.encode(("a",))
    with pytest.raises(ValueError, match="longer than"):
        key.prefix(("a", 1, 2))
    with pytest.raises(TypeError, match="3 fields"):
        Fields(Child, Str)


def test_text_may_decode_to_a_class() -> None:
    class Name(str):
        pass

    assert type(key_parts(Str.of(Name)).decode(b"a\0", 0)[0]) is Name


@pytest.mark.parametrize(
    ("codec", "value"),
    [(Int, -(10**30)), (Uint64, 2**64 - 1), (RawBytes, b"\0x"), (Text, "ü"), (Presence, True)],
)
def test_values_come_back(codec, value) -> None:
    assert codec.decode(codec.encode(value)) == value


class Wire:
    """The shape of a generated message."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def SerializeToString(self, *, deterministic: bool) -> bytes:
        assert deterministic
        return self.text.encode()

    @staticmethod
    def FromString(data: bytes) -> "Wire":
        return Wire(data.decode())


@dataclass(frozen=True, slots=True)
class Named:
    name: str

    @staticmethod
    def WIRE() -> type[Wire]:
        return Wire

    def to_wire(self) -> Wire:
        return Wire(self.name)

    @classmethod
    def from_wire(cls, wire: Wire) -> "Named":
        return cls(wire.text)


def test_records_and_messages_come_back() -> None:
    assert record(Named).decode(record(Named).encode(Named("x"))) == Named("x")
    assert message(Wire).decode(message(Wire).encode(Wire("x"))).text == "x"


class Coded:
    """A record that counts how often it is parsed."""

    parsed = 0

    def __init__(self, amount: str) -> None:
        self.amount = amount

    @classmethod
    def WIRE(cls) -> type[Coin]:
        return Coin

    @classmethod
    def from_wire(cls, msg: Coin) -> Self:
        cls.parsed += 1
        return cls(msg.amount)


class Changeable(Coded):
    """A record that has contents to change, as it cannot be hashed."""

    __hash__ = None  # type: ignore[assignment]  # as a list has it


def test_a_record_read_again_is_not_parsed_again() -> None:
    codec = codecs.record(Coded)
    data = [Coin(amount=str(number)).SerializeToString() for number in range(5000)]
    for _ in range(3):
        assert codec.decode(bytes(bytearray(data[7]))).amount == "7"
    assert Coded.parsed == 1
    assert [codec.decode(each).amount for each in data] == [str(n) for n in range(5000)]
    assert len(codec._known) <= codecs._READ_AGAIN


def test_a_record_that_can_be_changed_is_not_given_out_twice() -> None:
    codec, data = codecs.record(Changeable), Coin(amount="1").SerializeToString()
    codec.decode(data).amount = "2"
    assert codec.decode(data).amount == "1"
