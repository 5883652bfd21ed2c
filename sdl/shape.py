"""Whether JSON values from outside are shaped like a manifest or like group specs at all.

Go's decoder refuses the rest before any rule; here it is one walk over a literal description.
Unknown keys pass, as in Go.
"""

from __future__ import annotations

from typing import Any

from sdl.errors import Code, Path, SdlError, show_path

_UINT32_MAX = 2**32 - 1


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
_UNITS = {"units": {"val": str}, "attributes": _ATTRIBUTES}
_SIZE = {"size": {"val": str}, "attributes": _ATTRIBUTES}
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


def check_manifest_shape(manifest: Any) -> None:
    """Raise SdlError (manifest.shape) unless a value is shaped like a manifest."""
    _check(manifest, _MANIFEST, ())


def check_groups_shape(groups: Any) -> None:
    """Raise SdlError (manifest.shape) unless a value is shaped like group specs."""
    _check(groups, _GROUPS, ())


def _check(value: Any, shape: Any, path: Path) -> None:
    if isinstance(shape, _Nullable):
        if value is None:
            return
        shape = shape.inner
    if isinstance(shape, list):
        if not isinstance(value, list):
            _refuse(value, "a list", path)
        for i, item in enumerate(value):
            _check(item, shape[0], (*path, i))
    elif isinstance(shape, dict):
        if not isinstance(value, dict):
            _refuse(value, "an object", path)
        for key, inner in shape.items():
            if key in value:
                _check(value[key], inner, (*path, key))
            elif not isinstance(inner, _Nullable):
                _refuse(None, "present", (*path, key))
    elif isinstance(shape, _OneOf):
        if type(value) is not int or value not in shape.numbers:
            _refuse(value, f"one of {shape.numbers}", path)
    elif shape is int:
        if type(value) is not int or not 0 <= value <= _UINT32_MAX:
            _refuse(value, f"a whole number up to {_UINT32_MAX}", path)
    elif type(value) is not shape:
        _refuse(value, "true or false" if shape is bool else "a string", path)


def _refuse(value: Any, wanted: str, path: Path) -> None:
    raise SdlError(
        Code.MANIFEST_SHAPE,
        f"invalid manifest: {show_path(path) or 'the value'} must be {wanted}",
        path=show_path(path),
        value=repr(value)[:80],
        remedy="send the manifest exactly as it was made from the SDL",
    )
