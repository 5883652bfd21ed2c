"""Manifests and leases for driver tests: small programs whose behaviour is known."""

from __future__ import annotations

from typing import Any

from akashpy.types.address import Address
from akashpy.types.market import LeaseID
from provider.cluster.process.settings import Surroundings
from provider.cluster.workload import Workload

TENANT = Address.of(bytes(range(20)))
PROVIDER = Address.of(bytes(range(20, 40)))

IMAGE = "example/none:1"
"""What the services name; a driver that pulls images has tests that name another."""

AROUND = Surroundings(
    gateway_host="127.0.0.1",
    host_uri="https://localhost:8443",
    chain_id="local-1",
    nodes=("http://127.0.0.1:26657", "localhost:9090"),
)
"""A provider that serves this machine only."""


def lease(dseq: int = 1) -> LeaseID:
    """A lease of the test tenant."""
    return LeaseID(TENANT, dseq, 1, 1, PROVIDER)


def expose(port: int = 80, **more: Any) -> dict[str, Any]:
    """One expose in the manifest's JSON."""
    return {
        "port": port,
        "externalPort": 0,
        "proto": "TCP",
        "service": "",
        "global": True,
        "hosts": None,
        "httpOptions": {
            "maxBodySize": 1048576,
            "readTimeout": 60000,
            "sendTimeout": 60000,
            "nextTries": 3,
            "nextTimeout": 0,
            "nextCases": ["error", "timeout"],
        },
        "ip": "",
        "endpointSequenceNumber": 0,
    } | more


def service(name: str, *command: str, **more: Any) -> dict[str, Any]:
    """One service in the manifest's JSON; it runs `command`."""
    return {
        "name": name,
        "image": IMAGE,
        "command": list(command) or None,
        "args": None,
        "env": None,
        "resources": {
            "id": 1,
            "cpu": {"units": {"val": "500"}},
            "memory": {"size": {"val": str(256 << 20)}},
            "storage": [{"name": "default", "size": {"val": str(64 << 20)}}],
            "gpu": {"units": {"val": "0"}},
            "endpoints": [{"sequence_number": 0}],
        },
        "count": 1,
        "expose": [],
        "credentials": None,
    } | more


def workload(*services: dict[str, Any], dseq: int = 1) -> Workload:
    """A workload of these services."""
    return Workload.from_manifest(
        {"name": "west", "services": list(services)},
        lease(dseq),
        chain_id="local-1",
        height=10,
        public_hostname="localhost",
    )


SLEEP = "echo ready; exec sleep 600"
"""A program that says it runs, then waits."""


def sleeper(name: str = "web", **more: Any) -> dict[str, Any]:
    """A service that prints `ready` and waits."""
    return service(name, "/bin/sh", "-c", SLEEP, **more)
