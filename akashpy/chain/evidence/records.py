"""The evidence that was acted upon, by its hash."""

from google.protobuf.any_pb2 import Any

from akashpy.state.codecs import Bytes, message
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.evidence import Equivocation

STORE = "evidence"
EVIDENCE: Map[bytes, Any] = Map(STORE, b"\x00", Bytes, message(Any))


def put(ctx: Context, value: Equivocation) -> None:
    """Keep evidence."""
    EVIDENCE.put(ctx, value.hash, value.to_any())
