"""The whole loop on a real cluster: order, bid, lease, manifest, a page through the ingress, end.

The chain, the provider and the tenant are in this process; the workload is pods.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sdl
from akashpy.client.signer import KeySigner
from akashpy.wire import deployment
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from tests.kubernetes.cluster import Cluster, registries
from tests.nodes import key_of
from tests.provider.daemon.world import World, running, world

PATIENCE = 180.0

PAGE = """
version: "2.0"
services:
  web:
    image: {image}
    env: ["APP_NAME={text}"]
    expose:
      - {{port: 8080, as: 80, accept: [{host}], to: [{{global: true}}]}}
profiles:
  compute:
    web: {{resources: {{cpu: {{units: 0.1}}, memory: {{size: 64Mi}}, storage: {{size: 64Mi}}}}}}
  placement:
    here: {{pricing: {{web: {{denom: uakt, amount: 1000}}}}}}
deployment: {{web: {{here: {{profile: web, count: 1}}}}}}
"""


def page(host: str, text: str) -> sdl.Definition:
    """A page that says a text, behind a host name."""
    return sdl.load(PAGE.format(image=registries.WEB, host=host, text=text))


async def fetched(cluster: Cluster, host: str, status: int = 200) -> str:
    """The answer behind a host name, once it has this status."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await asyncio.to_thread(cluster.fetch, host)
            except OSError:
                continue  # a route to a pod that is just going away
            if answer.status == status:
                return str(answer.text)
            await asyncio.sleep(0.2)


@asynccontextmanager
async def town(root: Path, cluster: Cluster) -> AsyncIterator[tuple[World, str]]:
    """A chain, and a provider on the cluster; the address of its gateway."""
    settings = KubernetesSettings(
        kubeconfig=cluster.kubeconfig, ingress_domain="ingress.test", grace=1
    )
    async with (
        world(root, "provider", interval=0.5) as here,
        running(here, "provider", driver="kubernetes", kubernetes=settings) as daemon,
    ):
        yield here, daemon.gateway_url


async def test_from_an_order_to_a_page_and_back(tmp_path: Path, cluster: Cluster) -> None:
    async with town(tmp_path, cluster) as (here, gateway):
        definition = page("loop.example.test", "loop")
        id = await here.order(definition)
        lease = await here.accept((await here.bid(id))[0])
        status, text = await here.put(gateway, id, definition.manifest())
        assert status == 200, text
        assert (await fetched(cluster, "loop.example.test")).startswith("hello loop")

        url = f"{gateway}/lease/{lease.dseq}/{lease.gseq}/{lease.oseq}/status"
        async with asyncio.timeout(PATIENCE):
            while True:  # the page is served before the cluster has counted its replica
                _, body = await here.get(url)
                web = body["services"]["web"]
                if web["available"]:
                    break
                await asyncio.sleep(0.2)
        assert (web["available"], web["total"]) == (1, 1)
        assert "loop.example.test" in web["uris"]
        assert (await fetched(cluster, web["uris"][0])).startswith("hello loop")

        close = deployment.MsgCloseDeployment(id=id.to_wire())
        await here.client.broadcast([close], KeySigner(key_of("tenant")))
        await fetched(cluster, "loop.example.test", status=404)
        async with asyncio.timeout(PATIENCE):
            while namespace(lease) in await _namespaces(cluster):
                await here.block()
        async with asyncio.timeout(PATIENCE):
            while await _records(cluster, namespace(lease)):
                await here.block()


async def _namespaces(cluster: Cluster) -> set[str]:
    found = await asyncio.to_thread(cluster.api.call, "GET", "/api/v1/namespaces")
    return {item["metadata"]["name"] for item in found["items"]}


async def _records(cluster: Cluster, name: str) -> list[str]:
    """Whatever of Akash's kinds still names a lease."""
    found = []
    for plural in ("manifests", "providerhosts", "providerleasedips"):
        path = f"/apis/akash.network/v2beta2/namespaces/lease/{plural}"
        items = (await asyncio.to_thread(cluster.api.call, "GET", path))["items"]
        found += [
            item["metadata"]["name"]
            for item in items
            if name == item["metadata"]["name"] or "loop.example.test" in str(item["spec"])
        ]
    return found
