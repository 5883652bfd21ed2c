"""The one interface between the provider and whatever runs its workloads.

Every driver (process, docker, kubernetes) has these verbs and passes the same conformance suite.
Nothing here knows a chain, a price or a tenant's identity; leases are names.

Rules for every driver:
- `deploy` and `update` return when the workload is recorded and starting, not when it is ready;
- what was deployed survives the provider's own restart, and `observe` tells what is there;
- only `teardown` stops a workload; asking for a lease that is not here raises LeaseMissing,
  except `teardown`, which then has nothing to do;
- streams end by themselves when the lease is torn down.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from akashpy.types.market import LeaseID
from provider.cluster.workload import Workload
from provider.inventory.nodes import Gpu


class Health(StrEnum):
    """How a service does, in one word."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    FAILED = "failed"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class ForwardedPort:
    """A port of the provider's host that leads to a service."""

    host: str
    port: int
    external: int
    proto: str
    name: str


@dataclass(frozen=True, slots=True)
class LeasedIp:
    """A port of an address of its own that leads to a service."""

    port: int
    external: int
    proto: str
    ip: str


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """Replicas of one service, where it is reached, and why it is as it is."""

    name: str
    available: int
    total: int
    uris: tuple[str, ...] = ()
    observed_generation: int = 1
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    health: Health = Health.STARTING
    reason: str = ""
    ports: tuple[ForwardedPort, ...] = ()
    ips: tuple[LeasedIp, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaseStatus:
    """All services of a lease, and notes the operator and the tenant should read.

    `doubt` says why services that do not run prove nothing against the lease: a machine is down.
    """

    lease: LeaseID
    services: tuple[ServiceStatus, ...]
    notes: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def is_healthy(self) -> bool:
        """True when every service has all its replicas available."""
        return all(s.available >= s.total for s in self.services)

    def service(self, name: str) -> ServiceStatus | None:
        """The status of one service."""
        return next((s for s in self.services if s.name == name), None)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line a replica wrote; `time` is unix nanoseconds.

    `cursor` names the place after this line in the whole stream: given back to `logs`, reading
    goes on with the next line.
    """

    service: str
    replica: str
    message: str
    time: int
    stream: str
    cursor: str


@dataclass(frozen=True, slots=True)
class LeaseEvent:
    """Something that happened to a replica; `kind` is Normal or Warning, `time` unix ns."""

    kind: str
    reason: str
    note: str
    service: str
    replica: str
    time: int
    source: str


class ExecStream(StrEnum):
    """Where bytes of a command came from."""

    STDOUT = "stdout"
    STDERR = "stderr"


@dataclass(frozen=True, slots=True)
class ExecOutput:
    """Bytes a command wrote."""

    stream: ExecStream
    data: bytes


@dataclass(frozen=True, slots=True)
class TerminalSize:
    """Columns and rows of a terminal."""

    width: int
    height: int


class ExecSession(Protocol):
    """A command running inside a replica."""

    def output(self) -> AsyncIterator[ExecOutput]:
        """What it writes, until all its streams are closed."""
        ...

    async def write(self, data: bytes) -> None:
        """Send to its standard input; waits while the command does not read."""
        ...

    async def close_input(self) -> None:
        """Let it read the end of its standard input."""
        ...

    async def resize(self, size: TerminalSize) -> None:
        """Change the size of its terminal; nothing without one."""
        ...

    async def wait(self) -> int:
        """Its exit code, 128 + n when signal n ended it. Raises ExecLost."""
        ...


@dataclass(frozen=True, slots=True)
class NodeCapacity:
    """What one machine of the cluster can give: cpu in thousandths, the rest in bytes, devices."""

    name: str
    cpu: int
    memory: int
    ephemeral_storage: int
    gpu: int = 0
    storage: tuple[tuple[str, int], ...] = ()
    gpus: tuple[Gpu, ...] = ()
    """The devices by model, where the driver knows it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the cluster has and what runs on it now.

    `pools` is shared persistent storage in bytes by class, `addresses` how many can be leased.
    """

    nodes: tuple[NodeCapacity, ...]
    workloads: tuple[Workload, ...]
    version: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    pools: tuple[tuple[str, int], ...] = ()
    addresses: int = 0

    def workload(self, lease: LeaseID) -> Workload | None:
        """The workload of one lease, when it is here."""
        return next((w for w in self.workloads if w.lease == lease), None)


@runtime_checkable
class MovesHostnames(Protocol):
    """A driver that serves host names and can move them between leases of one tenant."""

    async def move_hostnames(self, lease: LeaseID, hosts: tuple[str, ...]) -> None:
        """Give host names to a lease that declares them.

        Raises LeaseMissing, HostnameRefused; then nothing was moved.
        """
        ...


@runtime_checkable
class MovesEndpoints(Protocol):
    """A driver that leases addresses and can move them between leases of one tenant."""

    async def move_endpoints(self, lease: LeaseID, endpoints: tuple[str, ...]) -> None:
        """Give leased addresses to a lease that declares them, by the names of their endpoints.

        Raises LeaseMissing, EndpointRefused; then nothing was moved.
        """
        ...


class Driver(Protocol):
    """A place where workloads run."""

    @property
    def name(self) -> str:
        """The word for this kind of driver: process, docker, kubernetes."""
        ...

    def declines(self, workload: Workload) -> tuple[str, str] | None:
        """Reason code and text when this workload can never run here; None when it can."""
        ...

    async def deploy(self, workload: Workload) -> None:
        """Start a workload; the same one again changes nothing. Raises Declined."""
        ...

    async def update(self, workload: Workload) -> None:
        """Bring a running lease to this workload, touching only what differs.

        Raises LeaseMissing, Declined (and then nothing has changed).
        """
        ...

    async def teardown(self, lease: LeaseID) -> None:
        """Stop and remove everything of the lease; returns when nothing of it runs any more."""
        ...

    async def status(self, lease: LeaseID) -> LeaseStatus:
        """How the lease's services do. Raises LeaseMissing."""
        ...

    def watch(self, lease: LeaseID) -> AsyncGenerator[LeaseStatus, None]:
        """The status now and after each change, until the lease is torn down.

        Raises LeaseMissing.
        """
        ...

    def logs(
        self,
        lease: LeaseID,
        *,
        services: tuple[str, ...] = (),
        follow: bool = False,
        tail: int | None = None,
        cursor: str = "",
    ) -> AsyncGenerator[LogLine, None]:
        """Lines of the named services (none named: all), oldest first within a replica.

        `tail` is lines per replica; None is all that is kept. Raises LeaseMissing.
        """
        ...

    def events(
        self, lease: LeaseID, *, services: tuple[str, ...] = (), follow: bool = False
    ) -> AsyncGenerator[LeaseEvent, None]:
        """What happened to the lease's replicas. Raises LeaseMissing."""
        ...

    def exec(
        self,
        lease: LeaseID,
        service: str,
        command: tuple[str, ...],
        *,
        replica: int = 0,
        tty: bool = False,
        stdin: bool = False,
        size: TerminalSize | None = None,
    ) -> AbstractAsyncContextManager[ExecSession]:
        """Run a command beside a replica's program; leaving the context ends it.

        With `tty` there is one stream, STDOUT. Without `stdin` the command reads an empty input.
        Raises LeaseMissing, ServiceMissing, ExecRefused, ExecLost.
        """
        ...

    async def observe(self) -> Observation:
        """Capacity and the workloads present. Raises Unavailable."""
        ...
