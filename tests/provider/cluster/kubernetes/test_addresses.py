"""Leased addresses: shared by key, given out once, moved and dropped one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from provider.cluster.errors import EndpointRefused
from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.addresses import Addresses
from provider.cluster.kubernetes.api import Api
from provider.cluster.workload import Workload, namespace
from tests.provider.cluster.given import expose, lease, service, workload
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster
from tests.provider.cluster.kubernetes.test_crash import SETTINGS, opened

POOL = ("198.51.100.1", "198.51.100.2")


def given(*ips: str, dseq: int = 1) -> Workload:
    """A service with a port for each name of an address."""
    exposes = [expose(1000 + n, ip=ip) for n, ip in enumerate(ips)]
    return workload(service("web", "serve", expose=exposes), dseq=dseq)


@asynccontextmanager
async def addresses(cluster: FakeCluster, *leases: Workload) -> AsyncIterator[Addresses]:
    """Addresses of a cluster on which these leases run."""
    async with opened(cluster) as driver:
        for each in leases:
            bare = replace(each, services=tuple(replace(s, exposes=()) for s in each.services))
            await driver.deploy(bare)
    yield Addresses(Api(Door(cluster)), replace(SETTINGS, addresses=POOL))


def held(cluster: FakeCluster, dseq: int = 1) -> dict[int, str]:
    """Addresses by port of a lease's services."""
    found = {}
    for object in cluster.found(kinds.SERVICE, namespace(lease(dseq))):
        if object["spec"]["type"] == "LoadBalancer":
            given = object.get("status", {}).get("loadBalancer", {}).get("ingress") or [{}]
            found[object["spec"]["ports"][0]["port"]] = given[0].get("ip", "")
    return found


async def test_ports_of_one_name_share_an_address() -> None:
    cluster = FakeCluster()
    async with addresses(cluster, given()) as pool:
        assert await pool.settle(given("a", "a", "b")) == ()
        assert held(cluster) == {1000: POOL[0], 1001: POOL[0], 1002: POOL[1]}


async def test_an_empty_pool_gives_none() -> None:
    cluster = FakeCluster()
    async with addresses(cluster, given()) as pool:
        await pool.settle(given("a", "b", "c"))
        assert held(cluster) == {1000: POOL[0], 1001: POOL[1], 1002: ""}


async def test_what_a_manifest_names_no_more_is_dropped_alone() -> None:
    cluster = FakeCluster()
    async with addresses(cluster, given(), given(dseq=2)) as pool:
        await pool.settle(given("a", "b"))
        await pool.settle(replace(given("other", dseq=2), lease=lease(2)))
        await pool.settle(given("a"))
        assert held(cluster) == {1000: POOL[0]}
        assert len(cluster.found(kinds.LEASED_IP)) == 2


async def test_only_named_endpoints_move() -> None:
    cluster = FakeCluster()
    one, two = given("a", "b"), given("a", "b", dseq=2)
    async with addresses(cluster, given(), given(dseq=2)) as pool:
        await pool.settle(one)
        assert len(await pool.settle(two)) == 2
        with pytest.raises(EndpointRefused, match='"c" does not exist'):
            await pool.move(two, ["a", "c"])
        assert set(held(cluster)) == {1000, 1001}
        await pool.move(two, ["a"])
        await pool.settle(two)
        assert held(cluster) == {1001: POOL[1]}
        assert held(cluster, 2) == {1000: POOL[0]}
