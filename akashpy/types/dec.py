"""Decimals with 18 places, exactly as the Cosmos SDK computes them.

Prices and balances on chain are integers scaled by 10^18. This module holds the arithmetic and the
two texts of such a number (wire: the scaled integer; shown: 18 decimals). It must not know coins.
Source: cosmossdk.io/math `dec.go` (LegacyDec).
"""

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from akashpy.types.errors import Panic, PlainError, TxDecode
from akashpy.types.number import integer as integer

PLACES = 18
UNIT: int = 10**PLACES
HALF = UNIT // 2
MAX_BITS = 315
DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Dec:
    """A decimal number; `raw` is its value times 10^18.

    Results that do not fit 315 bits raise Panic, as they panic in Go.
    """

    raw: int

    ZERO: ClassVar["Dec"]
    ONE: ClassVar["Dec"]

    @classmethod
    def of(cls, value: "str | int") -> Self:
        """A whole number, or decimal text with at most 18 places ("1.5").

        Raises PlainError when the text is no such number.
        """
        if isinstance(value, int):
            return cls(_fit(value * UNIT))
        if not value:
            raise PlainError("decimal string cannot be empty")
        match = DECIMAL.fullmatch(value)
        if match is None:
            raise PlainError(f"failed to set decimal string with base 10: {value}")
        sign, whole, part = match[1], match[2], match[3] or ""
        if len(part) > PLACES:
            raise PlainError(
                f"value '{value}' exceeds max precision by {PLACES - len(part)} decimal places: "
                f"max precision {PLACES}"
            )
        raw = int(whole + part.ljust(PLACES, "0"))
        return cls(_fit(-raw if sign else raw))

    @classmethod
    def from_wire(cls, text: str) -> Self:
        """Read the wire's text: the scaled integer; empty text is zero.

        Raises TxDecode when it is no integer of at most 315 bits.
        """
        raw = integer(text)
        if raw.bit_length() > MAX_BITS:
            raise TxDecode(f"decimal out of range; got: {raw.bit_length()}, max: {MAX_BITS}")
        return cls(raw)

    def wire(self) -> str:
        """The wire's text: the scaled integer."""
        return str(self.raw)

    def __str__(self) -> str:
        whole, part = divmod(abs(self.raw), UNIT)
        return f"{'-' if self.raw < 0 else ''}{whole}.{part:018d}"

    def __add__(self, other: "Dec") -> "Dec":
        return Dec(_fit(self.raw + other.raw))

    def __sub__(self, other: "Dec") -> "Dec":
        return Dec(_fit(self.raw - other.raw))

    def __neg__(self) -> "Dec":
        return Dec(-self.raw)

    def __abs__(self) -> "Dec":
        return Dec(abs(self.raw))

    def mul(self, other: "Dec") -> "Dec":
        """Product, halves to even at the 18th place."""
        return Dec(_fit(_chop_round(self.raw * other.raw)))

    def mul_truncate(self, other: "Dec") -> "Dec":
        """Product, cut toward zero at the 18th place."""
        return Dec(_fit(_quotient(self.raw * other.raw, UNIT)))

    def mul_int(self, number: int) -> "Dec":
        """Exact product with a whole number."""
        return Dec(_fit(self.raw * number))

    def quo(self, other: "Dec") -> "Dec":
        """Quotient, halves to even at the 18th place.

        Like Go's, it is cut at the 36th place first. Raises Panic on division by zero.
        """
        return Dec(_fit(_chop_round(_quotient(self.raw * UNIT * UNIT, other.raw))))

    def quo_truncate(self, other: "Dec") -> "Dec":
        """Quotient, cut toward zero at the 18th place. Raises Panic on division by zero."""
        return Dec(_fit(_quotient(self.raw * UNIT, other.raw)))

    def quo_round_up(self, other: "Dec") -> "Dec":
        """Quotient, rounded up at the 18th place (toward zero when negative).

        Like Go's, it is cut at the 36th place first. Raises Panic on division by zero.
        """
        return Dec(_fit(_chop_round_up(_quotient(self.raw * UNIT * UNIT, other.raw))))

    def quo_int(self, number: int) -> "Dec":
        """Quotient with a whole number, cut toward zero. Raises Panic on division by zero."""
        return Dec(_quotient(self.raw, number))

    def truncate(self) -> int:
        """The whole part, toward zero."""
        return _quotient(self.raw, UNIT)

    def ceil(self) -> int:
        """The smallest whole number that is not below this one."""
        return -(-self.raw // UNIT)

    def round(self) -> int:
        """The nearest whole number, halves to even."""
        return _chop_round(self.raw)

    @property
    def is_zero(self) -> bool:
        """Whether it equals zero."""
        return self.raw == 0

    @property
    def is_negative(self) -> bool:
        """Whether it is below zero."""
        return self.raw < 0

    @property
    def is_positive(self) -> bool:
        """Whether it is above zero."""
        return self.raw > 0


Dec.ZERO = Dec(0)
Dec.ONE = Dec(UNIT)


def _fit(raw: int) -> int:
    if raw.bit_length() > MAX_BITS:
        raise Panic(f"decimal out of range; got: {raw.bit_length()}, max: {MAX_BITS}")
    return raw


def _quotient(number: int, by: int) -> int:
    """Integer division toward zero, as Go divides."""
    if by == 0:
        raise Panic("division by zero")
    result = abs(number) // abs(by)
    return -result if (number < 0) != (by < 0) else result


def _chop_round(raw: int) -> int:
    whole, rest = divmod(abs(raw), UNIT)
    if rest > HALF or (rest == HALF and whole & 1):
        whole += 1
    return -whole if raw < 0 else whole


def _chop_round_up(raw: int) -> int:
    return _quotient(raw, UNIT) if raw < 0 else -(-raw // UNIT)
