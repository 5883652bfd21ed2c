"""The parts of a transaction of the usual shape, cut out of its bytes without protobuf.

It exists because reading attributes of parsed messages costs more than everything else in reading
a transaction. The usual shape is one message and perhaps a memo, one signer with its key in mode
direct, and every length written as short as possible. `split` says nothing about any other bytes,
right or wrong: the whole reading judges those. This module must not know messages, keys or coins.
"""

from typing import NamedTuple

SIGNATURE = 64
_SIGNATURE_HEAD = b"\x1a\x40"
"""Field 3 of TxRaw, 64 bytes long."""
_TAIL = len(_SIGNATURE_HEAD) + SIGNATURE
_MODE = b"\x12\x04\x0a\x02\x08\x01"
"""Field 2 of SignerInfo: a single signature in mode direct."""
_FIRST, _SECOND, _SEQUENCE = 0x0A, 0x12, 0x18
"""Tags: fields 1 and 2 with a length, field 3 with a number."""


class Shape(NamedTuple):
    """A transaction's parts. `key` is the signer's Any, `fee` the message Fee, as bytes.

    `signed` is what the bytes of its SignDoc begin with: body and auth info as fields.
    """

    signed: bytes
    body: bytes
    auth_info: bytes
    signature: bytes
    type_url: str
    message: bytes
    memo: str
    key: bytes
    sequence: int
    fee: bytes


def split(raw: bytes) -> Shape | None:
    """The parts of `raw`, or None where it has not the usual shape."""
    try:
        return _split(raw)
    except (IndexError, UnicodeDecodeError):
        return None


def _split(raw: bytes) -> Shape | None:
    end = len(raw) - _TAIL
    if end < 0 or not raw.startswith(_SIGNATURE_HEAD, end) or raw[0] != _FIRST:
        return None
    start, middle = _bounds(raw, 1)
    if raw[middle] != _SECOND:
        return None
    at, stop = _bounds(raw, middle + 1)
    if stop != end:
        return None
    body, auth_info = raw[start:middle], raw[at:end]
    content = _body(body)
    signer = _signer(auth_info)
    if content is None or signer is None:
        return None
    return Shape(raw[:end], body, auth_info, raw[end + 2 :], *content, *signer)


def _bounds(data: bytes, at: int) -> tuple[int, int]:
    """Where the content begins and ends whose length is at `at`; behind all bytes if it is odd.

    A length has one byte or two, the second not zero, and is not zero itself.
    """
    size = data[at]
    if size < 0x80:
        return at + 1, at + 1 + size if size else len(data) + 1
    high = data[at + 1]
    if not 0 < high < 0x80:
        return at + 2, len(data) + 1
    return at + 2, at + 2 + (size & 0x7F) + (high << 7)


def _body(data: bytes) -> tuple[str, bytes, str] | None:
    """Type URL and bytes of the only message, and the memo."""
    if data[0] != _FIRST:
        return None
    at, end = _bounds(data, 1)
    memo = ""
    if end != len(data):
        if data[end] != _SECOND:
            return None
        start, stop = _bounds(data, end + 1)
        if stop != len(data):
            return None
        memo = data[start:].decode()
    if data[at] != _FIRST:
        return None
    start, stop = _bounds(data, at + 1)
    if data[stop] != _SECOND:
        return None
    inside, last = _bounds(data, stop + 1)
    if last != end:
        return None
    return data[start:stop].decode(), data[inside:last], memo


def _signer(data: bytes) -> tuple[bytes, int, bytes] | None:
    """The only signer's key and sequence, and the fee."""
    if data[0] != _FIRST or data[2] != _FIRST:
        return None
    signer_end, key_end = 2 + data[1], 4 + data[3]
    if data[1] >= 0x80 or data[3] >= 0x80 or not data.startswith(_MODE, key_end):
        return None
    at, sequence = key_end + len(_MODE), 0
    if at != signer_end:
        if data[at] != _SEQUENCE:
            return None
        sequence, at = _number(data, at + 1)
    if at != signer_end or data[at] != _SECOND or data[at + 1] >= 0x80:
        return None
    if at + 2 + data[at + 1] != len(data):
        return None
    return data[4:key_end], sequence, data[at + 2 :]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number above zero of up to four bytes, none superfluous, and where it ends.

    The end is 0, where nothing ends, if it is not so.
    """
    found = shift = 0
    for _ in range(4):
        byte = data[at]
        at += 1
        found |= (byte & 0x7F) << shift
        if byte < 0x80:
            return found, at if byte else 0
        shift += 7
    return found, 0
