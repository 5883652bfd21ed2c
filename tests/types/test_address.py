"""Addresses: decoding with tables gives what the slow way gives, and Go's texts for refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.types import address
from akashpy.types.address import VALOPER, Address
from akashpy.types.errors import InvalidAddress

TEXT = "akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63"
RAW = bytes.fromhex("8ea8466f1587bae692519aa1d678c937b5d6e34d")


def test_parse_and_format_are_inverse() -> None:
    assert Address.parse(TEXT).raw == RAW
    assert Address.of(RAW) == TEXT
    assert isinstance(Address.of(RAW), str)


def test_upper_case_is_read_and_becomes_canonical() -> None:
    assert Address.parse(TEXT.upper()) == TEXT


def test_module_accounts() -> None:
    assert Address.of_module("gov") == "akash10d07y265gmmuvt4z0w9aw880jnsr700jhe7z0f"
    assert Address.of_module("escrow") == "akash14pphss726thpwws3yc458hggufynm9x77l4l2u"


def test_other_prefixes() -> None:
    operator = Address.parse(TEXT).with_prefix(VALOPER)
    assert operator.startswith("akashvaloper1")
    assert Address.parse(operator, prefix=VALOPER).raw == RAW
    with pytest.raises(InvalidAddress, match="expected akash, got akashvaloper"):
        Address.parse(operator)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "empty address string is not allowed"),
        (" ", "empty address string is not allowed"),
        ("abc", "decoding bech32 failed: invalid bech32 string length 3"),
        ("akash1", "decoding bech32 failed: invalid bech32 string length 6"),
        ("akash1qqqq", "decoding bech32 failed: invalid separator index 5"),
        ("akashakashakash", "decoding bech32 failed: invalid separator index -1"),
        (
            TEXT[:-1] + "x",
            "decoding bech32 failed: invalid checksum (expected nmlx63 got nmlx6x)",
        ),
        (
            TEXT.replace("akash1", "cosmos1"),
            "decoding bech32 failed: invalid checksum (expected 7qjprt got nmlx63)",
        ),
        (
            TEXT.replace("7a", "7A"),
            "decoding bech32 failed: string not all lowercase or all uppercase",
        ),
        (
            TEXT.replace("akash13", "akash1b"),
            "decoding bech32 failed: invalid character not part of charset: 98",
        ),
        (TEXT.replace("yv", " v"), "decoding bech32 failed: invalid character in string: ' '"),
    ],
)
def test_refusals_say_what_go_says(text: str, detail: str) -> None:
    with pytest.raises(InvalidAddress) as caught:
        Address.parse(text)
    assert caught.value.detail == detail
    assert not Address.is_valid(text)


@pytest.mark.parametrize("size", [0, 256])
def test_wrong_sizes_are_refused(size: int) -> None:
    with pytest.raises(InvalidAddress):
        Address.of(bytes(size))


@given(st.binary(min_size=1, max_size=255))
def test_any_bytes_survive(raw: bytes) -> None:
    assert address._decode_slowly(address.encode(raw, "akash"), "akash") == raw


@given(st.binary(min_size=20, max_size=20), st.integers(6, 43), st.sampled_from(address.CHARSET))
def test_the_quick_way_agrees_with_the_slow_way(raw: bytes, place: int, char: str) -> None:
    text = address.encode(raw, "akash")
    assert text == address._encode_slowly(raw, "akash")
    assert address.decode(text, "akash") == raw
    spoilt = text[:place] + char + text[place + 1 :]
    if spoilt != text:
        with pytest.raises(InvalidAddress, match="invalid checksum"):
            address.decode(spoilt, "akash")
