"""The cluster breaks under the driver: no lease is torn down for it, and nothing is left over.

Each test breaks one thing of the real cluster for a while, looks at what the driver says meanwhile,
mends it, and counts: the same pods, no container started again but those that were killed, and
after the teardown no object of the lease. What is random comes from a seed.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from provider.cluster.errors import ClusterError, Unavailable
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace
from tests.kubernetes.cluster import Cluster, layout
from tests.kubernetes.cluster.registries import WEB
from tests.kubernetes.cluster.waiting import wait_for
from tests.kubernetes.looking import SOON_S, page
from tests.provider.cluster.given import expose, service, workload

T = TypeVar("T")
SEED = 20261122
OUTAGE_S = 40
"""How long the API server is away: longer than a client's patience and a node's lease."""
CONTROLLERS = ("kube-controller-manager", "kube-scheduler")
LIMIT_S = 300
"""Programs of a cluster ask again after up to a minute, and its namespace controller looks twice
as late after each look in vain: a busy machine needs more than one round of both."""
HOST, AFTER = "chaos.example.test", "after.example.test"


@pytest.fixture
def settings(cluster: Cluster) -> KubernetesSettings:
    """The driver as a provider of this cluster would set it, soon tired of waiting."""
    return KubernetesSettings(kubeconfig=cluster.kubeconfig, grace=1, patience=5.0)


@pytest.fixture
async def driver(settings: KubernetesSettings) -> AsyncIterator[KubernetesDriver]:
    """An open driver; what it runs at the end is removed."""
    async with KubernetesDriver.open(settings) as driver:
        yield driver
        left = (await driver.observe()).workloads
        await asyncio.gather(*(removed(driver, found) for found in left))


def lease(dseq: int, *, host: str = HOST, count: int = 2) -> Workload:
    """A page on a host name, in two replicas that fit on a node of two processors."""
    given = service("web", image=WEB, count=count, expose=[expose(8080, externalPort=80)])
    given["expose"][0]["hosts"] = [host]
    given["resources"] |= {
        "cpu": {"units": {"val": "100"}},
        "memory": {"size": {"val": str(64 << 20)}},
    }
    return workload(given, dseq=dseq)


async def off(call: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Run something that waits, away from the loop."""
    return await asyncio.to_thread(call, *arguments, **named)


async def healthy(driver: KubernetesDriver, given: Workload) -> None:
    """Wait until all replicas run."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            try:
                if (await driver.status(given.lease)).is_healthy:
                    return
            except Unavailable:
                pass  # that is what these tests do to it
            await asyncio.sleep(0.3)


async def deployed(driver: KubernetesDriver, given: Workload) -> None:
    """Deploy as a provider does: an API server that is not itself yet is asked again."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            try:
                return await driver.deploy(given)
            except Unavailable:
                await asyncio.sleep(0.5)


async def removed(driver: KubernetesDriver, given: Workload) -> None:
    """Tear down as a provider does: an API server that is not itself yet is asked again."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            try:
                return await driver.teardown(given.lease)
            except Unavailable:
                await asyncio.sleep(0.5)


def pods(cluster: Cluster, given: Workload) -> list[Any]:
    """The lease's pods."""
    where = namespace(given.lease)
    return list(json.loads(cluster.kubectl("-n", where, "get", "pods", "-o", "json"))["items"])


def lives(cluster: Cluster, given: Workload) -> dict[str, int]:
    """Each pod, and how often its container was started again."""
    return {
        pod["metadata"]["uid"]: sum(
            state["restartCount"] for state in pod["status"]["containerStatuses"]
        )
        for pod in pods(cluster, given)
    }


def left_over(cluster: Cluster, given: Workload) -> list[str]:
    """What the cluster still has of a lease, of every kind that the driver makes."""
    kinds = "namespaces,pods,deployments,statefulsets,services,ingresses,httproutes"
    kinds += ",networkpolicies,secrets,persistentvolumeclaims,roles,rolebindings,serviceaccounts"
    kinds += ",manifests.akash.network,providerhosts.akash.network"
    words = ("get", kinds, "--all-namespaces", "-o", "json")
    where = namespace(given.lease)
    found = []
    for each in json.loads(cluster.kubectl(*words))["items"]:
        about = each["metadata"]
        if where in (about["name"], about.get("namespace")) or about["name"] in given_hosts(given):
            found.append(f"{each['kind']}/{about['name']}")
    return found


def given_hosts(given: Workload) -> set[str]:
    """The host names a lease declares."""
    return {host for s in given.services for e in s.exposes for host in e.hosts or ()}


@contextmanager
def without(cluster: Cluster, *programs: str) -> Iterator[None]:
    """Some programs of the cluster are killed, and started again afterwards.

    Without an API server the controllers end too, as they do wherever they hold a lease on it.
    """
    for name in programs:
        cluster.stop(name, kill=True)
    try:
        yield
    finally:
        for name in programs:
            cluster.start(name)
        wait_for(cluster.api.ready, "the API server", limit_s=LIMIT_S)
        if "kube-apiserver" in programs:
            cluster.restart(*CONTROLLERS)


