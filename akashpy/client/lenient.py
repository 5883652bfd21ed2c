"""Answers of a Go node whose texts are not UTF-8.

Go writes any bytes into a text field: some refusals of the Cosmos SDK print a raw address, and the
whole answer around them would be unreadable here. It must not know what the messages mean.
"""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

M = TypeVar("M", bound=Message)

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def decode(kind: type[M], data: bytes) -> M:
    """The message; bytes of its texts that are not UTF-8 read U+FFFD, as in Go's JSON.

    Raises DecodeError when it is no such message.
    """
    try:
        return kind.FromString(data)
    except DecodeError:
        return kind.FromString(_mended(kind.DESCRIPTOR, data))


def _mended(form: Descriptor, data: bytes) -> bytes:
    """The same fields, with texts in UTF-8."""
    made, at = bytearray(), 0
    while at < len(data):
        begin = at
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire != BYTES:
            at = _after(data, at, wire)
            made += data[begin:at]
            continue
        length, at = _varint(data, at)
        if at + length > len(data):
            raise DecodeError(f"{form.full_name}: cut short")
        value = _text(form.fields_by_number.get(tag >> 3), data[at : at + length])
        at += length
        made += _spelled(tag) + _spelled(len(value)) + value
    return bytes(made)


def _text(field: FieldDescriptor | None, value: bytes) -> bytes:
    if field is None:
        return value
    if field.type == FieldDescriptor.TYPE_STRING:
        return value.decode(errors="replace").encode()
    if field.message_type is not None:
        return _mended(field.message_type, value)
    return value


def _after(data: bytes, at: int, wire: int) -> int:
    if wire == VARINT:
        return _varint(data, at)[1]
    width = {FIXED64: 8, FIXED32: 4}.get(wire)
    if width is None:
        raise DecodeError(f"unreadable wire type {wire}")
    return at + width


def _varint(data: bytes, at: int) -> tuple[int, int]:
    found = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        found |= (byte & 127) << shift
        if byte < 128:
            return found, at
    raise DecodeError("unreadable number")


def _spelled(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)
