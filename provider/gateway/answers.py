"""Responses with the exact headers and bodies of a real provider's gateway. Knows no route."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from provider.cluster.driver import LeaseStatus, ServiceStatus
from provider.cluster.errors import (
    ClusterError,
    Declined,
    LeaseMissing,
    ServiceMissing,
    Unavailable,
)
from provider.cluster.workload import ManifestMalformed
from provider.gateway.auth import AuthError
from provider.gateway.backend import Refused
from provider.gateway.gojson import dumps

JSON = "application/json"
JSON_WITH_CHARSET = "application/json; charset=UTF-8"
PLAIN = "text/plain; charset=utf-8"

Extra = dict[str, str]


def ok(value: Any) -> web.Response:
    """200 with JSON."""
    return _response(200, dumps(value), JSON_WITH_CHARSET)


def ok_bare(value: Any) -> web.Response:
    """200 with JSON, as the migrate routes answer: no charset."""
    return _response(200, dumps(value), JSON)


def empty(status: int, extra: Extra | None = None) -> web.Response:
    """A status without a body."""
    return web.Response(status=status, headers=extra)


def plain(status: int, text: str, extra: Extra | None = None) -> web.Response:
    """An error as text, with the newline that Go adds."""
    more = {"X-Content-Type-Options": "nosniff"} | (extra or {})
    return _response(status, text + "\n", PLAIN, more)


def unauthorized(error: AuthError) -> web.Response:
    """An error of authentication or authorisation."""
    return _response(error.status, dumps({"message": str(error)}), JSON)


def failure(error: Exception) -> web.Response | None:
    """The answer to an error that is expected here; None for all others."""
    match error:
        case AuthError():
            return unauthorized(error)
        case Refused():
            return plain(error.status, error.text) if error.text else empty(error.status)
        case LeaseMissing() | ServiceMissing():
            return plain(404, str(error))
        case Unavailable():
            return plain(503, str(error))
        case Declined() | ManifestMalformed():
            return plain(422, str(error))
        case ClusterError():
            return plain(500, str(error))
        case TimeoutError():
            return plain(500, "context deadline exceeded")
    return None


def service_json(status: ServiceStatus) -> dict[str, Any]:
    """The status of a service, members in Go's order."""
    return {
        "name": status.name,
        "available": status.available,
        "total": status.total,
        "uris": list(status.uris) or None,
        "observed_generation": status.observed_generation,
        "replicas": status.replicas,
        "updated_replicas": status.updated_replicas,
        "ready_replicas": status.ready_replicas,
        "available_replicas": status.available_replicas,
    }


def lease_json(status: LeaseStatus) -> dict[str, Any]:
    """The status of a lease; maps are sorted by key, as Go writes them."""
    services = sorted(status.services, key=lambda s: s.name)
    ports = {
        s.name: [
            {
                **({"host": p.host} if p.host else {}),
                "port": p.port,
                "externalPort": p.external,
                "proto": p.proto,
                "name": p.name,
            }
            for p in s.ports
        ]
        for s in services
        if s.ports
    }
    ips = {
        s.name: [
            {"Port": i.port, "ExternalPort": i.external, "Protocol": i.proto, "IP": i.ip}
            for i in s.ips
        ]
        for s in services
        if s.ips
    }
    return {
        "services": {s.name: service_json(s) for s in services},
        "forwarded_ports": ports or None,
        "ips": ips or None,
    }


async def strip(_: web.BaseRequest, response: web.StreamResponse) -> None:
    """Take out what aiohttp adds and a real provider does not say."""
    response.headers.popall("Server", None)


def _response(status: int, body: str, kind: str, extra: Extra | None = None) -> web.Response:
    headers = {"Content-Type": kind} | (extra or {})
    return web.Response(status=status, body=body.encode(), headers=headers)
