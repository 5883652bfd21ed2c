"""Deployments and StatefulSets: one per service, and the pods they make.

Source: facts of the provider, workloads (4.5); recorded objects.
"""

from __future__ import annotations

import hashlib
import json

from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.amounts import RAM, container_resources
from provider.cluster.kubernetes.builder.devices import Device, devices
from provider.cluster.kubernetes.builder.given import Given, Object
from provider.cluster.kubernetes.builder.isolation import container_security, pod_security
from provider.cluster.service import Service, Volume
from provider.cluster.workload import environment

DEFAULT_CLASS = "default"
"""The word for the cluster's own default class."""
STORAGE_LABEL = "akash.network/capabilities.storage.class"
DEFAULT_GRACE = 30
NVIDIA = "nvidia"


def is_stateful(service: Service) -> bool:
    """True when a service keeps something: a StatefulSet, with a claim per volume."""
    return any(volume.is_persistent for volume in service.resources.storage)


def pod_version(given: Given, service: Service) -> str:
    """The version the service's pods are labelled with."""
    return given.kept.get(service.name, given.version)


def digest(given: Given, service: Service) -> str:
    """What a service's pods are made from, in short: equal ones need no new pods."""
    made = _template(given, service, "")
    text = json.dumps(made, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def controller(given: Given, service: Service) -> Object:
    """The Deployment or StatefulSet of a service."""
    stateful = is_stateful(service)
    spec: Object = {
        "replicas": service.count,
        "revisionHistoryLimit": 1 if stateful else 10,
        "selector": {"matchLabels": names.selector(given.lease, service.name)},
        "template": _template(given, service, pod_version(given, service)),
    }
    if stateful:
        spec["serviceName"] = ""
        spec["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}
        spec["volumeClaimTemplates"] = [_claim(service, v) for v in _persistent(service)]
    else:
        spec["progressDeadlineSeconds"] = given.settings.progress_deadline
        # A replica goes before its successor comes: a full machine has no room for both.
        spec["strategy"] = {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
        }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet" if stateful else "Deployment",
        "metadata": {
            "name": service.name,
            "namespace": given.namespace,
            "labels": names.service_labels(given.lease, given.version, service.name),
            "annotations": {names.TEMPLATE: digest(given, service)},
        },
        "spec": spec,
    }


def _template(given: Given, service: Service, version: str) -> Object:
    settings = given.settings
    wanted = devices(given.workload, service)
    permitted = bool(service.params and service.params.permissions)
    spec: Object = {
        "automountServiceAccountToken": permitted,
        "affinity": _affinity(service, wanted),
        "securityContext": pod_security(given, service),
        "containers": [_container(given, service, wanted)],
    }
    if permitted:
        spec["serviceAccountName"] = service.name
    if service.credentials is not None:
        spec["imagePullSecrets"] = [{"name": names.secret_name(service.name)}]
    elif settings.pull_secret:
        spec["imagePullSecrets"] = [{"name": settings.pull_secret}]
    if runtime := _runtime_class(given, wanted):
        spec["runtimeClassName"] = runtime
    if wanted:
        spec["tolerations"] = [
            {"key": key, "operator": "Exists", "effect": "NoSchedule"}
            for key in settings.gpu_tolerations
        ]
    if volumes := [_ram_volume(service, v) for v in _ram(service)]:
        spec["volumes"] = volumes
    if settings.grace != DEFAULT_GRACE:
        spec["terminationGracePeriodSeconds"] = settings.grace
    labels = names.service_labels(given.lease, version, service.name)
    return {"metadata": {"labels": labels}, "spec": spec}


def _container(given: Given, service: Service, wanted: tuple[Device, ...]) -> Object:
    settings = given.settings
    made: Object = {
        "name": service.name,
        "image": service.image,
        "imagePullPolicy": settings.image_pull,
        "env": [{"name": k, "value": v} for k, v in environment(given.workload, service)],
        "resources": container_resources(
            service, wanted[0].vendor if wanted else "", settings.overcommit
        ),
        "securityContext": container_security(given, service),
    }
    if service.command:
        made["command"] = list(service.command)
    if service.args:
        made["args"] = list(service.args)
    ports = dict.fromkeys((expose.port, expose.proto or "TCP") for expose in service.exposes)
    if ports:
        made["ports"] = [{"containerPort": port, "protocol": proto} for port, proto in ports]
    if service.mounts:
        made["volumeMounts"] = [
            {"name": f"{service.name}-{m.name}", "mountPath": m.path}
            | ({"readOnly": True} if m.read_only else {})
            for m in service.mounts
        ]
    return made


def _runtime_class(given: Given, wanted: tuple[Device, ...]) -> str:
    settings = given.settings
    if wanted and wanted[0].vendor == NVIDIA:
        return settings.gpu_runtime_class
    return "" if wanted else settings.runtime_class


def _affinity(service: Service, wanted: tuple[Device, ...]) -> Object:
    """Machines that serve Akash, have a device that will do, and every storage class."""
    always: list[Object] = [{"key": names.MANAGED, "operator": "In", "values": ["true"]}]
    classes = dict.fromkeys(v.storage_class for v in _persistent(service) if v.storage_class)
    storage = [_has(f"{STORAGE_LABEL}.{name}") for name in classes]
    choices = list(dict.fromkeys(device.labels for device in wanted)) or [()]
    terms = [
        {"matchExpressions": always + [_has(label) for label in labels] + storage}
        for labels in choices
    ]
    return {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}
        }
    }


def _has(label: str) -> Object:
    return {"key": label, "operator": "Gt", "values": ["0"]}


def _ram(service: Service) -> list[Volume]:
    return [v for v in service.resources.storage if v.storage_class == RAM and not v.is_persistent]


def _persistent(service: Service) -> list[Volume]:
    return [v for v in service.resources.storage if v.is_persistent]


def _ram_volume(service: Service, volume: Volume) -> Object:
    return {
        "name": f"{service.name}-{volume.name}",
        "emptyDir": {"medium": "Memory", "sizeLimit": str(volume.size)},
    }


def _claim(service: Service, volume: Volume) -> Object:
    spec: Object = {
        "accessModes": ["ReadWriteOnce"],
        "volumeMode": "Filesystem",
        "resources": {"requests": {"storage": str(volume.size)}},
    }
    if volume.storage_class and volume.storage_class != DEFAULT_CLASS:
        spec["storageClassName"] = volume.storage_class
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": f"{service.name}-{volume.name}"},
        "spec": spec,
    }
