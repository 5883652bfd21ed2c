"""The operators as programs of their own on a real cluster, asked as Akash's programs are."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import grpc

from akashpy.wire import inventory as wire
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from tests.kubernetes.cluster import Cluster, layout
from tests.kubernetes.leaving import Leaving
from tests.kubernetes.test_life import sooner_or_later, web
from tests.provider.cluster.conformance import is_healthy, until
from tests.provider.cluster.given import expose

ADDRESS = "198.51.100.30"
HOST = "operated.example.test"


@asynccontextmanager
async def program(cluster: Cluster, *words: str) -> AsyncIterator[dict[str, Any]]:
    """`akashpy-provider operator ...`, and what its ready line says."""
    line = (sys.executable, "-m", "provider.cli", "operator", *words)
    more = ("--kubeconfig", str(cluster.kubeconfig), "--rest-address", "127.0.0.1")
    process = await asyncio.create_subprocess_exec(
        *line, *more, "--rest-port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(180):
            yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        assert await process.wait() == 0


async def asked(place: str, path: str) -> tuple[int, str]:
    """Status and body of a page."""
    timeout = aiohttp.ClientTimeout(total=60)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(f"http://{place}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_programs_keep_routes_and_addresses(cluster: Cluster, leaving: Leaving) -> None:
    await asyncio.to_thread(leaving.wait)  # what is counted here is not theirs
    settings = KubernetesSettings(
        kubeconfig=cluster.kubeconfig,
        public_hostname=layout.NODE_IP,
        grace=2,
        addresses=(ADDRESS,),
    )
    exposes = [
        expose(8080, externalPort=80, hosts=[HOST]),
        expose(8080, externalPort=81, ip="home"),
    ]
    given = web(expose=exposes)
    where, lease = namespace(given.lease), given.lease
    async with (
        KubernetesDriver.open(settings) as driver,
        program(cluster, "hostname") as hostname,
        program(cluster, "ip", "--address", ADDRESS) as ip,
    ):
        await driver.deploy(given)
        await until(driver, given, is_healthy)

        async def managed() -> bool:
            status, text = await asked(hostname["rest"], "/managed-hostnames")
            return status == 200 and HOST in text

        await sooner_or_later(managed)
        told = json.loads((await asked(hostname["rest"], "/managed-hostnames"))[1])[HOST]
        assert (told["Namespace"], told["ExternalPort"], told["ServiceName"]) == (where, 80, "web")
        assert told["LeaseID"]["dseq"] == lease.dseq
        assert await asked(hostname["rest"], "/health") == (200, "OK")
        assert (await asked(hostname["rest"], "/ignore-list"))[0] == 204

        path = f"/ip-lease-status/{lease.owner}/{lease.dseq}/{lease.gseq}/{lease.oseq}"

        async def leased() -> bool:
            status, text = await asked(ip["rest"], path)
            return status == 200 and json.loads(text)[0]["IP"] == ADDRESS

        await sooner_or_later(leased)
        assert json.loads((await asked(ip["rest"], "/usage"))[1]) == {"Available": 1, "InUse": 1}
        wrong = path.replace(f"/{lease.dseq}/", "/many/")
        assert (await asked(ip["rest"], wrong))[0] == 404

        for kind, name in (("ingress", HOST), ("service", "web-ip-81-tcp")):
            words = ("-n", where, "get", kind, name, "-o", "jsonpath={.metadata.uid}")
            before = await asyncio.to_thread(cluster.kubectl, *words)
            await asyncio.to_thread(cluster.kubectl, "-n", where, "delete", kind, name)

            async def back(words: tuple[str, ...] = words, before: str = before) -> bool:
                now = await asyncio.to_thread(cluster.kubectl, *words, "--ignore-not-found")
                return bool(now) and now != before

            await sooner_or_later(back)
        await sooner_or_later(leased)
        await leaving.end_all(driver)


async def test_the_inventory_of_the_machine(cluster: Cluster, leaving: Leaving) -> None:
    await asyncio.to_thread(leaving.wait)  # what is counted here is not theirs
    settings = KubernetesSettings(kubeconfig=cluster.kubeconfig, grace=2, label_nodes=False)
    given = web()
    words = ("inventory", "--grpc-port", "0", "--storage", "beta2=1Gi")
    async with (
        KubernetesDriver.open(settings) as driver,
        program(cluster, *words) as said,
        grpc.aio.insecure_channel(said["grpc"]) as channel,
    ):
        stream = channel.unary_stream(
            "/akash.inventory.v1.ClusterRPC/StreamCluster",
            response_deserializer=wire.Cluster.FromString,
        )(b"")
        before = machine(await stream.read()).resources.cpu.quantity
        assert before.allocatable.string == before.capacity.string == "2"
        await driver.deploy(given)
        async with asyncio.timeout(180):
            while True:
                now = machine(await stream.read())
                if now.resources.cpu.quantity.allocated.string != before.allocated.string:
                    break
        stream.cancel()
        assert "beta2" in now.capabilities.storage_classes
        status, text = await asked(said["rest"], "/v1/inventory")
        assert status == 200
        assert layout.NODE in [node["name"] for node in json.loads(text)["nodes"]]
        assert (await asked(said["rest"], "/metrics/health"))[0] == 200
        labels = await asyncio.to_thread(
            cluster.kubectl, "get", "node", layout.NODE, "-o", "jsonpath={.metadata.labels}"
        )
        assert "akash.network/capabilities.storage.class.beta2" in labels
        await leaving.end_all(driver)


def machine(found: wire.Cluster) -> wire.Node:
    """The one real machine of the cluster."""
    (only,) = [node for node in found.nodes if node.name == layout.NODE]
    return only
