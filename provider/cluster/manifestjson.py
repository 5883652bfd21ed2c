"""A service in a manifest's JSON (manifest v2beta3), read and written without loss.

Null and empty lists stay apart, since a manifest's hash tells them apart; unknown members are
dropped, as Go drops them. It judges types only: whether a manifest is allowed is checked before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provider.cluster.service import (
    Attribute,
    Credentials,
    Endpoint,
    Expose,
    HttpOptions,
    Mount,
    Params,
    Resources,
    Service,
    Volume,
)


class ManifestMalformed(ValueError):
    """A member of the manifest has the wrong JSON type; the text names the member."""


# Reading. A missing member is Go's zero value; a member of the wrong JSON type is an error.


def _wrong(value: object, name: str, wanted: str) -> ManifestMalformed:
    kinds = {bool: "bool", int: "number", float: "number", str: "string", list: "array"}
    kind = kinds.get(type(value), "object")
    return ManifestMalformed(
        f"json: cannot unmarshal {kind} into Go struct field {name} of type {wanted}"
    )


def mapping(value: object, name: str) -> Mapping[str, Any]:
    """An object of the manifest. Raises ManifestMalformed."""
    if not isinstance(value, dict):
        raise _wrong(value, name, "struct")
    return value


def text_of(data: Mapping[str, Any], key: str) -> str:
    """A text member, empty when missing. Raises ManifestMalformed."""
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(value, key, "string")
    return value


def _number(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise _wrong(value, key, "uint32")
    return value


def _flag(data: Mapping[str, Any], key: str) -> bool:
    value = data.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _wrong(value, key, "bool")
    return value


def _list(data: Mapping[str, Any], key: str) -> Sequence[Any] | None:
    value = data.get(key)
    if value is not None and not isinstance(value, list):
        raise _wrong(value, key, "[]")
    return value


def items_of(data: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    """A list of objects, empty when missing. Raises ManifestMalformed."""
    return tuple(mapping(item, key) for item in _list(data, key) or ())


def _object(data: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    value = data.get(key)
    if value is not None and not isinstance(value, dict):
        raise _wrong(value, key, "struct")
    return value


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    values = _list(data, key)
    if values is None:
        return None
    if wrong := [value for value in values if not isinstance(value, str)]:
        raise _wrong(wrong[0], key, "string")
    return tuple(values)


def _amount(data: Mapping[str, Any], member: str, key: str) -> int:
    """A quantity: a decimal string, or a plain number as older tools write it."""
    value = (_object(_object(data, member) or {}, key) or {}).get("val", "0")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _wrong(value, f"{member}.{key}.val", "Int")
    try:
        return int(value)
    except ValueError as error:
        raise _wrong(value, f"{member}.{key}.val", "Int") from error


def _attributes(data: Mapping[str, Any] | None) -> tuple[Attribute, ...]:
    return tuple(
        Attribute(text_of(item, "key"), text_of(item, "value"))
        for item in items_of(data or {}, "attributes")
    )


def service_of(data: Mapping[str, Any]) -> Service:
    """A service as read. Raises ManifestMalformed."""
    return Service(
        name=text_of(data, "name"),
        image=text_of(data, "image"),
        command=_texts(data, "command"),
        args=_texts(data, "args"),
        env=_texts(data, "env"),
        resources=_resources(_object(data, "resources") or {}),
        count=_number(data, "count"),
        exposes=tuple(_expose(item) for item in items_of(data, "expose")),
        params=_params(_object(data, "params")),
        credentials=_credentials(_object(data, "credentials")),
    )


def _resources(data: Mapping[str, Any]) -> Resources:
    endpoints = None if data.get("endpoints") is None else items_of(data, "endpoints")
    return Resources(
        id=_number(data, "id"),
        cpu=_amount(data, "cpu", "units"),
        memory=_amount(data, "memory", "size"),
        storage=tuple(
            Volume(text_of(item, "name"), _amount({"v": item}, "v", "size"), _attributes(item))
            for item in items_of(data, "storage")
        ),
        gpu=_amount(data, "gpu", "units"),
        cpu_attributes=_attributes(_object(data, "cpu")),
        memory_attributes=_attributes(_object(data, "memory")),
        gpu_attributes=_attributes(_object(data, "gpu")),
        endpoints=None
        if endpoints is None
        else tuple(Endpoint(_number(e, "kind"), _number(e, "sequence_number")) for e in endpoints),
    )


def _expose(data: Mapping[str, Any]) -> Expose:
    options = _object(data, "httpOptions") or {}
    return Expose(
        port=_number(data, "port"),
        external=_number(data, "externalPort"),
        proto=text_of(data, "proto"),
        service=text_of(data, "service"),
        is_global=_flag(data, "global"),
        hosts=_texts(data, "hosts"),
        http=HttpOptions(
            max_body_size=_number(options, "maxBodySize"),
            read_timeout=_number(options, "readTimeout"),
            send_timeout=_number(options, "sendTimeout"),
            next_tries=_number(options, "nextTries"),
            next_timeout=_number(options, "nextTimeout"),
            next_cases=_texts(options, "nextCases") or (),
            proxy_buffer_size=_number(options, "proxyBufferSize"),
        ),
        ip=text_of(data, "ip"),
        sequence=_number(data, "endpointSequenceNumber"),
    )


def _params(data: Mapping[str, Any] | None) -> Params | None:
    if data is None:
        return None
    mounts = None if data.get("storage") is None else items_of(data, "storage")
    permissions = _object(data, "permissions")
    tee = _object(data, "tee")
    return Params(
        mounts=None
        if mounts is None
        else tuple(
            Mount(text_of(m, "name"), text_of(m, "mount"), _flag(m, "readOnly")) for m in mounts
        ),
        permissions=None if permissions is None else _texts(permissions, "read") or (),
        tee=None if tee is None else (text_of(tee, "type"), _flag(tee, "attestation")),
    )


def _credentials(data: Mapping[str, Any] | None) -> Credentials | None:
    if data is None:
        return None
    return Credentials(
        text_of(data, "host"),
        text_of(data, "email"),
        text_of(data, "username"),
        text_of(data, "password"),
    )


# Writing, member by member in the order of the manifest's own structs.


def _attributes_json(attributes: tuple[Attribute, ...]) -> dict[str, Any]:
    if not attributes:
        return {}
    pairs = ({"key": a.key, "value": a.value} for a in attributes)
    return {"attributes": [{k: v for k, v in pair.items() if v} for pair in pairs]}


def _texts_json(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def _resources_json(r: Resources) -> dict[str, Any]:
    return {
        "id": r.id,
        "cpu": {"units": {"val": str(r.cpu)}, **_attributes_json(r.cpu_attributes)},
        "memory": {"size": {"val": str(r.memory)}, **_attributes_json(r.memory_attributes)},
        "storage": [
            {"name": v.name, "size": {"val": str(v.size)}, **_attributes_json(v.attributes)}
            for v in r.storage
        ],
        "gpu": {"units": {"val": str(r.gpu)}, **_attributes_json(r.gpu_attributes)},
        "endpoints": None
        if r.endpoints is None
        else [
            {**({"kind": e.kind} if e.kind else {}), "sequence_number": e.sequence}
            for e in r.endpoints
        ],
    }


def _expose_json(e: Expose) -> dict[str, Any]:
    options: dict[str, Any] = {
        "maxBodySize": e.http.max_body_size,
        "readTimeout": e.http.read_timeout,
        "sendTimeout": e.http.send_timeout,
        "nextTries": e.http.next_tries,
        "nextTimeout": e.http.next_timeout,
    }
    if e.http.next_cases:
        options["nextCases"] = list(e.http.next_cases)
    if e.http.proxy_buffer_size:
        options["proxyBufferSize"] = e.http.proxy_buffer_size
    return {
        "port": e.port,
        "externalPort": e.external,
        "proto": e.proto,
        "service": e.service,
        "global": e.is_global,
        "hosts": _texts_json(e.hosts),
        "httpOptions": options,
        "ip": e.ip,
        "endpointSequenceNumber": e.sequence,
    }


def _params_json(params: Params) -> dict[str, Any]:
    result: dict[str, Any] = {
        "storage": None
        if params.mounts is None
        else [{"name": m.name, "mount": m.path, "readOnly": m.read_only} for m in params.mounts]
    }
    if params.permissions is not None:
        result["permissions"] = {"read": list(params.permissions)} if params.permissions else {}
    if params.tee is not None:
        result["tee"] = {"type": params.tee[0], "attestation": params.tee[1]}
    return result


def service_json(s: Service) -> dict[str, Any]:
    """A service as written, the same members and the same null or empty lists."""
    result: dict[str, Any] = {
        "name": s.name,
        "image": s.image,
        "command": _texts_json(s.command),
        "args": _texts_json(s.args),
        "env": _texts_json(s.env),
        "resources": _resources_json(s.resources),
        "count": s.count,
        "expose": [_expose_json(e) for e in s.exposes],
    }
    if s.params is not None:
        result["params"] = _params_json(s.params)
    result["credentials"] = (
        None
        if s.credentials is None
        else {
            "host": s.credentials.host,
            "email": s.credentials.email,
            "username": s.credentials.username,
            "password": s.credentials.password,
        }
    )
    return result
