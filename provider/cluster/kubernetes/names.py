"""Names and labels of everything a lease has in a cluster; pure.

They are Akash's, so that its tools and operators find ours and the other way round. Two labels and
some annotations of our own begin with `akashpy.network`. No label takes its value from a field
that a tenant may fill freely.
Source: facts of the provider, names and labels (4.3).
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid

from akashpy.types.market import LeaseID
from provider.cluster.workload import Workload, namespace

__all__ = ["namespace"]

FIELD_MANAGER = "akashpy"
MANAGED = "akash.network"
NAMESPACE = "akash.network/namespace"
VERSION = "akash.network/manifest.resource.version"
SERVICE = "akash.network/manifest-service"
SERVICE_TARGET = "akash.network/service-target"
UPDATED_AT = "akash.network/lease.updated_at"
SHARED_IP = "metallb.universe.tf/allow-shared-ip"
"""Annotation: services with the same value share one address."""
LEASE = "akash.network/lease.id."
CHAIN = "akashpy.network/chain-id"
HEIGHT = "akashpy.network/height"
WORKLOAD = "akashpy.network/workload"
"""Annotation: the accepted workload, exactly, packed."""
ENDING = "akashpy.network/ending"
"""Annotation of a record whose lease is being removed."""
TEMPLATE = "akashpy.network/template"
"""Annotation: digest of the pod template as it was asked for."""
APPLIED = "akashpy.network/applied"
"""Annotation: the pod template as it was applied, packed."""
PREVIOUS = "akashpy.network/previous"
"""Annotation: the pod template before it that came up, packed."""
ROLLED_BACK = "akashpy.network/rolled-back"
"""Annotation: digest of a template that did not come up and was replaced by the one before."""


def managed() -> dict[str, str]:
    """The label of everything we manage."""
    return {MANAGED: "true"}


def lease_labels(lease: LeaseID) -> dict[str, str]:
    """Which lease an object belongs to."""
    return {
        MANAGED: "true",
        f"{LEASE}owner": str(lease.owner),
        f"{LEASE}dseq": str(lease.dseq),
        f"{LEASE}gseq": str(lease.gseq),
        f"{LEASE}oseq": str(lease.oseq),
        f"{LEASE}provider": str(lease.provider),
    }


def lease_of(labels: dict[str, str]) -> LeaseID | None:
    """The lease that labels name; None when they name none."""
    try:
        return LeaseID(
            labels[f"{LEASE}owner"],
            int(labels[f"{LEASE}dseq"]),
            int(labels[f"{LEASE}gseq"]),
            int(labels[f"{LEASE}oseq"]),
            labels[f"{LEASE}provider"],
        )
    except (KeyError, ValueError):
        return None


def object_labels(lease: LeaseID, version: str) -> dict[str, str]:
    """Labels of what lies in a lease's namespace."""
    return {MANAGED: "true", NAMESPACE: namespace(lease), VERSION: version}


def service_labels(lease: LeaseID, version: str, service: str) -> dict[str, str]:
    """Labels of what belongs to one service."""
    return {**object_labels(lease, version), SERVICE: service}


def selector(lease: LeaseID, service: str) -> dict[str, str]:
    """What finds the pods of one service."""
    return {MANAGED: "true", NAMESPACE: namespace(lease), SERVICE: service}


def origin_labels(workload: Workload) -> dict[str, str]:
    """On which chain, and at which height, the lease was seen."""
    return {CHAIN: workload.chain_id, HEIGHT: str(workload.height)}


def static_host(lease: LeaseID, service: str, domain: str) -> str:
    """The host name every HTTP service gets from its provider."""
    text = f"{lease.owner}/{lease.dseq}/{lease.gseq}/{lease.oseq}/{lease.provider}{service}"
    made = uuid.uuid5(uuid.NAMESPACE_DNS, text)
    return f"{_base32(made.bytes)}.{domain}"


def sharing_key(lease: LeaseID, endpoint: str) -> str:
    """Services with the same key share one leased address."""
    plain = re.fullmatch(r"[a-z0-9-]+", endpoint) is not None
    part = endpoint if plain else _base32(hashlib.sha256(endpoint.encode()).digest()[:15])
    return f"{lease.owner}-ip-{part}"


def secret_name(service: str) -> str:
    """The secret with a service's registry login."""
    return f"docker-creds-{service}"


def node_port_name(service: str) -> str:
    """The service of type NodePort of a service."""
    return f"{service}-np"


def _base32(raw: bytes) -> str:
    return base64.b32hexencode(raw).decode().rstrip("=").lower()
