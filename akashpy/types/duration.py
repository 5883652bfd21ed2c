"""Lengths of time as whole nanoseconds.

Protobuf writes them as seconds and a rest; everything else here counts nanoseconds.
"""

from google.protobuf.duration_pb2 import Duration

SECOND = 10**9
"""Nanoseconds."""
HOUR = 3600 * SECOND


def nanoseconds(msg: Duration) -> int:
    """The length of a google.protobuf.Duration."""
    return msg.seconds * SECOND + msg.nanos


def duration(length: int) -> Duration:
    """A google.protobuf.Duration of so many nanoseconds."""
    seconds, rest = divmod(abs(length), SECOND)
    sign = -1 if length < 0 else 1
    return Duration(seconds=sign * seconds, nanos=sign * rest)


def spelled(length: int) -> str:
    """So many nanoseconds as Go prints a duration in an error: "1h0m0s", "1.5s", "20ms"."""
    if not length:
        return "0s"
    sign, rest = ("-", -length) if length < 0 else ("", length)
    for unit, scale in (("ns", 1), ("\u00b5s", 10**3), ("ms", 10**6)):
        if rest < min(scale * 1000, SECOND):
            return f"{sign}{_decimal(rest, scale)}{unit}"
    minutes, rest = divmod(rest, 60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{_decimal(rest, SECOND)}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{seconds}"
    return f"{sign}{minutes}m{seconds}" if minutes else sign + seconds


def _decimal(number: int, scale: int) -> str:
    whole, part = divmod(number, scale)
    digits = f"{part:0{len(str(scale)) - 1}d}".rstrip("0") if part else ""
    return f"{whole}.{digits}" if digits else str(whole)
