"""Arguments of a JSON-RPC call: from JSON or from a URI to Python values, as strict as CometBFT.

64-bit integers must be text in JSON, bytes are base64 or hex by argument, a URI takes 0x-hex and
quoted strings. Must not know the methods. Error texts are those a Go client sees.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec

INT64_MAX = 2**63 - 1
_INTEGER = re.compile(r"-?[0-9]+")


class ParamError(ValueError):
    """An argument of the wrong kind; the text is what follows "error converting ..."."""


class Kind(Enum):
    """How one argument is read, and its Go type in error texts."""

    TEXT = "string"
    BASE64 = "[]uint8"
    HEX = "bytes.HexBytes"
    INT = "int64"
    OPTIONAL_INT = "*int64"
    UINT = "uint"
    FLAG = "bool"
    EVIDENCE = "types.Evidence"


Spec = tuple[tuple[str, Kind], ...]

_TX: Spec = (("tx", Kind.BASE64),)

DEFAULTS: dict[Kind, Any] = {
    Kind.TEXT: "",
    Kind.BASE64: b"",
    Kind.HEX: b"",
    Kind.INT: 0,
    Kind.OPTIONAL_INT: None,
    Kind.UINT: 0,
    Kind.FLAG: False,
    Kind.EVIDENCE: None,
}

EVIDENCE_TYPES = ("tendermint/DuplicateVoteEvidence", "tendermint/LightClientAttackEvidence")
"""What evidence can be, by CometBFT's names."""


def from_json(spec: Spec, params: Any) -> list[Any]:
    """Arguments in the order of `spec` from a JSON object, array or nothing. Raises ParamError."""
    if params is None:
        return [DEFAULTS[kind] for _, kind in spec]
    if isinstance(params, dict):
        if spec == _TX and type(params.get("tx")) is str:
            return [_base64(params["tx"])]  # by far the most frequent, so without the detours
        return [
            _from_json_value(kind, params[name]) if name in params else DEFAULTS[kind]
            for name, kind in spec
        ]
    if isinstance(params, list):
        if len(params) != len(spec):
            names = " ".join(name for name, _ in spec)
            raise ParamError(
                f"expected {len(spec)} parameters ([{names}]), got {len(params)} ({params})"
            )
        return [
            _from_json_value(kind, value) for (_, kind), value in zip(spec, params, strict=True)
        ]
    raise ParamError("unknown type for JSON params. Expected map or array")


def from_uri(spec: Spec, query: Mapping[str, str]) -> list[Any]:
    """Arguments in the order of `spec` from a URI's query. Raises ParamError."""
    return [
        _from_uri_value(kind, query[name]) if query.get(name) else DEFAULTS[kind]
        for name, kind in spec
    ]


def _from_json_value(kind: Kind, value: Any) -> Any:
    if value is None:
        return DEFAULTS[kind]
    if kind in (Kind.INT, Kind.OPTIONAL_INT, Kind.UINT):
        if not isinstance(value, str):
            raise ParamError(f'invalid 64-bit integer encoding "{_shown(value)}", expected string')
        return _integer(kind, value)
    if kind is Kind.FLAG:
        if not isinstance(value, bool):
            raise ParamError(_mismatch(value, kind))
        return value
    if kind is Kind.EVIDENCE:
        return _evidence(value)
    if not isinstance(value, str):
        raise ParamError(_mismatch(value, kind))
    if kind is Kind.TEXT:
        return value
    return _hex(value) if kind is Kind.HEX else _base64(value)


def _evidence(value: Any) -> dict[str, Any]:
    """A typed object as it came; its type is one of EVIDENCE_TYPES."""
    if not isinstance(value, dict):
        wrapper = "json.interfaceWrapper"
        raise ParamError(_mismatch(value, Kind.EVIDENCE).replace(Kind.EVIDENCE.value, wrapper))
    name = value.get("type", "")
    if not isinstance(name, str):
        found = _mismatch(name, Kind.TEXT).removesuffix("value of type string")
        raise ParamError(found + "struct field interfaceWrapper.type of type string")
    if not name:
        raise ParamError("interface type cannot be empty")
    if "value" not in value:
        raise ParamError("interface value cannot be empty")
    if name not in EVIDENCE_TYPES:
        raise ParamError(f'unknown type "{name}"')
    return value


def _from_uri_value(kind: Kind, text: str) -> Any:
    if kind in (Kind.INT, Kind.OPTIONAL_INT, Kind.UINT) and _INTEGER.fullmatch(text):
        return _integer(kind, text)
    if text[:2].lower() == "0x":
        if kind not in (Kind.TEXT, Kind.BASE64, Kind.HEX):
            raise ParamError(f"got a hex string arg, but expected '{kind.value.lstrip('*')}'")
        raw = _hex(text[2:])
        return raw.decode("utf-8", "replace") if kind is Kind.TEXT else raw
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise ParamError(json_error(text)) from None
    if kind in (Kind.BASE64, Kind.HEX) and isinstance(value, str):
        return value.encode()
    return _from_json_value(kind, value)


def _integer(kind: Kind, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ParamError(json_error(text))
    value = int(text)
    low, high = (0, 2 * INT64_MAX + 1) if kind is Kind.UINT else (-INT64_MAX - 1, INT64_MAX)
    if not low <= value <= high:
        name = kind.value.lstrip("*")
        raise ParamError(f"json: cannot unmarshal number {text} into Go value of type {name}")
    return value


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        odd = len(text) % 2 and re.fullmatch("[0-9a-fA-F]*", text)
        if odd:
            raise ParamError("encoding/hex: odd length hex string") from None
        wrong = next(char for char in text if char not in "0123456789abcdefABCDEF")
        raise ParamError(f"encoding/hex: invalid byte: U+{ord(wrong):04X} '{wrong}'") from None


def _base64(text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True)
    except ValueError:
        at = next((i for i, c in enumerate(text) if not re.match("[A-Za-z0-9+/=]", c)), len(text))
        raise ParamError(f"illegal base64 data at input byte {at}") from None


def json_error(text: str) -> str:
    """What Go says about a text that does not begin or go on as a JSON value."""
    stripped = text.lstrip(" \t\r\n")
    if not stripped:
        return "unexpected end of JSON input"
    if stripped[0] not in '{["-0123456789tfn':
        return f"invalid character {_quoted(stripped[0])} looking for beginning of value"
    rest = stripped[1:].lstrip(" \t\r\n")
    if stripped[0] == "{" and rest and rest[0] not in '"}':
        return f"invalid character {_quoted(rest[0])} looking for beginning of object key string"
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        return str(error)
    return "invalid JSON"


def _quoted(char: str) -> str:
    return r"'\''" if char == "'" else f"'{char}'"


def _shown(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _mismatch(value: Any, kind: Kind) -> str:
    names: dict[type, str] = {bool: "bool", int: "number", float: "number", str: "string",
                              dict: "object", list: "array"}  # fmt: skip
    found = names.get(type(value), "value")
    return f"json: cannot unmarshal {found} into Go value of type {kind.value}"
