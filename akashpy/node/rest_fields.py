"""Text of a path or query string to fields of a request.

Names may be dotted; unknown ones are ignored, as gateways do. It must not know HTTP beyond the
query string, nor what the fields mean.
Source: grpc-gateway v1.16 `runtime/query.go` and `convert.go`; texts as Go's strconv has them.
"""

from __future__ import annotations

import re
import string
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import unquote_to_bytes

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire

_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)", re.ASCII)
_INDEXED = re.compile(r"(.*)\[(.*)\]", re.DOTALL)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2}).{0,2}", re.DOTALL)
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_BASE64 = frozenset(string.ascii_letters + string.digits + "-_=")
_TIMES: dict[str, type[Message]] = {
    "google.protobuf.Timestamp": Timestamp,
    "google.protobuf.Duration": Duration,
}
_INT, _UINT = "ParseInt", "ParseUint"
_SIZES = {
    FieldDescriptor.CPPTYPE_INT32: (_INT, 32),
    FieldDescriptor.CPPTYPE_INT64: (_INT, 64),
    FieldDescriptor.CPPTYPE_UINT32: (_UINT, 32),
    FieldDescriptor.CPPTYPE_UINT64: (_UINT, 64),
}


class FieldError(ValueError):
    """A text is not the value that its field holds."""


def decoded(text: str) -> str:
    """Percent-decoded text. Raises FieldError."""
    broken = _BROKEN_ESCAPE.search(text)
    if broken is not None:
        raise FieldError(f'invalid URL escape "{broken[0]}"')
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise FieldError(f"{text!r} is not UTF-8") from error


def pairs_of(query: str) -> dict[str, list[str]]:
    """A query string's values by name. Raises FieldError."""
    found: dict[str, list[str]] = {}
    for part in query.split("&"):
        if ";" in part:
            raise FieldError("invalid semicolon separator in query")
        if part:
            name, _, value = part.replace("+", " ").partition("=")
            found.setdefault(decoded(name), []).append(decoded(value))
    return found


def fill_query(message: Message, query: str, taken: Collection[str]) -> None:
    """Set the fields named in a query string, except those `taken` by the path or the body.

    Raises FieldError.
    """
    for name, values in pairs_of(query).items():
        indexed = _INDEXED.fullmatch(name)
        if indexed is not None:
            name, values = indexed[1], [indexed[2], *values]
        if not any(_overlap(name, other) for other in taken):
            fill(message, name, values)


def fill(message: Message, path: str, values: list[str]) -> None:
    """Set one field by its dotted name. Raises FieldError."""
    names = path.split(".")
    target: Any = message
    for at, name in enumerate(names):
        field = _named(target.DESCRIPTOR, name)
        if field is None:
            return
        is_last = at == len(names) - 1
        is_repeated = field.label == FieldDescriptor.LABEL_REPEATED
        if is_repeated and not is_last:
            raise FieldError(f"unexpected repeated field in {path}")
        if is_repeated:
            _fill_repeated(target, field, values, path)
            return
        if field.message_type is None or field.message_type.full_name in _TIMES:
            if not is_last:
                so_far = ".".join(names[: at + 1])
                raise FieldError(f"unexpected nested field {names[at + 1]} in {so_far}")
            target.SetInParent()
            _fill_single(target, field, values[0])
            return
        target = getattr(target, name)
        target.SetInParent()
    raise FieldError(
        f"field type *{_go_name(target.DESCRIPTOR)} is not supported in query parameters"
    )


def _go_name(kind: Descriptor | EnumDescriptor) -> str:
    """A type's name in Go, as refusals have it: `query.PageRequest`."""
    package: str = kind.file.GetOptions().go_package
    inner = kind.full_name.removeprefix(f"{kind.file.package}.").replace(".", "_")
    return f"{re.split('[/;]', package)[-1]}.{inner}"


def _overlap(name: str, other: str) -> bool:
    return name == other or name.startswith(f"{other}.") or other.startswith(f"{name}.")


