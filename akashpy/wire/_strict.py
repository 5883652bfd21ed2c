"""Refuse fields that a message does not have, as the SDK's transaction decoder does.

A signer must not be able to sign what an older node would silently drop. The quick way asks
protobuf whether dropping unknown fields changes the size; only then are the bytes walked, to name
the field in the SDK's own words. It must not know what a transaction is.
Source: SDK `codec/unknownproto` and `x/auth/tx/decoder.go`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple, TypeVar

from google.protobuf.any_pb2 import Any
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from akashpy.wire._errors import MalformedMessage, UnknownField, UnknownType
from akashpy.wire._registry import decode, message_class

M = TypeVar("M", bound=Message)

# A field number with this bit set may be ignored where the caller allows it.
NON_CRITICAL_BIT = 1 << 10
_DEPTH = 10_000
# Bytes of the largest packed public key of one person.
_KEY_SIZE = 64
_ANY = "google.protobuf.Any"
_WIRE_NAMES = ("varint", "fixed64", "bytes", "start_group", "end_group", "fixed32")
_VARINT, _FIXED64, _BYTES, _START_GROUP, _END_GROUP, _FIXED32 = range(6)
_FIXED64_TYPES = {
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED64,
    FieldDescriptor.TYPE_DOUBLE,
}
_FIXED32_TYPES = {
    FieldDescriptor.TYPE_FIXED32,
    FieldDescriptor.TYPE_SFIXED32,
    FieldDescriptor.TYPE_FLOAT,
}
_BYTES_TYPES = {
    FieldDescriptor.TYPE_STRING,
    FieldDescriptor.TYPE_BYTES,
    FieldDescriptor.TYPE_MESSAGE,
}


def decode_strict(
    kind: type[M], data: bytes, *, allow_non_critical: bool = False
) -> tuple[M, bool]:
    """Read a message and everything packed inside it, and refuse unknown fields.

    The second value says whether unknown but non-critical fields were there; they are dropped from
    the message, so keep `data` where the bytes matter.
    Raises UnknownField, UnknownType, MalformedMessage.
    """
    message = kind()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        _walk(kind.DESCRIPTOR, data, allow_non_critical, _DEPTH)
        raise MalformedMessage(f"{kind.DESCRIPTOR.full_name}: {error}") from error
    if _is_clean(message):
        return message, False
    return message, _walk(kind.DESCRIPTOR, data, allow_non_critical, _DEPTH)


def reject_unknown_fields(
    kind: type[Message], data: bytes, *, allow_non_critical: bool = False
) -> bool:
    """Refuse unknown fields; True when there were non-critical ones and those are allowed.

    Raises as decode_strict does.
    """
    return decode_strict(kind, data, allow_non_critical=allow_non_critical)[1]


def reject_non_adr027(data: bytes) -> None:
    """Refuse a TxRaw whose fields are out of order or whose lengths are written too long.

    Raises MalformedMessage with the SDK's text.
    Source: SDK `x/auth/tx/decoder.go` rejectNonADR027TxRaw.
    """
    at, previous = 0, 0
    while at < len(data):
        tag, at = _varint(data, at, "invalid length; unexpected EOF")
        number, wire = tag >> 3, tag & 7
        if number < 1:
            raise MalformedMessage("invalid length; proto: invalid field number")
        if wire != _BYTES:
            raise MalformedMessage(f"expected {_BYTES} wire type, got {wire}")
        if number < previous:
            raise MalformedMessage(
                f"txRaw must follow ADR-027, got tagNum {number} after tagNum {previous}"
            )
        previous = number
        length, end = _varint(data, at, "invalid length; unexpected EOF")
        shortest = max(1, -(-length.bit_length() // 7))
        if end - at != shortest:
            raise MalformedMessage(
                f"length prefix varint for tagNum {number} is not as short as possible, "
                f"read {end - at}, only need {shortest}"
            )
        at = end + length
        if at > len(data):
            raise MalformedMessage("invalid length; unexpected EOF")


def _is_clean(message: Message) -> bool:
    size = message.ByteSize()
    message.DiscardUnknownFields()  # type: ignore[attr-defined]  # absent from the stubs
    if size != message.ByteSize():
        return False
    ways = _ways(message.DESCRIPTOR)
    return not ways or all(
        _is_clean_key(wrapped.type_url, wrapped.value)
        if len(wrapped.value) <= _KEY_SIZE
        else _is_clean_inside(wrapped.type_url, wrapped.value)
        for wrapped in _wrapped(message, ways)
    )


def _is_clean_inside(type_url: str, value: bytes) -> bool:
    try:
        inner = decode(message_class(type_url), value)
    except (UnknownType, MalformedMessage):
        return False
    return _is_clean(inner)


@lru_cache(maxsize=8192)
def _is_clean_key(type_url: str, value: bytes) -> bool:
    """The same for something as small as a public key, which one sender repeats in every tx."""
    return _is_clean_inside(type_url, value)


class _Way(NamedTuple):
    """A field that is an Any, or leads to one inside the message `inner`."""

    name: str
    repeated: bool
    inner: Descriptor | None


def _wrapped(message: Message, ways: tuple[_Way, ...]) -> Iterator[Any]:
    for name, repeated, inner in ways:
        if repeated:
            items: Iterable[Any] = getattr(message, name)
        else:
            items = (getattr(message, name),) if message.HasField(name) else ()
        if inner is None:
            yield from items
        else:
            for item in items:
                yield from _wrapped(item, _ways(inner))


@cache
def _ways(descriptor: Descriptor) -> tuple[_Way, ...]:
    return tuple(
        _Way(
            field.name,
            field.label == FieldDescriptor.LABEL_REPEATED,
            None if field.message_type.full_name == _ANY else field.message_type,
        )
        for field in descriptor.fields
        if field.message_type is not None and _reaches_any(field.message_type, frozenset())
    )


def _reaches_any(descriptor: Descriptor, seen: frozenset[str]) -> bool:
    name = descriptor.full_name
    if name == _ANY:
        return True
    if name in seen or descriptor.GetOptions().map_entry:
        return False
    inner = [field.message_type for field in descriptor.fields if field.message_type is not None]
    return any(_reaches_any(kind, seen | {name}) for kind in inner)


def _walk(descriptor: Descriptor, data: bytes, allowed: bool, depth: int) -> bool:
    """Check every field of the bytes and below; True when non-critical unknown ones were met."""
    if depth == 0:
        raise MalformedMessage("recursion limit reached")
    skipped, at = False, 0
    while at < len(data):
        tag, at = _varint(data, at, "invalid length")
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise MalformedMessage("invalid length")
        field = descriptor.fields_by_number.get(number)
        if field is None:
            critical = not number & NON_CRITICAL_BIT
            skipped = skipped or not critical
            if critical or not allowed:
                raise UnknownField(
                    f'errUnknownField "{_go_name(descriptor)}": '
                    f'{{TagNum: {number}, WireType:"{_wire_name(wire)}"}}'
                )
        elif not _fits(wire, field):
            raise UnknownField(
                f'Mismatched "{_go_name(descriptor)}": {{TagNum: {number}, GotWireType: '
                f'"{_wire_name(wire)}" != WantWireType: "{_wire_name(_wanted(field))}"}}'
            )
        start, end = _value(data, at, number, wire)
        if field is not None and field.message_type is not None:
            skipped = _walk_message(field.message_type, data[start:end], allowed, depth) or skipped
        at = end
    return skipped


def _walk_message(descriptor: Descriptor, data: bytes, allowed: bool, depth: int) -> bool:
    if descriptor.full_name != _ANY:
        return _walk(descriptor, data, allowed, depth - 1)
    skipped = _walk(descriptor, data, allowed, depth - 1)
    wrapped = decode(Any, data)
    inner = message_class(wrapped.type_url).DESCRIPTOR
    return _walk(inner, wrapped.value, allowed, depth - 1) or skipped


def _value(data: bytes, at: int, number: int, wire: int) -> tuple[int, int]:
    """Start and end of a field's content; for length-delimited ones without the length."""
    problem = (
        f'could not consume field value for tagNum: {number}, wireType: "{_wire_name(wire)}"; '
        "unexpected EOF"
    )
    if wire == _VARINT:
        return at, _varint(data, at, problem)[1]
    if wire == _BYTES:
        length, start = _varint(data, at, problem)
        end = start + length
    elif wire in (_FIXED64, _FIXED32):
        start, end = at, at + (8 if wire == _FIXED64 else 4)
    elif wire == _START_GROUP:
        start, end = at, _group_end(data, at, number, problem)
    else:
        raise MalformedMessage(problem)
    if end > len(data):
        raise MalformedMessage(problem)
    return start, end


