"""One service of a workload as plain frozen values: what to run, with how much, seen from where.

Every driver builds from these and none owns them. How they are written in a manifest is
manifestjson.py's business; to which lease they belong is workload.py's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HTTP_PORT = 80


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


def _attribute(attributes: tuple[Attribute, ...], key: str) -> str:
    return next((a.value for a in attributes if a.key == key), "")
