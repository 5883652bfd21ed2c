"""A removal ends a lease's programs at once, however long its namespace takes to go."""

from __future__ import annotations

import asyncio
from typing import Any

from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.driver import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from tests.provider.cluster.given import service, workload
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster, Refused

SETTINGS = KubernetesSettings()
GIVEN = [workload(service("web", "serve"), dseq=n) for n in (1, 2)]
ENDED, OTHER = (namespace(each.lease) for each in GIVEN)


def pod(where: str) -> dict[str, Any]:
    about = {"name": "web-0", "namespace": where}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": about}


async def test_programs_end_before_their_namespace() -> None:
    cluster = FakeCluster()
    async with KubernetesDriver.open(SETTINGS, Door(cluster)) as driver:
        for each in GIVEN:
            await driver.deploy(each)
            cluster.add(pod(namespace(each.lease)))
        removing = asyncio.create_task(driver.teardown(GIVEN[0].lease))
        await asyncio.sleep(3)  # no controller of the cluster has done anything
        assert [each["metadata"]["namespace"] for each in cluster.found(kinds.POD)] == [OTHER]
        assert ("namespaces", "", ENDED) in cluster.objects
        assert not removing.done()
        cluster.settle()
        await removing
    assert ("namespaces", "", ENDED) not in cluster.objects


async def test_a_removal_is_finished_where_programs_may_not_be_ended() -> None:
    """Rights that lack `deletecollection`: the programs go with their namespace."""
    cluster = FakeCluster()
    async with KubernetesDriver.open(SETTINGS, Door(cluster)) as driver:
        await driver.deploy(GIVEN[0])
        cluster.add(pod(ENDED))
        plain = cluster.answer

        def answer(method: str, path: str, *rest: Any) -> Any:
            if method == "DELETE" and path.endswith("/pods"):
                raise Refused(403, "Forbidden")
            return plain(method, path, *rest)

        cluster.answer = answer  # type: ignore[method-assign]  # a role that lacks one verb
        removing = asyncio.create_task(driver.teardown(GIVEN[0].lease))
        await asyncio.sleep(3)
        assert len(cluster.found(kinds.POD)) == 1
        cluster.settle()
        await removing
    assert cluster.of_leases() == []
