"""Times as CometBFT writes them: RFC 3339 in UTC with up to nine digits of fraction.

Exists because Python's datetimes end at microseconds. Times are unix nanoseconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from akashpy.node.comet.encoding import NANOS

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def show(time: int) -> str:
    """`time` without trailing zeros of its fraction."""
    seconds, nanos = divmod(time, NANOS)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f"{nanos:09d}".rstrip("0")
    return f"{text}.{fraction}Z" if fraction else f"{text}Z"


def parse(text: str) -> int:
    """Unix nanoseconds of an RFC 3339 time. Raises ValueError, also without a zone."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f"time {text!r} is not RFC 3339; write it as 2026-01-31T12:00:00Z")
    base, fraction, zone = found.groups()
    moment = datetime.fromisoformat(base + zone)
    return int(moment.timestamp()) * NANOS + int((fraction or "0").ljust(9, "0"))
