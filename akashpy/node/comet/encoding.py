"""The few protobuf encodings that hashes and signatures depend on, byte for byte.

Exists because hashing needs control over what is emitted: gogoproto writes a non-nullable
sub-message even when it is empty, and every scalar only when it is not zero. A general protobuf
library decides that by presence, which is easy to get wrong and impossible to see in review.
Must not know any message by name; the field numbers stand where the values are defined.
"""

from __future__ import annotations

NANOS = 1_000_000_000
"""Nanoseconds in a second."""

ZERO_TIME_SECONDS = -62_135_596_800
"""Unix seconds of year 1, Go's zero time, which an absent signature carries."""


def varint(value: int) -> bytes:
    """Base-128 varint of `value`; negative numbers as 64-bit two's complement."""
    if 0 <= value < 0x80:
        return bytes((value,))
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """A varint field (integers and enums), left out when zero."""
    return varint(field << 3) + varint(value) if value else b""


def fixed64(field: int, value: int) -> bytes:
    """An sfixed64 field, left out when zero."""
    if not value:
        return b""
    return varint(field << 3 | 1) + value.to_bytes(8, "little", signed=True)


def data(field: int, value: bytes) -> bytes:
    """A bytes or string field, left out when empty."""
    return varint(field << 3 | 2) + varint(len(value)) + value if value else b""


def message(field: int, encoded: bytes) -> bytes:
    """A non-nullable sub-message: emitted even when it has no content."""
    return varint(field << 3 | 2) + varint(len(encoded)) + encoded


def timestamp(time: int) -> bytes:
    """google.protobuf.Timestamp of `time` in unix nanoseconds; nanos stay positive before 1970."""
    seconds, nanos = divmod(time, NANOS)
    return number(1, seconds) + number(2, nanos)


def delimited(encoded: bytes) -> bytes:
    """`encoded` behind its length, as sign bytes are framed."""
    return varint(len(encoded)) + encoded
