"""The records of a lease in Akash's own kinds: Manifest, ProviderHost, ProviderLeasedIP.

The Manifest is what makes a lease be here: it comes first and goes last. It carries Akash's fields
for Akash's tools, and the accepted workload exactly as it was, packed, for us.
Source: facts of the provider, CRDs (4.11); recorded objects.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from akashpy.types.errors import ChainError
from akashpy.types.market import LeaseID
from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.service import Attribute, Expose, Service
from provider.cluster.workload import ManifestMalformed, Workload, namespace

API_VERSION = "akash.network/v2beta2"
MOST_BYTES = 200 * 1024
"""Longest packed workload; an object's annotations hold 256 KiB in all."""


class RecordUnreadable(ValueError):
    """A Manifest of ours from which no workload can be read."""


def manifest(workload: Workload, where: str) -> Object:
    """The record of a lease."""
    lease = workload.lease
    return {
        "apiVersion": API_VERSION,
        "kind": "Manifest",
        "metadata": {
            "name": namespace(lease),
            "namespace": where,
            "labels": names.object_labels(lease, "")
            | names.lease_labels(lease)
            | names.origin_labels(workload),
            "annotations": {names.WORKLOAD: pack(workload)},
        },
        "spec": {
            "lease_id": {
                "owner": str(lease.owner),
                "dseq": str(lease.dseq),
                "gseq": lease.gseq,
                "oseq": lease.oseq,
                "provider": str(lease.provider),
            },
            "group": {
                "name": workload.group,
                "services": [_service(workload, s) for s in workload.services],
            },
        },
    }


def pack(workload: Workload) -> str:
    """A workload as text that `unpack` reads without loss."""
    content = {
        "lease": str(workload.lease),
        "chain_id": workload.chain_id,
        "height": workload.height,
        "public_hostname": workload.public_hostname,
        "devices": list(workload.devices),
        "group": workload.to_manifest(),
    }
    raw = json.dumps(content, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(raw, 9)).decode()


def unpack(record: Object) -> Workload:
    """The workload of a Manifest. Raises RecordUnreadable."""
    name = record["metadata"]["name"]
    try:
        packed = record["metadata"]["annotations"][names.WORKLOAD]
        found = json.loads(zlib.decompress(base64.b64decode(packed)))
        return Workload.from_manifest(
            found["group"],
            LeaseID.parse(found["lease"]),
            chain_id=found["chain_id"],
            height=int(found["height"]),
            public_hostname=found["public_hostname"],
            devices=tuple((int(id), str(key)) for id, key in found["devices"]),
        )
    except (KeyError, TypeError, ValueError, binascii.Error, zlib.error) as error:
        raise RecordUnreadable(f"manifest {name}: {error}") from error
    except (ChainError, ManifestMalformed) as error:
        raise RecordUnreadable(f"manifest {name}: {error}") from error


def host_record(
    lease: LeaseID, host: str, target: tuple[str, int], *, where: str, at: str
) -> Object:
    """Which lease a host name belongs to; `at` is the RFC 3339 time of that."""
    service, port = target
    return {
        "apiVersion": API_VERSION,
        "kind": "ProviderHost",
        "metadata": {
            "name": host,
            "namespace": where,
            "labels": names.lease_labels(lease),
            "annotations": {names.UPDATED_AT: at},
        },
        "spec": {
            "owner": str(lease.owner),
            "provider": str(lease.provider),
            "hostname": host,
            "dseq": lease.dseq,
            "gseq": lease.gseq,
            "oseq": lease.oseq,
            "service_name": service,
            "external_port": port,
        },
    }


