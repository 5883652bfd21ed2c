"""What a cluster's machines can give to leases, read from its nodes and pods; pure.

GPUs are known by model from Akash's own labels, or from those of NVIDIA's feature discovery, AMD's
labeller and Intel's plugin. What others' pods take is not for sale; what leases take is counted by
the inventory's claims. Nothing is ever below zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from provider.cluster.driver import NodeCapacity
from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.amounts import GPU_RESOURCES
from provider.cluster.kubernetes.builder.devices import LABEL, slot
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.builder.pods import STORAGE_LABEL
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.inventory.nodes import Gpu

SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12),
    "P": Decimal(10**15), "E": Decimal(10**18), "Ki": Decimal(2**10), "Mi": Decimal(2**20),
    "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip
"""Suffixes of a Kubernetes quantity."""
PRODUCTS = (
    ("nvidia", "nvidia.com/gpu.product", "nvidia.com/gpu.memory"),
    ("amd", "amd.com/gpu.product-name", "amd.com/gpu.vram"),
    ("amd", "beta.amd.com/gpu.product-name", "beta.amd.com/gpu.vram"),
    ("intel", "gpu.intel.com/product", "gpu.intel.com/memory"),
)
"""Labels that name a machine's devices and their memory."""
NOISE = re.compile(
    r"nvidia|tesla|geforce|quadro|amd|instinct|radeon|intel|data|center|gpu|generation|oam|"
    r"sxm\d*|pcie|hbm\d*e?|mig|\d+gb?|\d+gib",
    re.IGNORECASE,
)
"""Words of a product's name that are not its model."""
FINISHED = ("Succeeded", "Failed")


def quantity(text: object) -> Decimal:
    """A Kubernetes quantity; 0 for what is none."""
    found = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)", str(text))
    if found is None or found[2] not in SUFFIXES:
        return Decimal(0)
    return Decimal(found[1]) * SUFFIXES[found[2]]


def thousandths(text: object) -> int:
    """An amount of cpu in thousandths, rounded up."""
    return math.ceil(quantity(text) * 1000)


def amount(text: object) -> int:
    """Bytes or pieces, rounded up."""
    return math.ceil(quantity(text))


def addresses(node: Object) -> tuple[str, ...]:
    """The machine's own addresses."""
    found = node.get("status", {}).get("addresses") or ()
    return tuple(a["address"] for a in found if a.get("type") in ("InternalIP", "ExternalIP"))


def is_usable(node: Object, tolerated: Iterable[str]) -> bool:
    """Ready, not cordoned, and without taints that a lease's pods do not tolerate."""
    spec = node.get("spec", {})
    if spec.get("unschedulable"):
        return False
    ready = _is_ready(node)
    bad = {t["key"] for t in spec.get("taints") or () if t.get("effect") != "PreferNoSchedule"}
    return ready and bad <= set(tolerated)


def is_down(node: Object) -> bool:
    """Not ready, though nobody has taken it out of service."""
    return not node.get("spec", {}).get("unschedulable") and not _is_ready(node)


def _is_ready(node: Object) -> bool:
    conditions = node.get("status", {}).get("conditions") or ()
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)


def capacity(node: Object, pods: Iterable[Object], settings: KubernetesSettings) -> NodeCapacity:
    """What a machine can give to leases: all it has without what others' pods take."""
    has = node.get("status", {}).get("allocatable") or {}
    foreign = [p for p in pods if not is_ours(p) and _takes_room(p)]
    over = settings.overcommit
    gpus = _left(gpus_of(node, ours=settings.label_nodes), foreign)

    def left(name: str, read: object, percent: int) -> int:
        count = thousandths if name == "cpu" else amount
        total = count(read) - sum(count(v) for p in foreign for v in _requests(p, name))
        return max(0, total) * (100 + percent) // 100

    labels = node["metadata"].get("labels") or {}
    return NodeCapacity(
        name=node["metadata"]["name"],
        cpu=left("cpu", has.get("cpu"), over.cpu),
        memory=left("memory", has.get("memory"), over.memory),
        ephemeral_storage=left("ephemeral-storage", has.get("ephemeral-storage"), over.storage),
        gpu=sum(gpu.count for gpu in gpus),
        storage=tuple((name, 0) for name in storage_classes(labels)),
        gpus=gpus,
    )


def is_ours(pod: Object) -> bool:
    """True for the pod of a lease."""
    return names.NAMESPACE in (pod["metadata"].get("labels") or {})


