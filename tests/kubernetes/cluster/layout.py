"""Addresses, names and paths of a cluster: what its parts must agree on.

The networks are of the cluster's own namespaces, so that several clusters have the same ones.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

NODE = "node"
NODE_IP = "10.88.0.1"
NODE_MASK = 24
POD_CIDR = "10.244.0.0/24"
SERVICE_CIDR = "10.96.0.0/16"
API_SERVICE_IP = "10.96.0.1"
DNS_IP = "10.96.0.10"
API_PORT = 6443

OUTSIDE_IP = "203.0.113.10"
"""A machine that is not of the cluster, with a web server: the internet, as the pods see it."""
UPLINK_IP = "203.0.113.1"
METADATA_IPS = ("169.254.169.254", "100.100.100.200")
"""Where clouds answer with a machine's credentials; the outside machine has these too."""
LEASED_CIDR = "198.51.100.0/24"
"""Addresses that the outside machine reaches through the node: a pool for leased IPs."""

INGRESS_PORT = 80
GATEWAY_PORT = 8080
REGISTRY = "registry.example.test"
PUBLIC_PORT, PRIVATE_PORT = 5000, 5001
PUBLIC_REGISTRY = f"{REGISTRY}:{PUBLIC_PORT}"
PRIVATE_REGISTRY = f"{REGISTRY}:{PRIVATE_PORT}"
USERS = {"alice": "wonderland-7", "bob": "builder-8"}
"""Who may pull from the private registry; nobody pulls from it without a password."""

LONGEST = 60
"""Characters; the kernel allows 107 in the path of a socket, and containerd appends to it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one cluster keeps its files, and the names it has in the kernel."""

    home: Path

    def __post_init__(self) -> None:
        if len(str(self.home)) > LONGEST:
            raise ValueError(f"cluster folder {self.home}: longer than {LONGEST} characters")

    @classmethod
    def of(cls, name: str) -> Layout:
        """The cluster of that name on this machine."""
        return cls(Path(tempfile.gettempdir()) / f"akashpy-k8s-{os.getuid()}-{name}")

    @property
    def id(self) -> str:
        """The cluster's name in the kernel: of namespaces, cgroups and links."""
        return "ak" + hashlib.sha256(str(self.home).encode()).hexdigest()[:8]

    @property
    def node_namespace(self) -> Path:
        """The network of the node and its programs."""
        return Path("/run/netns") / self.id

    @property
    def outside_namespace(self) -> Path:
        """The network of the machine that is not of the cluster."""
        return Path("/run/netns") / f"{self.id}-out"

    def path(self, *parts: str) -> str:
        """A path below the cluster's folder."""
        return str(self.home.joinpath(*parts))

    def make(self) -> None:
        """Create the folders that the programs expect."""
        self.home.mkdir(mode=0o711, exist_ok=True)
        for name in FOLDERS:
            (self.home / name).mkdir(parents=True, exist_ok=True)


FOLDERS = (
    "pids",
    "logs",
    "home",
    "etcd",
    "kubelet",
    "containerd",
    "run/containerd",
    "run/netns",
    "varlog",
    "cni/net.d",
    "cni/cache",
    "cni/ipam",
    "certs.d",
    "volumes",
    "registry",
)