def leased_ip_record(lease: LeaseID, service: Service, expose: Expose, *, where: str) -> Object:
    """Which lease a port of a leased address belongs to."""
    key = names.sharing_key(lease, expose.ip)
    labels = {
        "service-name": service.name,
        "external-port": str(expose.number),
        "proto": expose.proto,
    }
    return {
        "apiVersion": API_VERSION,
        "kind": "ProviderLeasedIP",
        "metadata": {
            "name": f"{key}-{expose.proto}-{expose.number}".lower(),
            "namespace": where,
            "labels": names.lease_labels(lease) | labels,
        },
        "spec": {
            "lease_id": {
                "owner": str(lease.owner),
                "dseq": str(lease.dseq),
                "gseq": lease.gseq,
                "oseq": lease.oseq,
                "provider": str(lease.provider),
            },
            "service_name": service.name,
            "port": expose.port,
            "external_port": expose.number,
            "sharing_key": key,
            "protocol": expose.proto,
        },
    }


def holder(record: Object) -> LeaseID | None:
    """The lease a ProviderHost or ProviderLeasedIP belongs to."""
    spec = record.get("spec", {})
    spec = spec.get("lease_id", spec)
    try:
        return LeaseID(
            spec["owner"], int(spec["dseq"]), int(spec["gseq"]), int(spec["oseq"]), spec["provider"]
        )
    except (KeyError, TypeError, ValueError):
        return None


def _service(workload: Workload, service: Service) -> Object:
    made: Object = {"name": service.name, "image": service.image, "count": service.count}
    for member, values in (
        ("command", service.command),
        ("args", service.args),
        ("env", service.env),
    ):
        if values:
            made[member] = list(values)
    made["resources"] = _resources(service)
    if service.exposes:
        made["expose"] = [_expose(e) for e in service.exposes]
    if service.params is not None:
        made["params"] = _params(service)
    named = dict(workload.devices).get(service.resources.id)
    if named:
        parts = named.split("/")
        gpu = {"vendor": parts[1], "model": parts[3]}
        made["scheduler_params"] = {"resources": {"gpu": gpu}}
        if parts[1] == "nvidia":
            made["scheduler_params"]["runtime_class"] = "nvidia"
    if service.credentials is not None:
        c = service.credentials
        made["credentials"] = {
            "host": c.host,
            "email": c.email,
            "username": c.username,
            "password": c.password,
        }
    return made


def _resources(service: Service) -> Object:
    r = service.resources
    return {
        "id": r.id,
        "cpu": {"units": r.cpu, **_attributes(r.cpu_attributes)},
        "memory": {"size": str(r.memory), **_attributes(r.memory_attributes)},
        "gpu": {"units": r.gpu, **_attributes(r.gpu_attributes)},
        "storage": [
            {"name": v.name, "size": str(v.size), **_attributes(v.attributes)} for v in r.storage
        ],
    }


def _attributes(attributes: tuple[Attribute, ...]) -> dict[str, Any]:
    if not attributes:
        return {}
    return {"attributes": [{"key": a.key, "value": a.value} for a in attributes]}


def _expose(expose: Expose) -> Object:
    http: Object = {
        "max_body_size": expose.http.max_body_size,
        "read_timeout": expose.http.read_timeout,
        "send_timeout": expose.http.send_timeout,
        "next_tries": expose.http.next_tries,
        "next_timeout": expose.http.next_timeout,
        "next_cases": list(expose.http.next_cases),
    }
    made: Object = {
        "port": expose.port,
        "external_port": expose.external,
        "proto": expose.proto,
        "service": expose.service,
        "global": expose.is_global,
        "hosts": list(expose.hosts or ()),
        "ip": expose.ip,
    }
    made = {name: value for name, value in made.items() if value}
    made["http_options"] = {name: value for name, value in http.items() if value}
    made["endpoint_sequence_number"] = expose.sequence
    return made


def _params(service: Service) -> Object:
    assert service.params is not None
    made: Object = {}
    if service.params.mounts:
        made["storage"] = [
            {"name": m.name, "mount": m.path, "readOnly": m.read_only}
            for m in service.params.mounts
        ]
    if service.params.permissions:
        made["permissions"] = {"read": list(service.params.permissions)}
    return made