async def test_an_api_server_that_is_away_takes_no_lease_along(
    cluster: Cluster, settings: KubernetesSettings, driver: KubernetesDriver
) -> None:
    """Nor does it hold up for good what was amid its removal, or was to be deployed."""
    stays, *cut = [lease(31), *(lease(n, host=f"cut-{n}.example.test", count=1) for n in (32, 33))]
    new = lease(34, host=AFTER, count=1)
    for given in (stays, *cut):
        await driver.deploy(given)
    for given in (stays, *cut):
        await healthy(driver, given)
    await off(page, cluster, HOST, "hello")
    before = await off(lives, cluster, stays)
    async with KubernetesDriver.open(settings) as ended:
        removing = []
        for given, delay in zip(cut, (0.35, 0.05), strict=True):
            removing.append(asyncio.create_task(ended.teardown(given.lease)))
            await asyncio.sleep(delay)
        with without(cluster, "kube-apiserver"):
            for each in removing:
                each.cancel()
            await asyncio.gather(*removing, return_exceptions=True)
            assert await through_the_outage(cluster, driver, stays, new) == {200}
    await healthy(driver, stays)
    assert stays.lease in [w.lease for w in (await driver.observe()).workloads]
    assert await off(lives, cluster, stays) == before
    await off(cluster.reconnect)

    async with KubernetesDriver.open(settings) as after:
        await deployed(after, new)
        await asyncio.gather(*(removed(after, given) for given in cut))
        for given in cut:
            assert await off(left_over, cluster, given) == []
        await healthy(after, new)
        await off(page, cluster, AFTER, "hello")
        assert (await after.observe()).workload(new.lease) == new
        await asyncio.gather(*(removed(after, given) for given in (stays, new)))
    for given in (stays, new):
        assert await off(left_over, cluster, given) == []


async def through_the_outage(
    cluster: Cluster, driver: KubernetesDriver, stays: Workload, new: Workload
) -> set[int]:
    """Ask until the outage is over; what the lease's page answered meanwhile."""
    answers, until = set(), time.monotonic() + OUTAGE_S
    with pytest.raises(Unavailable):
        await driver.deploy(new)
    while time.monotonic() < until:
        for ask in (driver.observe, lambda: driver.status(stays.lease)):
            with pytest.raises(Unavailable):
                await ask()
        answers.add((await off(cluster.fetch, HOST)).status)
        await asyncio.sleep(1)
    return answers


async def test_a_restarted_etcd_takes_no_lease_along(
    cluster: Cluster, driver: KubernetesDriver
) -> None:
    given = lease(35)
    await driver.deploy(given)
    await healthy(driver, given)
    await off(page, cluster, HOST, "hello")
    before = await off(lives, cluster, given)
    with without(cluster, "etcd"):
        with pytest.raises(ClusterError):
            await driver.status(given.lease)
        assert (await off(cluster.fetch, HOST)).status == 200
    await healthy(driver, given)
    assert await off(lives, cluster, given) == before
    second = lease(36, host=AFTER, count=1)
    await deployed(driver, second)
    await healthy(driver, second)
    await asyncio.gather(*(removed(driver, each) for each in (given, second)))
    for each in (given, second):
        assert await off(left_over, cluster, each) == []


async def test_a_node_that_says_nothing_keeps_its_leases(
    cluster: Cluster, driver: KubernetesDriver
) -> None:
    given = lease(37)
    await driver.deploy(given)
    await healthy(driver, given)
    await off(page, cluster, HOST, "hello")
    before = await off(lives, cluster, given)
    with without(cluster, "kubelet"):
        silent = await off(
            wait_for, lambda: not cluster.node_ready(), "the node to be missed", limit_s=LIMIT_S
        )
        assert silent
        status = await driver.status(given.lease)
        assert [s.name for s in status.services] == ["web"]
        assert [w.lease for w in (await driver.observe()).workloads] == [given.lease]
    await off(wait_for, cluster.node_ready, "the node to come back", limit_s=LIMIT_S)
    await healthy(driver, given)
    assert await off(lives, cluster, given) == before
    await off(page, cluster, HOST, "hello")


async def test_killed_pods_and_programs_come_back(
    cluster: Cluster, driver: KubernetesDriver
) -> None:
    chance = random.Random(SEED)
    given = lease(39, count=3)
    await driver.deploy(given)
    await healthy(driver, given)
    where = namespace(given.lease)
    for _ in range(4):
        victim = chance.choice(await off(pods, cluster, given))["metadata"]["name"]
        if chance.random() < 0.5:
            words = ("-n", where, "delete", "pod", victim, "--grace-period=0", "--force")
            await off(cluster.kubectl, *words, "--ignore-not-found")
        else:
            await off(cluster.run_in, where, victim, "/bin/sh", "-c", "kill -9 1; kill 1")
        await healthy(driver, given)
    assert [w.lease for w in (await driver.observe()).workloads] == [given.lease]
    assert len(await off(pods, cluster, given)) >= 3
    await removed(driver, given)
    assert await off(left_over, cluster, given) == []


async def test_the_door_of_a_lease_is_back_after_its_own_restart(
    cluster: Cluster, driver: KubernetesDriver
) -> None:
    """DNS and both doors are killed as any pod may be; the lease is served again."""
    given = lease(38, count=1)
    await driver.deploy(given)
    await healthy(driver, given)
    for where, chosen in (
        ("kube-system", "k8s-app=kube-dns"),
        ("ingress-nginx", "app.kubernetes.io/name=ingress-nginx"),
    ):
        await off(cluster.kubectl, "-n", where, "delete", "pod", "-l", chosen, "--now")
    await off(page, cluster, HOST, "hello")
    pod = (await off(pods, cluster, given))[0]["metadata"]["name"]

    def named() -> bool:
        where = namespace(given.lease)
        url = f"http://web.{where}.svc.cluster.local/"
        return cluster.run_in(where, pod, "/bin/app", "get", url)[0] == 0

    await off(wait_for, named, "names to be found", limit_s=SOON_S)
    assert cluster.fetch(HOST, port=layout.INGRESS_PORT).status == 200
