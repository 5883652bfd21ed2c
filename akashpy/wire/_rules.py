"""What gogoproto's options say about each field: whether Go may omit it and what text it holds.

Read once per message and kept. JSON both ways and Go's encoding are built on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from akashpy.proto.gogoproto import gogo_pb2 as gogo


class Text(Enum):
    """Go type behind a string or bytes field."""

    PLAIN = "plain"
    INT = "cosmossdk.io/math.Int"
    DEC = "cosmossdk.io/math.LegacyDec"
    JSON = "encoding/json.RawMessage"


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: `required` means that Go holds it by value and so always writes it."""

    name: str
    number: int
    field: FieldDescriptor
    repeated: bool
    map_value: FieldDescriptor | None
    required: bool
    text: Text
    oneof: str | None

    @property
    def message(self) -> Descriptor | None:
        """Descriptor of the message that the field holds; for a map, that of its values."""
        kind: Descriptor | None = (self.map_value or self.field).message_type
        return kind


@cache
def rules(descriptor: Descriptor) -> tuple[Rule, ...]:
    """Rules of all fields in the order of the .proto text, which is the order of Go's JSON."""
    return tuple(_rule(field) for field in descriptor.fields)


def _rule(field: FieldDescriptor) -> Rule:
    entry = field.message_type
    is_map = entry is not None and entry.GetOptions().map_entry
    return Rule(
        name=field.name,
        number=field.number,
        field=field,
        repeated=field.label == FieldDescriptor.LABEL_REPEATED and not is_map,
        map_value=entry.fields_by_name["value"] if is_map else None,
        required=_option(field, gogo.nullable) is False,
        text=_text(field),
        oneof=field.containing_oneof.name if field.containing_oneof else None,
    )


def _text(field: FieldDescriptor) -> Text:
    custom = _option(field, gogo.customtype) or _option(field, gogo.casttype)
    return next((text for text in Text if text.value == custom), Text.PLAIN)


def _option(field: FieldDescriptor, extension: Any) -> object:
    """Value of a field option, or None where the .proto text does not say."""
    options = field.GetOptions()
    return options.Extensions[extension] if options.HasExtension(extension) else None
