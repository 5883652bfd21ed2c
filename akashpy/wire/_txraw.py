"""The outermost bytes of a transaction, read as strictly as the SDK reads them."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from akashpy.proto.cosmos.tx.v1beta1.tx_pb2 import TxRaw
from akashpy.wire._strict import decode_strict, reject_non_adr027


def decode_tx_raw(data: bytes) -> TxRaw:
    """Read a TxRaw that follows ADR-027 and has no unknown field.

    Raises MalformedMessage, UnknownField; their text is the SDK's.
    Source: SDK `x/auth/tx/decoder.go`.
    """
    raw = TxRaw()
    try:
        raw.ParseFromString(data)
        raw.DiscardUnknownFields()  # type: ignore[attr-defined]  # absent from the stubs
        # Equal bytes say it all: in order, shortest lengths, nothing unknown.
        if raw.SerializeToString(deterministic=True) == data:
            return raw
    except DecodeError:
        pass  # the checks below name what is wrong
    reject_non_adr027(data)
    return decode_strict(TxRaw, data)[0]
