"""Two hundred orders at once for the GPUs of a real cluster: none is sold twice.

The whole provider works on the cluster's API, from the events of a chain in memory to pods on
machines that kwok plays: what was bid is what the pods get, on a machine that has it.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

import sdl
from akashpy.types.attributes import Attributes
from akashpy.types.market import BidState, LeaseID
from akashpy.types.resources import GPU
from provider.cluster.errors import LeaseMissing
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.builder.amounts import GPU_RESOURCES
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from provider.daemon import seen
from tests.kubernetes.cluster import Cluster, fakes, registries
from tests.kubernetes.leaving import Leaving
from tests.provider import market
from tests.provider.bid.test_many_gpus import HAS, declared, fits, offered, sold
from tests.provider.fakes import Durable, running
from tests.provider.tenants import put, spec_of

ORDERS = 200
BLOCK_S = 1.0
PATIENCE = 300.0
MACHINES = {
    ("nvidia", "a100"): (fakes.nvidia("sold-1", "a100"), fakes.nvidia("sold-2", "a100")),
    ("nvidia", "h100"): (fakes.nvidia("sold-3", "h100"),),
    ("nvidia", "rtx4090"): (
        fakes.FakeNode(
            "sold-4",
            {"nvidia.com/gpu.product": "NVIDIA-GeForce-RTX-4090", "nvidia.com/gpu.memory": "24564"},
            {"nvidia.com/gpu": "4"},
        ),
    ),
    ("amd", "mi300x"): (fakes.amd("sold-5", "mi300x"),),
    ("intel", "flex170"): (
        fakes.FakeNode(
            "sold-6",
            {"akash.network/capabilities.gpu.vendor.intel.model.flex170": "2"},
            {"gpu.intel.com/i915": "2"},
        ),
    ),
}
ANY = "vendor/nvidia/model/*"
WISHES = (("nvidia", ""), ("amd", ""), *MACHINES)
"""Without a model: any of that vendor."""
DEVICES = 2
"""What each order wants: it divides what every machine has, so that nothing is left between."""

PAGE = """
version: "2.0"
services: {{web: {{image: {image}, expose: [{{port: 8080, as: 80, to: [{{global: true}}]}}]}}}}
profiles:
  compute:
    web:
      resources:
        cpu: {{units: 0.1}}
        memory: {{size: 64Mi}}
        storage: {{size: 64Mi}}
        gpu: {{units: {devices}, attributes: {{vendor: {{nvidia: }}}}}}
  placement:
    here: {{pricing: {{web: {{denom: uakt, amount: 1000}}}}}}
deployment: {{web: {{here: {{profile: web, count: 1}}}}}}
"""


def order(given: Durable, vendor: str, model: str, dseq: int) -> list[Any]:
    """An order for devices on the chain; its manifest.

    A file names devices of NVIDIA alone, whoever signs an order by hand those of any vendor.
    """
    definition = sdl.load(PAGE.format(image=registries.WEB, devices=DEVICES))
    key = f"vendor/{vendor}/model/{model or '*'}"
    manifest: list[Any] = json.loads(json.dumps(definition.manifest()).replace(ANY, key))
    spec = spec_of(definition)
    (unit,) = spec.resources
    gpu = GPU(DEVICES, Attributes.of([(key, "true")]))
    asked = replace(spec, resources=(replace(unit, resources=replace(unit.resources, gpu=gpu)),))
    made = given.chain.open_order(asked, dseq=dseq)
    given.chain.set_hash(made.deployment, sdl.version(manifest))
    given.chain.fund(made.deployment, 10**9)
    return manifest


@pytest.fixture
def machines(cluster: Cluster) -> Iterator[None]:
    """Machines of three vendors with devices of five kinds."""
    fakes.add(cluster, (machine for several in MACHINES.values() for machine in several))
    yield
    fakes.remove(cluster)


async def test_two_hundred_orders_at_once_never_get_more_than_there_is(
    machines: None, cluster: Cluster, leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market, "SECONDS", BLOCK_S)
    settings = KubernetesSettings(
        kubeconfig=cluster.kubeconfig, grace=1, gpu_tolerations=fakes.TOLERATIONS
    )
    async with KubernetesDriver.open(settings) as driver, asyncio.timeout(PATIENCE):
        chain = market.FakeChain()
        given = Durable(chain, cast(Any, driver))  # the real one, with the same verbs
        declared(chain)
        async with running(given, cluster=seen(await driver.observe())) as provider:
            manifests = {
                number: order(given, *WISHES[number % len(WISHES)], number)
                for number in range(1, ORDERS + 1)
            }
            while sold(chain) != HAS:
                assert sold(chain) <= HAS
                await asyncio.sleep(BLOCK_S / 4)
            bids = [bid for bid in chain.bids_.values() if bid.state is BidState.OPEN]
            assert all(fits(chain, bid) for bid in bids)
            leases = {chain.accept(bid.id): offered(bid)[0] for bid in bids}
            await asyncio.sleep(3 * BLOCK_S)
            try:
                for lease in leases:
                    await put(provider, lease, manifests[lease.dseq])
                for lease in leases:
                    await comes_up(driver, lease)
                await asyncio.to_thread(check_machines, cluster, leases)
                assert sold(chain) == HAS
            finally:
                await asyncio.to_thread(leaving.end, *leases)


async def comes_up(driver: KubernetesDriver, lease: LeaseID) -> None:
    """Wait until a lease is deployed and runs on some machine."""
    while True:
        try:
            if (await driver.status(lease)).is_healthy:
                return
        except LeaseMissing:
            pass  # its manifest is known, its deployment under way
        await asyncio.sleep(0.3)


def check_machines(cluster: Cluster, leases: dict[LeaseID, tuple[str, str]]) -> None:
    """Every pod is where its lease's devices are, and no machine gives more than it has."""
    kinds = {m.name: kind for kind, several in MACHINES.items() for m in several}
    given = Counter[str]()
    for lease, kind in leases.items():
        path = f"/api/v1/namespaces/{namespace(lease)}/pods"
        (pod,) = cluster.api.call("GET", path)["items"]
        machine = pod["spec"]["nodeName"]
        assert kinds[machine] == kind, f"{namespace(lease)} on {machine}"
        (container,) = pod["spec"]["containers"]
        devices = int(container["resources"]["limits"][GPU_RESOURCES[kind[0]]])
        assert devices == DEVICES
        given[machine] += devices
    has = {
        machine.name: int(machine.resources[GPU_RESOURCES[vendor]])
        for (vendor, _), several in MACHINES.items()
        for machine in several
    }
    assert dict(given) == has