def _named(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    # not by protobuf's own tables, which take a name as ended by NUL
    return next(
        (each for each in descriptor.fields if name in (each.name, each.camelcase_name)), None
    )


def _fill_single(target: Any, field: FieldDescriptor, text: str) -> None:
    if field.message_type is None:
        setattr(target, field.name, value_of(field, text))
    elif text != "null":
        getattr(target, field.name).CopyFrom(_time(field.message_type.full_name, text))


def _fill_repeated(target: Any, field: FieldDescriptor, values: list[str], path: str) -> None:
    into = getattr(target, field.name)
    kind = field.message_type
    if kind is None:
        into.extend(value_of(field, text) for text in values)
    elif kind.GetOptions().map_entry:
        if len(values) != 2:
            raise FieldError(f"more than one value provided for key {values[0]} in map {path}")
        key, value = kind.fields_by_name["key"], kind.fields_by_name["value"]
        if value.message_type is not None:
            raise FieldError(f"map {path} of messages is not supported in query parameters")
        into[value_of(key, values[0])] = value_of(value, values[1])
    elif kind.full_name in _TIMES:
        into.extend(_time(kind.full_name, text) for text in values)
    else:
        raise FieldError(f"field type []*{_go_name(kind)} is not supported in query parameters")


def value_of(field: FieldDescriptor, text: str) -> Any:
    """The value of a field that is no message. Raises FieldError."""
    if field.enum_type is not None:
        return _enum(field, text)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _bytes(text)
    if field.cpp_type in _SIZES:
        return _integer(text, *_SIZES[field.cpp_type])
    return _SCALARS[field.cpp_type](text)


def _integer(text: str, function: str, bits: int) -> int:
    is_octal = re.fullmatch(r"[+-]?0[0-7_]+", text) is not None
    fits_syntax = _NUMBER.fullmatch(text) and not (function == _UINT and text[0] in "+-")
    try:
        number = int(text, 8 if is_octal else 0) if fits_syntax else None
    except ValueError:
        number = None
    if number is None:
        raise FieldError(f'strconv.{function}: parsing "{text}": invalid syntax')
    low, high = (0, 1 << bits) if function == _UINT else (-1 << (bits - 1), 1 << (bits - 1))
    if not low <= number < high:
        raise FieldError(f'strconv.{function}: parsing "{text}": value out of range')
    return number


def _enum(field: FieldDescriptor, text: str) -> int:
    for value in field.enum_type.values:
        if value.name == text:
            return int(value.number)
    if re.fullmatch(r"[+-]?[0-9]{1,10}", text, re.ASCII):
        number = int(text)
        if number in field.enum_type.values_by_number:
            return number
    raise FieldError(f"{text} is not a valid {_go_name(field.enum_type)}")


def _bytes(text: str) -> bytes:
    plain = text.replace("\n", "").replace("\r", "")
    try:
        return b64decode(plain.encode(), validate=True)
    except Base64Error:
        pass  # the other alphabet may fit
    try:
        return b64decode(plain.encode(), altchars=b"-_", validate=True)
    except Base64Error as error:
        strange = (at for at, char in enumerate(plain) if char not in _BASE64)
        at = next(strange, len(plain) - len(plain) % 4)
        raise FieldError(f"illegal base64 data at input byte {at}") from error


def _bool(text: str) -> bool:
    if text not in _TRUE + _FALSE:
        raise FieldError(f'strconv.ParseBool: parsing "{text}": invalid syntax')
    return text in _TRUE


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise FieldError(f'strconv.ParseFloat: parsing "{text}": invalid syntax') from error


def _time(kind: str, text: str) -> Message:
    try:
        return wire.from_json(_TIMES[kind], text)
    except wire.MalformedJson as error:
        raise FieldError(f"bad {kind.rpartition('.')[2]}: {error}") from error


_SCALARS: dict[int, Callable[[str], Any]] = {
    FieldDescriptor.CPPTYPE_STRING: str,
    FieldDescriptor.CPPTYPE_BOOL: _bool,
    FieldDescriptor.CPPTYPE_DOUBLE: _float,
    FieldDescriptor.CPPTYPE_FLOAT: _float,
}
