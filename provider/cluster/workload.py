"""What a lease runs, as plain frozen values that no driver owns.

Built from one group of a manifest (JSON of manifest v2beta3) and the lease it serves. It knows
nothing of processes, containers or Kubernetes, and it never judges a manifest: the checks of a
manifest against the chain are done before a workload is made.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from akashpy.types.market import LeaseID

HTTP_PORT = 80


class ManifestMalformed(ValueError):
    """A member of the manifest has the wrong JSON type; the text names the member."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One key and value of a resource."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Volume:
    """One storage request; `size` is in bytes."""

    name: str
    size: int
    attributes: tuple[Attribute, ...] = ()

    @property
    def storage_class(self) -> str:
        """The class asked for, empty for plain ephemeral space."""
        return _attribute(self.attributes, "class")

    @property
    def is_persistent(self) -> bool:
        """True when the volume must outlive its process."""
        return _attribute(self.attributes, "persistent") == "true"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as the order asked for it: kind 0 shared HTTP, 1 random port, 2 leased IP."""

    kind: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Resources:
    """What one replica may use: cpu in thousandths of a core, memory in bytes, gpu in devices."""

    id: int
    cpu: int
    memory: int
    storage: tuple[Volume, ...] = ()
    gpu: int = 0
    cpu_attributes: tuple[Attribute, ...] = ()
    memory_attributes: tuple[Attribute, ...] = ()
    gpu_attributes: tuple[Attribute, ...] = ()
    endpoints: tuple[Endpoint, ...] | None = ()


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """Limits of the HTTP front; times in milliseconds, sizes in bytes."""

    max_body_size: int = 0
    read_timeout: int = 0
    send_timeout: int = 0
    next_tries: int = 0
    next_timeout: int = 0
    next_cases: tuple[str, ...] = ()
    proxy_buffer_size: int = 0


@dataclass(frozen=True, slots=True)
class Expose:
    """One port of a service; `external` 0 means the same number as `port`."""

    port: int
    external: int
    proto: str
    service: str = ""
    is_global: bool = False
    hosts: tuple[str, ...] | None = None
    http: HttpOptions = field(default_factory=HttpOptions)
    ip: str = ""
    sequence: int = 0

    @property
    def number(self) -> int:
        """The port under which others see it."""
        return self.external or self.port

    @property
    def is_ingress(self) -> bool:
        """True when it is served as HTTP by name rather than on a port of its own.

        Source: manifest ShouldBeIngress: TCP, global, external port 80.
        """
        return self.is_global and self.proto == "TCP" and self.number == HTTP_PORT


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a volume is mounted in the service."""

    name: str
    path: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """Login for the registry that holds a private image."""

    host: str
    email: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Params:
    """Optional settings of a service."""

    mounts: tuple[Mount, ...] | None = None
    permissions: tuple[str, ...] | None = None
    tee: tuple[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One program of a lease and how many replicas of it run."""

    name: str
    image: str
    command: tuple[str, ...] | None
    args: tuple[str, ...] | None
    env: tuple[str, ...] | None
    resources: Resources
    count: int
    exposes: tuple[Expose, ...] = ()
    params: Params | None = None
    credentials: Credentials | None = None

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The mounts asked for, none when the service has no parameters."""
        return (self.params.mounts or ()) if self.params else ()


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything one lease runs.

    `chain_id` and `height` say where and when the lease was seen, so that nothing is ever removed
    on the word of another or an older chain. `public_hostname` is the provider's own name.
    """

    lease: LeaseID
    chain_id: str
    height: int
    group: str
    services: tuple[Service, ...]
    public_hostname: str = ""

    @classmethod
    def from_manifest(
        cls,
        group: Mapping[str, Any],
        lease: LeaseID,
        *,
        chain_id: str,
        height: int,
        public_hostname: str = "",
    ) -> Workload:
        """The workload of one manifest group.

        Raises ManifestMalformed when a member has the wrong type.
        """
        return cls(
            lease=lease,
            chain_id=chain_id,
            height=height,
            group=_text(group, "name"),
            services=tuple(_service(item) for item in _list(group, "services") or ()),
            public_hostname=public_hostname,
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest group again, with the same members and the same null or empty lists."""
        return {"name": self.group, "services": [_service_json(s) for s in self.services]}

    def service(self, name: str) -> Service | None:
        """The service of that name, if the lease has one."""
        return next((s for s in self.services if s.name == name), None)


def environment(workload: Workload, service: Service) -> tuple[tuple[str, str], ...]:
    """The variables a replica gets: the tenant's first, then ours unless the tenant set them.

    Source: provider cluster/kube/builder; facts of recorded pods (order of names).
    """
    given = [_split(entry) for entry in service.env or ()]
    names = {name for name, _ in given}
    lease = workload.lease
    ours = (
        ("AKASH_GROUP_SEQUENCE", str(lease.gseq)),
        ("AKASH_DEPLOYMENT_SEQUENCE", str(lease.dseq)),
        ("AKASH_ORDER_SEQUENCE", str(lease.oseq)),
        ("AKASH_OWNER", str(lease.owner)),
        ("AKASH_PROVIDER", str(lease.provider)),
        ("AKASH_CLUSTER_PUBLIC_HOSTNAME", workload.public_hostname),
    )
    return (*given, *(pair for pair in ours if pair[0] not in names))


def namespace(lease: LeaseID) -> str:
    """The one name under which a cluster keeps everything of a lease.

    Source: provider cluster/kube/builder LidNS: base32hex of the SHA-224 of the lease's text.
    """
    text = f"{lease.owner}/{lease.dseq}/{lease.gseq}/{lease.oseq}/{lease.provider}"
    digest = hashlib.sha224(text.encode()).digest()
    return base64.b32hexencode(digest).decode().rstrip("=").lower()


def _split(entry: str) -> tuple[str, str]:
    name, _, value = entry.partition("=")
    return name, value


def _attribute(attributes: tuple[Attribute, ...], key: str) -> str:
    return next((a.value for a in attributes if a.key == key), "")


# Reading. A missing member is Go's zero value; a member of the wrong JSON type is an error.


def _wrong(value: object, name: str, wanted: str) -> ManifestMalformed:
    kinds = {bool: "bool", int: "number", float: "number", str: "string", list: "array"}
    kind = kinds.get(type(value), "object")
    return ManifestMalformed(
        f"json: cannot unmarshal {kind} into Go struct field {name} of type {wanted}"
    )


def _text(data: Mapping[str, Any], key: str) -> str:
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
        Attribute(_text(item, "key"), _text(item, "value"))
        for item in _list(data or {}, "attributes") or ()
    )


