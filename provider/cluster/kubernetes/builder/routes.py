"""How a host name leads to a service: as Ingress, or as HTTPRoute of the Gateway API.

Source: facts of the provider, ingress and HTTPRoute (4.10); recorded objects.
"""

from __future__ import annotations

from akashpy.types.market import LeaseID
from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.service import HttpOptions, Service
from provider.cluster.workload import Workload, namespace

DEFAULTS = HttpOptions(1048576, 60000, 60000, 3, 60000, ("error", "timeout"))
"""What holds when a manifest gives no body size."""
NGINX_INGRESS = "nginx.ingress.kubernetes.io"
NGINX_GATEWAY = "nginx.org"


def hosts(workload: Workload, settings: KubernetesSettings) -> dict[str, tuple[str, int]]:
    """Host names a workload wants, each with the service and port it leads to."""
    found: dict[str, tuple[str, int]] = {}
    for service in workload.services:
        for expose in service.exposes:
            if not expose.is_ingress:
                continue
            if settings.ingress_domain:
                host = names.static_host(workload.lease, service.name, settings.ingress_domain)
                found.setdefault(host, (service.name, expose.number))
            for host in expose.hosts or ():
                found.setdefault(host.lower(), (service.name, expose.number))
    return found


def options(service: Service, port: int) -> HttpOptions:
    """The HTTP limits of the expose behind a route."""
    given = next((e.http for e in service.exposes if e.is_global and e.number == port), DEFAULTS)
    return given if given.max_body_size else DEFAULTS


def route(
    lease: LeaseID, host: str, target: tuple[str, int], http: HttpOptions, s: KubernetesSettings
) -> Object:
    """The object that makes a host name lead to a service and port of a lease."""
    metadata: Object = {
        "name": host,
        "namespace": namespace(lease),
        "labels": names.lease_labels(lease),
    }
    if s.ingress_mode == "gateway-api":
        metadata["annotations"] = _gateway_annotations(http, s.gateway.proxy_buffer_size)
        return _http_route(metadata, host, target, s)
    metadata["annotations"] = _ingress_annotations(http)
    service, port = target
    path = {
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": service, "port": {"number": port}}},
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata,
        "spec": {
            "ingressClassName": s.ingress_class,
            "rules": [{"host": host, "http": {"paths": [path]}}],
        },
    }


def _http_route(
    metadata: Object, host: str, target: tuple[str, int], s: KubernetesSettings
) -> Object:
    group = "gateway.networking.k8s.io"
    service, port = target
    return {
        "apiVersion": f"{group}/v1",
        "kind": "HTTPRoute",
        "metadata": metadata,
        "spec": {
            "hostnames": [host],
            "parentRefs": [
                {
                    "group": group,
                    "kind": "Gateway",
                    "name": s.gateway.name,
                    "namespace": s.gateway.namespace,
                }
            ],
            "rules": [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                    "backendRefs": [
                        {"group": "", "kind": "Service", "name": service, "port": port, "weight": 1}
                    ],
                }
            ],
        },
    }


def _ingress_annotations(http: HttpOptions) -> dict[str, str]:
    return {
        f"{NGINX_INGRESS}/proxy-body-size": str(http.max_body_size),
        f"{NGINX_INGRESS}/proxy-next-upstream-timeout": str(_seconds(http.next_timeout)),
        **_shared(http, NGINX_INGRESS),
    }


def _gateway_annotations(http: HttpOptions, buffer_size: str) -> dict[str, str]:
    made = {
        f"{NGINX_GATEWAY}/client-max-body-size": str(http.max_body_size),
        f"{NGINX_GATEWAY}/proxy-buffer-size": buffer_size,
        **_shared(http, NGINX_GATEWAY),
    }
    if http.next_timeout > 0:
        made[f"{NGINX_GATEWAY}/proxy-next-upstream-timeout"] = f"{_seconds(http.next_timeout)}s"
    return made


def _shared(http: HttpOptions, prefix: str) -> dict[str, str]:
    return {
        f"{prefix}/proxy-read-timeout": str(_seconds(http.read_timeout)),
        f"{prefix}/proxy-send-timeout": str(_seconds(http.send_timeout)),
        f"{prefix}/proxy-next-upstream-tries": str(http.next_tries),
        f"{prefix}/proxy-next-upstream": " ".join(_case(case) for case in http.next_cases),
    }


def _case(case: str) -> str:
    return f"http_{case}" if case[:1] in "12345" and case else case


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)
