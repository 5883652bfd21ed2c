"""An update that does not come up is taken back, once, and until another manifest is sent."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

from provider.cluster.kubernetes import kinds, names
from provider.cluster.kubernetes.driver import KubernetesDriver
from provider.cluster.workload import Workload, namespace
from tests.provider.cluster.given import service, workload
from tests.provider.cluster.kubernetes.fakecluster import FakeCluster
from tests.provider.cluster.kubernetes.test_crash import opened

STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}


def given(image: str) -> Workload:
    return workload(service("web", "serve", image=image))


def image_of(cluster: FakeCluster) -> str:
    (found,) = cluster.found(kinds.DEPLOYMENT)
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


def hang(cluster: FakeCluster) -> None:
    """Let the Deployment's controller say that the new pods do not come up."""
    key = ("deployments", namespace(given("").lease), "web")
    found: dict[str, Any] = copy.deepcopy(cluster.objects[key])
    found["status"] = {
        "observedGeneration": found["metadata"]["generation"],
        "conditions": [STUCK],
    }
    cluster._store(key, found, "MODIFIED")


async def brought(driver: KubernetesDriver, image: str) -> None:
    await driver.update(given(image))
    await asyncio.sleep(2)


async def test_it_goes_back_and_stays_there() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(given("good:1"))
        await asyncio.sleep(2)
        await driver.update(given("bad:1"))
        hang(cluster)
        await asyncio.sleep(10)
        assert image_of(cluster) == "good:1"
        assert "did not come up" in (await driver.status(given("").lease)).notes[0]
        await brought(driver, "bad:1")
        assert image_of(cluster) == "good:1"
        await brought(driver, "better:1")
        assert image_of(cluster) == "better:1"
        assert (await driver.status(given("").lease)).notes == ()
        (found,) = cluster.found(kinds.DEPLOYMENT)
        assert names.ROLLED_BACK not in found["metadata"]["annotations"]


async def test_a_first_deployment_has_nothing_to_go_back_to() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(given("bad:1"))
        hang(cluster)
        await asyncio.sleep(10)
        assert image_of(cluster) == "bad:1"


async def test_what_never_came_up_is_not_gone_back_to() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(given("good:1"))
        await asyncio.sleep(2)
        await driver.update(given("bad:1"))
        hang(cluster)
        await driver.update(given("bad:2"))
        hang(cluster)
        await asyncio.sleep(10)
        assert image_of(cluster) == "good:1"
