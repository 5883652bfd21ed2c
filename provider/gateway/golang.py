"""Reading numbers and flags as Go's strconv does, with its words for what cannot be read."""

from __future__ import annotations

import json

TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def parse_uint(text: str, bits: int = 64) -> int:
    """Decimal without sign. Raises ValueError with Go's text."""
    if not (text.isascii() and text.isdigit()):
        raise _error("ParseUint", text, "invalid syntax")
    value = int(text)
    if value >= 1 << bits:
        raise _error("ParseUint", text, "value out of range")
    return value


def parse_int(text: str, bits: int = 64) -> int:
    """Decimal with an optional sign. Raises ValueError with Go's text."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        raise _error("ParseInt", text, "invalid syntax")
    value = int(text)
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise _error("ParseInt", text, "value out of range")
    return value


def parse_bool(text: str) -> bool:
    """A flag in any of Go's spellings. Raises ValueError with Go's text."""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise _error("ParseBool", text, "invalid syntax")


def parse_index(text: str) -> int:
    """An unsigned number below 2^31, in any base Go's prefixes name. Raises ValueError."""
    value = int(text, 0) if text[:1].isdigit() else -1
    if not 0 <= value < 1 << 31:
        raise _error("ParseUint", text, "value out of range")
    return value


def _error(function: str, text: str, reason: str) -> ValueError:
    shown = json.dumps(text, ensure_ascii=False)
    return ValueError(f"strconv.{function}: parsing {shown}: {reason}")
