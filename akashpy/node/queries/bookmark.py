"""Where a page of an Akash list ended, as bytes that a client hands back.

Akash's own lists do not use the SDK's page keys: theirs also say which states are left and which
order the list is walked in, behind a checksum. It must not know any table.
Source: facts of the network, "Pagination scheme"; node v2.1 `util/query/pagination.go`.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from akashpy.node.queries.refusal import invalid

_CHECKSUM = 4


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The next item: `states` still to walk, its `key`, and how the walk goes on.

    `prefix` is the search prefix (or the state's byte), `extra` marks the order of the walk.
    """

    states: bytes
    prefix: bytes
    key: bytes
    extra: bytes = b""

    def encode(self) -> bytes:
        """Bytes for `next_key`; each part carries its length in one byte."""
        parts = [self.states, self.prefix, self.key]
        if self.extra:
            parts.append(self.extra)
        body = b"".join(bytes((len(part),)) + part for part in parts)
        return crc32(body).to_bytes(_CHECKSUM, "big") + body

    @classmethod
    def decode(cls, data: bytes) -> Bookmark:
        """Read a client's page key. Raises Refused with InvalidArgument."""
        if len(data) < _CHECKSUM + 1:
            raise _bad("invalid key length")
        expected, body = int.from_bytes(data[:_CHECKSUM], "big"), data[_CHECKSUM:]
        found = crc32(body)
        if found != expected:
            raise _bad(f"invalid checksum, 0x{expected:08x} != 0x{found:08x}")
        states, at = _part(body, 0)
        prefix, at = _part(body, at)
        key, at = _part(body, at)
        extra = b""
        if at < len(body):
            extra, at = _part(body, at)
            if at != len(body):
                raise _bad("invalid state length")
        return cls(states, prefix, key, extra)


def _part(body: bytes, at: int) -> tuple[bytes, int]:
    if at >= len(body):
        raise _bad("invalid state length")
    end = at + 1 + body[at]
    if end > len(body):
        raise _bad("invalid state length")
    return body[at + 1 : end], end


def _bad(why: str) -> Exception:
    return invalid(f"pagination: invalid key: {why}")
