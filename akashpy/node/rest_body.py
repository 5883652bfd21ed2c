"""The body of a POST to a request: JSON as the gateway reads it.

Other than our own reader of JSON it ignores unknown fields and whatever follows the value, as
gateways do; texts are Go's where they name no type of Go. It must not know HTTP.
Source: grpc-gateway v1.16 `runtime/marshal_jsonpb.go`, as the node v2.1.0 answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from akashpy import wire

_ANY = "google.protobuf.Any"
_DECODER = json.JSONDecoder()
_KINDS = {list: "array", str: "string", bool: "bool", int: "number", float: "number"}


class BodyError(ValueError):
    """A body is not the JSON of its request."""


def read_body(kind: type[Message], body: bytes, field: str = "*") -> Message:
    """The request in a body, which is all of it (`*`) or one field. Raises BodyError."""
    try:
        value = _first_value(body)
        if value is None:
            return kind()
        if field != "*":
            value = {field: value}
        if not isinstance(value, Mapping):
            raise BodyError(
                f"json: cannot unmarshal {_KINDS[type(value)]} into Go value of type "
                "map[string]json.RawMessage"
            )
        return wire.from_json(kind, _known(kind.DESCRIPTOR, value))
    except wire.WireError as error:
        raise BodyError(str(error)) from error
    except RecursionError as error:
        raise BodyError("invalid character '[' exceeded max depth") from error


def _first_value(body: bytes) -> Any:
    """The first JSON value in a body; None for an empty one."""
    try:
        text = body.decode().strip(" \t\r\n")
    except UnicodeDecodeError as error:
        raise BodyError(f"the body is not UTF-8 at byte {error.start}") from error
    if not text:
        return None
    try:
        return _DECODER.raw_decode(text)[0]
    except json.JSONDecodeError as error:
        if error.pos >= len(text):
            raise BodyError("unexpected EOF") from error
        if error.msg == "Expecting value":
            found = text[error.pos]
            raise BodyError(
                f"invalid character '{found}' looking for beginning of value"
            ) from error
        raise BodyError(str(error)) from error


def _known(descriptor: Descriptor, value: Any) -> Any:
    """The value without the members that no field has."""
    if descriptor.full_name == _ANY:
        return _known_any(value)
    if descriptor.full_name.startswith("google.protobuf.") or not isinstance(value, Mapping):
        return value
    fields = {}
    for field in descriptor.fields:
        fields[field.name] = fields[field.camelcase_name] = field
    return {name: _known_in(fields[name], item) for name, item in value.items() if name in fields}


def _known_in(field: FieldDescriptor, value: Any) -> Any:
    kind = field.message_type
    if kind is None or kind.GetOptions().map_entry:
        return value
    if field.label == FieldDescriptor.LABEL_REPEATED and isinstance(value, list):
        return [_known(kind, item) for item in value]
    return _known(kind, value)


def _known_any(value: Any) -> Any:
    if not isinstance(value, Mapping) or not isinstance(value.get("@type"), str):
        raise BodyError("Any JSON doesn't have '@type'")
    url: str = value["@type"]
    try:
        kind = wire.message_class(url)
    except wire.UnknownType as error:
        raise BodyError(f'unknown message type "{url.rpartition("/")[2]}"') from error
    rest = {name: item for name, item in value.items() if name != "@type"}
    known = _known(kind.DESCRIPTOR, rest)
    return {"@type": url, **known}
