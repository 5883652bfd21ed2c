"""The Driver that runs leases on a Kubernetes cluster, as an Akash provider would, but closed.

Objects are made by pure functions (builder/), applied server-side (apply), watched (watch) and read
back (report, observe); logs, events and commands are streams. The library behind it takes a second
to import: `KubernetesDriver` is loaded when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provider.cluster.kubernetes.driver import KubernetesDriver

__all__ = ["KubernetesDriver"]


def __getattr__(name: str) -> Any:
    if name != "KubernetesDriver":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from provider.cluster.kubernetes.driver import KubernetesDriver

    return KubernetesDriver
