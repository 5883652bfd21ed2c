"""A provider behind the gateway that answers from memory, and clients that reach it over TLS."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate
from akashpy.types.address import Address
from akashpy.types.market import LeaseID
from provider.cluster.driver import (
    Driver,
    ExecSession,
    LeaseEvent,
    LeaseStatus,
    LogLine,
    ServiceStatus,
    TerminalSize,
)
from provider.cluster.errors import LeaseMissing, ServiceMissing
from provider.gateway.backend import ChainCertificate, Refused
from provider.gateway.server import Gateway, GatewaySettings

PROVIDER = Address.parse("akash1a4m6jpjlj9wyx77u0karxtfvexk2gyr77rku2y")
TENANT_KEY = PrivateKey(b"\x07" * 32)
TENANT = TENANT_KEY.address
DSEQ = 3115
LEASE = LeaseID(TENANT, DSEQ, 1, 1, PROVIDER)
URIS = ("unjipvjpj5fnjfmd31sddgh280.ingress.test", "web.example.test")
WEB = ServiceStatus(
    "web",
    available=1,
    total=1,
    uris=URIS,
    replicas=1,
    updated_replicas=1,
    ready_replicas=1,
    available_replicas=1,
)


@dataclass
class FakeBackend:
    """One lease with the service `web`, as in the recordings; other leases come from `driver`."""

    driver: Driver | None = None
    certificates: dict[tuple[Address, int], ChainCertificate] = field(default_factory=dict)
    keys: dict[Address, bytes] = field(default_factory=lambda: {TENANT: TENANT_KEY.public})
    status_body: Mapping[str, Any] = field(default_factory=dict)
    manifest_body: list[Any] = field(default_factory=list)
    verdict: Exception | None = None
    submitted: list[tuple[Address, int, list[Any]]] = field(default_factory=list)
    address: Address = PROVIDER

    async def status(self) -> Mapping[str, Any]:
        return self.status_body

    async def version(self) -> Mapping[str, Any]:
        return {"akash": {"server_name": "<appd>"}, "kube": {}}

    async def certificate(self, owner: Address, serial: int) -> ChainCertificate | None:
        return self.certificates.get((owner, serial))

    async def public_key(self, owner: Address) -> bytes | None:
        return self.keys.get(owner)

    async def submit_manifest(self, owner: Address, dseq: int, manifest: list[Any]) -> None:
        if self.verdict is not None:
            raise self.verdict
        self.submitted.append((owner, dseq, manifest))

    async def manifest(self, lease: LeaseID) -> list[Any] | None:
        return self.manifest_body if lease == LEASE else None

    async def lease_status(self, lease: LeaseID) -> LeaseStatus | None:
        if lease == LEASE:
            return LeaseStatus(lease, (WEB,))
        try:
            return None if self.driver is None else await self.driver.status(lease)
        except LeaseMissing:
            return None

    async def service_status(self, lease: LeaseID, service: str) -> ServiceStatus:
        status = await self.lease_status(lease)
        if status is None:
            raise LeaseMissing
        found = status.service(service)
        if found is None:
            raise ServiceMissing
        return found

    async def logs(
        self, lease: LeaseID, *, services: tuple[str, ...], follow: bool, tail: int | None
    ) -> AsyncGenerator[LogLine, None]:
        assert self.driver is not None
        async for line in self.driver.logs(lease, services=services, follow=follow, tail=tail):
            yield line

    async def events(
        self, lease: LeaseID, *, services: tuple[str, ...], follow: bool
    ) -> AsyncGenerator[LeaseEvent, None]:
        assert self.driver is not None
        async for event in self.driver.events(lease, services=services, follow=follow):
            yield event

    def exec(
        self,
        lease: LeaseID,
        service: str,
        command: tuple[str, ...],
        *,
        replica: int,
        tty: bool,
        stdin: bool,
        size: TerminalSize | None,
    ) -> AbstractAsyncContextManager[ExecSession]:
        assert self.driver is not None
        return self.driver.exec(
            lease, service, command, replica=replica, tty=tty, stdin=stdin, size=size
        )

    async def migrate_hostnames(
        self, owner: Address, hostnames: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        self._destination(dseq, gseq)
        if unknown := [name for name in hostnames if name not in URIS]:
            raise Refused(400, f'the hostname "{unknown[0]}" is not used by this deployment')

    async def migrate_endpoints(
        self, owner: Address, endpoints: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        self._destination(dseq, gseq)
        name = endpoints[0]
        raise Refused(400, f'the endpoint "{name}" does not exist in the destination deployment')

    def _destination(self, dseq: int, gseq: int) -> None:
        if (dseq, gseq) != (DSEQ, 1):
            raise Refused(400, "destination deployment does not exist")

    def publish(self, certificate: Certificate) -> Certificate:
        """Put a certificate on chain."""
        self.certificates[certificate.owner, certificate.serial] = ChainCertificate(
            certificate.cert_pem, certificate.pubkey_pem
        )
        return certificate


@asynccontextmanager
async def serving(backend: FakeBackend) -> AsyncIterator[Gateway]:
    """A gateway on a free port of loopback."""
    own = Certificate.generate(PROVIDER, domains=["localhost"])
    settings = GatewaySettings(host="127.0.0.1", port=0, public_hostname="localhost")
    async with Gateway.open(settings, backend, own) as gateway:
        yield gateway


def tls(directory: Path, certificate: Certificate | None = None) -> ssl.SSLContext:
    """A client that believes any server and shows a certificate, if one is given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate is not None:
        file = directory / f"{certificate.serial}.pem"
        file.write_bytes(certificate.cert_pem + certificate.key_pem)
        context.load_cert_chain(file)
    return context


def session(gateway: Gateway, context: ssl.SSLContext) -> aiohttp.ClientSession:
    """An HTTP client for a gateway."""
    return aiohttp.ClientSession(
        f"https://{gateway.host}:{gateway.port}",
        connector=aiohttp.TCPConnector(ssl=context),
        timeout=aiohttp.ClientTimeout(total=90),
    )