def _service(data: object) -> Service:
    if not isinstance(data, dict):
        raise _wrong(data, "services", "Service")
    return Service(
        name=_text(data, "name"),
        image=_text(data, "image"),
        command=_texts(data, "command"),
        args=_texts(data, "args"),
        env=_texts(data, "env"),
        resources=_resources(_object(data, "resources") or {}),
        count=_number(data, "count"),
        exposes=tuple(_expose(item) for item in _list(data, "expose") or ()),
        params=_params(_object(data, "params")),
        credentials=_credentials(_object(data, "credentials")),
    )


def _resources(data: Mapping[str, Any]) -> Resources:
    endpoints = _list(data, "endpoints")
    return Resources(
        id=_number(data, "id"),
        cpu=_amount(data, "cpu", "units"),
        memory=_amount(data, "memory", "size"),
        storage=tuple(
            Volume(_text(item, "name"), _amount({"v": item}, "v", "size"), _attributes(item))
            for item in _list(data, "storage") or ()
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
        proto=_text(data, "proto"),
        service=_text(data, "service"),
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
        ip=_text(data, "ip"),
        sequence=_number(data, "endpointSequenceNumber"),
    )


def _params(data: Mapping[str, Any] | None) -> Params | None:
    if data is None:
        return None
    mounts = _list(data, "storage")
    permissions = _object(data, "permissions")
    tee = _object(data, "tee")
    return Params(
        mounts=None
        if mounts is None
        else tuple(
            Mount(_text(m, "name"), _text(m, "mount"), _flag(m, "readOnly")) for m in mounts
        ),
        permissions=None if permissions is None else _texts(permissions, "read") or (),
        tee=None if tee is None else (_text(tee, "type"), _flag(tee, "attestation")),
    )


def _credentials(data: Mapping[str, Any] | None) -> Credentials | None:
    if data is None:
        return None
    return Credentials(
        _text(data, "host"), _text(data, "email"), _text(data, "username"), _text(data, "password")
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


def _service_json(s: Service) -> dict[str, Any]:
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