def gpus_of(node: Object, *, ours: bool = True) -> tuple[Gpu, ...]:
    """A machine's devices; a device whose model nobody names is of model `unknown`.

    `ours` when Akash's labels are written here: then the makers' own are newer. Otherwise Akash's
    come first.
    """
    has = node.get("status", {}).get("allocatable") or {}
    labels = node["metadata"].get("labels") or {}
    found: list[Gpu] = []
    for vendor, resource in GPU_RESOURCES.items():
        count = amount(has.get(resource, 0))
        if not count:
            continue
        ways = (_by_product(labels, vendor, count), _by_akash(labels, vendor))
        named = (ways[0] or ways[1]) if ours else (ways[1] or ways[0])
        found.extend(named or (Gpu(vendor, "unknown", count),))
    return tuple(found)


def labels_of(node: Object, classes: Sequence[str]) -> dict[str, str]:
    """The labels Akash's pods look for on a machine."""
    made = {names.MANAGED: "true"} | {f"{STORAGE_LABEL}.{name}": "1" for name in classes}
    for gpu in gpus_of(node):
        base = f"{LABEL}.{gpu.vendor}.model.{gpu.model}"
        made[base] = str(gpu.count)
        if gpu.memory:
            made[f"{base}.ram.{gpu.memory}"] = str(gpu.count)
        if gpu.interface:
            made[f"{base}.interface.{slot(gpu.interface)}"] = str(gpu.count)
    return made


def label_changes(node: Object, classes: Sequence[str]) -> dict[str, str | None]:
    """Which labels of a machine are to be written, and which (None) to be taken away."""
    has = node["metadata"].get("labels") or {}
    wanted = labels_of(node, classes)
    stale = [
        key
        for key in has
        if key.startswith((f"{LABEL}.", f"{STORAGE_LABEL}.")) and key not in wanted
    ]
    fresh = {key: value for key, value in wanted.items() if has.get(key) != value}
    return dict.fromkeys(stale) | fresh


def storage_classes(labels: Mapping[str, str]) -> tuple[str, ...]:
    """Persistent classes a machine can attach."""
    prefix = f"{STORAGE_LABEL}."
    return tuple(sorted(k.removeprefix(prefix) for k in labels if k.startswith(prefix)))


def model_of(product: str) -> str:
    """A product's name as orders write it: NVIDIA-GeForce-RTX-4090 is rtx4090."""
    words = re.split(r"[-_ ]+", product)
    return "".join(w for w in words if w and not NOISE.fullmatch(w)).lower()


def _by_akash(labels: Mapping[str, str], vendor: str) -> tuple[Gpu, ...]:
    prefix = f"{LABEL}.{vendor}.model."
    found: dict[str, dict[str, str]] = {}
    for key, value in labels.items():
        if not key.startswith(prefix):
            continue
        model, _, more = key.removeprefix(prefix).partition(".")
        facts = found.setdefault(model, {})
        name, _, said = more.partition(".")
        facts[name or "count"] = said or value
    return tuple(
        Gpu(vendor, model, amount(f.get("count", 0)), f.get("ram", ""), f.get("interface", ""))
        for model, f in sorted(found.items())
    )


def _by_product(labels: Mapping[str, str], vendor: str, count: int) -> tuple[Gpu, ...]:
    for maker, name, memory in PRODUCTS:
        product = labels.get(name, "")
        if maker == vendor and product:
            model = model_of(product) or "unknown"
            return (
                Gpu(vendor, model, count, _ram(product, labels.get(memory, "")), _slot(product)),
            )
    return ()


def _ram(product: str, memory: str) -> str:
    """The size a product is sold with; what is measured is a little less."""
    sold = re.search(r"(\d+)GB", product)
    if sold:
        return f"{sold[1]}Gi"
    if memory.isdecimal():
        return f"{(int(memory) + 512) // 1024}Gi"
    found = re.fullmatch(r"(\d+)G[iB]?B?", memory)
    return f"{found[1]}Gi" if found else ""


def _slot(product: str) -> str:
    return "sxm" if re.search(r"sxm|hbm3", product, re.IGNORECASE) else "pcie"


def _left(gpus: tuple[Gpu, ...], pods: Iterable[Object]) -> tuple[Gpu, ...]:
    """Devices without those that others' pods hold; which ones these are nobody says."""
    taken = {
        vendor: sum(amount(v) for p in pods for v in _requests(p, resource))
        for vendor, resource in GPU_RESOURCES.items()
    }
    made = []
    for gpu in gpus:
        away = min(gpu.count, taken[gpu.vendor])
        taken[gpu.vendor] -= away
        made.append(Gpu(gpu.vendor, gpu.model, gpu.count - away, gpu.memory, gpu.interface))
    return tuple(made)


def _requests(pod: Object, name: str) -> list[object]:
    found = []
    for container in pod["spec"].get("containers") or ():
        asked = container.get("resources", {})
        value = (asked.get("requests") or {}).get(name) or (asked.get("limits") or {}).get(name)
        if value is not None:
            found.append(value)
    return found


def _takes_room(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") not in FINISHED
