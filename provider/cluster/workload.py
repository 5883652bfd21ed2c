"""What a lease runs, as plain frozen values that no driver owns.

Built from one group of a manifest and the lease it serves. It knows nothing of processes,
containers or Kubernetes, and it never judges a manifest: the checks of a manifest against the
chain are done before a workload is made.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from akashpy.types.market import LeaseID
from provider.cluster.manifestjson import (
    ManifestMalformed,
    items_of,
    mapping,
    service_json,
    service_of,
    text_of,
)
from provider.cluster.service import Expose, Service

__all__ = ["Expose", "ManifestMalformed", "Service", "Workload", "environment", "namespace"]


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything one lease runs.

    `chain_id` and `height` say where and when the lease was seen, so that nothing is ever removed
    on the word of another or an older chain. `public_hostname` is the provider's own name.
    `devices` are the GPU models of the bid, by the id of the resources they serve, written as
    in offers (`vendor/nvidia/model/a100`): what the manifest asks for may still be a choice.
    """

    lease: LeaseID
    chain_id: str
    height: int
    group: str
    services: tuple[Service, ...]
    public_hostname: str = ""
    devices: tuple[tuple[int, str], ...] = ()

    @classmethod
    def from_manifest(
        cls,
        group: object,
        lease: LeaseID,
        *,
        chain_id: str,
        height: int,
        public_hostname: str = "",
        devices: tuple[tuple[int, str], ...] = (),
    ) -> Workload:
        """The workload of one manifest group.

        Raises ManifestMalformed when a member has the wrong type.
        """
        read = mapping(group, "group")
        return cls(
            lease=lease,
            chain_id=chain_id,
            height=height,
            group=text_of(read, "name"),
            services=tuple(service_of(item) for item in items_of(read, "services")),
            public_hostname=public_hostname,
            devices=devices,
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest group again, with the same members and the same null or empty lists."""
        return {"name": self.group, "services": [service_json(s) for s in self.services]}

    def service(self, name: str) -> Service | None:
        """The service of that name, if the lease has one."""
        return next((s for s in self.services if s.name == name), None)


def environment(workload: Workload, service: Service) -> tuple[tuple[str, str], ...]:
    """The variables a replica gets: the tenant's first, then ours unless the tenant set them.

    Source: provider cluster/kube/builder; the order of names is that of its pods.
    """
    given = [_split(entry) for entry in service.env or ()]
    names = {name for name, _ in given}
    lease = workload.lease
    ours = (
        ("AKASH_GROUP_SEQUENCE", str(lease.gseq)),
        ("AKASH_DEPLOYMENT_SEQUENCE", str(lease.dseq)),
        ("AKASH_ORDER_SEQUENCE", str(lease.oseq)),
        ("AKASH_OWNER", str(lease.owner)),
        ("AKASH_PROVIDER", str(lease.provider)),
        ("AKASH_CLUSTER_PUBLIC_HOSTNAME", workload.public_hostname),
    )
    return (*given, *(pair for pair in ours if pair[0] not in names))


def namespace(lease: LeaseID) -> str:
    """The one name under which a cluster keeps everything of a lease.

    Source: provider cluster/kube/builder LidNS: base32hex of the SHA-224 of the lease's text.
    """
    text = f"{lease.owner}/{lease.dseq}/{lease.gseq}/{lease.oseq}/{lease.provider}"
    digest = hashlib.sha224(text.encode()).digest()
    return base64.b32hexencode(digest).decode().rstrip("=").lower()


def _split(entry: str) -> tuple[str, str]:
    name, _, value = entry.partition("=")
    return name, value
