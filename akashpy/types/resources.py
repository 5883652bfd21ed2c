"""Compute resources of an order: CPU, memory, storage, GPU, endpoints, and their limits.

What one unit of a group may ask for and what a group may ask for in all. It must not know groups,
bids or prices' meaning beyond their bounds. Source: chain-sdk `types/resources/v1beta4` and
`deployment/v1beta4/resourceunit.go`, `resourceunits.go`. Every refusal here is a plain error,
except that attributes keep their own codes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from akashpy.types.attributes import Attributes
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, PlainError
from akashpy.types.number import integer
from akashpy.wire import base as wire
from akashpy.wire import deployment as deployment_wire

MIB = 2**20
TIB = 2**40


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of one resource, both allowed; `group` bounds the sum over a group."""

    least: int
    most: int
    group: int


CPU_LIMIT = Limit(10, 384_000, 19_200_000)
"""Thousandths of a core."""
GPU_LIMIT = Limit(0, 24, 1_200)
MEMORY_LIMIT = Limit(MIB, 2 * TIB, 100 * TIB)
"""Bytes."""
STORAGE_LIMIT = Limit(5 * MIB, 32 * TIB, 0)
"""Bytes per volume; Akash does not bound the sum."""
MAX_PRICE = 10_000_000
"""Base units per block for one unit of resources."""


class EndpointKind(IntEnum):
    """How a port of a service is reached."""

    SHARED_HTTP = 0
    RANDOM_PORT = 1
    LEASED_IP = 2


@dataclass(frozen=True, slots=True)
class CPU:
    """`units` in thousandths of a core."""

    units: int
    attributes: Attributes = Attributes.EMPTY

    @classmethod
    def from_wire(cls, msg: wire.CPU) -> Self:
        """Read an akash.base.resources.v1beta4.CPU."""
        return cls(value_from_wire(msg.units), Attributes.from_wire(msg.attributes))

    def to_wire(self) -> wire.CPU:
        """An akash.base.resources.v1beta4.CPU."""
        return wire.CPU(units=value_to_wire(self.units), attributes=self.attributes.to_wire())


@dataclass(frozen=True, slots=True)
class Memory:
    """`quantity` in bytes."""

    quantity: int
    attributes: Attributes = Attributes.EMPTY

    @classmethod
    def from_wire(cls, msg: wire.Memory) -> Self:
        """Read an akash.base.resources.v1beta4.Memory."""
        return cls(value_from_wire(msg.quantity), Attributes.from_wire(msg.attributes))

    def to_wire(self) -> wire.Memory:
        """An akash.base.resources.v1beta4.Memory."""
        return wire.Memory(
            quantity=value_to_wire(self.quantity), attributes=self.attributes.to_wire()
        )


@dataclass(frozen=True, slots=True)
class GPU:
    """`units` in whole devices; attributes name vendors and models."""

    units: int
    attributes: Attributes = Attributes.EMPTY

    @classmethod
    def from_wire(cls, msg: wire.GPU) -> Self:
        """Read an akash.base.resources.v1beta4.GPU."""
        return cls(value_from_wire(msg.units), Attributes.from_wire(msg.attributes))

    def to_wire(self) -> wire.GPU:
        """An akash.base.resources.v1beta4.GPU."""
        return wire.GPU(units=value_to_wire(self.units), attributes=self.attributes.to_wire())