def _group_end(data: bytes, at: int, number: int, problem: str) -> int:
    """End of a group, nested ones included: an unknown field may still use this old encoding."""
    opened = [number]
    while opened:
        tag, at = _varint(data, at, problem)
        if tag & 7 == _START_GROUP:
            opened.append(tag >> 3)
        elif tag & 7 == _END_GROUP:
            if opened.pop() != tag >> 3:
                raise MalformedMessage(problem)
        else:
            at = _value(data, at, tag >> 3, tag & 7)[1]
    return at


def _varint(data: bytes, at: int, problem: str) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise MalformedMessage(problem)
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >= 1 << 64:
                break
            return value, at
    raise MalformedMessage(problem)


def _wanted(field: FieldDescriptor) -> int:
    if field.type in _BYTES_TYPES:
        return _BYTES
    if field.type in _FIXED64_TYPES:
        return _FIXED64
    return _FIXED32 if field.type in _FIXED32_TYPES else _VARINT


def _fits(wire: int, field: FieldDescriptor) -> bool:
    # Numbers may come packed, whether or not the field is repeated; the SDK asks no more.
    return wire == _wanted(field) or (wire == _BYTES and field.type not in _FIXED32_TYPES)


def _wire_name(wire: int) -> str:
    return _WIRE_NAMES[wire] if wire < len(_WIRE_NAMES) else f"unknown type: {wire}"


def _go_name(descriptor: Descriptor) -> str:
    """Name of the Go type, `*tx.TxBody`, which the SDK prints."""
    package = descriptor.file.GetOptions().go_package
    alias = package.rpartition(";")[2].rpartition("/")[2] if package else descriptor.file.package
    names = [descriptor.name]
    while (parent := descriptor.containing_type) is not None:
        names.insert(0, parent.name)
        descriptor = parent
    return f"*{alias}.{'_'.join(names)}"
