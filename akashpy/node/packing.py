"""How the node's records become bytes: msgpack on disk, JSON on the wire.

Exists because the encoder takes plain text only, while events carry addresses, which are text of a
class of their own. Must not know any record.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be stored; make it plain data first")


pack = msgspec.msgpack.Encoder(enc_hook=_plain).encode
"""A record as msgpack."""


def pack_list(values: Iterable[Any]) -> bytes:
    """Records as a msgpack array, one call each: other threads get their turn in between."""
    parts = [pack(value) for value in values]
    return b"\xdd" + len(parts).to_bytes(4, "big") + b"".join(parts)


to_json = msgspec.json.Encoder(enc_hook=_plain).encode
"""Plain data as JSON."""
