"""Gogoproto's JSON to messages: transactions from files, genesis, answers of REST.

Strict where Go is: an unknown field or a value of the wrong kind is an error that names its path.
Source: gogoproto jsonpb Unmarshaler.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from akashpy.wire._decimals import dec_from_json, int_text
from akashpy.wire._errors import MalformedJson, UnknownType
from akashpy.wire._registry import class_named, message_class, pack
from akashpy.wire._rules import Rule, Text, rules
from akashpy.wire._times import SECOND, parse_duration, parse_timestamp

M = TypeVar("M", bound=Message)
Read: TypeAlias = Callable[[Any], Any]

_INTEGERS = {
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT32,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_SINT32,
    FieldDescriptor.TYPE_SINT64,
    FieldDescriptor.TYPE_FIXED32,
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED32,
    FieldDescriptor.TYPE_SFIXED64,
}


def from_json(kind: type[M], value: object) -> M:
    """Message of this class from its JSON value; names may also be in camelCase.

    Raises MalformedJson.
    """
    message = kind()
    _fill(message, value, kind.DESCRIPTOR.full_name)
    return message


@cache
def _readers(descriptor: Descriptor) -> dict[str, tuple[Rule, Read]]:
    found: dict[str, tuple[Rule, Read]] = {}
    for rule in rules(descriptor):
        entry = (rule, _reader(rule))
        found[rule.name] = found[_camel(rule.name)] = entry
    return found


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _fill(message: Message, value: object, path: str) -> None:
    special = _SPECIAL.get(message.DESCRIPTOR.full_name)
    if special is not None:
        _set(lambda: special(message, value), path)
        return
    if not isinstance(value, Mapping):
        raise MalformedJson(f"{path}: expected an object, got {value!r}")
    readers = _readers(message.DESCRIPTOR)
    for key, item in value.items():
        if key not in readers:
            raise MalformedJson(f'{path}: unknown field "{key}" in {message.DESCRIPTOR.full_name}')
        if item is not None:
            _put(message, *readers[key], item, f"{path}.{key}")


def _put(message: Message, rule: Rule, read: Read, item: Any, path: str) -> None:
    if rule.map_value is not None:
        _put_map(getattr(message, rule.name), rule, read, item, path)
    elif rule.repeated:
        if not isinstance(item, list):
            raise MalformedJson(f"{path}: expected a list, got {item!r}")
        target = getattr(message, rule.name)
        for index, value in enumerate(item):
            if rule.message is not None:
                _fill(target.add(), value, f"{path}[{index}]")
            else:
                _set(partial(_append, target, read, value), f"{path}[{index}]")
    elif rule.message is not None:
        target = getattr(message, rule.name)
        target.SetInParent()
        _fill(target, item, path)
    else:
        _set(lambda: setattr(message, rule.name, read(item)), path)


def _append(target: Any, read: Read, value: object) -> None:
    target.append(read(value))


def _put_map(target: Any, rule: Rule, read: Read, item: object, path: str) -> None:
    if not isinstance(item, Mapping):
        raise MalformedJson(f"{path}: expected an object, got {item!r}")
    for key, value in item.items():
        if rule.message is not None:
            _fill(target[key], value, f"{path}.{key}")
        else:
            target[key] = read(value)


def _set(step: Callable[[], object], path: str) -> None:
    """Run one assignment; protobuf and the readers refuse wrong values with plain errors."""
    try:
        step()
    except MalformedJson:
        raise
    except (ValueError, TypeError, binascii.Error) as error:
        raise MalformedJson(f"{path}: {error}") from error


def _reader(rule: Rule) -> Read:
    field = rule.map_value or rule.field
    if field.enum_type is not None:
        return _enum(field)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _bytes(rule.text)
    if field.type == FieldDescriptor.TYPE_STRING:
        return {Text.DEC: _dec, Text.INT: _int_text}.get(rule.text, _string)
    if field.type in _INTEGERS:
        return _integer
    return _bool


def _enum(field: FieldDescriptor) -> Read:
    numbers = {value.name: value.number for value in field.enum_type.values}

    def read(value: object) -> int:
        if isinstance(value, str):
            if value not in numbers:
                known = ", ".join(numbers)
                raise ValueError(f"unknown value {value!r} for enum; known: {known}")
            number: int = numbers[value]
            return number
        return _integer(value)

    return read


def _bytes(text: Text) -> Read:
    if text is Text.JSON:
        return lambda value: json.dumps(value, separators=(",", ":")).encode()
    if text is Text.DEC:
        return lambda value: _dec(value).encode()
    if text is Text.INT:
        return lambda value: _int_text(value).encode()
    return lambda value: b64decode(_string(value), validate=True)


def _dec(value: object) -> str:
    return dec_from_json(_string(value))


def _int_text(value: object) -> str:
    text = _string(value)
    if not text:
        raise ValueError("expected an integer, got an empty text")
    return int_text(text)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a text, got {value!r}")
    return value


def _integer(value: object) -> int:
    if isinstance(value, str):
        return int(int_text(value)) if value else int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"expected an integer, got {value!r}")
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {value!r}")
    return value


def _fill_any(message: Any, value: object) -> None:
    if not isinstance(value, Mapping) or not isinstance(value.get("@type"), str):
        raise MalformedJson(f'expected an object with "@type", got {value!r}')
    try:
        kind = message_class(value["@type"])
    except UnknownType as error:
        raise MalformedJson(str(error)) from error
    rest = {key: item for key, item in value.items() if key != "@type"}
    special = kind.DESCRIPTOR.full_name in _SPECIAL
    inner = class_named(kind.DESCRIPTOR.full_name)()
    _fill(inner, rest.get("value") if special else rest, value["@type"])
    message.CopyFrom(pack(inner))


def _fill_duration(message: Any, value: object) -> None:
    nanos = parse_duration(_string(value))
    sign = -1 if nanos < 0 else 1
    seconds, rest = divmod(abs(nanos), SECOND)
    message.seconds, message.nanos = sign * seconds, sign * rest


def _fill_timestamp(message: Any, value: object) -> None:
    message.seconds, message.nanos = parse_timestamp(_string(value))


def _fill_quantity(message: Any, value: object) -> None:
    message.string = _string(value)


_SPECIAL: dict[str, Callable[[Any, object], None]] = {
    "google.protobuf.Any": _fill_any,
    "google.protobuf.Duration": _fill_duration,
    "google.protobuf.Timestamp": _fill_timestamp,
    "k8s.io.apimachinery.pkg.api.resource.Quantity": _fill_quantity,
}
