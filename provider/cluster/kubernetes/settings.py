"""Settings of the Kubernetes driver; plain values, filled in by a composition root."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal


class Relaxation(StrEnum):
    """One thing that the restricted profile forbids and an image may be allowed."""

    ROOT = "root"
    """Run as user 0, without any capability."""
    CAPABILITIES = "capabilities"
    """Keep the container runtime's usual capabilities (chown, setuid and the like)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Images (a pattern such as `docker.io/library/*`) that get these relaxations."""

    images: str
    relaxations: tuple[Relaxation, ...]


@dataclass(frozen=True, slots=True)
class Overcommit:
    """How much more than there is gets sold, in percent; GPUs never are."""

    cpu: int = 0
    memory: int = 0
    storage: int = 0


@dataclass(frozen=True, slots=True)
class GatewayRef:
    """The Gateway that routes hang on, and the buffer its proxy is given."""

    name: str = "akash-gateway"
    namespace: str = "akash-gateway"
    proxy_buffer_size: str = "16k"


@dataclass(frozen=True, slots=True)
class KubernetesSettings:
    """How the driver works; times in seconds, sizes in bytes."""

    kubeconfig: Path | None = None
    """File with the cluster's address and keys; None means from inside a pod."""
    context: str = ""
    manifest_namespace: str = "lease"
    """Where the records of leases lie, apart from every tenant."""
    public_hostname: str = "localhost"
    """Name under which node ports are reached."""
    ingress_domain: str = ""
    """Domain of the host names made for services; empty makes none."""
    ingress_mode: Literal["ingress", "gateway-api"] = "ingress"
    ingress_class: str = "akash-ingress-class"
    gateway: GatewayRef = GatewayRef()
    network_policies: bool = True
    allow: tuple[Allowance, ...] = ()
    """Images that may do more than the restricted profile; nothing by default."""
    image_pull: Literal["Always", "IfNotPresent"] = "Always"
    """Always asks the registry each time, so that nobody starts another tenant's private image."""
    pull_secret: str = ""
    """A secret of every lease namespace for images without credentials of their own."""
    runtime_class: str = ""
    """Sandbox for every pod without GPU; empty is the cluster's default."""
    gpu_runtime_class: str = "nvidia"
    """Runtime class of pods with NVIDIA devices; empty is the cluster's default."""
    gpu_tolerations: tuple[str, ...] = ("nvidia.com/gpu", "amd.com/gpu", "gpu.intel.com/i915")
    """Taints of GPU machines that only pods with a GPU tolerate."""
    overcommit: Overcommit = Overcommit()
    closed_networks: tuple[str, ...] = ()
    """More IPv4 networks that tenants must not reach: the cluster's own, if they are public."""
    grace: int = 30
    """Between asking a program to end and killing it."""
    progress_deadline: int = 600
    """An update that is not up by then is rolled back."""
    label_nodes: bool = True
    """Write Akash's labels on machines; off when another operator does."""
    storage_classes: tuple[tuple[str, int], ...] = ()
    """Persistent classes offered and their size; empty: classes marked with akash.network=true."""
    addresses: tuple[str, ...] = ()
    """Addresses leased to tenants through services of type LoadBalancer."""
    operators: bool = True
    """Keep routes and leased addresses in line with their records; off when programs do."""
    inventory_listen: str = ""
    """host:port of the inventory's gRPC; empty: not served."""
    patience: float = 20.0
    """For one question to the API server."""
    removal_patience: float = 120.0
    """For everything of a lease to be gone."""

    def relaxations(self, image: str) -> frozenset[Relaxation]:
        """What an image is allowed beyond the restricted profile."""
        found = (a.relaxations for a in self.allow if fnmatchcase(image, a.images))
        return frozenset(each for relaxations in found for each in relaxations)
