"""Which workloads can never run on a cluster, whatever its state; pure."""

from __future__ import annotations

import re

from provider.cluster.kubernetes.builder.amounts import GPU_RESOURCES, RAM
from provider.cluster.kubernetes.builder.devices import devices
from provider.cluster.kubernetes.builder.records import MOST_BYTES, pack
from provider.cluster.service import Service
from provider.cluster.workload import Workload

NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
"""What Kubernetes takes for the name of a service: RFC 1035."""
VARIABLE = re.compile(r"[ -<>-~]+")
"""What it takes for the name of a variable: printable and no equals sign."""


def declines(workload: Workload) -> tuple[str, str] | None:
    """Reason code and text when a workload can never run here; None when it can."""
    if len(pack(workload)) > MOST_BYTES:
        return "manifest-too-large", (
            f"the manifest packs to more than {MOST_BYTES} bytes: move large values out of env, "
            "command and args"
        )
    for service in workload.services:
        if (found := _declines(workload, service)) is not None:
            code, text = found
            return code, f"service {service.name!r}: {text}"
    return None


def _declines(workload: Workload, service: Service) -> tuple[str, str] | None:
    if not NAME.fullmatch(service.name) or len(f"{service.name}-np") > 63:
        return "service-name", "a name is of a-z, 0-9 and -, begins with a letter, up to 60 long"
    if service.params is not None and service.params.tee is not None:
        return "no-tee", "confidential computing is not offered here: ask without params.tee"
    for entry in service.env or ():
        if not VARIABLE.fullmatch(entry.partition("=")[0]):
            return "env-name", f"variable {entry.partition('=')[0]!r}: write NAME=value"
    volumes = {v.name: v for v in service.resources.storage}
    for mount in service.mounts:
        volume = volumes.get(mount.name)
        if volume is None:
            return "no-volume", f"mount {mount.path!r}: there is no volume {mount.name!r}"
        if not volume.is_persistent and volume.storage_class != RAM:
            return "not-mountable", f"volume {mount.name!r} is neither persistent nor of class ram"
    for volume in volumes.values():
        if volume.is_persistent and volume.storage_class in ("", RAM):
            return "storage-class", f"persistent volume {volume.name!r} needs a class of its own"
    return _declines_gpu(workload, service) or _declines_ports(service)


def _declines_gpu(workload: Workload, service: Service) -> tuple[str, str] | None:
    if not service.resources.gpu:
        return None
    found = devices(workload, service)
    if not found:
        return "gpu-unnamed", "a GPU is asked for without vendor and model"
    unknown = sorted({d.vendor for d in found} - GPU_RESOURCES.keys())
    if unknown:
        return "gpu-vendor", f"GPU vendor {unknown[0]!r} is not known: {', '.join(GPU_RESOURCES)}"
    if len({d.vendor for d in found}) > 1:
        return "gpu-vendor", "GPUs of one vendor only can serve one service"
    return None


def _declines_ports(service: Service) -> tuple[str, str] | None:
    ports: dict[tuple[bool, int, str], int] = {}
    for expose in service.exposes:
        outside = expose.is_global and not expose.is_ingress
        key = (outside, expose.number, expose.proto or "TCP")
        if ports.setdefault(key, expose.port) != expose.port:
            return "port-twice", f"port {expose.number} leads to two ports of the container"
    return None
