"""Messages to the JSON that Go's gogoproto writes for REST, events and `-o json`.

Field names as in the .proto text, in its order; defaults written out; 64-bit integers as text;
decimals with 18 places; what Go holds by pointer and nobody set is null.
Source: gogoproto jsonpb with OrigName and EmitDefaults; shapes as the node v2.1.0 answers.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from akashpy.wire._decimals import dec_to_json, int_text
from akashpy.wire._registry import unpack
from akashpy.wire._rules import Rule, Text, rules
from akashpy.wire._times import ZERO_TIME_SECONDS, duration_text, timestamp_text

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"
Write: TypeAlias = Callable[[Any], Json]

_LONG = {
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_SINT64,
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED64,
}
_ZERO_TIME = timestamp_text(ZERO_TIME_SECONDS, 0)
# What Go's encoding/json escapes although JSON need not.
_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ESCAPES = str.maketrans(_HTML)
_ESCAPED = re.compile(f"[{''.join(_HTML)}]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def to_json(message: Message) -> dict[str, Json]:
    """JSON value of a message; an `Any` becomes its content with "@type" first.

    Raises UnknownType and MalformedMessage for an `Any` that cannot be read, ValueError for text
    that is not the number it should be.
    """
    out: dict[str, Json] = {}
    for name, oneof, write in _plan(message.DESCRIPTOR):
        if oneof is None or message.WhichOneof(oneof) == name:
            out[name] = write(message)
    return out


def json_text(value: Json) -> str:
    """Compact JSON text, escaped as Go escapes it."""
    text = _ENCODER.encode(value)
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text


@cache
def _plan(descriptor: Descriptor) -> tuple[tuple[str, str | None, Write], ...]:
    return tuple((rule.name, rule.oneof, _field(rule)) for rule in rules(descriptor))


def _field(rule: Rule) -> Write:
    name = rule.name
    if rule.map_value is not None:
        write = _single(rule, rule.map_value)
        return lambda message: _map(getattr(message, name), write)
    write = _single(rule, rule.field)
    if rule.repeated:
        return lambda message: [write(item) for item in getattr(message, name)]
    if rule.message is None:
        return lambda message: write(getattr(message, name))
    if rule.required:
        if rule.message.full_name == "google.protobuf.Timestamp":
            return lambda message: (
                write(getattr(message, name)) if message.HasField(name) else _ZERO_TIME
            )
        return lambda message: write(getattr(message, name))
    return lambda message: write(getattr(message, name)) if message.HasField(name) else None


def _map(values: Any, write: Write) -> Json:
    return {str(key): write(values[key]) for key in sorted(values)}


def _single(rule: Rule, field: FieldDescriptor) -> Write:
    """How one value of a field is written, be it alone, in a list or in a map."""
    if field.message_type is not None:
        return _SPECIAL.get(field.message_type.full_name, to_json)
    if field.enum_type is not None:
        names = {value.number: value.name for value in field.enum_type.values}
        return lambda number: names.get(number, number)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _bytes(rule)
    if rule.text is not Text.PLAIN:
        return _number(rule)
    return str if field.type in _LONG else _same


def _bytes(rule: Rule) -> Write:
    if rule.text is Text.JSON:
        return json.loads
    if rule.text in (Text.INT, Text.DEC):
        write = _number(rule)
        return lambda value: write(value.decode("ascii"))
    if rule.repeated:
        return lambda value: b64encode(value).decode("ascii")
    # Go reads an absent field as a nil slice, which its JSON writes as null.
    return lambda value: b64encode(value).decode("ascii") if value else None


def _number(rule: Rule) -> Write:
    write = dec_to_json if rule.text is Text.DEC else int_text
    if rule.required:
        return write
    return lambda value: write(value) if value else None


def _same(value: Any) -> Json:
    kept: Json = value
    return kept


def _any(wrapped: Any) -> Json:
    inner = unpack(wrapped)
    special = _SPECIAL.get(inner.DESCRIPTOR.full_name)
    if special is not None:
        return {"@type": wrapped.type_url, "value": special(inner)}
    return {"@type": wrapped.type_url, **to_json(inner)}


def _redelegation(response: Any) -> Json:
    """Go writes this one with encoding/json: numbers as numbers, zeros left out, nil as null, and
    times without zeros at the end of their fraction.

    Source: SDK 0.53 `x/staking/types/delegation.go` RedelegationResponse.MarshalJSON.
    """
    moved: Any = to_json(response.redelegation)
    entries: list[Json] = []
    for each in response.entries:
        shown: Any = to_json(each)
        entry = shown["redelegation_entry"]
        numbers = {name: int(entry[name]) for name in _ENTRY_NUMBERS}
        kept: dict[str, Json] = {
            name: numbers.get(name, value)
            for name, value in entry.items()
            if numbers.get(name, value) != 0
        }
        kept["completion_time"] = _ZEROS.sub(r"\1Z", entry["completion_time"])
        entries.append({**shown, "redelegation_entry": kept})
    return {"redelegation": {**moved, "entries": moved["entries"] or None}, "entries": entries}


_ZEROS = re.compile(r"(\.\d*[1-9])0+Z$")
_ENTRY_NUMBERS = ("creation_height", "unbonding_id", "unbonding_on_hold_ref_count")
_SPECIAL: dict[str, Write] = {
    "cosmos.staking.v1beta1.RedelegationResponse": _redelegation,
    "google.protobuf.Any": _any,
    "google.protobuf.Duration": lambda value: duration_text(value.seconds, value.nanos),
    "google.protobuf.Timestamp": lambda value: timestamp_text(value.seconds, value.nanos),
    # Kubernetes' amounts write themselves as their text, `100m`.
    "k8s.io.apimachinery.pkg.api.resource.Quantity": lambda value: value.string or "0",
}
