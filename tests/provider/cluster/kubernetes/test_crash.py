"""The provider killed at every step of deploying and removing: nothing is lost, nothing is left.

A cluster in memory, virtual time: killed means that the request was served or was not, and that
nothing of the driver runs on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from provider.cluster.kubernetes.driver import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload
from tests.provider.cluster.given import expose, service, workload
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster

SETTINGS = KubernetesSettings(ingress_domain="ingress.test")
STEPS = range(1, 41)


class Killed(BaseException):
    """The provider's end in the middle of a request."""


def given() -> Workload:
    """Two services, one behind a host name and one on a port of the machine."""
    return workload(
        service("web", "serve", expose=[expose(hosts=["web.example.test"])]),
        service("game", "play", expose=[expose(7777)]),
    )


@asynccontextmanager
async def opened(cluster: FakeCluster) -> AsyncIterator[KubernetesDriver]:
    """A provider on the cluster, with controllers that work."""
    working = asyncio.create_task(_work(cluster))
    try:
        async with KubernetesDriver.open(SETTINGS, Door(cluster)) as driver:
            yield driver
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _work(cluster: FakeCluster) -> None:
    while True:
        await asyncio.sleep(0.3)
        cluster.settle()


def kill_at(cluster: FakeCluster, step: int, *, served: bool) -> list[str]:
    """End the provider at its nth change, before or after it was made."""
    made: list[str] = []

    def count(method: str, path: str) -> None:
        if method == "GET":
            return
        made.append(f"{method} {path}")
        if len(made) == step:
            raise Killed

    if served:
        cluster.after = count
    else:
        cluster.before = count
    return made


def spare(cluster: FakeCluster) -> None:
    """Let requests pass again."""
    cluster.before = cluster.after = lambda method, path: None


async def whole(cluster: FakeCluster, of: Workload) -> set[tuple[str, str, str]]:
    """What an undisturbed deployment makes."""
    async with opened(cluster) as driver:
        await driver.deploy(of)
        return set(cluster.of_leases())


@pytest.mark.parametrize("served", [True, False])
@pytest.mark.parametrize("step", STEPS)
async def test_a_deployment_that_was_cut_is_completed(step: int, served: bool) -> None:
    wanted = await whole(FakeCluster(), given())
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        kill_at(cluster, step, served=served)
        try:
            await driver.deploy(given())
        except Killed:
            pass
        spare(cluster)
    async with opened(cluster) as driver:
        await driver.deploy(given())
        assert set(cluster.of_leases()) == wanted
        assert (await driver.observe()).workloads == (given(),)
        await driver.teardown(given().lease)
    assert cluster.of_leases() == []


@pytest.mark.parametrize("served", [True, False])
@pytest.mark.parametrize("step", STEPS)
async def test_a_cut_deployment_of_an_ended_lease_leaves_nothing(step: int, served: bool) -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        kill_at(cluster, step, served=served)
        try:
            await driver.deploy(given())
        except Killed:
            pass
        spare(cluster)
    async with opened(cluster) as driver:
        await driver.teardown(given().lease)
    assert cluster.of_leases() == []


@pytest.mark.parametrize("served", [True, False])
@pytest.mark.parametrize("step", range(1, 10))
async def test_a_removal_that_was_cut_is_finished_by_itself(step: int, served: bool) -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(given())
        made = kill_at(cluster, step, served=served)
        try:
            await driver.teardown(given().lease)
        except Killed:
            pass
        spare(cluster)
    begun = served or step > 1
    async with opened(cluster) as driver:
        await asyncio.sleep(30)
        if begun:
            assert cluster.of_leases() == [], made
        else:
            # Nothing was begun: what runs goes on until somebody proves the lease's end again.
            assert (await driver.observe()).workloads == (given(),)


async def test_the_steps_tried_are_all_there_are() -> None:
    cluster = FakeCluster()
    made = kill_at(cluster, 10**6, served=True)
    async with opened(cluster) as driver:
        begin = len(made)
        await driver.deploy(given())
        assert 10 <= len(made) - begin <= max(STEPS)
        begin = len(made)
        await driver.teardown(given().lease)
        assert len(made) - begin <= 9


async def test_an_outage_of_the_server_removes_nothing() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(given())
        before = cluster.of_leases()
        cluster.down = True
        cluster._tell("MODIFIED", ("nodes", "", "node"), cluster.objects["nodes", "", "node"])
        await asyncio.sleep(3600)
        cluster.down = False
        await asyncio.sleep(120)
        assert cluster.of_leases() == before
        assert (await driver.status(given().lease)).is_healthy


async def test_the_same_again_changes_nothing() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(given())
        await asyncio.sleep(1)
        before = cluster.version
        await driver.update(given())
        assert cluster.version == before