@dataclass(frozen=True, slots=True)
class Storage:
    """A named volume; `quantity` in bytes."""

    name: str
    quantity: int
    attributes: Attributes = Attributes.EMPTY

    @classmethod
    def from_wire(cls, msg: wire.Storage) -> Self:
        """Read an akash.base.resources.v1beta4.Storage."""
        return cls(msg.name, value_from_wire(msg.quantity), Attributes.from_wire(msg.attributes))

    def to_wire(self) -> wire.Storage:
        """An akash.base.resources.v1beta4.Storage."""
        return wire.Storage(
            name=self.name,
            quantity=value_to_wire(self.quantity),
            attributes=self.attributes.to_wire(),
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An opening to the outside; endpoints of one `sequence_number` share a leased IP.

    `kind` is an EndpointKind, or another number when a stranger's message says so.
    """

    kind: int = EndpointKind.SHARED_HTTP
    sequence_number: int = 0

    @classmethod
    def from_wire(cls, msg: wire.Endpoint) -> Self:
        """Read an akash.base.resources.v1beta4.Endpoint."""
        return cls(msg.kind, msg.sequence_number)

    def to_wire(self) -> wire.Endpoint:
        """An akash.base.resources.v1beta4.Endpoint."""
        return wire.Endpoint(
            kind=self.kind,  # type: ignore[arg-type]  # any number is allowed on the wire
            sequence_number=self.sequence_number,
        )


@dataclass(frozen=True, slots=True)
class Resources:
    """What one replica of a service takes; a part may be absent on the wire."""

    id: int
    cpu: CPU | None
    memory: Memory | None
    storage: tuple[Storage, ...]
    gpu: GPU | None
    endpoints: tuple[Endpoint, ...] = ()

    @classmethod
    def from_wire(cls, msg: wire.Resources) -> Self:
        """Read an akash.base.resources.v1beta4.Resources."""
        return cls(
            msg.id,
            CPU.from_wire(msg.cpu) if msg.HasField("cpu") else None,
            Memory.from_wire(msg.memory) if msg.HasField("memory") else None,
            tuple(Storage.from_wire(volume) for volume in msg.storage),
            GPU.from_wire(msg.gpu) if msg.HasField("gpu") else None,
            tuple(Endpoint.from_wire(endpoint) for endpoint in msg.endpoints),
        )

    def to_wire(self) -> wire.Resources:
        """An akash.base.resources.v1beta4.Resources."""
        return wire.Resources(
            id=self.id,
            cpu=self.cpu.to_wire() if self.cpu else None,
            memory=self.memory.to_wire() if self.memory else None,
            storage=[volume.to_wire() for volume in self.storage],
            gpu=self.gpu.to_wire() if self.gpu else None,
            endpoints=[endpoint.to_wire() for endpoint in self.endpoints],
        )

    def validate(self) -> None:
        """Check one unit's resources against the limits.

        Raises PlainError; InvalidAttributeKey and AttributesDuplicateKeys keep their codes.
        """
        if self.id == 0:
            raise PlainError("error: invalid resources ID (> 0 fails)")
        self._validate_cpu()
        self._validate_gpu()
        self._validate_memory()
        self._validate_storage()

    def _validate_cpu(self) -> None:
        cpu, limit = self.cpu, CPU_LIMIT
        if cpu is None:
            raise PlainError("error: invalid unit CPU, cannot be nil")
        if not limit.least <= cpu.units <= limit.most:
            raise PlainError(_unit_text("CPU", limit.most, cpu.units, limit.most))
        _validate_attributes("CPU", cpu.attributes)

    def _validate_gpu(self) -> None:
        gpu, limit = self.gpu, GPU_LIMIT
        if gpu is None:
            raise PlainError("error: invalid unit GPU, cannot be nil")
        if not limit.least <= gpu.units <= limit.most:
            raise PlainError(_unit_text("GPU", limit.most, gpu.units, limit.most))
        if gpu.units == 0 and gpu.attributes:
            raise PlainError("error: invalid GPU state. attributes cannot be present if units == 0")
        _validate_attributes("GPU", gpu.attributes)

    def _validate_memory(self) -> None:
        memory, limit = self.memory, MEMORY_LIMIT
        if memory is None:
            raise PlainError("error: invalid unit memory, cannot be nil")
        if not limit.least <= memory.quantity <= limit.most:
            raise PlainError(_unit_text("memory", limit.most, memory.quantity, limit.most))
        _validate_attributes("Memory", memory.attributes)

    def _validate_storage(self) -> None:
        limit = STORAGE_LIMIT
        if not self.storage:
            raise PlainError("error: invalid unit storage, cannot be nil")
        for volume in self.storage:
            if not limit.least <= volume.quantity <= limit.most:
                raise PlainError(_unit_text("storage", limit.most, volume.quantity, limit.least))
            _validate_attributes("Storage", volume.attributes)


@dataclass(frozen=True, slots=True)
class ResourceUnit:
    """`count` replicas of some resources, at most `price` base units per block for each."""

    resources: Resources
    count: int
    price: DecCoin

    @classmethod
    def from_wire(cls, msg: deployment_wire.ResourceUnit) -> Self:
        """Read an akash.deployment.v1beta4.ResourceUnit."""
        return cls(Resources.from_wire(msg.resource), msg.count, DecCoin.from_wire(msg.price))

    def to_wire(self) -> deployment_wire.ResourceUnit:
        """An akash.deployment.v1beta4.ResourceUnit."""
        return deployment_wire.ResourceUnit(
            resource=self.resources.to_wire(), count=self.count, price=self.price.to_wire()
        )

    def full_price(self) -> DecCoin:
        """The price of all replicas, in base units per block."""
        return DecCoin(self.price.denom, self.price.amount.mul_int(self.count))

    def validate_price(self) -> None:
        """Raises PlainError for a bad price or one above the limit."""
        try:
            self.price.validate()
        except PlainError:
            raise PlainError("error: invalid price object") from None
        if self.price.amount > Dec.of(MAX_PRICE):
            raise PlainError(f"error: invalid unit price ({MAX_PRICE} > {self.price} fails)")


def validate_units(units: Iterable[ResourceUnit]) -> None:
    """Check every unit of a group, then what they come to in all.

    Raises PlainError; attributes keep their codes.
    """
    seen: set[int] = set()
    cpu = gpu = memory = 0
    for unit in units:
        resources = unit.resources
        resources.validate()
        if resources.id in seen:
            raise PlainError(f"duplicate resources ID ({resources.id}) within group")
        seen.add(resources.id)
        cpu += unit.count * (resources.cpu.units if resources.cpu else 0)
        gpu += unit.count * (resources.gpu.units if resources.gpu else 0)
        memory += unit.count * (resources.memory.quantity if resources.memory else 0)
    if not 0 < cpu <= CPU_LIMIT.group:
        raise PlainError(_total_text("CPU", CPU_LIMIT.group, cpu))
    if gpu > GPU_LIMIT.group:
        raise PlainError(_total_text("GPU", GPU_LIMIT.group, gpu))
    if not 0 < memory <= MEMORY_LIMIT.group:
        raise PlainError(_total_text("memory", MEMORY_LIMIT.group, memory))


def value_from_wire(msg: wire.ResourceValue) -> int:
    """Read a ResourceValue: decimal text in bytes; absent is zero. Raises TxDecode."""
    return integer(msg.val.decode("ascii", "backslashreplace"))


def value_to_wire(value: int) -> wire.ResourceValue:
    """A ResourceValue."""
    return wire.ResourceValue(val=str(value).encode())


def _validate_attributes(kind: str, attributes: Attributes) -> None:
    try:
        attributes.validate()
    except ChainError as error:
        raise error.wrapped(f"error: invalid {kind} attributes") from None


def _unit_text(kind: str, most: int, value: int, shown: int) -> str:
    return f"error: invalid unit {kind} ({most} > {value} > {shown} fails)"


def _total_text(kind: str, most: int, value: int) -> str:
    return f"invalid total {kind} ({most} > {value} > 0 fails)"
