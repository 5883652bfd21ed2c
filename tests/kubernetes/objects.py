"""Kubernetes objects as plain dicts, for the tests of the cluster itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from tests.kubernetes.cluster.registries import WEB

Object = dict[str, Any]
PORT = 8080


def pod(namespace: str, name: str, image: str = WEB, **spec: Any) -> Object:
    """A pod of one container `main`, labelled app=<name>; `spec` overrides the pod's."""
    container = {
        "name": "main",
        "image": image,
        "env": [{"name": "APP_NAME", "value": name}],
        "ports": [{"name": "http", "containerPort": PORT}],
        **spec.pop("container", {}),
    }
    whole = {"terminationGracePeriodSeconds": 1, "containers": [container], **spec}
    return _object("v1", "Pod", namespace, name, whole) | {
        "metadata": {"namespace": namespace, "name": name, "labels": {"app": name}}
    }


def service(namespace: str, name: str, kind: str = "ClusterIP", port: int = 80) -> Object:
    """A service that leads to the pod of the same name."""
    ports = [{"name": "http", "port": port, "targetPort": PORT}]
    spec = {"type": kind, "selector": {"app": name}, "ports": ports}
    return _object("v1", "Service", namespace, name, spec)


def ingress(namespace: str, host: str, backend: str) -> Object:
    """An Ingress of the class the tests' door serves."""
    to = {"service": {"name": backend, "port": {"number": 80}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": to}]}}
    spec = {"ingressClassName": "akash-ingress-class", "rules": [rule]}
    return _object("networking.k8s.io/v1", "Ingress", namespace, host, spec)


def route(namespace: str, host: str, backend: str) -> Object:
    """An HTTPRoute on the tests' gateway."""
    spec = {
        "parentRefs": [{"name": "akash-gateway", "namespace": "akash-gateway"}],
        "hostnames": [host],
        "rules": [{"backendRefs": [{"name": backend, "port": 80}]}],
    }
    return _object("gateway.networking.k8s.io/v1", "HTTPRoute", namespace, host, spec)


def policy(namespace: str, name: str, **spec: Any) -> Object:
    """A NetworkPolicy."""
    return _object("networking.k8s.io/v1", "NetworkPolicy", namespace, name, spec)


def claim(namespace: str, name: str, storage_class: str | None) -> Object:
    """A claim of a volume; None asks for the cluster's default class."""
    spec: Object = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "64Mi"}},
    }
    if storage_class is not None:
        spec["storageClassName"] = storage_class
    return _object("v1", "PersistentVolumeClaim", namespace, name, spec)


def image_secret(namespace: str, name: str, registry: str, user: str, password: str) -> Object:
    """Credentials for pulling."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    auths = {registry: {"username": user, "password": password, "auth": pair}}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"namespace": namespace, "name": name},
        "stringData": {".dockerconfigjson": json.dumps({"auths": auths})},
    }


def _object(version: str, kind: str, namespace: str, name: str, spec: Mapping[str, Any]) -> Object:
    about = {"namespace": namespace, "name": name}
    return {"apiVersion": version, "kind": kind, "metadata": about, "spec": dict(spec)}
