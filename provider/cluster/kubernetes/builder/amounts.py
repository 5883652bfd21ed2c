"""Resources of a container: what it may use at most, and what is set aside for it."""

from __future__ import annotations

from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.settings import Overcommit
from provider.cluster.service import Resources, Service

RAM = "ram"
GPU_RESOURCES = {"nvidia": "nvidia.com/gpu", "amd": "amd.com/gpu", "intel": "gpu.intel.com/i915"}
"""What the device plugins of these makers call their devices."""


def committed(value: int, percent: int) -> int:
    """What is set aside of an amount when `percent` more than there is gets sold; at least 1.

    Rounded to the nearest, halves up.
    """
    if percent <= 0:
        return value
    return max(1, (value * 200 + 100 + percent) // (2 * (100 + percent)))


def cores(thousandths: int) -> str:
    """An amount of cpu as Kubernetes writes it."""
    whole, rest = divmod(thousandths, 1000)
    return f"{thousandths}m" if rest else str(whole)


def ram_size(resources: Resources) -> int:
    """Bytes of all volumes that live in memory."""
    return sum(v.size for v in resources.storage if v.storage_class == RAM and not v.is_persistent)


def container_resources(service: Service, vendor: str, over: Overcommit) -> Object:
    """Requests and limits of a service's container; `vendor` is that of its GPUs."""
    asked = service.resources
    scratch = sum(v.size for v in asked.storage if not v.storage_class and not v.is_persistent)
    limits = {"cpu": cores(asked.cpu), "memory": str(asked.memory + ram_size(asked))}
    requests = {
        "cpu": cores(committed(asked.cpu, over.cpu)),
        "memory": str(committed(asked.memory, over.memory)),
    }
    if scratch:
        limits["ephemeral-storage"] = str(scratch)
        requests["ephemeral-storage"] = str(committed(scratch, over.storage))
    if asked.gpu:
        limits[GPU_RESOURCES[vendor]] = requests[GPU_RESOURCES[vendor]] = str(asked.gpu)
    return {"limits": limits, "requests": requests}
