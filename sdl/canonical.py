"""The canonical bytes of a manifest and their hash: the version of a deployment.

Sorted keys, no spaces, and the escapes of Go's JSON encoder. Works on plain JSON values.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_SPECIAL = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_ESCAPES = {
    "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029",
}  # fmt: skip


def canonical_json(value: Any) -> bytes:
    """Encode JSON values as Akash hashes them. Undecodable bytes become `\\ufffd`, as in Go."""
    text = _encode(value)
    if not text.isascii() or "<" in text or ">" in text or "&" in text:
        text = _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], "\\ufffd"), text)
    return text.encode()


def version(manifest: list[dict[str, Any]]) -> bytes:
    """The 32-byte version hash of a manifest given as JSON values."""
    return hashlib.sha256(canonical_json(manifest)).digest()


def replace_undecodable(value: Any) -> Any:
    """Copy JSON values with U+FFFD for every undecodable byte, as a reader of Go's JSON gets."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, list):
        return [replace_undecodable(item) for item in value]
    if isinstance(value, dict):
        return {key: replace_undecodable(item) for key, item in value.items()}
    return value
