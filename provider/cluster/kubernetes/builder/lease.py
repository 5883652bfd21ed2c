"""All objects of a lease's namespace, in the order in which they are applied."""

from __future__ import annotations

from provider.cluster.kubernetes.builder.access import login, namespace_object, rights
from provider.cluster.kubernetes.builder.given import Given, Object
from provider.cluster.kubernetes.builder.network import policies, services
from provider.cluster.kubernetes.builder.pods import controller

__all__ = ["namespace_object", "objects"]


def objects(given: Given) -> list[Object]:
    """Everything inside a lease's namespace except its routes: the walls first, then who lives
    behind them, then the ways in."""
    made = policies(given)
    for service in given.workload.services:
        made.extend(rights(given, service))
        if (secret := login(given, service)) is not None:
            made.append(secret)
    made.extend(controller(given, service) for service in given.workload.services)
    for service in given.workload.services:
        made.extend(services(given, service))
    return made
