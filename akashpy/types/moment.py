"""Points in time as whole nanoseconds since 1970, and how the wire writes them.

A timestamp that nobody set is Go's zero time, the first second of the year 1, because Akash holds
its timestamps by value. It must not know clocks.
"""

from google.protobuf.timestamp_pb2 import Timestamp

from akashpy.types.duration import SECOND

ZERO_SECONDS = -62_135_596_800
"""Go's zero time: what a timestamp is before anyone sets it."""
ZERO = ZERO_SECONDS * SECOND
LAST_SECOND = 253_402_300_799
"""The last second of the year 9999, behind which no timestamp can be written."""


def moment_of(msg: Timestamp) -> int:
    """Nanoseconds since 1970 of a google.protobuf.Timestamp."""
    return msg.seconds * SECOND + msg.nanos


def timestamp(moment: int) -> Timestamp:
    """A google.protobuf.Timestamp of so many nanoseconds since 1970."""
    seconds, nanos = divmod(moment, SECOND)
    return Timestamp(seconds=seconds, nanos=nanos)


def is_writable(moment: int) -> bool:
    """Whether the moment lies in the years 1 to 9999, as everything on the wire must."""
    return ZERO <= moment < (LAST_SECOND + 1) * SECOND
