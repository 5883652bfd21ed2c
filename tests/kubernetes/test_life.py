"""Lives of leases on a real cluster: ports, volumes, logins, reasons, host names."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from provider.cluster.driver import Health
from provider.cluster.errors import EndpointRefused, HostnameRefused
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.settings import (
    Allowance,
    KubernetesSettings,
    Overcommit,
    Relaxation,
)
from provider.cluster.workload import Workload, namespace
from tests.kubernetes.cluster import Cluster, layout, registries
from tests.kubernetes.leaving import Leaving
from tests.provider.cluster.conformance import is_healthy, until
from tests.provider.cluster.given import expose, lease, service, workload

PATIENCE = 120.0
PODS = "/api/v1/namespaces/{}/pods"


@pytest.fixture
def settings(cluster: Cluster) -> KubernetesSettings:
    """A provider of this cluster that allows nothing beyond the restricted profile."""
    return KubernetesSettings(
        kubeconfig=cluster.kubeconfig,
        public_hostname=layout.NODE_IP,
        ingress_domain="ingress.test",
        grace=1,
        overcommit=Overcommit(cpu=400),
    )


@pytest.fixture
async def driver(settings: KubernetesSettings, leaving: Leaving) -> AsyncIterator[KubernetesDriver]:
    async with opened(settings, leaving) as driver:
        yield driver


@asynccontextmanager
async def opened(settings: KubernetesSettings, leaving: Leaving) -> AsyncIterator[KubernetesDriver]:
    """A driver; what it has deployed is removed beside the next tests."""
    async with KubernetesDriver.open(settings) as driver:
        try:
            yield driver
        finally:
            await leaving.end_all(driver)


async def sooner_or_later(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await check():
                return
            await asyncio.sleep(0.3)


async def page(cluster: Cluster, host: str, path: str = "/", **more: Any) -> str:
    """The page behind a host name, once there is one."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await asyncio.to_thread(cluster.fetch, host, path, **more)
            except OSError:
                await asyncio.sleep(0.2)
                continue
            if answer.status == 200:
                return str(answer.text)
            await asyncio.sleep(0.2)


def web(host: str = "", *, dseq: int = 1, **more: Any) -> Workload:
    """The tests' page behind a host name."""
    hosts = [host] if host else None
    given = {"image": registries.WEB, "expose": [expose(8080, externalPort=80, hosts=hosts)]}
    return workload(service("web", **(given | more)), dseq=dseq)


async def test_a_port_of_the_machine(driver: KubernetesDriver, cluster: Cluster) -> None:
    given = web(expose=[expose(8080, externalPort=30080)])
    await driver.deploy(given)
    status = await until(driver, given, is_healthy)
    port = status.services[0].ports[0]
    assert (port.host, port.port, port.proto) == (layout.NODE_IP, 8080, "TCP")
    assert (await page(cluster, "", port=port.external)).startswith("hello first")


async def test_a_private_image_needs_the_tenants_own_login(driver: KubernetesDriver) -> None:
    user, password = next(iter(layout.USERS.items()))
    login = {"host": layout.PRIVATE_REGISTRY, "email": "", "username": user, "password": password}
    ours = web(image=registries.SECRET, credentials=login)
    await driver.deploy(ours)
    await until(driver, ours, is_healthy)
    theirs = web(image=registries.SECRET, dseq=2)
    await driver.deploy(theirs)
    status = await until(driver, theirs, lambda s: "not pulled" in s.services[0].reason)
    assert status.services[0].available == 0


async def test_an_image_on_its_way_is_told(driver: KubernetesDriver, cluster: Cluster) -> None:
    """Kubernetes tells no percentages: that it pulls, since when, and how long it took."""
    registry = cluster.processes.pid("registry-public")
    assert registry is not None
    given = web()
    os.kill(registry, signal.SIGSTOP)
    try:
        await driver.deploy(given)
        status = await until(driver, given, lambda s: "being pulled" in s.services[0].reason)
        assert (status.services[0].health, status.services[0].available) == (Health.STARTING, 0)
    finally:
        os.kill(registry, signal.SIGCONT)
    await until(driver, given, is_healthy)
    told = {event.reason: event.note async for event in driver.events(given.lease)}
    assert registries.WEB in told["Pulling"]
    assert "Successfully pulled" in told["Pulled"]


async def test_an_image_that_is_not_there_says_so(driver: KubernetesDriver) -> None:
    given = web(image=registries.MISSING)
    await driver.deploy(given)
    status = await until(driver, given, lambda s: "not pulled" in s.services[0].reason)
    assert registries.MISSING in status.services[0].reason


