"""Decimal numbers between their two texts: scaled by 10^18 on the wire, with a point in JSON.

Only text: arithmetic and rounding belong to the value types above this layer.
"""

from __future__ import annotations

import re

PLACES = 18
_INTEGER = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")


def dec_to_json(wire: str) -> str:
    """`1500000000000000000` to `1.500000000000000000`; an empty text, Go's zero value, to 0.

    Raises ValueError.
    """
    if wire and not _INTEGER.fullmatch(wire):
        raise ValueError(f"invalid decimal {wire!r}: expected digits scaled by 10^{PLACES}")
    sign, digits = ("-", wire[1:]) if wire.startswith("-") else ("", wire)
    digits = digits.rjust(PLACES + 1, "0")
    return f"{sign}{digits[:-PLACES]}.{digits[-PLACES:]}"


def dec_from_json(text: str) -> str:
    """`1.5` to `1500000000000000000`.

    Raises ValueError, also for more than 18 decimals.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise ValueError(f"failed to set decimal string with base 10: {text}")
    sign, whole, decimals = found[1], found[2], found[3] or ""
    if len(decimals) > PLACES:
        raise ValueError(f"value {text!r} exceeds max precision by {PLACES - len(decimals)} places")
    scaled = int(whole + decimals.ljust(PLACES, "0"))
    return f"{sign if scaled else ''}{scaled}"


def int_text(text: str) -> str:
    """An integer's text as it is, or 0 for the empty text, Go's zero value.

    Raises ValueError.
    """
    if text and not _INTEGER.fullmatch(text):
        raise ValueError(f"invalid integer {text!r}")
    return text or "0"
