"""Bytes as Go writes them: what Go holds by value is on the wire even when empty.

Python omits it, and both read the same. Use this only where bytes are compared with Go's.
"""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from akashpy.wire._rules import Rule, Text, rules
from akashpy.wire._times import ZERO_TIME_SECONDS

M = TypeVar("M", bound=Message)

_OPAQUE = {
    "google.protobuf.Any",
    "google.protobuf.Duration",
    "google.protobuf.Timestamp",
    "k8s.io.apimachinery.pkg.api.resource.Quantity",
}


def set_required(message: Message) -> None:
    """Set, in place and all the way down, every field that Go cannot leave out."""
    if message.DESCRIPTOR.full_name in _OPAQUE:
        return
    for rule in rules(message.DESCRIPTOR):
        if rule.message is None:
            _set_number(message, rule)
        elif rule.map_value is not None:
            for value in getattr(message, rule.name).values():
                set_required(value)
        elif rule.repeated:
            for item in getattr(message, rule.name):
                set_required(item)
        elif rule.required or message.HasField(rule.name):
            _set_message(message, rule)


def encode_gogo(message: M) -> bytes:
    """The bytes that Go's gogoproto writes for a message; the message itself is not changed."""
    copy = type(message)()
    copy.CopyFrom(message)
    set_required(copy)
    return copy.SerializeToString(deterministic=True)


def _set_number(message: Message, rule: Rule) -> None:
    if not rule.required or rule.repeated or rule.text not in (Text.INT, Text.DEC):
        return
    if not getattr(message, rule.name):
        is_bytes = rule.field.type == FieldDescriptor.TYPE_BYTES
        setattr(message, rule.name, b"0" if is_bytes else "0")


def _set_message(message: Message, rule: Rule) -> None:
    inner = getattr(message, rule.name)
    if not message.HasField(rule.name):
        inner.SetInParent()
        if inner.DESCRIPTOR.full_name == "google.protobuf.Timestamp":
            inner.seconds = ZERO_TIME_SECONDS
    set_required(inner)
