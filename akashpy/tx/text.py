"""Transactions in the SDK's JSON, as files and genesis documents hold them.

Messages are written as Go writes them, so that a signature over Go's bytes stays right. This
module must not know files or state.
"""

from collections.abc import Mapping
from typing import Any

from akashpy import wire
from akashpy.tx import build
from akashpy.wire import tx as pb


def parts_of(content: Any) -> tuple[bytes, bytes, list[bytes]]:
    """Body, auth info and signatures of a transaction's JSON. Raises WireError, ValueError."""
    if not isinstance(content, Mapping):
        raise ValueError("a transaction's JSON is an object with body and auth_info")
    content = dict(content)
    auth = content.get("auth_info")
    if isinstance(auth, Mapping):
        content["auth_info"] = {name: value for name, value in auth.items() if name != "tip"}
    whole = wire.from_json(pb.Tx, content)
    body = whole.body
    for packed in body.messages:
        packed.value = wire.encode_gogo(wire.unpack(packed))
    return (
        body.SerializeToString(deterministic=True),
        whole.auth_info.SerializeToString(deterministic=True),
        list(whole.signatures),
    )


def bytes_of(content: Any) -> bytes:
    """A transaction's bytes from its JSON. Raises WireError, ValueError."""
    return build.assemble(*parts_of(content))


def as_json(raw: bytes) -> dict[str, Any]:
    """A transaction's bytes as JSON. Raises WireError, DecodeError for bytes that are none."""
    found = pb.TxRaw.FromString(raw)
    whole = pb.Tx(
        body=pb.TxBody.FromString(found.body_bytes),
        auth_info=pb.AuthInfo.FromString(found.auth_info_bytes),
        signatures=found.signatures,
    )
    return wire.to_json(whole)
