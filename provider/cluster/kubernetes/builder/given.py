"""What the builders start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from akashpy.types.market import LeaseID
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import Workload, namespace

Object = dict[str, Any]
"""A Kubernetes object as JSON."""


@dataclass(frozen=True, slots=True)
class Given:
    """A workload and what the cluster says around it.

    `version` is the resource version of the lease's record; `kept` the versions of services whose
    pods stay as they are. `api_servers` are addresses and ports, `machines` the nodes' addresses.
    """

    workload: Workload
    settings: KubernetesSettings
    version: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    api_servers: tuple[tuple[str, int], ...] = ()
    machines: tuple[str, ...] = ()

    @property
    def lease(self) -> LeaseID:
        """Whose objects these are."""
        return self.workload.lease

    @property
    def namespace(self) -> str:
        """Where they lie."""
        return namespace(self.workload.lease)
