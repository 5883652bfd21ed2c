"""Messages to the JSON that hardware wallets and old clients sign: amino JSON.

Which names, omissions and forms a field has stands in the .proto text, in options of the packages
`amino`, `cosmos_proto` and `gogoproto`. It must not know transactions; the document that is signed
is `akashpy.tx.amino`. Source: x/tx 0.14 `signing/aminojson`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from akashpy.proto.amino import amino_pb2 as amino
from akashpy.proto.cosmos_proto import cosmos_pb2 as cosmos
from akashpy.wire._decimals import dec_to_json
from akashpy.wire._registry import unpack
from akashpy.wire._rules import Text, rules
from akashpy.wire._times import timestamp_text
from akashpy.wire._tojson import json_text

SECOND = 1_000_000_000
LONGEST = (2**63 - 1) // SECOND - 1
"""Seconds that still fit an int64 of nanoseconds."""
Write = Callable[[Any], str]
_UNRESOLVED = {
    ("akash.base.resources.v1beta4.CPU", "units"),
    ("akash.base.resources.v1beta4.GPU", "units"),
    ("akash.base.resources.v1beta4.Memory", "quantity"),
    ("akash.base.resources.v1beta4.Resources", "storage"),
    ("akash.bme.v1.MsgUpdateParams", "params"),
    ("akash.deployment.v1beta4.GroupSpec", "resources"),
    ("akash.deployment.v1beta4.MsgCreateDeployment", "groups"),
    ("akash.market.v1beta5.MsgCreateBid", "resources_offer"),
    ("akash.oracle.v2.MsgAddPriceEntry", "id"),
    ("akash.oracle.v2.MsgUpdateParams", "params"),
    ("akash.provider.v1beta4.MsgCreateProvider", "info"),
    ("akash.provider.v1beta4.MsgUpdateProvider", "info"),
}
"""Fields whose message Akash's programs do not find when they write amino JSON: they sign `{}` for
it, whatever it holds. So such a signature does not cover, for one, what a deployment asks for."""
_LONG = {
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_SINT64,
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED64,
}


class _Field(NamedTuple):
    """How one field is written: `key` sorts it and names it, unless a oneof does."""

    name: str
    key: str
    label: str
    oneof: str | None
    kind: str | None
    """In a oneof: the name of this choice, None where the .proto text gives none."""
    omits: bool
    is_message: bool
    is_list: bool
    write: Write


def amino_json(message: Message) -> str:
    """The amino JSON of a message, without its name; an `Any` becomes its content, named.

    Raises ValueError for a message that Go does not encode, UnknownType and MalformedMessage for
    an `Any` that cannot be read.
    """
    return _writer(message.DESCRIPTOR)(message)


@cache
def _writer(descriptor: Descriptor) -> Write:
    special = _SPECIAL.get(descriptor.full_name)
    if special is not None:
        return special
    options = descriptor.GetOptions()
    if options.HasExtension(amino.message_encoding):
        encoding = _ENCODINGS.get(options.Extensions[amino.message_encoding])
        if encoding is not None:
            return encoding
    return _plain


def _plain(message: Message) -> str:
    nulls: set[str] = set()
    parts = []
    for field in _plan(message.DESCRIPTOR):
        value = getattr(message, field.name)
        if field.oneof is not None:
            written = _choice(message, field, value, nulls)
            if written is not None:
                parts.append(written)
            continue
        if not (message.HasField(field.name) if field.is_message else value):
            if field.omits:
                continue
            if field.is_message:
                raise ValueError(
                    "not supported: dont_omit_empty=true on invalid (nil?) message field: "
                    f"{field.key}"
                )
        parts.append(f"{field.label}:{field.write(value)}")
    return "{" + ",".join(parts) + "}"


def _choice(message: Message, field: _Field, value: Any, nulls: set[str]) -> str | None:
    """One alternative of a oneof: its value, null for the first of a oneof that is not set."""
    assert field.oneof is not None
    if field.kind is None:
        raise ValueError(
            f"field {field.name} within a oneof must have the amino.oneof_type_name option set"
        )
    chosen = message.WhichOneof(field.oneof)
    if chosen == field.name:
        inner = f"{field.label}:{field.write(value)}"
        return f'"{field.key}":{{"type":"{field.kind}","value":{{{inner}}}}}'
    if chosen is None and field.key not in nulls:
        nulls.add(field.key)
        return f'"{field.key}":null'
    return None


@cache
def _plan(descriptor: Descriptor) -> tuple[_Field, ...]:
    """The fields in the order of their JSON names."""
    found = [
        _field(field, rule.text)
        for field, rule in zip(descriptor.fields, rules(descriptor), strict=True)
    ]
    return tuple(sorted(found, key=lambda field: field.key.encode()))


def _field(field: FieldDescriptor, text: Text) -> _Field:
    options = field.GetOptions()
    name = options.Extensions[amino.field_name] if options.HasExtension(amino.field_name) else ""
    label = json_text(name or field.name)
    oneof = field.containing_oneof
    kind = None
    if oneof is not None and options.HasExtension(amino.oneof_name):
        kind = options.Extensions[amino.oneof_name]
    is_list = field.label == FieldDescriptor.LABEL_REPEATED
    return _Field(
        name=field.name,
        key=_camel(oneof.name) if oneof is not None else name or field.name,
        label=label,
        oneof=oneof.name if oneof is not None else None,
        kind=kind,
        omits=not options.Extensions[amino.dont_omitempty],
        is_message=field.message_type is not None and not is_list,
        is_list=is_list,
        write=_value(field, text),
    )


def _value(field: FieldDescriptor, text: Text) -> Write:
    if (field.containing_type.full_name, field.name) in _UNRESOLVED:
        return _hidden
    options = field.GetOptions()
    scalar = options.Extensions[cosmos.scalar] if options.HasExtension(cosmos.scalar) else ""
    if scalar == "cosmos.Int":
        return _int
    if scalar == "cosmos.Dec" and text is Text.DEC:
        return _dec
    write = _single(field)
    if field.label != FieldDescriptor.LABEL_REPEATED:
        return write
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return _no_maps
    empty = "[]" if options.Extensions[amino.encoding] == "legacy_coins" else "null"
    return lambda values: f"[{','.join(map(write, values))}]" if values else empty


def _hidden(value: Any) -> str:
    return "{}" if isinstance(value, Message) else f"[{','.join('{}' for _ in value)}]"


def _single(field: FieldDescriptor) -> Write:
    if field.message_type is not None:
        return amino_json
    if field.type in _LONG:
        return lambda value: f'"{value}"'
    if field.type == FieldDescriptor.TYPE_BYTES:
        return lambda value: f'"{b64encode(value).decode()}"' if value else "null"
    return json_text


def _int(value: str | bytes) -> str:
    return (
        json_text(value.decode("ascii") if isinstance(value, bytes) else value) if value else '"0"'
    )


def _dec(value: str | bytes) -> str:
    if not value:
        return '"0"'
    return f'"{dec_to_json(value.decode("ascii") if isinstance(value, bytes) else value)}"'


def _no_maps(value: object) -> str:
    raise ValueError("maps are not supported")


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _any(message: Any) -> str:
    inner = unpack(message)
    options = inner.DESCRIPTOR.GetOptions()
    name = (
        options.Extensions[amino.name]
        if options.HasExtension(amino.name)
        else "/" + inner.DESCRIPTOR.full_name
    )
    return f'{{"type":"{name}","value":{amino_json(inner)}}}'


def _timestamp(message: Any) -> str:
    if message.nanos < 0:
        raise ValueError(f"nanos must be non-negative on timestamp {message}")
    whole = timestamp_text(message.seconds, 0)
    if not message.nanos:
        return f'"{whole}"'
    return f'"{whole.removesuffix("Z")}.{f"{message.nanos:09d}".rstrip("0")}Z"'


def _duration(message: Any) -> str:
    if message.seconds > LONGEST:
        raise ValueError(
            f"{message.seconds} seconds would overflow an int64 when represented as nanoseconds"
        )
    return f'"{message.seconds * SECOND + message.nanos}"'


def _key(message: Any) -> str:
    return f'"{b64encode(message.key).decode()}"' if message.key else "null"


def _threshold(message: Any) -> str:
    keys = ",".join(map(amino_json, message.public_keys))
    return f'{{"pubkeys":[{keys}],"threshold":"{message.threshold}"}}'


_SPECIAL: dict[str, Write] = {
    "google.protobuf.Any": _any,
    "google.protobuf.Duration": _duration,
    "google.protobuf.Timestamp": _timestamp,
}
_ENCODINGS: dict[str, Write] = {"key_field": _key, "threshold_string": _threshold}
