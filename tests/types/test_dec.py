"""Decimals against exact fractions: banker's rounding, truncation, bounds, texts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.types.dec import UNIT, Dec
from akashpy.types.errors import Panic, PlainError, TxDecode
from akashpy.types.number import integer, unsigned

RAWS = st.integers(-(10**40), 10**40)


def half_even(value: Fraction) -> int:
    """Python's round() of a Fraction is half to even, exactly."""
    return round(value)


def toward_zero(value: Fraction) -> int:
    return int(value)


@given(RAWS, RAWS)
def test_products(a: int, b: int) -> None:
    exact = Fraction(a * b, UNIT)
    assert Dec(a).mul(Dec(b)).raw == half_even(exact)
    assert Dec(a).mul_truncate(Dec(b)).raw == toward_zero(exact)


@given(RAWS, RAWS.filter(bool))
def test_quotients(a: int, b: int) -> None:
    exact = Fraction(a * UNIT, b)
    cut_at_36 = Fraction(toward_zero(exact * UNIT), UNIT)
    assert Dec(a).quo(Dec(b)).raw == half_even(cut_at_36)
    assert Dec(a).quo_truncate(Dec(b)).raw == toward_zero(exact)


@given(RAWS, st.integers(-(10**12), 10**12).filter(bool))
def test_whole_factors(a: int, n: int) -> None:
    assert Dec(a).mul_int(n).raw == a * n
    assert Dec(a).quo_int(n).raw == toward_zero(Fraction(a, n))


@given(RAWS, RAWS)
def test_sums_and_order(a: int, b: int) -> None:
    assert (Dec(a) + Dec(b)).raw == a + b
    assert (Dec(a) - Dec(b)).raw == a - b
    assert (Dec(a) < Dec(b)) == (a < b)
    assert (-Dec(a)).raw == -a
    assert abs(Dec(a)).raw == abs(a)


@given(RAWS)
def test_whole_parts(a: int) -> None:
    exact = Fraction(a, UNIT)
    assert Dec(a).truncate() == toward_zero(exact)
    assert Dec(a).round() == half_even(exact)
    assert Dec(a).ceil() == -((-a) // UNIT)
    assert (Dec(a).is_zero, Dec(a).is_negative, Dec(a).is_positive) == (a == 0, a < 0, a > 0)


@given(RAWS)
def test_both_texts_survive(a: int) -> None:
    assert Dec.of(str(Dec(a))) == Dec(a)
    assert Dec.from_wire(Dec(a).wire()) == Dec(a)


def test_texts() -> None:
    assert str(Dec.of("1.5")) == "1.500000000000000000"
    assert str(Dec.of("-0.000000000000000001")) == "-0.000000000000000001"
    assert Dec.of("1.5").wire() == "1500000000000000000"
    assert Dec.of(3) == Dec.of("3")
    assert Dec.from_wire("") == Dec.ZERO


@pytest.mark.parametrize(
    "text", ["", "abc", "1.", ".5", "1e5", " 1", "+1", "1.0000000000000000001"]
)
def test_bad_decimals_are_refused(text: str) -> None:
    with pytest.raises(PlainError):
        Dec.of(text)


@pytest.mark.parametrize("text", ["1.5", "x", " 1", "1_0", "٣", str(2**315)])
def test_bad_wire_text_is_refused(text: str) -> None:
    with pytest.raises(TxDecode):
        Dec.from_wire(text)


def test_what_does_not_fit_or_divides_by_zero_panics() -> None:
    most = Dec(2**315 - 1)
    for act in (
        lambda: most + Dec(1),
        lambda: most.mul(Dec.of(2)),
        lambda: Dec.ONE.quo(Dec.ZERO),
        lambda: Dec.ONE.quo_truncate(Dec.ZERO),
        lambda: Dec.ONE.quo_int(0),
    ):
        with pytest.raises(Panic):
            act()


def test_whole_numbers_as_go_reads_them() -> None:
    assert (integer(""), integer("-12"), integer("+7")) == (0, -12, 7)
    assert unsigned("18446744073709551615") == 2**64 - 1
    for text, bits in (
        ("-1", 64),
        ("", 64),
        ("1.0", 64),
        ("18446744073709551616", 64),
        ("4294967296", 32),
    ):
        with pytest.raises(PlainError, match="ParseUint"):
            unsigned(text, bits)
    with pytest.raises(PlainError, match="out of range"):
        unsigned("9" * 5000)
