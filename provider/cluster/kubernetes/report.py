"""How a lease's services do, read from its pods and controllers; pure.

Every way in which a pod may fail to run is a reason in words for the tenant: no room, image not
pulled, crash loop, out of memory, evicted, refused by the cluster's rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from provider.cluster.driver import ForwardedPort, Health, LeasedIp, ServiceStatus
from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.service import Service

PULL = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull",
        "RegistryUnavailable")  # fmt: skip
NEEDS_ROOT = "runAsNonRoot"
RANK = (Health.FAILED, Health.RESTARTING, Health.STARTING, Health.STOPPING)
"""From the worst to the best that is not running."""


def service_status(
    service: Service,
    controller: Object | None,
    pods: Sequence[Object],
    *,
    uris: tuple[str, ...] = (),
    ports: tuple[ForwardedPort, ...] = (),
    ips: tuple[LeasedIp, ...] = (),
) -> ServiceStatus:
    """One service; its health and reason are those of its worst replica."""
    told = (controller or {}).get("status", {})
    ready = sum(is_ready(pod) for pod in pods if not is_leaving(pod))
    available = int(told.get("availableReplicas", 0))
    health, reason = _worst(service, controller, pods, available)
    return ServiceStatus(
        name=service.name,
        available=min(available, service.count),
        total=service.count,
        uris=uris,
        observed_generation=int(told.get("observedGeneration", 0)),
        replicas=int(told.get("replicas", 0)),
        updated_replicas=int(told.get("updatedReplicas", 0)),
        ready_replicas=int(told.get("readyReplicas", ready)),
        available_replicas=available,
        health=health,
        reason=reason,
        ports=ports,
        ips=ips,
    )


def is_ready(pod: Object) -> bool:
    """True when the pod's program runs."""
    conditions = pod.get("status", {}).get("conditions") or ()
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)


def is_leaving(pod: Object) -> bool:
    """True when the pod is being removed."""
    return "deletionTimestamp" in pod["metadata"]


def pods_of(pods: Iterable[Object], service: str) -> list[Object]:
    """The pods of one service, by name."""
    found = (p for p in pods if (p["metadata"].get("labels") or {}).get(names.SERVICE) == service)
    return sorted(found, key=lambda p: str(p["metadata"]["name"]))


def forwarded(services: Iterable[Object], host: str) -> dict[str, tuple[ForwardedPort, ...]]:
    """Ports of the machines that lead to services, by service."""
    found: dict[str, tuple[ForwardedPort, ...]] = {}
    for object in services:
        spec = object["spec"]
        if spec.get("type") != "NodePort":
            continue
        name = object["metadata"]["name"].removesuffix("-np")
        found[name] = tuple(
            ForwardedPort(host, int(p["targetPort"]), int(p["nodePort"]), p["protocol"], name)
            for p in spec.get("ports") or ()
            if p.get("nodePort") and p.get("protocol") in ("TCP", "UDP")
        )
    return found


def leased(services: Iterable[Object]) -> dict[str, tuple[LeasedIp, ...]]:
    """Leased addresses that lead to services, by service."""
    found: dict[str, tuple[LeasedIp, ...]] = {}
    for object in services:
        if object["spec"].get("type") != "LoadBalancer":
            continue
        name = (object["spec"].get("selector") or {}).get(names.SERVICE, "")
        given = object.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
        found[name] = found.get(name, ()) + tuple(
            LeasedIp(int(p["targetPort"]), int(p["port"]), p["protocol"], at["ip"])
            for at in given
            if at.get("ip")
            for p in object["spec"].get("ports") or ()
        )
    return found


def _worst(
    service: Service, controller: Object | None, pods: Sequence[Object], available: int
) -> tuple[Health, str]:
    states = [state(pod, service.name) for pod in pods if not is_leaving(pod)]
    bad = [s for s in states if s[0] is not Health.RUNNING]
    if bad:
        return min(bad, key=lambda s: RANK.index(s[0]))
    if len(states) >= service.count and available >= service.count:
        return Health.RUNNING, "running"
    if refused := _refused(controller):
        return Health.FAILED, refused
    if controller is not None and pods and not states:
        return Health.STOPPING, "stopping"
    return Health.STARTING, "starting"


def _refused(controller: Object | None) -> str:
    """Why the cluster makes no pods, where it says so."""
    for condition in (controller or {}).get("status", {}).get("conditions") or ():
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return f"the cluster makes no pod: {condition.get('message', '')}"
    return ""


def state(pod: Object, container: str) -> tuple[Health, str]:
    """One pod in a word and a sentence."""
    status = pod.get("status", {})
    if status.get("reason") == "Evicted":
        return Health.RESTARTING, f"evicted: {status.get('message', 'no reason given')}"
    if status.get("phase") == "Failed":
        return Health.FAILED, f"failed: {status.get('reason') or status.get('message') or '?'}"
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return Health.STARTING, f"unschedulable: {condition.get('message', 'no room')}"
    told = [c for c in status.get("containerStatuses") or () if c.get("name") == container]
    if not told:
        return Health.STARTING, "pending"
    return _container(told[0])


def _container(told: Mapping[str, Object]) -> tuple[Health, str]:
    now = told.get("state") or {}
    before = (told.get("lastState") or {}).get("terminated") or {}
    if "running" in now:
        if told.get("ready"):
            return Health.RUNNING, "running"
        return Health.STARTING, "not ready"
    if "terminated" in now:
        return Health.RESTARTING, _ended(now["terminated"])
    waiting = now.get("waiting") or {}
    reason, message = str(waiting.get("reason", "")), str(waiting.get("message", ""))
    if reason in PULL:
        return Health.STARTING, f"image not pulled: {message or reason}"
    if reason == "CreateContainerConfigError" and NEEDS_ROOT in message:
        return Health.FAILED, (
            f"the image needs the relaxation `root`, which this provider does not allow it: "
            f"{message}; use an image with a numeric user of its own, or another provider"
        )
    if before:
        return Health.RESTARTING, f"{_ended(before)}; {message or reason}".rstrip("; ")
    if reason in ("RunContainerError", "CreateContainerError", "StartError"):
        return Health.RESTARTING, f"not started: {message or reason}"
    if reason in ("", "ContainerCreating", "PodInitializing"):
        return Health.STARTING, "being created (its image is being pulled)"
    return Health.STARTING, f"{reason}: {message}".rstrip(": ")


def _ended(ended: Mapping[str, object]) -> str:
    if ended.get("reason") == "OOMKilled":
        return "out of memory: the program used more than its service asked for and was killed"
    text = f"ended with exit code {ended.get('exitCode', '?')}"
    if ended.get("reason") not in (None, "Error", "Completed"):
        text = f"{ended['reason']}: {text}"
    return f"{text}: {ended['message']}" if ended.get("message") else text
