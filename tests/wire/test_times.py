"""Texts of durations, times and decimals, to the nanosecond and the 18th place."""

from __future__ import annotations

import pytest

from akashpy.wire import _decimals as decimals
from akashpy.wire import _times as times


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (0, 0, "0s"),
        (3600, 0, "3600s"),
        (1, 500_000_000, "1.500s"),
        (0, 1, "0.000000001s"),
        (0, 1_000, "0.000001s"),
        (-1, -500_000_000, "-1.500s"),
    ],
)
def test_duration(seconds: int, nanos: int, text: str) -> None:
    assert times.duration_text(seconds, nanos) == text
    assert times.parse_duration(text) == seconds * times.SECOND + nanos


@pytest.mark.parametrize(
    ("text", "nanos"),
    [("1h30m", 5400 * times.SECOND), (".5s", times.SECOND // 2), ("0", 0), ("1us", 1_000)],
)
def test_duration_as_people_write_it(text: str, nanos: int) -> None:
    assert times.parse_duration(text) == nanos


@pytest.mark.parametrize("text", ["", "5", "s", "1 s", "1d", "-", "9223372036854775808ns"])
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        times.parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (0, 0, "1970-01-01T00:00:00Z"),
        (1_795_354_666, 364_459_316, "2026-11-22T13:37:46.364459316Z"),
        (1_795_354_666, 120_000_000, "2026-11-22T13:37:46.120Z"),
        (times.ZERO_TIME_SECONDS, 0, "0001-01-01T00:00:00Z"),
        (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_timestamp(seconds: int, nanos: int, text: str) -> None:
    assert times.timestamp_text(seconds, nanos) == text
    assert times.parse_timestamp(text) == (seconds, nanos)


def test_timestamp_with_an_offset() -> None:
    assert times.parse_timestamp("1970-01-01T01:00:00.5+01:00") == (0, 500_000_000)


@pytest.mark.parametrize("text", ["", "2026-11-22", "2026-13-22T13:37:46Z", "2026-11-22T13:37:46"])
def test_no_timestamp(text: str) -> None:
    with pytest.raises(ValueError, match=r"invalid RFC 3339|month must be"):
        times.parse_timestamp(text)


def test_timestamp_out_of_range() -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        times.timestamp_text(253_402_300_800, 0)


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("1500000000000000000", "1.500000000000000000"),
        ("-500000000000000000", "-0.500000000000000000"),
        ("1", "0.000000000000000001"),
        ("0", "0.000000000000000000"),
    ],
)
def test_decimal(wire: str, text: str) -> None:
    assert decimals.dec_to_json(wire) == text
    assert decimals.dec_from_json(text) == wire


def test_decimal_zero_has_no_sign() -> None:
    assert decimals.dec_from_json("-0.0") == "0"
    assert decimals.dec_to_json("") == "0.000000000000000000"


@pytest.mark.parametrize("wire", ["1.5", "x", "-"])
def test_no_decimal_on_the_wire(wire: str) -> None:
    with pytest.raises(ValueError, match="invalid decimal"):
        decimals.dec_to_json(wire)
