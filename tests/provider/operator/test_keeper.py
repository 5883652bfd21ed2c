"""Routes and services of leased addresses come back when they are deleted by hand."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import Api, ApiError
from provider.cluster.kubernetes.driver import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace
from provider.operator.failures import Failures, FailureSettings
from provider.operator.keeper import Keeper
from provider.operator.tasks import hostname_keeper, ip_keeper
from tests.provider.cluster.given import expose, service, workload
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster
from tests.provider.cluster.kubernetes.test_crash import opened

SETTINGS = KubernetesSettings(ingress_domain="ingress.test", addresses=("198.51.100.1",))
HOST = "web.example.test"


def given() -> Workload:
    """A page behind a host name and at a leased address."""
    exposes = [expose(hosts=[HOST]), expose(7777, ip="home")]
    return workload(service("web", "serve", expose=exposes))


@asynccontextmanager
async def kept(
    cluster: FakeCluster, settings: KubernetesSettings = SETTINGS
) -> AsyncIterator[tuple[KubernetesDriver, Keeper, Keeper]]:
    """A provider and both operators, each with a door of its own."""
    api = Api(Door(cluster))
    operators = hostname_keeper(api, settings), ip_keeper(api, settings)
    async with opened(cluster) as driver:
        lives = [asyncio.create_task(operator.run()) for operator in operators]
        try:
            yield driver, *operators
        finally:
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)


def routes(cluster: FakeCluster) -> set[str]:
    return {found["metadata"]["name"] for found in cluster.found(kinds.INGRESS)}


async def test_a_route_deleted_by_hand_comes_back() -> None:
    cluster = FakeCluster()
    async with kept(cluster) as (driver, hostname, _):
        await driver.deploy(given())
        await asyncio.sleep(2)
        assert HOST in routes(cluster)
        before = routes(cluster)
        cluster.answer("DELETE", kinds.INGRESS.path(namespace(given().lease), HOST), {}, None)
        assert HOST not in routes(cluster)
        await asyncio.sleep(5)
        assert routes(cluster) == before
        assert hostname.is_ready
        assert hostname.failures.to_json() == {}


async def test_a_route_changed_by_hand_is_as_it_was() -> None:
    cluster = FakeCluster()
    async with kept(cluster) as (driver, _, _):
        await driver.deploy(given())
        await asyncio.sleep(2)
        key = ("ingresses", namespace(given().lease), HOST)
        bent = copy.deepcopy(cluster.objects[key])
        bent["spec"]["rules"][0]["host"] = "elsewhere.example.test"
        cluster._store(key, bent, "MODIFIED")
        await asyncio.sleep(5)
        assert cluster.objects[key]["spec"]["rules"][0]["host"] == HOST


async def test_a_route_that_nobody_declared_goes() -> None:
    cluster = FakeCluster()
    async with kept(cluster) as (driver, _, _):
        await driver.deploy(given())
        await asyncio.sleep(2)
        where = namespace(given().lease)
        extra = copy.deepcopy(cluster.objects["ingresses", where, HOST])
        extra["metadata"] = {
            "name": "extra.example.test", "namespace": where,
            "labels": extra["metadata"]["labels"],
        }  # fmt: skip
        cluster.add(extra)
        await asyncio.sleep(5)
        assert "extra.example.test" not in routes(cluster)


async def test_a_service_of_a_leased_address_comes_back_with_its_address() -> None:
    cluster = FakeCluster()
    async with kept(cluster) as (driver, _, _):
        await driver.deploy(given())
        await asyncio.sleep(5)

        def served() -> list[tuple[str, object]]:
            return [
                (found["metadata"]["name"], found.get("status"))
                for found in cluster.found(kinds.SERVICE)
                if found["spec"].get("type") == "LoadBalancer"
            ]

        ((name, status),) = before = served()
        assert "198.51.100.1" in str(status)
        cluster.answer("DELETE", kinds.SERVICE.path(namespace(given().lease), name), {}, None)
        await asyncio.sleep(5)
        assert served() == before


async def test_nothing_is_brought_back_while_a_lease_ends() -> None:
    cluster = FakeCluster()
    async with kept(cluster) as (driver, _, _):
        await driver.deploy(given())
        await asyncio.sleep(2)
        await driver.teardown(given().lease)
        await asyncio.sleep(30)
        assert cluster.of_leases() == []


async def test_an_outage_is_sat_out() -> None:
    cluster = FakeCluster()
    async with kept(cluster) as (driver, _, _):
        await driver.deploy(given())
        await asyncio.sleep(2)
        cluster.down = True
        await asyncio.sleep(60)
        cluster.down = False
        cluster.answer("DELETE", kinds.INGRESS.path(namespace(given().lease), HOST), {}, None)
        await asyncio.sleep(60)
        assert HOST in routes(cluster)


def test_a_lease_that_fails_too_often_is_left_alone_for_a_while() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    settings = FailureSettings(limit=3, age=60.0, entries=2)
    failures = Failures(settings, lambda: now)
    error = ApiError(404, "NotFound", "services web not found")
    for _ in range(2):
        failures.note("one", error)
    assert not failures.is_ignored("one")
    failures.note("one", error)
    assert failures.is_ignored("one")
    told = failures.to_json()["one"]
    assert (told["failure-count"], told["last-error-type"]) == (3, "ApiError")
    assert told["failed-at"] == "2026-11-22T00:00:00Z"

    now += timedelta(seconds=61)
    assert failures.prune() == ("one",)
    assert not failures.is_ignored("one")
    for name in ("a", "b", "c"):
        failures.note(name, error)
    failures.note("a", error)
    assert [name for name in "abc" if failures._found.get(name)] == ["a", "c"]


@pytest.mark.parametrize("mode", ["ingress", "gateway-api"])
def test_the_operator_watches_the_kind_of_its_mode(mode: str) -> None:
    settings = replace(SETTINGS, ingress_mode=mode)
    keeper = hostname_keeper(Api(Door(FakeCluster())), settings)
    kind = kinds.INGRESS if mode == "ingress" else kinds.HTTP_ROUTE
    assert keeper.made._kind is kind
