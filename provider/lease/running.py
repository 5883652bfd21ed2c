"""What a running workload takes, read from its own manifest.

For the moments when the chain cannot be asked: something that runs still takes its place.
"""

from __future__ import annotations

from akashpy.types.attributes import Attributes, PlacementRequirements
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import GroupSpec
from akashpy.types.resources import CPU, GPU, Endpoint, Memory, Resources, ResourceUnit, Storage
from provider.cluster.service import Attribute, Service
from provider.cluster.workload import Workload


def spec_of(workload: Workload) -> GroupSpec:
    """A group that takes what the workload takes; it has no price."""
    units = tuple(
        ResourceUnit(_resources(service), service.count, DecCoin("uakt", Dec.ZERO))
        for service in workload.services
    )
    return GroupSpec(workload.group, PlacementRequirements(), units)


def _resources(service: Service) -> Resources:
    found = service.resources
    return Resources(
        id=found.id,
        cpu=CPU(found.cpu, _attributes(found.cpu_attributes)),
        memory=Memory(found.memory, _attributes(found.memory_attributes)),
        storage=tuple(Storage(v.name, v.size, _attributes(v.attributes)) for v in found.storage),
        gpu=GPU(found.gpu, _attributes(found.gpu_attributes)),
        endpoints=tuple(Endpoint(e.kind, e.sequence) for e in found.endpoints or ()),
    )


def _attributes(found: tuple[Attribute, ...]) -> Attributes:
    return Attributes.of((attribute.key, attribute.value) for attribute in found)