async def test_an_image_that_needs_root_says_so(driver: KubernetesDriver) -> None:
    given = web(image=registries.ROOT)
    await driver.deploy(given)
    status = await until(driver, given, lambda s: s.services[0].health is Health.FAILED)
    assert "needs the relaxation `root`" in status.services[0].reason


async def test_an_allowed_image_runs_as_root(
    settings: KubernetesSettings, leaving: Leaving
) -> None:
    allowed = replace(settings, allow=(Allowance(registries.ROOT, (Relaxation.ROOT,)),))
    async with opened(allowed, leaving) as driver:
        given = web(image=registries.ROOT)
        await driver.deploy(given)
        status = await until(driver, given, is_healthy)
        assert "root" in status.notes[0]


async def test_a_program_that_eats_too_much_says_so(driver: KubernetesDriver) -> None:
    given = workload(service("web", "/bin/app", "eat", "900", image=registries.SHELL))
    await driver.deploy(given)
    await until(driver, given, lambda s: "out of memory" in s.services[0].reason)


async def test_what_no_machine_has_is_unschedulable(driver: KubernetesDriver) -> None:
    huge = service("web", image=registries.WEB)
    huge["resources"]["cpu"]["units"]["val"] = "900000"
    given = workload(huge)
    await driver.deploy(given)
    status = await until(driver, given, lambda s: "unschedulable" in s.services[0].reason)
    assert "Insufficient cpu" in status.services[0].reason


async def test_a_volume_outlives_its_pod(driver: KubernetesDriver, cluster: Cluster) -> None:
    given = web("volume.example.test", env=["APP_DATA=/data"], **volume("beta2"))
    await driver.deploy(given)
    await until(driver, given, is_healthy)
    await page(cluster, "volume.example.test", "/SET/value/kept")
    before = await pods(cluster, given)
    await asyncio.to_thread(
        cluster.api.call, "DELETE", f"{PODS.format(namespace(given.lease))}/web-0"
    )

    async def replaced() -> bool:
        now = await pods(cluster, given)
        return bool(now) and now != before

    await sooner_or_later(replaced)
    await until(driver, given, is_healthy)
    assert "kept" in await page(cluster, "volume.example.test", "/GET/value")


async def test_a_volume_in_memory(driver: KubernetesDriver) -> None:
    given = workload(
        service("web", image=registries.SHELL, **volume("ram", persistent="false", path="/dev/shm"))
    )
    await driver.deploy(given)
    await until(driver, given, is_healthy)
    async with driver.exec(given.lease, "web", ("/bin/sh", "-c", "df /dev/shm")) as session:
        said = b"".join([piece.data async for piece in session.output()])
    assert b"65536" in said


async def test_a_host_name_moves_between_leases(driver: KubernetesDriver, cluster: Cluster) -> None:
    one = web("moves.example.test", env=["APP_NAME=one"])
    two = web("moves.example.test", env=["APP_NAME=two"], dseq=2)
    await driver.deploy(one)
    assert (await page(cluster, "moves.example.test")).startswith("hello one")
    await driver.deploy(two)
    status = await until(driver, two, is_healthy)
    assert "moves.example.test" not in status.services[0].uris
    assert "moves.example.test belongs to another lease" in " ".join(status.notes)
    with pytest.raises(HostnameRefused, match="is not used by this deployment"):
        await driver.move_hostnames(two.lease, ("other.example.test",))

    await driver.move_hostnames(two.lease, ("moves.example.test",))
    await driver.teardown(one.lease)

    async def moved() -> bool:
        return (await page(cluster, "moves.example.test")).startswith("hello two")

    await sooner_or_later(moved)
    assert "moves.example.test" in (await driver.status(two.lease)).services[0].uris


async def test_the_gateway_api(
    settings: KubernetesSettings, cluster: Cluster, leaving: Leaving
) -> None:
    async with opened(replace(settings, ingress_mode="gateway-api"), leaving) as driver:
        given = web("gateway.example.test")
        await driver.deploy(given)
        said = await page(cluster, "gateway.example.test", port=layout.GATEWAY_PORT)
        assert said.startswith("hello first")


