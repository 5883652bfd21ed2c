"""What a tenant's pods may not do: the restricted profile, minus what its images are allowed.

The namespace carries the level of the Pod Security Standards that its most relaxed image needs, so
that the API server refuses everything beyond.
"""

from __future__ import annotations

from collections.abc import Iterable

from provider.cluster.kubernetes.builder.given import Given, Object
from provider.cluster.kubernetes.settings import Relaxation
from provider.cluster.service import Service

LEVEL = "pod-security.kubernetes.io/enforce"
RESTRICTED, BASELINE = "restricted", "baseline"
FIRST_FREE_PORT = 1024
VOLUME_GROUP = 1000


def level(given: Given) -> str:
    """The level of a lease's namespace."""
    relaxed = any(given.settings.relaxations(s.image) for s in given.workload.services)
    return BASELINE if relaxed else RESTRICTED


def pod_security(given: Given, service: Service) -> Object:
    """Security context of a pod."""
    allowed = given.settings.relaxations(service.image)
    context: Object = {"seccompProfile": {"type": "RuntimeDefault"}}
    context["runAsNonRoot"] = Relaxation.ROOT not in allowed
    if Relaxation.ROOT not in allowed and any(v.is_persistent for v in service.resources.storage):
        # Fresh volumes belong to root: this group may write to them and every program is in it.
        context["fsGroup"] = VOLUME_GROUP
        context["fsGroupChangePolicy"] = "OnRootMismatch"
    if any(expose.port < FIRST_FREE_PORT for expose in service.exposes):
        # Without root there is no capability to listen on such a port; in the pod's own network
        # nothing is lost by opening them to everybody.
        context["sysctls"] = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
    return context


def container_security(given: Given, service: Service) -> Object:
    """Security context of a container."""
    allowed = given.settings.relaxations(service.image)
    context: Object = {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "runAsNonRoot": Relaxation.ROOT not in allowed,
    }
    if Relaxation.CAPABILITIES not in allowed:
        context["capabilities"] = {"drop": ["ALL"]}
    return context


def notes(given_relaxations: Iterable[tuple[str, frozenset[Relaxation]]]) -> tuple[str, ...]:
    """Sentences for the lease's status: who runs with what beyond the restricted profile."""
    return tuple(
        f"service {service}: runs beyond the restricted profile, as its provider allows for its "
        f"image: {', '.join(sorted(relaxations))}"
        for service, relaxations in given_relaxations
        if relaxations
    )
