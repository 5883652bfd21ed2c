"""The status of a service, worked out from the states of its replicas; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provider.cluster.driver import ForwardedPort, Health, ServiceStatus
from provider.cluster.process.plan import port_key
from provider.cluster.workload import Service

HEALTH = {
    "starting": Health.STARTING,
    "running": Health.RUNNING,
    "waiting": Health.RESTARTING,
    "ended": Health.RESTARTING,
    "stopping": Health.STOPPING,
    "stopped": Health.STOPPING,
}


def service_status(
    service: Service,
    states: Sequence[Mapping[str, Any]],
    *,
    generation: int,
    ports: Mapping[str, int],
    host: str,
) -> ServiceStatus:
    """One service; its health and reason are those of its worst replica."""
    running = sum(state["phase"] == "running" for state in states)
    missing = [{"phase": "starting", "reason": "starting"}] * (service.count - len(states))
    worst = next((s for s in (*states, *missing) if s["phase"] != "running"), None)
    forwarded, uris = [], []
    for expose in service.exposes:
        port = ports.get(port_key(service.name, expose))
        if port is None or not expose.is_global:
            continue
        if expose.is_ingress:
            uris.append(f"{host}:{port}")
        else:
            forwarded.append(ForwardedPort(host, expose.port, port, expose.proto, service.name))
    return ServiceStatus(
        name=service.name,
        available=running,
        total=service.count,
        uris=tuple(dict.fromkeys(uris)),
        observed_generation=generation,
        replicas=len(states),
        updated_replicas=len(states),
        ready_replicas=running,
        available_replicas=running,
        health=Health.RUNNING if worst is None else HEALTH[worst["phase"]],
        reason="running" if worst is None else str(worst["reason"]),
        ports=tuple(dict.fromkeys(forwarded)),
    )
