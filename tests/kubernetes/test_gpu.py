"""GPUs of fake machines: seen by model, and given to the lease that won them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from provider.cluster.driver import LeaseStatus
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace
from provider.inventory.nodes import Gpu
from tests.kubernetes.cluster import Cluster, fakes, registries
from tests.kubernetes.leaving import Leaving
from tests.provider.cluster.conformance import until
from tests.provider.cluster.given import lease, service

MACHINES = (
    fakes.nvidia("gpu-1", "a100", 8),
    fakes.nvidia("gpu-2", "h100", 8),
    fakes.FakeNode(
        "gpu-3",
        {"nvidia.com/gpu.product": "NVIDIA-GeForce-RTX-4090", "nvidia.com/gpu.memory": "24564"},
        {"nvidia.com/gpu": "4"},
    ),
    fakes.amd("gpu-4", "mi300x", 8),
)


@pytest.fixture
def machines(cluster: Cluster) -> Iterator[None]:
    """Four machines with devices of four kinds."""
    fakes.add(cluster, MACHINES)
    yield
    fakes.remove(cluster)


@pytest.fixture
def settings(cluster: Cluster) -> KubernetesSettings:
    return KubernetesSettings(
        kubeconfig=cluster.kubeconfig, grace=1, gpu_tolerations=fakes.TOLERATIONS
    )


def wanting(model: str, devices: int, *, named: str = "", dseq: int = 1) -> Workload:
    """A service that asks for devices; `named` is the model of the bid."""
    made = service("web", image=registries.WEB)
    attributes = [{"key": f"vendor/nvidia/model/{model}", "value": "true"}]
    made["resources"]["gpu"] = {"units": {"val": str(devices)}, "attributes": attributes}
    chosen = ((1, f"vendor/nvidia/model/{named}"),) if named else ()
    return Workload.from_manifest(
        {"name": "west", "services": [made]},
        lease(dseq),
        chain_id="local-1",
        height=10,
        devices=chosen,
    )


async def machine_of(cluster: Cluster, of: Workload) -> str:
    """The machine of a lease's only pod."""
    path = f"/api/v1/namespaces/{namespace(of.lease)}/pods"
    (pod,) = (await asyncio.to_thread(cluster.api.call, "GET", path))["items"]
    return str(pod["spec"].get("nodeName", ""))


def is_placed(status: LeaseStatus) -> bool:
    """A machine was found, and plays the pod."""
    return status.is_healthy


async def test_devices_are_seen_by_model(machines: None, settings: KubernetesSettings) -> None:
    async with KubernetesDriver.open(settings) as driver, asyncio.timeout(180):
        found: dict[str, tuple[Gpu, ...]] = {}
        while not {node.name for node in MACHINES} <= found.keys():  # Ready, then free of taints
            await asyncio.sleep(0.2)
            found = {node.name: node.gpus for node in (await driver.observe()).nodes}
    assert found["gpu-1"] == (Gpu("nvidia", "a100", 8, "80Gi"),)
    assert found["gpu-2"] == (Gpu("nvidia", "h100", 8, "80Gi"),)
    assert found["gpu-3"] == (Gpu("nvidia", "rtx4090", 4, "24Gi", "pcie"),)
    assert found["gpu-4"] == (Gpu("amd", "mi300x", 8),)


async def test_a_lease_gets_the_model_of_its_bid(
    machines: None, settings: KubernetesSettings, cluster: Cluster, leaving: Leaving
) -> None:
    async with KubernetesDriver.open(settings) as driver:
        wishes = [
            (wanting("a100", 8, dseq=1), "gpu-1"),
            (wanting("*", 2, named="h100", dseq=2), "gpu-2"),
            (wanting("*", 2, named="rtx4090", dseq=3), "gpu-3"),
        ]
        for wish, machine in wishes:
            await driver.deploy(wish)
            await until(driver, wish, is_placed)
            assert await machine_of(cluster, wish) == machine
        one_more = wanting("a100", 1, dseq=4)
        await driver.deploy(one_more)
        status = await until(driver, one_more, lambda s: "unschedulable" in s.services[0].reason)
        assert status.services[0].available == 0
        await leaving.end_all(driver)
