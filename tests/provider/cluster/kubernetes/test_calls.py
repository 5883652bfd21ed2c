"""Questions to the API server are counted under Akash's names."""

from __future__ import annotations

import pytest

from provider.cluster.errors import Unavailable
from provider.cluster.kubernetes import calls, kinds
from provider.cluster.kubernetes.api import Api
from provider.cluster.kubernetes.driver import KubernetesDriver
from provider.cluster.kubernetes.kinds import Kind
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.tally import Tally
from tests.provider.cluster.given import expose, service, workload
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster

NAMED: list[tuple[str, Kind, bool, int, str]] = [
    ("GET", kinds.MANIFEST, True, 200, "akash-manifests-get"),
    ("GET", kinds.MANIFEST, False, 200, "manifests-list"),
    ("PATCH", kinds.MANIFEST, True, 201, "akash-manifests-create"),
    ("PATCH", kinds.MANIFEST, True, 200, "akash-manifests-update"),
    ("DELETE", kinds.MANIFEST, True, 200, "manifests-delete"),
    ("GET", kinds.NAMESPACE, True, 200, "namespaces-get"),
    ("DELETE", kinds.NAMESPACE, True, 200, "namespaces-delete"),
    ("PATCH", kinds.POLICY, True, 201, "networking-policies-create"),
    ("PATCH", kinds.INGRESS, True, 200, "networking-ingresses-update"),
    ("GET", kinds.INGRESS, True, 200, "ingresses-get"),
    ("GET", kinds.STATEFUL_SET, False, 200, "statefulsets-list"),
    ("PATCH", kinds.STATEFUL_SET, True, 201, "statefulset-create"),
    ("PATCH", kinds.DEPLOYMENT, True, 200, "deployments-update"),
    ("DELETE", kinds.HTTP_ROUTE, True, 200, "gateway-httproutes-delete"),
    ("GET", kinds.HOST, False, 200, "providerhosts-list"),
    ("GET", kinds.POD, False, 200, "pods-list"),
    ("POST", kinds.LEASED_IP, False, 201, "providerleasedips-create"),
]


@pytest.mark.parametrize(("method", "kind", "one", "status", "name"), NAMED)
def test_names(method: str, kind: Kind, one: bool, status: int, name: str) -> None:
    assert calls.action(method, kind.path("some", "it" if one else ""), status) == name


def test_names_of_calls_that_are_no_objects() -> None:
    assert calls.action("GET", "/version", 200) == "discovery-serverversion"
    log = f"{kinds.POD.path('some', 'web-0')}/log"
    assert calls.following(log) == calls.action("GET", log, 200) == "pods-getlogs"
    assert calls.following(kinds.EVENT.path("some")) == "events-follow"
    status = f"{kinds.SERVICE.path('some', 'web')}/status"
    assert calls.action("PATCH", status, 200, patch=True) == "services-patch"


async def test_a_lease_is_counted_call_by_call() -> None:
    cluster, tally = FakeCluster(), Tally()
    given = workload(service("web", "serve", expose=[expose(hosts=["web.example.test"])]))
    async with KubernetesDriver.open(KubernetesSettings(), Door(cluster), tally) as driver:
        await driver.deploy(given)
    found = {dict(labels)["action"] for name, labels in tally.counts if name == calls.NAME}
    assert {
        "discovery-serverversion",
        "akash-manifests-get",
        "akash-manifests-update",
        "namespaces-get",
        "deployments-list",
        "deployments-update",
        "services-update",
        "networking-policies-update",
        "networking-ingresses-update",
    } <= found
    results = {dict(labels)["result"] for _, labels in tally.counts}
    assert results == {"success"}  # an object that is not there yet is no failure


async def test_a_server_that_does_not_answer_is_a_failure() -> None:
    cluster, tally = FakeCluster(), Tally()
    cluster.down = True
    with pytest.raises(Unavailable):
        await Api(Door(cluster), 1.0, tally).items(kinds.POD)
    assert dict(tally.counts) == {(calls.NAME, (("action", "pods-list"), ("result", "fail"))): 1}
