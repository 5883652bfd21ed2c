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


def keeping(image: str) -> Workload:
    """A service with a volume, which is a StatefulSet."""
    made = service("web", "serve", image=image)
    attributes = [{"key": "class", "value": "beta2"}, {"key": "persistent", "value": "true"}]
    data = {"name": "data", "size": {"val": "1024"}, "attributes": attributes}
    made["resources"]["storage"].append(data)
    made["params"] = {"storage": [{"name": "data", "mount": "/data", "readOnly": False}]}
    return workload(made)


def set_key() -> tuple[str, str, str]:
    return ("statefulsets", namespace(given("").lease), "web")


def unfinished(cluster: FakeCluster, revision: str) -> None:
    """Let the StatefulSet's controller say that the update is under way."""
    found: dict[str, Any] = copy.deepcopy(cluster.objects[set_key()])
    found["status"] = {
        "observedGeneration": found["metadata"]["generation"],
        "updatedReplicas": 0,
        "availableReplicas": 0,
        "updateRevision": revision,
        "conditions": ["played by a test"],
    }
    cluster._store(set_key(), found, "MODIFIED")


def pod(cluster: FakeCluster, revision: str, *, ready: bool) -> tuple[str, str, str]:
    """A pod of the StatefulSet, of one of its versions."""
    where = set_key()[1]
    labels = {
        "controller-revision-hash": revision,
        names.SERVICE: "web",
        names.MANAGED: "true",
        names.NAMESPACE: where,
    }
    state = {"type": "Ready", "status": "True" if ready else "False"}
    cluster.add(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web-0", "namespace": where, "labels": labels},
            "spec": {"containers": []},
            "status": {"conditions": [state]},
        }
    )
    return "pods", where, "web-0"


async def test_a_service_with_volumes_goes_back_too() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(keeping("good:1"))
        await asyncio.sleep(2)
        await driver.update(keeping("bad:1"))
        unfinished(cluster, "bad")
        await asyncio.sleep(300)
        image = cluster.objects[set_key()]["spec"]["template"]["spec"]["containers"][0]["image"]
        assert image == "bad:1"
        await asyncio.sleep(310)
        found = cluster.objects[set_key()]
        assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "good:1"
        assert {"volumeClaimTemplates", "updateStrategy"} <= found["spec"].keys()
        assert "did not come up" in (await driver.status(given("").lease)).notes[0]


async def test_only_pods_of_other_versions_that_do_not_run_are_in_the_way() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(keeping("bad:1"))
        await asyncio.sleep(2)
        await driver.update(keeping("better:1"))
        for revision, ready, stays in (
            ("new", False, True),
            ("old", True, True),
            ("old", False, False),
        ):
            unfinished(cluster, "new")
            key = pod(cluster, revision, ready=ready)
            await asyncio.sleep(10)
            assert (key in cluster.objects) is stays, (revision, ready)
