"""A cluster as akash.inventory.v1 tells it: what machines have, what is taken, which devices; pure.

What is taken is the sum of what pods ask for, of leases and of others alike, so that whoever reads
it gets free room by subtraction. It never sells or holds anything.
Source: facts of the provider, inventory (3.2) and its operator (5.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from akashpy.wire import inventory as wire
from provider.cluster.kubernetes import machines
from provider.cluster.kubernetes.builder.amounts import GPU_RESOURCES
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.inventory.nodes import Gpu

VENDORS = {"nvidia": "10de", "amd": "1002", "intel": "8086"}
"""PCI numbers of the makers."""


def cluster(
    nodes: Iterable[Object],
    pods: Iterable[Object],
    volumes: Iterable[Object],
    settings: KubernetesSettings,
) -> wire.Cluster:
    """Usable machines by name, and the storage they share by class."""
    by_node: dict[str, list[Object]] = {}
    for pod in pods:
        if pod.get("status", {}).get("phase") not in machines.FINISHED:
            by_node.setdefault(pod["spec"].get("nodeName", ""), []).append(pod)
    found = [
        _node(node, by_node.get(node["metadata"]["name"], []), settings)
        for node in sorted(nodes, key=lambda n: str(n["metadata"]["name"]))
        if machines.is_usable(node, settings.gpu_tolerations)
    ]
    return wire.Cluster(nodes=found, storage=_storage(volumes, settings))


def _node(node: Object, pods: list[Object], settings: KubernetesSettings) -> wire.Node:
    status = node.get("status", {})
    has, whole = status.get("allocatable") or {}, status.get("capacity") or {}
    gpus = machines.gpus_of(node, ours=settings.label_nodes)

    def pair(*resources: str) -> wire.ResourcePair:
        return _pair(
            sum((machines.quantity(has.get(r, 0)) for r in resources), Decimal(0)),
            sum((_asked(pod, r) for pod in pods for r in resources), Decimal(0)),
            sum((machines.quantity(whole.get(r, has.get(r, 0))) for r in resources), Decimal(0)),
        )

    return wire.Node(
        name=node["metadata"]["name"],
        resources=wire.NodeResources(
            cpu=wire.CPU(quantity=pair("cpu")),
            memory=wire.Memory(quantity=pair("memory")),
            gpu=wire.GPU(quantity=pair(*GPU_RESOURCES.values()), info=_devices(gpus)),
            ephemeral_storage=pair("ephemeral-storage"),
            volumes_attached=_pair(Decimal(0), Decimal(0), Decimal(0)),
            volumes_mounted=_pair(Decimal(0), Decimal(0), Decimal(0)),
        ),
        capabilities=wire.NodeCapabilities(
            storage_classes=machines.storage_classes(node["metadata"].get("labels") or {})
        ),
    )


def _devices(gpus: Iterable[Gpu]) -> list[wire.GPUInfo]:
    return [
        wire.GPUInfo(
            vendor=gpu.vendor,
            vendor_id=VENDORS.get(gpu.vendor, ""),
            name=gpu.model,
            interface=gpu.interface,
            memory_size=gpu.memory,
        )
        for gpu in sorted(gpus, key=lambda g: (g.vendor, g.model, g.memory))
        for _ in range(gpu.count)
    ]


def _storage(volumes: Iterable[Object], settings: KubernetesSettings) -> list[wire.Storage]:
    taken: dict[str, Decimal] = {}
    for volume in volumes:
        spec = volume.get("spec", {})
        size = machines.quantity((spec.get("capacity") or {}).get("storage", 0))
        name = str(spec.get("storageClassName", ""))
        taken[name] = taken.get(name, Decimal(0)) + size
    return [
        wire.Storage(
            quantity=_pair(Decimal(size), taken.get(name, Decimal(0)), Decimal(size)),
            info=wire.StorageInfo(**{"class": name}),
        )
        for name, size in sorted(settings.storage_classes)
    ]


def _asked(pod: Object, resource: str) -> Decimal:
    """What a pod's containers ask for; memory also for what it keeps in memory as files."""
    found = Decimal(0)
    for container in pod["spec"].get("containers") or ():
        asked: Mapping[str, Mapping[str, object]] = container.get("resources") or {}
        value = (asked.get("requests") or {}).get(resource)
        if value is None:
            value = (asked.get("limits") or {}).get(resource, 0)
        found += machines.quantity(value)
    if resource == "memory":
        for volume in pod["spec"].get("volumes") or ():
            files = volume.get("emptyDir") or {}
            if files.get("medium") == "Memory":
                found += machines.quantity(files.get("sizeLimit", 0))
    return found


def _pair(allocatable: Decimal, allocated: Decimal, capacity: Decimal) -> wire.ResourcePair:
    return wire.ResourcePair(
        allocatable=_quantity(allocatable),
        allocated=_quantity(allocated),
        capacity=_quantity(capacity),
    )


def _quantity(amount: Decimal) -> wire.Quantity:
    """Whole units, or thousandths where something is left."""
    if amount == amount.to_integral_value():
        return wire.Quantity(string=str(int(amount)))
    return wire.Quantity(string=f"{-int(-amount * 1000 // 1)}m")
