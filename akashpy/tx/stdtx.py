"""Transactions of the chain's first years (StdTx), between amino JSON and amino's binary form.

Exists for the two conversions of `cosmos.tx.v1beta1.Service`. A node of Akash knows no name of a
message there, so that what it converts are fees, signatures and a memo; a message is refused by its
name, here as there. No transaction of this kind can be sent. It must not know state or transports.
Source: go-amino 0.15 encoding, x/auth/migrations/legacytx, tried against node v2.1.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

from akashpy.types.errors import PlainError
from akashpy.wire import json_text

KEYS = {
    "tendermint/PubKeySecp256k1": (bytes.fromhex("eb5ae987"), 33),
    "tendermint/PubKeyEd25519": (bytes.fromhex("1624de64"), 32),
}
GROUP = "tendermint/PubKeyMultisigThreshold"
GROUP_PREFIX = bytes.fromhex("22c1f7e2")
PREFIX = 4
VARINT, BYTES = 0, 2
MAX_DEPTH = 16
"""Groups of keys within groups."""
NUMBER_BITS = 64
FEE, SIGNATURES, MEMO, TIMEOUT = 2, 3, 4, 5
Field = tuple[int, int | bytes]


def encode(text: str) -> bytes:
    """The binary form of a transaction in amino JSON; empty when everything in it is.

    Raises PlainError.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlainError(_unreadable(text)) from error
    found = _mapping({} if document is None else document)
    for message in _list(found, "msg"):
        raise PlainError(_refused_name(message))
    fee = _fee(_mapping(found.get("fee") or {}))
    given = [_mapping(one or {}) for one in _list(found, "signatures")]
    signatures = [_signature(one) for one in given]
    return b"".join(
        [
            _bytes(FEE, fee) if fee else b"",
            *(_bytes(SIGNATURES, one) for one in signatures),
            _text(MEMO, found, "memo"),
            _number(TIMEOUT, found, "timeout_height"),
        ]
    )


def decode(data: bytes) -> str:
    """The amino JSON of a transaction in its binary form. Raises PlainError."""
    try:
        fields = _once(data, repeated=(1, SIGNATURES))
        if any(fields[1]):
            first = bytes(fields[1][0])
            raise ValueError(f"unrecognized prefix bytes {first.hex().upper()}")
        signatures = [_shown_signature(bytes(one)) for one in fields[SIGNATURES]]
        return (
            f'{{"msg":{_array(["null"] * len(fields[1]))},'
            f'"fee":{_shown_fee(_last(fields, FEE, b""))},'
            f'"signatures":{_array(signatures)},'
            f'"memo":{_quoted(_last(fields, MEMO, b""))},'
            f'"timeout_height":"{_last(fields, TIMEOUT, 0)}"}}'
        )
    except (ValueError, TypeError) as error:
        text = f"unmarshal to legacytx.StdTx failed ({error}): {data.hex().upper()}"
        raise PlainError(text) from error


def _fee(fee: dict[str, Any]) -> bytes:
    coins = [_mapping(coin or {}) for coin in _list(fee, "amount")]
    return b"".join(
        [
            *(_bytes(1, _text(1, coin, "denom") + _amount(coin)) for coin in coins),
            _number(2, fee, "gas"),
            _text(3, fee, "payer"),
            _text(4, fee, "granter"),
        ]
    )


def _amount(coin: dict[str, Any]) -> bytes:
    given = coin.get("amount", "0")
    if not isinstance(given, str) or not given.removeprefix("-").isdecimal():
        raise PlainError(f"math/big: cannot unmarshal {json.dumps(given)} into a *big.Int")
    return _bytes(2, str(int(given)).encode())


def _signature(given: dict[str, Any]) -> bytes:
    key = given.get("pub_key")
    try:
        signature = b64decode(given.get("signature") or "", validate=True)
    except (ValueError, TypeError) as error:
        raise PlainError(f"illegal base64 data in signature: {error}") from error
    packed = _bytes(1, _key(_mapping(key), 0)) if key is not None else b""
    return packed + (_bytes(2, signature) if signature else b"")


def _key(key: dict[str, Any], depth: int) -> bytes:
    name, value = key.get("type"), key.get("value")
    if name == GROUP and depth < MAX_DEPTH:
        group = _mapping(value)
        members = [_key(_mapping(one), depth + 1) for one in _list(group, "pubkeys")]
        parts = [_number(1, group, "threshold"), *(_bytes(2, member) for member in members)]
        return GROUP_PREFIX + b"".join(parts)
    if name not in KEYS:
        raise PlainError(f"unrecognized concrete type name {name}")
    prefix, size = KEYS[name]
    try:
        raw = b64decode(value or "", validate=True)
    except (ValueError, TypeError) as error:
        raise PlainError(f"illegal base64 data in {name}: {error}") from error
    if len(raw) != size:
        raise PlainError("codespace sdk code 8: invalid pubkey: invalid pubkey size")
    return prefix + _varint(size) + raw


def _array(items: list[str]) -> str:
    return f"[{','.join(items)}]" if items else "null"


def _shown_fee(data: int | bytes) -> str:
    fields = _once(data, repeated=(1,))
    coins = []
    for raw in fields[1]:
        coin = _once(raw)
        amount = bytes(_last(coin, 2, b"0")).decode("ascii")
        coins.append(f'{{"denom":{_quoted(_last(coin, 1, b""))},"amount":"{int(amount)}"}}')
    text = f'"amount":[{",".join(coins)}],"gas":"{_last(fields, 2, 0)}"'
    for number, name in ((3, "payer"), (4, "granter")):
        if _last(fields, number, b""):
            text += f',"{name}":{_quoted(_last(fields, number, b""))}'
    return f"{{{text}}}"


