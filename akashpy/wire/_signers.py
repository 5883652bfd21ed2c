"""Who must sign a message: the field paths that hold its signers' addresses.

Read from the option `cosmos.msg.v1.signer`, and for Akash's messages without it from the table
below, where the signer sits inside an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from akashpy.proto.cosmos.msg.v1.msg_pb2 import signer as signer_option
from akashpy.wire._errors import UnknownType
from akashpy.wire._registry import message_class

_WITHOUT_OPTION = {
    "akash.cert.v1.MsgRevokeCertificate": "id.owner",
    "akash.deployment.v1beta4.MsgCloseDeployment": "id.owner",
    "akash.deployment.v1beta4.MsgCloseGroup": "id.owner",
    "akash.deployment.v1beta4.MsgCreateDeployment": "id.owner",
    "akash.deployment.v1beta4.MsgPauseGroup": "id.owner",
    "akash.deployment.v1beta4.MsgStartGroup": "id.owner",
    "akash.deployment.v1beta4.MsgUpdateDeployment": "id.owner",
    "akash.market.v1beta5.MsgCloseBid": "id.provider",
    "akash.market.v1beta5.MsgCloseLease": "id.owner",
    "akash.market.v1beta5.MsgCreateBid": "id.provider",
    "akash.market.v1beta5.MsgCreateLease": "bid_id.owner",
    "akash.market.v1beta5.MsgLeaseStartReclaim": "id.provider",
    "akash.market.v1beta5.MsgWithdrawLease": "id.provider",
}


@cache
def signer_paths(type_url: str) -> tuple[str, ...]:
    """Field paths of the signers, in order, such as `id.owner` or `inputs.address`.

    Raises UnknownType, also for a message that nobody can sign.
    """
    return _paths(message_class(type_url).DESCRIPTOR)


def _paths(descriptor: Descriptor) -> tuple[str, ...]:
    if own := _WITHOUT_OPTION.get(descriptor.full_name):
        return (own,)
    found: list[str] = []
    for name in descriptor.GetOptions().Extensions[signer_option]:
        field = descriptor.fields_by_name[name]
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            found += [f"{name}.{rest}" for rest in _paths(field.message_type)]
        else:
            found.append(name)
    if not found:
        raise UnknownType(
            f"/{descriptor.full_name} names no signer, so it cannot be in a transaction"
        )
    return tuple(found)


def signers(message: Message) -> tuple[str, ...]:
    """Addresses that must sign a message, each once, in order of first mention.

    Raises UnknownType when nobody can sign it.
    """
    url = f"/{message.DESCRIPTOR.full_name}"
    if simple := _single(url):
        value: Any = message
        for name in simple:
            value = getattr(value, name)
        return (value,)
    found: dict[str, None] = {}
    for path in signer_paths(url):
        found |= dict.fromkeys(_at([message], path.split(".")))
    return tuple(found)


@cache
def _single(type_url: str) -> tuple[str, ...]:
    """The steps to the signer where there is exactly one, else none. Raises UnknownType."""
    paths = signer_paths(type_url)
    descriptor: Descriptor = message_class(type_url).DESCRIPTOR
    steps = tuple(paths[0].split("."))
    if len(paths) > 1:
        return ()
    for name in steps:
        field = descriptor.fields_by_name[name]
        if field.label == FieldDescriptor.LABEL_REPEATED:
            return ()
        descriptor = field.message_type
    return steps


def _at(messages: Iterable[Any], path: list[str]) -> Iterator[str]:
    name, *rest = path
    for message in messages:
        value = getattr(message, name)
        values: Iterable[Any] = (value,) if isinstance(value, (str, Message)) else value
        yield from _at(values, rest) if rest else values
