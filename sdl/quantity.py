"""Texts of amounts to exact integers: CPU, bytes, prices, durations.

Follows Go's ParseFloat, ParseUint, ParseDuration and the chain's decimals, including their error
texts. Results are integers with a unit; the doubles in between are Akash's own rounding. Knows
nothing of YAML or files.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sdl.errors import Code
from sdl.gotext import quote, quote_bytes

DECIMAL_ONE = 10**18
"""Prices are integers scaled by this."""

BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
METRIC = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_NANOSECONDS = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9,
    "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip

_PLAIN_FLOAT = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_HEX_FLOAT = re.compile(
    r"(?P<sign>[-+]?)0[xX](?P<mantissa>_?(?:[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*\.?"
    r"(?:[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)?|\.[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*))"
    r"[pP](?P<exponent>[-+]?[0-9]+)",
    re.ASCII,
)
_AMOUNT = re.compile(r"([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_UNIT = re.compile(r"[^.0-9]+", re.ASCII)
_DECIMAL_BITS = 315
_UINT64_SIGN = 2**63


class QuantityError(ValueError):
    """A text is no such quantity. `code` names the rule, `remedy` says what would be one."""

    def __init__(self, code: Code, text: str, remedy: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.remedy = remedy


def parse_cpu(text: str) -> int:
    """CPU units as thousandths: `500m`, `0.5`. Raises QuantityError.

    Values wrap at 2**32 as in Akash; the limits are checked later.
    """
    if text.endswith("m"):
        return parse_uint(text[:-1], 32, _CPU_REMEDY)
    number = _parse_float(text, _cpu_remedy(text)) * 1000
    if number < 0:
        raise _negative()
    return _truncate(number, 32)


def parse_bytes(text: str) -> int:
    """A size in bytes: `512Mi`, `1.5G`, `1024`. Raises QuantityError."""
    return _parse_size(text, BINARY | METRIC)


def parse_gpu_ram(text: str) -> int:
    """GPU memory in bytes; only binary suffixes. Raises QuantityError."""
    return _parse_size(text, BINARY)


def parse_uint(text: str, bits: int, remedy: str = "write a whole number") -> int:
    """Decimal digits that fit `bits` bits, as Go's ParseUint. Raises QuantityError."""
    if not (text.isascii() and text.isdecimal()):
        raise QuantityError(Code.UINT_SYNTAX, _parsing("ParseUint", text, "invalid syntax"), remedy)
    digits = text.lstrip("0") or "0"
    number = int(digits) if len(digits) < 100 else 2**bits
    if number >= 2**bits:
        raise QuantityError(
            Code.UINT_RANGE,
            _parsing("ParseUint", text, "value out of range"),
            f"write a number below {2**bits}",
        )
    return number


def parse_price(text: str) -> int:
    """A decimal amount, scaled by 10**18; may be negative. Raises QuantityError."""
    negative = text.startswith("-")
    body = text[1:] if negative else text
    if not body:
        raise QuantityError(
            Code.PRICE_EMPTY, "decimal string cannot be empty", "give the highest price per block"
        )
    parts = body.split(".")
    fraction = parts[1] if len(parts) == 2 else ""
    if len(parts) == 2 and not (fraction and parts[0]):
        raise QuantityError(
            Code.PRICE_LENGTH, "invalid decimal length", "write digits on both sides of the point"
        )
    if len(parts) > 2:
        raise QuantityError(
            Code.PRICE_SYNTAX, "invalid decimal string", "write a number with one decimal point"
        )
    if len(fraction.encode("utf-8", "surrogateescape")) > 18:
        extra = 18 - len(fraction.encode("utf-8", "surrogateescape"))
        raise QuantityError(
            Code.PRICE_PRECISION,
            f"value '{body}' exceeds max precision by {extra} decimal places: max precision 18",
            "write at most 18 digits after the point",
        )
    digits = parts[0] + fraction + "0" * (18 - len(fraction))
    return -_integer(digits) if negative else _integer(digits)


def _integer(digits: str) -> int:
    unsigned = digits[1:] if digits[0] in "+-" else digits
    if not (unsigned.isascii() and unsigned.isdecimal()):
        raise QuantityError(
            Code.PRICE_BASE10,
            f"failed to set decimal string with base 10: {digits}",
            "write plain digits with at most one point, such as 12.5",
        )
    # More digits cannot fit; the test keeps huge texts from costing quadratic time.
    significant = unsigned.lstrip("0") or "0"
    number = int(significant) if len(significant) < 100 else 1 << _DECIMAL_BITS
    if digits[0] == "-":
        number = -number
    if number.bit_length() > _DECIMAL_BITS:
        raise QuantityError(
            Code.PRICE_RANGE, "out of range: invalid decimal string", "write a smaller amount"
        )
    return number


def show_price(amount: int) -> str:
    """Write an amount scaled by 10**18 with all 18 decimals."""
    whole, fraction = divmod(abs(amount), DECIMAL_ONE)
    return f"{'-' if amount < 0 else ''}{whole}.{fraction:018d}"


