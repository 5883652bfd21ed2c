"""Whether JSON values from outside are shaped like a manifest or like group specs at all.

Go's decoder refuses the rest before any rule, and fills in zero values for what is missing; here
both are one walk over a literal description. Unknown keys are left out, as in Go.
"""

from __future__ import annotations

import re
from typing import Any

from sdl.errors import Code, Path, SdlError, show_path

_UINT32_MAX = 2**32 - 1
_QUANTITY = "quantity"
"""Stands for a decimal integer in quotes."""


class _Nullable:
    """A value that may be null or missing."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner


class _OneOf:
    """A number out of a few."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers


_STRINGS = _Nullable([str])
_ATTRIBUTES = _Nullable([{"key": _Nullable(str), "value": _Nullable(str)}])
_UNITS = {"units": {"val": _QUANTITY}, "attributes": _ATTRIBUTES}
_SIZE = {"size": {"val": _QUANTITY}, "attributes": _ATTRIBUTES}
_RESOURCES: dict[str, Any] = {
    "id": int,
    "cpu": _Nullable(_UNITS),
    "memory": _Nullable(_SIZE),
    "storage": _Nullable([{"name": str, **_SIZE}]),
    "gpu": _Nullable(_UNITS),
    "endpoints": _Nullable([{"kind": _Nullable(_OneOf(0, 1, 2)), "sequence_number": int}]),
}
_HTTP_OPTIONS = {
    "maxBodySize": int,
    "readTimeout": int,
    "sendTimeout": int,
    "nextTries": int,
    "nextTimeout": int,
    "nextCases": _STRINGS,
    "proxyBufferSize": _Nullable(int),
}
_EXPOSE = {
    "port": int,
    "externalPort": int,
    "proto": str,
    "service": str,
    "global": bool,
    "hosts": _STRINGS,
    "httpOptions": _HTTP_OPTIONS,
    "ip": str,
    "endpointSequenceNumber": int,
}
_PARAMS = {
    "storage": _Nullable([{"name": str, "mount": str, "readOnly": bool}]),
    "permissions": _Nullable({"read": _STRINGS}),
    "tee": _Nullable({"type": str, "attestation": bool}),
}
_CREDENTIALS = {"host": str, "email": str, "username": str, "password": str}
_SERVICE = {
    "name": str,
    "image": str,
    "command": _STRINGS,
    "args": _STRINGS,
    "env": _STRINGS,
    "resources": _RESOURCES,
    "count": int,
    "expose": _Nullable([_EXPOSE]),
    "params": _Nullable(_PARAMS),
    "credentials": _Nullable(_CREDENTIALS),
}
_MANIFEST = [{"name": str, "services": _Nullable([_SERVICE])}]
_GROUPS = [
    {
        "name": str,
        "resources": _Nullable([{"resource": _RESOURCES, "count": int}]),
    }
]


def read_manifest(manifest: Any) -> Any:
    """Copy a manifest with Go's zero values for what is missing or null.

    Raises SdlError (manifest.shape) unless it is shaped like one.
    """
    return _read(manifest, _MANIFEST, ())


def read_groups(groups: Any) -> Any:
    """Copy group specs likewise. Raises SdlError (manifest.shape)."""
    return _read(groups, _GROUPS, ())


def _read(value: Any, shape: Any, path: Path) -> Any:
    if isinstance(shape, _Nullable):
        return None if value is None else _read(value, shape.inner, path)
    if isinstance(shape, list):
        if not isinstance(value, list):
            _refuse(value, "a list", path)
        return [_read(item, shape[0], (*path, i)) for i, item in enumerate(value)]
    if isinstance(shape, dict):
        if value is not None and not isinstance(value, dict):
            _refuse(value, "an object", path)
        given = value or {}
        return {key: _read(given.get(key), inner, (*path, key)) for key, inner in shape.items()}
    if value is None:
        return "0" if shape is _QUANTITY else _ZEROS.get(shape, 0)
    return _read_scalar(value, shape, path)


def _read_scalar(value: Any, shape: Any, path: Path) -> Any:
    if shape is _QUANTITY:
        if type(value) is not str or not re.fullmatch(r"-?[0-9]{1,100}", value, re.ASCII):
            _refuse(value, "a whole number in quotes", path)
        return str(int(value))
    if isinstance(shape, _OneOf):
        if type(value) is not int or value not in shape.numbers:
            _refuse(value, f"one of {shape.numbers}", path)
    elif shape is int:
        if type(value) is not int or not 0 <= value <= _UINT32_MAX:
            _refuse(value, f"a whole number up to {_UINT32_MAX}", path)
    elif type(value) is not shape:
        _refuse(value, "true or false" if shape is bool else "a string", path)
    return value


_ZEROS: dict[Any, Any] = {str: "", int: 0, bool: False}


def _refuse(value: Any, wanted: str, path: Path) -> None:
    raise SdlError(
        Code.MANIFEST_SHAPE,
        f"invalid manifest: {show_path(path) or 'the value'} must be {wanted}",
        path=show_path(path),
        value=repr(value)[:80],
        remedy="send the manifest exactly as it was made from the SDL",
    )
