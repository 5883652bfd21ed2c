"""Durations and timestamps as Go's JSON writes and reads them; integers only.

Protobuf's own Python helpers round to microseconds, which would lose nanoseconds of block times.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000_000
# Go's zero time, year 1: what a timestamp held by value is before anyone sets it.
ZERO_TIME_SECONDS = -62_135_596_800
_LAST_SECOND = 253_402_300_799
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_PART = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)")
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def duration_text(seconds: int, nanos: int) -> str:
    """Go's text of a duration: `3600s`, `1.500s`."""
    total = seconds * SECOND + nanos
    sign = "-" if total < 0 else ""
    whole, rest = divmod(abs(total), SECOND)
    return f"{sign}{whole}{_fraction(rest)}s"


def timestamp_text(seconds: int, nanos: int) -> str:
    """Go's RFC 3339 text of a time in UTC, with 0, 3, 6 or 9 decimals.

    Raises ValueError outside the years 1 to 9999.
    """
    if not ZERO_TIME_SECONDS <= seconds <= _LAST_SECOND:
        raise ValueError(f"timestamp of {seconds} s is outside the years 1 to 9999")
    moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='seconds')}{_fraction(nanos)}Z"


def parse_duration(text: str) -> int:
    """Nanoseconds of a text as Go's time.ParseDuration reads it, such as `1h30m` or `-1.5s`.

    Raises ValueError.
    """
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0
    total, at = 0, 0
    while at < len(body):
        part = _PART.match(body, at)
        if part is None or not (part[1] or part[2]):
            raise ValueError(f"invalid duration {text!r}")
        scale = _UNITS[part[3]]
        decimals = part[2] or ""
        total += int(part[1] or 0) * scale + int(decimals or 0) * scale // 10 ** len(decimals)
        at = part.end()
    if not body or total >= 1 << 63:
        raise ValueError(f"invalid duration {text!r}")
    return -total if text[0] == "-" else total


def parse_timestamp(text: str) -> tuple[int, int]:
    """Seconds since 1970 and nanoseconds of an RFC 3339 text; digits past the ninth are dropped.

    Raises ValueError.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f"invalid RFC 3339 time {text!r}")
    zone = "+00:00" if found[4] == "Z" else found[4]
    moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}")
    elapsed = moment - _EPOCH
    return elapsed.days * 86_400 + elapsed.seconds, int((found[3] or "")[:9].ljust(9, "0"))


def _fraction(nanos: int) -> str:
    if nanos == 0:
        return ""
    digits = f"{nanos:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f".{digits}"
