"""The Kubernetes driver on a real cluster: the suite of every driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest

from provider.cluster.driver import Driver
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings, Overcommit
from provider.cluster.workload import Workload
from tests.kubernetes.cluster import Cluster, registries
from tests.kubernetes.leaving import Leaving
from tests.provider.cluster import given as giving
from tests.provider.cluster.conformance import (
    PATIENCE,
    Conformance,
    OpenDriver,
    first_lines,
    is_healthy,
    until,
)
from tests.provider.cluster.given import expose, service, workload


@pytest.fixture
def settings(cluster: Cluster) -> KubernetesSettings:
    """The driver as a provider of this cluster would set it, with room for leases that leave."""
    return KubernetesSettings(
        kubeconfig=cluster.kubeconfig,
        public_hostname="10.88.0.1",
        ingress_domain="ingress.test",
        grace=3,
        overcommit=Overcommit(cpu=400),
    )


@pytest.fixture(autouse=True, scope="module")
def end_what_was_kept(leaving: Leaving) -> Iterator[None]:
    """The tests that leave their workload as it is have one for all of them."""
    yield
    leaving.end(*(each.lease for each in TestConformance.kept))
    TestConformance.kept.clear()


async def fetched(cluster: Cluster, host: str) -> str:
    """The page behind a host name, once there is one."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answer = await asyncio.to_thread(cluster.fetch, host)
                if answer.status == 200:
                    return str(answer.text)
            except OSError:
                pass  # the door is on its way there
            await asyncio.sleep(0.2)


class TestConformance(Conformance):
    """What a cluster does in another way has its own test below, under the suite's name."""

    @pytest.fixture(autouse=True)
    def _image(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(giving, "IMAGE", registries.SHELL)

    @pytest.fixture
    def open_driver(self, settings: KubernetesSettings) -> OpenDriver:
        @asynccontextmanager
        async def open_driver() -> AsyncIterator[Driver]:
            async with KubernetesDriver.open(settings) as driver:
                yield driver

        return open_driver

    @pytest.fixture
    async def driver(self, open_driver: OpenDriver, leaving: Leaving) -> AsyncIterator[Driver]:
        async with open_driver() as driver:
            yield driver
            await leaving.end_all(driver, keep=tuple(w.lease for w in self.kept))

    kept: ClassVar[list[Workload]] = []
    """The one workload of all tests that leave theirs as it is."""

    async def running(self, driver: Driver) -> Workload:
        """See Conformance."""
        if not self.kept:
            self.kept.append(await super().running(driver))
        return self.kept[0]

    async def test_two_leases_may_use_the_same_port(  # type: ignore[override]  # by host name
        self, driver: Driver, cluster: Cluster
    ) -> None:
        both = [
            workload(
                service(
                    "web",
                    image=registries.WEB,
                    env=[f"APP_NAME={n}", "APP_LISTEN=:80"],
                    expose=[expose()],
                ),
                dseq=n,
            )
            for n in (1, 2)
        ]
        pages = []
        for given in both:
            await driver.deploy(given)
            status = await until(driver, given, is_healthy)
            pages.append(await fetched(cluster, status.services[0].uris[0]))
        assert [page.split(" from ")[0] for page in pages] == ["hello 1", "hello 2"]

    async def test_logs_have_both_streams(self, driver: Driver) -> None:
        """All lines are there; the API does not tell which stream they were of."""
        given = workload(service("web", "/bin/sh", "-c", "echo out; echo err >&2; exec sleep 600"))
        await driver.deploy(given)
        lines = await first_lines(driver, given, 2)
        assert sorted(line.message for line in lines) == ["err", "out"]
