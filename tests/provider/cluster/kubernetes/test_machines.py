"""What machines give: devices by model from every maker's labels, and never less than nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.cluster.kubernetes import machines, names
from provider.cluster.kubernetes.settings import KubernetesSettings, Overcommit
from provider.inventory.nodes import Gpu
from tests.provider.cluster.kubernetes.fakecluster import node

PLAIN = KubernetesSettings()


def gpu_node(labels: dict[str, str], **allocatable: str) -> dict[str, Any]:
    made = {key.replace("_gpu", ".com/gpu"): value for key, value in allocatable.items()}
    return node("n", labels=labels, **made)


def pod(cpu: str, *, labels: dict[str, str] | None = None, **more: str) -> dict[str, Any]:
    asked = {"cpu": cpu} | {key.replace("_gpu", ".com/gpu"): v for key, v in more.items()}
    return {
        "metadata": {"name": "p", "labels": labels or {}},
        "spec": {"containers": [{"name": "c", "resources": {"requests": asked}}]},
        "status": {"phase": "Running"},
    }


@pytest.mark.parametrize(
    ("product", "model", "ram", "interface"),
    [
        ("NVIDIA-A100-SXM4-80GB", "a100", "80Gi", "sxm"),
        ("NVIDIA-A100-PCIE-40GB", "a100", "40Gi", "pcie"),
        ("NVIDIA-H100-80GB-HBM3", "h100", "80Gi", "sxm"),
        ("NVIDIA-GeForce-RTX-4090", "rtx4090", "24Gi", "pcie"),
        ("Tesla-T4", "t4", "24Gi", "pcie"),
        ("NVIDIA-RTX-A6000", "rtxa6000", "24Gi", "pcie"),
        ("NVIDIA-L40S", "l40s", "24Gi", "pcie"),
    ],
)
def test_nvidia_models(product: str, model: str, ram: str, interface: str) -> None:
    labels = {"nvidia.com/gpu.product": product, "nvidia.com/gpu.memory": "24564"}
    found = machines.gpus_of(gpu_node(labels, nvidia_gpu="8"))
    assert found == (Gpu("nvidia", model, 8, ram, interface),)


def test_amd_and_intel_models() -> None:
    labels = {"amd.com/gpu.product-name": "AMD_Instinct_MI300X_OAM", "amd.com/gpu.vram": "192G"}
    assert machines.gpus_of(gpu_node(labels, amd_gpu="4")) == (
        Gpu("amd", "mi300x", 4, "192Gi", "pcie"),
    )
    card = node("n", labels={"gpu.intel.com/product": "Flex_170"}, **{"gpu.intel.com/i915": "2"})
    assert machines.gpus_of(card) == (Gpu("intel", "flex170", 2, "", "pcie"),)


def test_whose_labels_come_first() -> None:
    base = "akash.network/capabilities.gpu.vendor.nvidia.model.a100"
    labels = {
        base: "8",
        f"{base}.ram.80Gi": "8",
        f"{base}.interface.sxm": "8",
        "nvidia.com/gpu.product": "NVIDIA-H100-PCIe",
    }
    found = gpu_node(labels, nvidia_gpu="8")
    assert machines.gpus_of(found, ours=False) == (Gpu("nvidia", "a100", 8, "80Gi", "sxm"),)
    assert machines.gpus_of(found, ours=True) == (Gpu("nvidia", "h100", 8, "", "pcie"),)


def test_labels_of_a_device_that_was_replaced_go() -> None:
    before = gpu_node({"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB"}, nvidia_gpu="8")
    labels = machines.labels_of(before, ("beta2",)) | {"nvidia.com/gpu.product": "Tesla-T4"}
    changes = machines.label_changes(gpu_node(labels, nvidia_gpu="8"), ())
    base = "akash.network/capabilities.gpu.vendor.nvidia.model"
    assert changes == {
        f"{base}.a100": None,
        f"{base}.a100.ram.80Gi": None,
        f"{base}.a100.interface.sxm": None,
        "akash.network/capabilities.storage.class.beta2": None,
        f"{base}.t4": "8",
        f"{base}.t4.interface.pcie": "8",
    }


def test_devices_without_a_name_are_of_no_model() -> None:
    found = machines.gpus_of(gpu_node({}, nvidia_gpu="2"))
    assert found == (Gpu("nvidia", "unknown", 2),)
    assert not found[0].fits("vendor/nvidia/model/a100")


def test_the_labels_written_are_those_read() -> None:
    labels = {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB"}
    before = gpu_node(labels, nvidia_gpu="8")
    written = machines.labels_of(before, ("beta2",))
    after = gpu_node(written, nvidia_gpu="8")
    assert machines.gpus_of(after) == machines.gpus_of(before)
    assert machines.storage_classes(written) == ("beta2",)
    assert written[names.MANAGED] == "true"


def test_only_the_pods_of_others_take_room() -> None:
    ours = pod("2", labels={names.NAMESPACE: "x"})
    done = pod("1") | {"status": {"phase": "Succeeded"}}
    found = machines.capacity(node("n"), [ours, done, pod("500m")], PLAIN)
    assert (found.cpu, found.memory) == (3500, 8 << 30)


def test_overcommit_sells_more_of_what_is_left() -> None:
    more = KubernetesSettings(overcommit=Overcommit(cpu=50))
    assert machines.capacity(node("n"), [pod("2")], more).cpu == 3000


def test_devices_of_others_are_not_for_sale() -> None:
    labels = {"nvidia.com/gpu.product": "Tesla-T4"}
    found = machines.capacity(gpu_node(labels, nvidia_gpu="4"), [pod("1", nvidia_gpu="3")], PLAIN)
    assert (found.gpu, [gpu.count for gpu in found.gpus]) == (1, [1])


@given(
    cpus=st.lists(st.integers(0, 20_000), max_size=8),
    devices=st.lists(st.integers(0, 9), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_nothing_is_below_zero(cpus: list[int], devices: list[int]) -> None:
    others = [pod(f"{cpu}m") for cpu in cpus]
    others += [pod("1m", nvidia_gpu=str(n)) for n in devices]
    found = machines.capacity(gpu_node({}, nvidia_gpu="4"), others, PLAIN)
    taken = sum(cpus) + len(devices)
    assert found.cpu == max(0, 4000 - taken)
    assert found.gpu == max(0, 4 - sum(devices))


@pytest.mark.parametrize(
    ("text", "value"),
    [("100m", 100), ("2", 2000), ("1500u", 2), ("1k", 1_000_000), ("1e3", 1_000_000), ("?", 0)],
)
def test_amounts_of_cpu(text: str, value: int) -> None:
    assert machines.thousandths(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("24632892Ki", 24632892 * 1024), ("1Gi", 1 << 30), ("128974848", 128974848)]
)
def test_amounts_of_memory(text: str, value: int) -> None:
    assert machines.amount(text) == value


def test_which_machines_are_usable() -> None:
    tainted = {"taints": [{"key": "nvidia.com/gpu", "effect": "NoSchedule"}]}
    foreign = {"taints": [{"key": "owner", "effect": "NoSchedule"}]}
    assert machines.is_usable(node("n"), PLAIN.gpu_tolerations)
    assert machines.is_usable(node("n", spec=tainted), PLAIN.gpu_tolerations)
    assert not machines.is_usable(node("n", spec=foreign), PLAIN.gpu_tolerations)
    assert not machines.is_usable(node("n", spec={"unschedulable": True}), PLAIN.gpu_tolerations)
    dead = node("n")
    dead["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]
    assert not machines.is_usable(dead, PLAIN.gpu_tolerations)