def parse_duration(text: str) -> int:
    """A Go duration such as `1h30m`, in nanoseconds. Raises QuantityError."""
    start = 1 if text[:1] in ("-", "+") else 0
    sign = -1 if text.startswith("-") else 1
    if text[start:] == "0":
        return 0
    invalid = f"invalid duration {quote_bytes(text)}"
    if start == len(text):
        raise _bad_duration(text, invalid)
    total = 0
    while start < len(text):
        amount = _AMOUNT.match(text, start)
        if amount is None or not (amount[1] or amount[2]):
            raise _bad_duration(text, invalid)
        unit = _UNIT.match(text, amount.end())
        if unit is None:
            raise _bad_duration(text, f"missing unit in duration {quote_bytes(text)}")
        if unit[0] not in _NANOSECONDS:
            raise _bad_duration(
                text, f"unknown unit {quote_bytes(unit[0])} in duration {quote_bytes(text)}"
            )
        whole = amount[1].lstrip("0")
        if len(whole) > 19:
            raise _bad_duration(text, invalid)
        total += int(whole or 0) * _NANOSECONDS[unit[0]]
        total += int(Decimal("0." + ((amount[2] or "")[:30] or "0")) * _NANOSECONDS[unit[0]])
        if total > _UINT64_SIGN:
            raise _bad_duration(text, invalid)
        start = unit.end()
    if total == _UINT64_SIGN and sign > 0:
        raise _bad_duration(text, invalid)
    return sign * total


def _bad_duration(text: str, problem: str) -> QuantityError:
    remedy = "write hours, minutes and seconds, such as 24h or 1h30m"
    if (days := re.fullmatch(r"([0-9]{1,6})\s*d(ays?)?", text.strip(), re.ASCII)) is not None:
        remedy = f"write days as hours: {int(days[1]) * 24}h"
    elif text.strip() != text and text.strip():
        remedy = f"write it without spaces: {text.strip()}"
    elif text.isascii() and text.isdecimal():
        remedy = f"add a unit: {text}s, {text}m or {text}h"
    return QuantityError(
        Code.RECLAMATION_DURATION,
        f"SDL invalid: invalid reclamation min_window {quote(text)}: time: {problem}",
        remedy,
    )


def _parse_size(text: str, suffixes: dict[str, int]) -> int:
    number, factor = text, 1
    if text[-2:] in suffixes:
        number, factor = text[:-2], suffixes[text[-2:]]
    elif text[-1:] in suffixes:
        number, factor = text[:-1], suffixes[text[-1:]]
    if number.isdecimal() and number.isascii() and len(number) < 16:
        # Below 2**53 the double is exact, and so is its product with a power of two; with a
        # power of ten the rounding has to be Akash's.
        value = int(number) * float(factor)
    else:
        value = _parse_float(number, size_remedy(text, suffixes)) * float(factor)
        if value < 0:
            raise _negative()
    return _truncate(value, 64)


def _parse_float(text: str, remedy: str) -> float:
    """Go's ParseFloat with 64 bits."""
    if _PLAIN_FLOAT.fullmatch(text) and len(text) < 300:
        return float(text)
    if match := _HEX_FLOAT.fullmatch(text):
        return _hex_float(text, match)
    try:
        number = float(text)
    except ValueError:
        number = None
    signed_nan = number is not None and number != number and text[0] in "+-"
    if number is None or not text.isascii() or text != text.strip() or signed_nan:
        raise QuantityError(
            Code.FLOAT_SYNTAX, _parsing("ParseFloat", text, "invalid syntax"), remedy
        )
    if number in (float("inf"), float("-inf")) and text.lstrip("+-")[0] not in "iI":
        raise _float_range(text)
    return number


def _hex_float(text: str, match: re.Match[str]) -> float:
    exponent = match["exponent"]
    if len(exponent) > 6:
        exponent = "-99999" if exponent.startswith("-") else "99999"
    mantissa = match["mantissa"].replace("_", "")
    try:
        return float.fromhex(f"{match['sign']}0x{mantissa}p{exponent}")
    except OverflowError:
        raise _float_range(text) from None


def _float_range(text: str) -> QuantityError:
    return QuantityError(
        Code.FLOAT_RANGE,
        _parsing("ParseFloat", text, "value out of range"),
        "write a smaller number",
    )


def _parsing(function: str, text: str, problem: str) -> str:
    return f"strconv.{function}: parsing {quote(text)}: {problem}"


def _negative() -> QuantityError:
    return QuantityError(
        Code.NEGATIVE, "invalid: negative value not allowed", "write a positive amount"
    )


def _truncate(number: float, bits: int) -> int:
    """Convert a double as amd64 does: out of range becomes 2**63, of which 32 bits are 0."""
    beyond = 1 << 64 if bits == 64 else _UINT64_SIGN
    if number != number or number >= beyond:
        return _UINT64_SIGN if bits == 64 else 0
    return int(number) % (1 << bits)


_CPU_REMEDY = "write cores such as 0.5 or 2, or thousandths such as 500m"


def _cpu_remedy(text: str) -> str:
    match = re.fullmatch(r"\s*([0-9.]+)\s*(cores?|c|vcpus?|cpus?|millicores?|m)?\s*", text, re.I)
    if match is None or match[1].count(".") > 1 or match[1] == ".":
        return _CPU_REMEDY
    milli = (match[2] or "").lower().startswith("m")
    return f"did you mean {match[1]}{'m' if milli else ''}?"


_UNIT_WORDS = {"k": "Ki", "m": "Mi", "g": "Gi", "t": "Ti", "p": "Pi", "e": "Ei"}


def size_remedy(text: str, suffixes: dict[str, int] | None = None) -> str:
    """Advice for a size that does not parse: the nearest spelling that does."""
    match = re.fullmatch(
        r"\s*([0-9][0-9_]*(?:\.[0-9]+)?)\s*([kmgtpe])i?(?:b|bytes?)?\s*", text, re.I
    )
    if match:
        return f"did you mean {match[1]}{_UNIT_WORDS[match[2].lower()]}?"
    if match := re.fullmatch(r"\s*([0-9]+)\s*b?(?:ytes?)?\s*", text, re.I):
        return f"did you mean {match[1]} (bytes)?"
    return f"write a number and one of {', '.join(suffixes or BINARY | METRIC)}, such as 512Mi"
