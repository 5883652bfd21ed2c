"""Nodes that kwok plays: machines with GPUs that this machine does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.kubernetes.cluster import layout
from tests.kubernetes.cluster.client import Api, Refused
from tests.kubernetes.cluster.single import Cluster
from tests.kubernetes.cluster.waiting import wait_for

ANNOTATION = "kwok.x-k8s.io/node"
TOLERATIONS = (ANNOTATION, "nvidia.com/gpu", "amd.com/gpu", "gpu.intel.com/i915")
"""What a driver that may use fake machines tolerates."""
TAINTS = "node.kubernetes.io/"
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class FakeNode:
    """A machine of the cluster that runs nothing: its pods are said to run.

    `resources` are as Kubernetes writes them, devices under the vendor's name. Only pods that
    tolerate the taint `kwok.x-k8s.io/node` come here, so that no other test's pods ever do.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def to_object(self) -> dict[str, Any]:
        """The Node object."""
        capacity = {
            "cpu": "96",
            "memory": "768Gi",
            "ephemeral-storage": "2Ti",
            "pods": "110",
            **self.resources,
        }
        labels = {
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "akash.network": "true",
            "type": "kwok",
            **self.labels,
        }
        taint = {"key": ANNOTATION, "value": "fake", "effect": "NoSchedule"}
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": self.name,
                "labels": labels,
                "annotations": {ANNOTATION: "fake", **self.annotations},
            },
            "spec": {"taints": [taint]},
            "status": {"capacity": capacity, "allocatable": capacity, "phase": "Running"},
        }


def nvidia(name: str, model: str, count: int = 8, *, ram: str = "80Gi") -> FakeNode:
    """A machine with NVIDIA devices, labelled as Akash's inventory labels it."""
    prefix = f"akash.network/capabilities.gpu.vendor.nvidia.model.{model}"
    labels = {prefix: str(count), f"{prefix}.ram.{ram}": str(count)}
    return FakeNode(name, labels, {"nvidia.com/gpu": str(count)})


def amd(name: str, model: str, count: int = 8) -> FakeNode:
    """A machine with AMD devices, labelled as Akash's inventory labels it."""
    label = f"akash.network/capabilities.gpu.vendor.amd.model.{model}"
    return FakeNode(name, {label: str(count)}, {"amd.com/gpu": str(count)})


def add(cluster: Cluster, nodes: Iterable[FakeNode], *, limit_s: float = 300) -> None:
    """Create fake nodes and wait until all can be used. Raises TimeoutError."""
    wanted = list(nodes)
    cluster.start_kwok()
    api = cluster.api

    def create(node: FakeNode) -> None:
        try:
            api.call("POST", "/api/v1/nodes", node.to_object())
        except Refused as error:
            if error.status != 409:
                raise

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(create, wanted))
    names = {node.name for node in wanted}
    wait_for(lambda: names <= _ready(api), "the fake nodes to be Ready", limit_s=limit_s)


def remove(cluster: Cluster) -> None:
    """Delete all fake nodes, and what is said to run there."""
    api = cluster.api
    nodes = {each["metadata"]["name"] for each in api.call("GET", "/api/v1/nodes")["items"]}
    for name in nodes - {layout.NODE}:
        api.call("DELETE", f"/api/v1/nodes/{name}")
    for pod in api.call("GET", "/api/v1/pods")["items"]:
        about = pod["metadata"]
        if pod["spec"].get("nodeName") in nodes - {layout.NODE}:
            path = f"/api/v1/namespaces/{about['namespace']}/pods/{about['name']}"
            _delete_now(api, path)


def _delete_now(api: Api, path: str) -> None:
    """Without the agreement of a node that is no more."""
    try:
        api.call("DELETE", path, {"gracePeriodSeconds": 0})
    except Refused as error:
        if error.status != 404:
            raise


def _ready(api: Api) -> set[str]:
    return {
        node["metadata"]["name"]
        for node in api.call("GET", "/api/v1/nodes")["items"]
        for condition in node["status"].get("conditions", [])
        if condition["type"] == "Ready" and condition["status"] == "True" and not _is_new(node)
    }


def _is_new(node: dict[str, Any]) -> bool:
    """True while the taints are on it that every machine has until it is Ready."""
    return any(t["key"].startswith(TAINTS) for t in node["spec"].get("taints", []))
