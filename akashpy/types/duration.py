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
