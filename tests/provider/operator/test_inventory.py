"""The inventory over real gRPC: the same picture as JSON, and each change of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from akashpy.wire import inventory as wire
from provider.cluster.kubernetes.api import Api
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.operator.feed import SERVICE, InventoryFeed, served
from provider.operator.inventory import cluster as picture
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster, node

SETTINGS = KubernetesSettings(storage_classes=(("beta2", 1 << 30),), label_nodes=False)
A100 = {
    "akash.network/capabilities.gpu.vendor.nvidia.model.a100": "2",
    "akash.network/capabilities.gpu.vendor.nvidia.model.a100.ram.80Gi": "2",
    "akash.network/capabilities.storage.class.beta2": "1",
}


@pytest.fixture
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    return asyncio.DefaultEventLoopPolicy()  # a real server needs real time


def pod(name: str, on: str, **requests: str) -> dict[str, Any]:
    """Somebody's pod."""
    memory = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {}},
        "spec": {
            "nodeName": on,
            "containers": [{"resources": {"requests": requests}}],
            "volumes": [memory],
        },
        "status": {"phase": "Running"},
    }


def test_what_is_taken_is_what_pods_ask_for() -> None:
    machine = node("b", labels=A100, **{"nvidia.com/gpu": "2"})
    done = pod("done", "b", cpu="1")
    done["status"]["phase"] = "Succeeded"
    tainted = node("c", spec={"unschedulable": True})
    volume = {"spec": {"storageClassName": "beta2", "capacity": {"storage": "256Mi"}}}
    found = picture(
        [machine, node("a"), tainted],
        [pod("x", "b", cpu="250m", memory="1Gi", **{"nvidia.com/gpu": "1"}), done],
        [volume],
        SETTINGS,
    )
    assert [n.name for n in found.nodes] == ["a", "b"]
    resources = found.nodes[1].resources
    assert pair(resources.cpu.quantity) == ("4", "250m")
    assert pair(resources.memory.quantity) == (str(8 << 30), str((1 << 30) + (64 << 20)))
    assert pair(resources.gpu.quantity) == ("2", "1")
    assert [(g.vendor, g.vendor_id, g.name, g.memory_size) for g in resources.gpu.info] == [
        ("nvidia", "10de", "a100", "80Gi")
    ] * 2
    assert list(found.nodes[1].capabilities.storage_classes) == ["beta2"]
    (pool,) = found.storage
    assert getattr(pool.info, "class") == "beta2"
    assert pair(pool.quantity) == (str(1 << 30), str(256 << 20))


def pair(of: wire.ResourcePair) -> tuple[str, str]:
    return of.allocatable.string, of.allocated.string


@asynccontextmanager
async def listening(cluster: FakeCluster) -> AsyncIterator[grpc.aio.Channel]:
    """A client of the inventory of a cluster."""
    async with InventoryFeed.open(Api(Door(cluster)), SETTINGS) as feed:
        life = asyncio.create_task(feed.run())
        try:
            async with (
                served(feed, "127.0.0.1:0") as address,
                grpc.aio.insecure_channel(address) as channel,
            ):
                yield channel
        finally:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)


async def test_a_client_gets_the_last_picture_and_each_change() -> None:
    cluster = FakeCluster()
    async with listening(cluster) as channel, asyncio.timeout(90):
        query = channel.unary_unary(
            f"/{SERVICE}/QueryCluster", response_deserializer=wire.Cluster.FromString
        )
        first = await query(b"")
        assert [n.name for n in first.nodes] == ["node"]
        stream = channel.unary_stream(
            f"/{SERVICE}/StreamCluster", response_deserializer=wire.Cluster.FromString
        )(b"")
        assert await stream.read() == first
        cluster.add(pod("x", "node", cpu="500m"))
        second = await stream.read()
        assert pair(second.nodes[0].resources.cpu.quantity) == ("4", "500m")
        assert await query(b"") == second
        stream.cancel()


async def test_reflection_names_the_service() -> None:
    async with listening(FakeCluster()) as channel, asyncio.timeout(90):
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        call = stub.ServerReflectionInfo()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        answer = await call.read()
        names = {each.name for each in answer.list_services_response.service}
        assert SERVICE in names
        call.cancel()


async def test_other_methods_are_refused() -> None:
    async with listening(FakeCluster()) as channel, asyncio.timeout(90):
        call = channel.unary_unary("/akash.inventory.v1.NodeRPC/QueryNode")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(b"")
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
