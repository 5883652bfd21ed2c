"""What a YAML scalar means: the tag resolution of Go's yaml.v3.

YAML 1.2's core schema with remnants of 1.1 (octals by a leading zero, underscores, timestamps).
Knows nothing of SDL or of positions.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_CORE = "tag:yaml.org,2002:"

_WORDS: dict[str, tuple[str, Scalar]] = {
    **dict.fromkeys(NULLS, ("!!null", None)),
    **dict.fromkeys(("true", "True", "TRUE"), ("!!bool", True)),
    **dict.fromkeys(("false", "False", "FALSE"), ("!!bool", False)),
    **{word: ("!!float", float("nan")) for word in (".nan", ".NaN", ".NAN")},
    **{
        sign + word: ("!!float", float("inf"))
        for sign in ("", "+")
        for word in (".inf", ".Inf", ".INF")
    },
    **{word: ("!!float", float("-inf")) for word in ("-.inf", "-.Inf", "-.INF")},
    "<<": ("!!merge", "<<"),
}  # fmt: skip

_KNOWN_TAGS = frozenset(
    ("!!null", "!!bool", "!!int", "!!float", "!!timestamp", "!!binary", "!!merge")
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_INT = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO](?P<oct>[0-7]+)"
    r"|0(?P<old>[0-7]+)|(?P<dec>0|[1-9][0-9]*))",
    re.ASCII,
)
_BASES = {"hex": 16, "bin": 2, "oct": 8, "old": 8, "dec": 10}
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)"
    r"| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?",
    re.ASCII,
)


class ScalarError(ValueError):
    """A scalar contradicts its own tag."""


def short_tag(tag: str) -> str:
    """Write `tag:yaml.org,2002:str` as `!!str`; other tags stay."""
    return "!!" + tag[len(_CORE) :] if tag.startswith(_CORE) else tag


def resolve_plain(text: str) -> tuple[str, Scalar]:
    """Resolve an untagged plain scalar to its short tag and value."""
    word = _WORDS.get(text)
    if word is not None:
        return word
    first = text[0]
    if first in "0123456789+-":
        return _resolve_number(text, timestamps=True)
    if first == "." and (number := _dotted(text)) is not None:
        return "!!float", number
    return "!!str", text


def resolve_tagged(tag: str, text: str) -> tuple[str, Scalar]:
    """Resolve a scalar that carries a tag of its own; an unknown tag makes it text.

    Raises ScalarError if the text cannot be what the tag says.
    """
    tag = short_tag(tag)
    if tag == "!!str" or tag not in _KNOWN_TAGS:
        return tag, text
    if tag == "!!binary":
        return tag, _decode_binary(text)
    found, value = _resolve_for(tag, text)
    if found == tag:
        return found, value
    if tag == "!!float" and found == "!!int":
        return tag, float(value)  # type: ignore[arg-type]  # an int, by its tag
    raise ScalarError(f"yaml: cannot decode {found} `{text}` as a {tag}")


def _resolve_for(tag: str, text: str) -> tuple[str, Scalar]:
    if text and text[0] in "0123456789+-" and text not in _WORDS:
        return _resolve_number(text, timestamps=tag == "!!timestamp")
    return resolve_plain(text)


def _resolve_number(text: str, *, timestamps: bool) -> tuple[str, Scalar]:
    if timestamps and _is_timestamp(text):
        return "!!timestamp", text
    plain = text.replace("_", "")
    if match := _INT.fullmatch(plain):
        base = match.lastgroup or "dec"
        digits = match[base].lstrip("0") or "0"
        # More than 64 digits cannot fit 64 bits in any base; int() is slow on very long texts.
        number = int(digits, _BASES[base]) if len(digits) <= 64 else 2**64
        number = -number if match["sign"] == "-" else number
        if -(2**63) <= number < 2**63 or (number < 2**64 and not match["sign"]):
            return "!!int", number
    if _FLOAT.fullmatch(plain):
        real = float(plain)
        if real not in (float("inf"), float("-inf")):
            return "!!float", real
    return "!!str", text


def _dotted(text: str) -> float | None:
    """A float that begins with a dot, as Go's ParseFloat takes it."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not text.isascii() or text != text.strip() or number == float("inf"):
        return None
    return number


def _is_timestamp(text: str) -> bool:
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    clock = [int(part) for part in match.groups()[3:] if part is not None]
    try:
        # Go knows a year 0 and its calendar is Gregorian throughout; 400 years repeat it.
        date(int(match[1]) or 400, int(match[2]), int(match[3]))
    except ValueError:
        return False
    return not clock or (clock[0] < 24 and clock[1] < 60 and clock[2] < 60)


def _decode_binary(text: str) -> str:
    """Decode base64; bytes that are not UTF-8 stay as surrogate escapes."""
    try:
        raw = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ScalarError("yaml: !!binary value contains invalid base64 data") from error
    return raw.decode("utf-8", "surrogateescape")
