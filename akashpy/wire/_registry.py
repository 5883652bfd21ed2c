"""Type URLs, message classes and `Any`: from a name on the wire to a generated class and back.

Loads the file that defines a message when it is first asked for, so that a program pays only for
what it uses. It must not know what any message means.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TypeVar

from google.protobuf.any_pb2 import Any
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError, Message

from akashpy.proto.index import MESSAGES, SERVICES
from akashpy.wire._errors import MalformedMessage, UnknownType

M = TypeVar("M", bound=Message)

# The SDK's own types whose JSON or nesting needs them; they are defined by protobuf itself.
_WELL_KNOWN = {
    "google.protobuf.Any": "google.protobuf.any_pb2",
    "google.protobuf.Duration": "google.protobuf.duration_pb2",
    "google.protobuf.Empty": "google.protobuf.empty_pb2",
    "google.protobuf.Timestamp": "google.protobuf.timestamp_pb2",
}


def _module_path(top: str) -> str | None:
    if module := MESSAGES.get(top):
        return f"akashpy.proto.{module}"
    return _WELL_KNOWN.get(top)


@cache
def class_named(full_name: str) -> type[Message]:
    """Class of the message with this full protobuf name, nested ones included.

    Raises UnknownType.
    """
    top, nested = full_name, list[str]()
    while (path := _module_path(top)) is None:
        top, _, last = top.rpartition(".")
        if not top:
            raise UnknownType(f"unknown message {full_name!r}: no .proto file of ours defines it")
        nested.insert(0, last)
    found: object = import_module(path)
    for name in (top.rpartition(".")[2], *nested):
        found = getattr(found, name, None)
    if not (isinstance(found, type) and issubclass(found, Message)):
        raise UnknownType(f"unknown message {full_name!r}: {top} has no such part")
    return found


def message_class(type_url: str) -> type[Message]:
    """Class of the message with this type URL, which is a slash and the full name.

    Raises UnknownType; its text is the SDK's.
    """
    if not type_url.startswith("/"):
        raise UnknownType(f"unable to resolve type URL {type_url}")
    try:
        return class_named(type_url[1:])
    except UnknownType as unknown:
        raise UnknownType(f"unable to resolve type URL {type_url}") from unknown


def type_url(message: Message | type[Message]) -> str:
    """Type URL of a message or of its class: a slash and the full protobuf name."""
    return f"/{message.DESCRIPTOR.full_name}"


def pack(message: Message) -> Any:
    """Wrap a message as the `Any` that transactions and accounts carry."""
    return Any(type_url=type_url(message), value=message.SerializeToString(deterministic=True))


def unpack(wrapped: Any) -> Message:
    """The message inside an `Any`.

    Raises UnknownType, MalformedMessage.
    """
    return decode(message_class(wrapped.type_url), wrapped.value)


def decode(kind: type[M], data: bytes) -> M:
    """Read a message; unknown fields are kept, as protobuf does.

    Raises MalformedMessage.
    """
    message = kind()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise MalformedMessage(f"{kind.DESCRIPTOR.full_name}: {error}") from error
    return message


def load_all() -> None:
    """Load every file, as reflection must, whose answer lists all there is."""
    for module in sorted({*MESSAGES.values(), *SERVICES.values()}):
        import_module(f"akashpy.proto.{module}")


@cache
def file_descriptors() -> tuple[FileDescriptorProto, ...]:
    """Every file of ours and what those import, by name. Loads them all."""
    load_all()
    found: dict[str, FileDescriptorProto] = {}

    def add(file: FileDescriptor) -> None:
        if file.name not in found:
            found[file.name] = FileDescriptorProto.FromString(file.serialized_pb)
            for imported in file.dependencies:
                add(imported)

    for module in {*MESSAGES.values(), *SERVICES.values()}:
        add(import_module(f"akashpy.proto.{module}").DESCRIPTOR)
    return tuple(found[name] for name in sorted(found))
