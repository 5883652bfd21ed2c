"""Recorded leases and small settings for tests of the Kubernetes driver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from akashpy.types.market import LeaseID
from provider.cluster.kubernetes.builder import records, routes
from provider.cluster.kubernetes.builder.given import Given, Object
from provider.cluster.kubernetes.builder.lease import namespace_object, objects
from provider.cluster.kubernetes.settings import GatewayRef, KubernetesSettings
from provider.cluster.workload import Workload

HERE = Path(__file__).parent
RECORDED = ("web", "two", "np", "pvc", "gwtwo")
AT = "2026-11-22T14:29:00Z"


def recorded(name: str) -> dict[str, Any]:
    """One recording."""
    found = json.loads((HERE / "recorded" / f"{name}.json").read_text())
    assert isinstance(found, dict)
    return found


def recorded_settings(name: str) -> KubernetesSettings:
    """The recorded provider's flags, as settings of ours."""
    return KubernetesSettings(
        ingress_domain="ingress.test",
        ingress_mode="gateway-api" if name == "gwtwo" else "ingress",
        gateway=GatewayRef(),
    )


def recorded_given(name: str) -> Given:
    """A recorded lease, ready to be built."""
    record = recorded(name)
    id = record["lease"]
    lease = LeaseID(id["owner"], int(id["dseq"]), id["gseq"], id["oseq"], id["provider"])
    workload = Workload.from_manifest(
        record["manifest"][0], lease, chain_id="local-1", height=7, public_hostname="localhost"
    )
    return Given(
        workload,
        recorded_settings(name),
        version=record["version"],
        api_servers=(("10.88.0.1", 6443),),
        machines=("10.88.0.1", "203.0.113.7"),
    )


def everything(given: Given) -> Iterator[Object]:
    """All that a lease has in a cluster."""
    settings, lease = given.settings, given.lease
    yield records.manifest(given.workload, settings.manifest_namespace)
    yield namespace_object(given)
    yield from objects(given)
    for host, target in routes.hosts(given.workload, settings).items():
        yield records.host_record(lease, host, target, where=settings.manifest_namespace, at=AT)
        service = given.workload.service(target[0])
        assert service is not None
        yield routes.route(lease, host, target, routes.options(service, target[1]), settings)
