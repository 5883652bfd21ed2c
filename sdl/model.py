"""What an SDL file says, as typed values before any group is built.

Fields keep what Akash's decoder keeps: None where nothing was written and [] where an empty list
was, raw text where the text itself decides later. Sizes are bytes, CPU thousandths, prices
integers scaled by 10**18. Knows no rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Attributes = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class HTTPOptions:
    """Limits of an ingress, as written; 0 and [] where unset. Times in milliseconds."""

    max_body_size: int = 0
    read_timeout: int = 0
    send_timeout: int = 0
    next_tries: int = 0
    next_timeout: int = 0
    proxy_buffer_size: int = 0
    next_cases: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class To:
    """One receiver of an exposed port. `index` counts in the list as written."""

    service: str
    is_global: bool
    ip: str
    index: int


@dataclass(frozen=True, slots=True)
class Expose:
    """One exposed port. `as_port` is 0 and `proto` "" where unset; `index` as written."""

    port: int
    as_port: int
    proto: str
    to: list[To]
    accept: list[str] | None
    http: HTTPOptions | None
    index: int


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a service sees a volume."""

    mount: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class Params:
    """`params` of a service; `permissions` is None where the block is missing."""

    storage: dict[str, Mount]
    permissions: list[str] | None
    tee: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """Access to a private image registry, as written."""

    host: str
    email: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of `services`."""

    image: str = ""
    command: list[str] | None = None
    args: list[str] | None = None
    env: list[str] | None = None
    expose: list[Expose] = field(default_factory=list)
    params: Params | None = None
    credentials: Credentials | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """CPU thousandths, memory bytes or GPUs, with attributes sorted by key."""

    value: int
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume of a compute profile; bytes. `index` counts as written, -1 for a lone mapping."""

    name: str
    size: int
    attributes: Attributes
    index: int

    def attribute(self, key: str) -> str | None:
        """The value of an attribute, None if it has none."""
        for name, value in self.attributes:
            if name == key:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Resources:
    """`resources` of a compute profile; None where a part is missing."""

    cpu: Amount | None = None
    memory: Amount | None = None
    gpu: Amount | None = None
    storage: list[Volume] | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Highest price for one replica and block; `amount` scaled by 10**18."""

    denom: str
    amount: int


@dataclass(frozen=True, slots=True)
class Placement:
    """One entry of `profiles.placement`."""

    attributes: Attributes | None = None
    all_of: list[str] | None = None
    any_of: list[str] | None = None
    pricing: dict[str, Price | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deploy:
    """Which profile and how many replicas of a service go to a placement."""

    profile: str = ""
    count: int = 0


@dataclass(slots=True)
class Document:
    """A whole file. `shared_units` tells version 2.1's rules from 2.0's."""

    shared_units: bool
    services: dict[str, Service] = field(default_factory=dict)
    compute: dict[str, Resources | None] = field(default_factory=dict)
    placement: dict[str, Placement] = field(default_factory=dict)
    deployment: dict[str, dict[str, Deploy]] = field(default_factory=dict)
    endpoints: dict[str, str] = field(default_factory=dict)
    reclamation: str | None = None