async def test_a_leased_address(
    settings: KubernetesSettings, cluster: Cluster, leaving: Leaving
) -> None:
    pool = ("198.51.100.10", "198.51.100.11")
    async with opened(replace(settings, addresses=pool), leaving) as driver:
        one, two = (
            web(
                expose=[expose(8080, externalPort=80, ip="address")],
                env=[f"APP_NAME={dseq}"],
                dseq=dseq,
            )
            for dseq in (1, 2)
        )
        await driver.deploy(one)
        status = await until(driver, one, lambda s: s.is_healthy and bool(s.services[0].ips))
        assert (status.services[0].ips[0].ip, status.services[0].ips[0].external) == (pool[0], 80)
        assert (await leased_page(cluster, pool[0])).startswith("hello 1")

        await driver.deploy(two)
        status = await until(driver, two, is_healthy)
        assert status.services[0].ips == ()
        with pytest.raises(EndpointRefused, match="does not exist in the destination"):
            await driver.move_endpoints(two.lease, ("other",))
        await driver.move_endpoints(two.lease, ("address",))
        await until(driver, two, lambda s: bool(s.services[0].ips))

        async def moved() -> bool:
            return (await leased_page(cluster, pool[0])).startswith("hello 2")

        await sooner_or_later(moved)


async def test_an_update_that_does_not_come_up_is_taken_back(
    settings: KubernetesSettings, leaving: Leaving
) -> None:
    async with opened(replace(settings, progress_deadline=6), leaving) as driver:
        good, bad = web(env=["APP_NAME=good"]), web(image=registries.MISSING)
        await driver.deploy(good)
        await until(driver, good, is_healthy)
        await driver.update(bad)
        await until(driver, bad, lambda s: not s.is_healthy)
        status = await until(driver, bad, lambda s: s.is_healthy and bool(s.notes))
        assert "did not come up within 6 s" in status.notes[0]
        # A restart of the provider brings the same manifest again, and what runs stays.
        await driver.update(bad)
        assert (await driver.status(bad.lease)).is_healthy
        async with KubernetesDriver.open(settings) as patient:
            await patient.update(web(env=["APP_NAME=better"]))
        await until(driver, good, lambda s: s.is_healthy and not s.notes)


async def test_an_update_of_a_service_with_a_volume_is_taken_back(
    settings: KubernetesSettings, cluster: Cluster, leaving: Leaving
) -> None:
    """Kubernetes itself would wait for the pod that cannot start, without end."""
    host = "back.example.test"
    kept = {"env": ["APP_DATA=/data"], **volume("beta2")}
    good, bad = web(host, **kept), web(host, **(kept | {"image": registries.MISSING}))
    async with opened(replace(settings, progress_deadline=6), leaving) as driver:
        await driver.deploy(good)
        await until(driver, good, is_healthy)
        await page(cluster, host, "/SET/value/kept")
        await driver.update(bad)
        await until(driver, bad, lambda s: not s.is_healthy)
        status = await until(driver, bad, lambda s: s.is_healthy and bool(s.notes))
        assert "did not come up within 6 s" in status.notes[0]
        assert "kept" in await page(cluster, host, "/GET/value")


async def test_a_full_machine_can_be_updated(driver: KubernetesDriver) -> None:
    """Two thirds of the machine twice do not fit: the old pod goes before the new one comes."""
    free = max(node.cpu for node in (await driver.observe()).nodes)

    def sized(name: str) -> Workload:
        made = service("web", image=registries.WEB, env=[f"APP_NAME={name}"])
        made["resources"]["cpu"]["units"]["val"] = str(free * 2 // 3)
        return workload(made)

    await driver.deploy(sized("one"))
    await until(driver, sized("one"), is_healthy)
    await driver.update(sized("two"))

    async def new() -> bool:
        status = (await driver.status(lease())).services[0]
        return status.updated_replicas == 1 and status.available == 1

    await sooner_or_later(new)


async def leased_page(cluster: Cluster, address: str) -> str:
    """The page at a leased address, asked for from outside the cluster."""
    port = await asyncio.to_thread(cluster.lead_to, address, 80)
    timeout = aiohttp.ClientTimeout(total=5)
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/") as answer:
                    return await answer.text()
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.3)


def volume(kind: str, *, persistent: str = "true", path: str = "/data") -> dict[str, Any]:
    """The members of a service with a volume of a class."""
    made = service("web")
    attributes = [{"key": "class", "value": kind}, {"key": "persistent", "value": persistent}]
    data = {"name": "data", "size": {"val": str(64 << 20)}, "attributes": attributes}
    resources = made["resources"] | {"storage": [*made["resources"]["storage"], data]}
    mounts = {"storage": [{"name": "data", "mount": path, "readOnly": False}]}
    return {"resources": resources, "params": mounts}


async def pods(cluster: Cluster, of: Workload) -> set[str]:
    """Uids of a lease's pods."""
    found = await asyncio.to_thread(cluster.api.call, "GET", PODS.format(namespace(of.lease)))
    return {item["metadata"]["uid"] for item in found["items"]}
