"""Every way in which a pod does not run is a reason in the lease's status."""

from __future__ import annotations

from typing import Any

import pytest

from provider.cluster.driver import Health
from provider.cluster.kubernetes import report
from tests.provider.cluster.given import service, workload

WEB = workload(service("web", "serve", count=2)).services[0]


def pod(status: dict[str, Any], **metadata: str) -> dict[str, Any]:
    return {"metadata": {"name": "web-1", **metadata}, "status": status}


def told(**state: Any) -> dict[str, Any]:
    """A pod's status with one container in a state."""
    last = state.pop("last", {})
    ready = state.pop("ready", False)
    container = {"name": "web", "state": state, "lastState": last, "ready": ready}
    return {"phase": "Running", "containerStatuses": [container]}


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return told(waiting={"reason": reason, "message": message}, **more)


CRASHED = {"terminated": {"exitCode": 7, "reason": "Error"}}


@pytest.mark.parametrize(
    ("status", "health", "words"),
    [
        ({"phase": "Pending"}, Health.STARTING, "pending"),
        (
            {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes"}]},
            Health.STARTING,
            "unschedulable: 0/1 nodes",
        ),
        (waiting("ContainerCreating"), Health.STARTING, "its image is being pulled"),
        (waiting("ImagePullBackOff", "no such image"), Health.STARTING, "not pulled: no such"),
        (waiting("CrashLoopBackOff", "back-off", last=CRASHED), Health.RESTARTING, "exit code 7"),
        (told(terminated={"exitCode": 3}), Health.RESTARTING, "ended with exit code 3"),
        (
            told(terminated={"exitCode": 137, "reason": "OOMKilled"}),
            Health.RESTARTING,
            "out of memory",
        ),
        (
            {"phase": "Failed", "reason": "Evicted", "message": "disk pressure"},
            Health.RESTARTING,
            "evicted: disk pressure",
        ),
        (waiting("RunContainerError", "exec: /x: not found"), Health.RESTARTING, "/x: not found"),
        (
            waiting(
                "CreateContainerConfigError", "container has runAsNonRoot and image runs as root"
            ),
            Health.FAILED,
            "needs the relaxation `root`",
        ),
        (told(running={}, ready=False), Health.STARTING, "not ready"),
        (told(running={}, ready=True), Health.RUNNING, "running"),
    ],
)
def test_states_of_a_pod(status: dict[str, Any], health: Health, words: str) -> None:
    found, reason = report.state(pod(status), "web")
    assert found is health
    assert words in reason


def test_a_service_is_as_its_worst_replica() -> None:
    pods = [
        pod(told(running={}, ready=True)),
        pod(waiting("ImagePullBackOff", "gone")),
        pod(told(terminated={"exitCode": 1}), deletionTimestamp="now"),
    ]
    controller = {"status": {"availableReplicas": 1, "observedGeneration": 3, "replicas": 2}}
    found = report.service_status(WEB, controller, pods)
    assert (found.health, found.reason) == (Health.STARTING, "image not pulled: gone")
    assert (found.available, found.total, found.observed_generation) == (1, 2, 3)


def test_a_service_whose_pods_are_refused_says_why() -> None:
    condition = {"type": "ReplicaFailure", "status": "True", "message": "violates PodSecurity"}
    found = report.service_status(WEB, {"status": {"conditions": [condition]}}, [])
    assert (found.health, found.reason) == (
        Health.FAILED,
        "the cluster makes no pod: violates PodSecurity",
    )


def test_a_service_that_runs() -> None:
    pods = [pod(told(running={}, ready=True)) for _ in range(2)]
    found = report.service_status(WEB, {"status": {"availableReplicas": 2}}, pods)
    assert (found.health, found.reason) == (Health.RUNNING, "running")


def test_ports_of_the_machine_and_leased_addresses() -> None:
    services = [
        {
            "metadata": {"name": "web-np"},
            "spec": {
                "type": "NodePort",
                "ports": [
                    {"port": 80, "targetPort": 8080, "nodePort": 31000, "protocol": "TCP"},
                    {"port": 9, "targetPort": 9, "nodePort": 31001, "protocol": "SCTP"},
                ],
            },
        },
        {
            "metadata": {"name": "web-ip-80-tcp"},
            "spec": {
                "type": "LoadBalancer",
                "selector": {"akash.network/manifest-service": "web"},
                "ports": [{"port": 80, "targetPort": 8080, "protocol": "TCP"}],
            },
            "status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.4"}]}},
        },
    ]
    ports = report.forwarded(services, "provider.test")["web"]
    assert [(p.host, p.port, p.external, p.proto) for p in ports] == [
        ("provider.test", 8080, 31000, "TCP")
    ]
    ips = report.leased(services)["web"]
    assert [(i.ip, i.port, i.external) for i in ips] == [("198.51.100.4", 8080, 80)]
