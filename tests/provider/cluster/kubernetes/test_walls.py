"""What machines mean for leases: closed to them, and not to blame when one is down.

Leases are closed to the machines' own addresses, those of machines that join later included.
"""

from __future__ import annotations

import asyncio

from provider.cluster.kubernetes import kinds
from tests.provider.cluster.given import service, workload
from tests.provider.cluster.kubernetes.fakecluster import FakeCluster, node
from tests.provider.cluster.kubernetes.test_crash import opened


def closed(cluster: FakeCluster) -> set[str]:
    """Networks that the pods of the lease do not reach."""
    (policy,) = cluster.found(kinds.POLICY)
    (block,) = (
        to["ipBlock"] for rule in policy["spec"]["egress"] for to in rule["to"] if "ipBlock" in to
    )
    return set(block["except"])


async def test_a_machine_that_joins_is_closed_too() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        await driver.deploy(workload(service("web", "serve")))
        assert "203.0.113.9/32" not in closed(cluster)
        second = node("second")
        second["status"]["addresses"] = [{"type": "ExternalIP", "address": "203.0.113.9"}]
        cluster.add(second)
        await asyncio.sleep(10)
        assert "203.0.113.9/32" in closed(cluster)


async def test_a_machine_that_is_down_is_a_doubt() -> None:
    cluster = FakeCluster()
    async with opened(cluster) as driver:
        given = workload(service("web", "serve"))
        await driver.deploy(given)
        assert (await driver.status(given.lease)).doubt == ""
        down = node("second")
        down["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]
        cluster.add(down)
        await asyncio.sleep(2)
        assert (await driver.status(given.lease)).doubt == "machine second is down"
        down["spec"]["unschedulable"] = True
        cluster.add(down)
        await asyncio.sleep(2)
        assert (await driver.status(given.lease)).doubt == ""