def _shown_signature(data: bytes) -> str:
    fields = _once(data)
    signature = bytes(_last(fields, 2, b""))
    key = _shown_key(bytes(_last(fields, 1, b"")), 0) if fields[1] else "null"
    shown = f'"{b64encode(signature).decode()}"' if signature else "null"
    return f'{{"pub_key":{key},"signature":{shown}}}'


def _shown_key(data: bytes, depth: int) -> str:
    if len(data) < PREFIX:
        raise ValueError("EOF while reading prefix bytes.")
    prefix, rest = data[:PREFIX], data[PREFIX:]
    if prefix == GROUP_PREFIX and depth < MAX_DEPTH:
        group = _once(rest, repeated=(2,))
        members = ",".join(_shown_key(bytes(one), depth + 1) for one in group[2])
        value = f'{{"threshold":"{_last(group, 1, 0)}","pubkeys":[{members}]}}'
        return f'{{"type":"{GROUP}","value":{value}}}'
    for name, (known, size) in KEYS.items():
        if known == prefix:
            if rest[:1] != bytes((size,)) or len(rest) != size + 1:
                raise ValueError(f"a {name} has {size} bytes, not {len(rest) - 1}")
            return f'{{"type":"{name}","value":"{b64encode(rest[1:]).decode()}"}}'
    raise ValueError(f"unrecognized prefix bytes {prefix.hex().upper()}")


def _once(data: int | bytes, repeated: tuple[int, ...] = ()) -> _Fields:
    """Fields by number, in rising order, each once but for `repeated`. Raises ValueError."""
    if isinstance(data, int):
        raise ValueError("a number stands where bytes belong")
    found, last = _Fields(), 0
    for number, value in _fields(data):
        if number < last or (number == last and number not in repeated) or number == 0:
            raise ValueError(f"encountered fieldnNum: {number}, but we have already seen {last}")
        found.setdefault(number, []).append(value)
        last = number
    return found


class _Fields(dict[int, list[Any]]):
    """Values by the number of their field; none for a field that is not there."""

    def __missing__(self, number: int) -> list[Any]:
        return []


def _last(fields: _Fields, number: int, default: int | bytes) -> Any:
    values = fields[number]
    if values and type(values[0]) is not type(default):
        raise ValueError(f"field {number} has the wrong wire type")
    return values[0] if values else default


def _fields(data: bytes) -> Iterator[Field]:
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        value, at = _read_varint(data, at)
        if tag & 7 == BYTES:
            end = at + value
            if end > len(data):
                raise ValueError(f"insufficient bytes decoding []byte of length {value}")
            yield tag >> 3, data[at:end]
            at = end
        elif tag & 7 == VARINT:
            yield tag >> 3, value
        else:
            raise ValueError(f"field {tag >> 3} has wire type {tag & 7}")


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < NUMBER_BITS:
        byte = data[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            if value >> NUMBER_BITS:
                break
            return value, at
    raise ValueError("EOF decoding uvarint")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | BYTES) + _varint(len(value)) + value


def _text(number: int, given: dict[str, Any], name: str) -> bytes:
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise PlainError(f"json: cannot unmarshal {_kind(value)} into Go value of type string")
    return _bytes(number, value.encode("utf-8", "replace")) if value else b""


def _number(number: int, given: dict[str, Any], name: str) -> bytes:
    value = given.get(name, "0")
    if not isinstance(value, str):
        raise PlainError(
            "invalid character -- Amino:JSON int/int64/uint/uint64 expects quoted values for "
            f"javascript numeric support, got: {json.dumps(value)}."
        )
    if not value.isascii() or not value.isdecimal() or int(value) >> NUMBER_BITS:
        raise PlainError(f"json: cannot unmarshal {value} into Go value of type uint64")
    return _varint(number << 3 | VARINT) + _varint(int(value)) if int(value) else b""


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        kind = _kind(value)
        raise PlainError(
            f"json: cannot unmarshal {kind} into Go value of type map[string]json.RawMessage"
        )
    return value


def _list(given: dict[str, Any], name: str) -> list[Any]:
    value = given.get(name) or []
    if not isinstance(value, list):
        raise PlainError(
            f"json: cannot unmarshal {_kind(value)} into Go value of type []json.RawMessage"
        )
    return value


def _refused_name(message: Any) -> str:
    if not isinstance(message, dict) or not message.get("type"):
        return "JSON encoding of interfaces require non-empty type field."
    return f"unrecognized concrete type name {message['type']}"


def _kind(value: Any) -> str:
    kinds = {str: "string", list: "array", dict: "object", bool: "bool"}
    return kinds.get(type(value), "number")


def _unreadable(text: str) -> str:
    first = text.strip()[:1]
    if first and first not in '{["0123456789-tfn':
        return f"invalid character {first!r} looking for beginning of value"
    try:
        json.JSONDecoder().raw_decode(text.strip())
    except (ValueError, RecursionError):
        return "unexpected end of JSON input"
    return "invalid character after top-level value"


def _quoted(value: bytes) -> str:
    return json_text(value.decode("utf-8", "replace"))
