"""The provider as its gateway sees it: every question of a tenant, answered from its parts.

Implements the gateway's Backend. It decides nothing; it translates refusals into the answers of a
real provider.
"""

from __future__ import annotations

import platform
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from akashpy.client.errors import ClientError
from akashpy.types.address import Address
from akashpy.types.market import LeaseID
from provider.bid.engine import Engine
from provider.cluster.driver import (
    Driver,
    ExecSession,
    LeaseEvent,
    LeaseStatus,
    LogLine,
    MovesEndpoints,
    MovesHostnames,
    ServiceStatus,
    TerminalSize,
)
from provider.cluster.errors import (
    ClusterError,
    EndpointRefused,
    HostnameRefused,
    LeaseMissing,
    ServiceMissing,
)
from provider.gateway.backend import ChainCertificate, Refused
from provider.inventory.reserve import Inventory
from provider.lease.roll import Roll
from provider.ledger import Ledger
from provider.manifest.receive import (
    HostnameTaken,
    ManifestRefused,
    NoLease,
    NotKnown,
    Reception,
)
from provider.obstacles import Obstacles
from provider.status import inventory_json

NAME = "akashpy-provider"


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running provider, as its gateway uses them."""

    ledger: Ledger
    driver: Driver
    inventory: Inventory
    reception: Reception
    roll: Roll
    engine: Engine
    obstacles: Obstacles
    version_text: str
    public_hostname: str = ""
    reclamation_window: int | None = None

    @property
    def address(self) -> Address:
        """See Backend."""
        return self.ledger.address

    async def status(self) -> Mapping[str, Any]:
        """See Backend. Akash's members, then `akashpy` with what only we tell."""
        body: dict[str, Any] = {
            "cluster": {
                "leases": sum(1 for t in self.roll.tenancies if t.workload is not None),
                "inventory": inventory_json(self.inventory),
            },
            "bidengine": {"orders": self.engine.orders},
            "manifest": {"deployments": len({t.lease.deployment for t in self.roll.tenancies})},
        }
        if self.public_hostname:
            body["cluster_public_hostname"] = self.public_hostname
        if self.reclamation_window is not None:
            body["reclamation_window"] = self.reclamation_window
        body["address"] = str(self.address)
        body["akashpy"] = await self._more()
        return body

    async def _more(self) -> dict[str, Any]:
        reasons = await self.obstacles.found()
        return {
            "chain_id": self.ledger.chain_id,
            "height": self.ledger.height,
            "would_bid": not reasons,
            "obstacles": [{"code": r.code, "text": r.text} for r in reasons],
            "declined": [
                {"order": str(order), "code": reason.code, "text": reason.text}
                for order, reason in self.engine.declined.items()
            ],
            "orders_ended": {str(end): count for end, count in self.engine.ends.items()},
            "leases": [{"lease": str(t.lease), "state": t.state} for t in self.roll.tenancies],
            "strangers": [str(lease) for lease in self.roll.strangers],
            "doubts": self.ledger.doubts,
            "driver": self.driver.name,
        }

    async def version(self) -> Mapping[str, Any]:
        """See Backend."""
        found = dict((await self.driver.observe()).version)
        return {
            "akash": {
                "name": NAME,
                "server_name": NAME,
                "version": self.version_text,
                "commit": "",
                "build_tags": "",
                "go": f"python {platform.python_version()}",
                "build_deps": [],
                "cosmos_sdk_version": "",
            },
            "kube": found,
        }

    async def certificate(self, owner: Address, serial: int) -> ChainCertificate | None:
        """See Backend."""
        found = await self.ledger.chain.certificate(owner, serial)
        if found is None:
            return None
        return ChainCertificate(found.certificate.cert, found.certificate.pubkey)

    async def public_key(self, owner: Address) -> bytes | None:
        """See Backend."""
        try:
            return await self.ledger.chain.public_key(owner)
        except ClientError as error:
            raise Refused(503, f"the chain does not answer: {error}") from error

    async def submit_manifest(self, owner: Address, dseq: int, manifest: list[Any]) -> None:
        """See Backend."""
        try:
            await self.reception.submit(owner, dseq, manifest)
        except NoLease as error:
            raise Refused(404, str(error)) from error
        except ManifestRefused as error:
            raise Refused(422, str(error)) from error
        except (NotKnown, HostnameTaken) as error:
            raise Refused(500, str(error)) from error

    async def manifest(self, lease: LeaseID) -> list[Any] | None:
        """See Backend."""
        kept = self.reception.kept(lease)
        return None if kept is None else [kept.to_manifest()]

    async def lease_status(self, lease: LeaseID) -> LeaseStatus | None:
        """See Backend."""
        try:
            return await self.driver.status(lease)
        except LeaseMissing:
            return None

    async def service_status(self, lease: LeaseID, service: str) -> ServiceStatus:
        """See Backend."""
        found = (await self.driver.status(lease)).service(service)
        if found is None:
            raise ServiceMissing
        return found

    def logs(
        self, lease: LeaseID, *, services: tuple[str, ...], follow: bool, tail: int | None
    ) -> AsyncGenerator[LogLine, None]:
        """See Backend."""
        return self.driver.logs(lease, services=services, follow=follow, tail=tail)

    def events(
        self, lease: LeaseID, *, services: tuple[str, ...], follow: bool
    ) -> AsyncGenerator[LeaseEvent, None]:
        """See Backend."""
        return self.driver.events(lease, services=services, follow=follow)

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
        """See Backend."""
        return self.driver.exec(
            lease, service, command, replica=replica, tty=tty, stdin=stdin, size=size
        )

    async def migrate_hostnames(
        self, owner: Address, hostnames: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        """See Backend. A driver that routes no host names has none to move."""
        lease = self._destination(owner, dseq, gseq)
        if not isinstance(self.driver, MovesHostnames):
            raise Refused(400, str(HostnameRefused.not_used(hostnames[0])))
        try:
            await self.driver.move_hostnames(lease, hostnames)
        except HostnameRefused as error:
            raise Refused(400, str(error)) from error
        except ClusterError as error:
            raise Refused(500, str(error)) from error

    async def migrate_endpoints(
        self, owner: Address, endpoints: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        """See Backend. A driver that leases no addresses has none to move."""
        lease = self._destination(owner, dseq, gseq)
        if not isinstance(self.driver, MovesEndpoints):
            raise Refused(400, str(EndpointRefused.not_declared(endpoints[0])))
        try:
            await self.driver.move_endpoints(lease, endpoints)
        except EndpointRefused as error:
            raise Refused(400, str(error)) from error
        except ClusterError as error:
            raise Refused(500, str(error)) from error

    def _destination(self, owner: Address, dseq: int, gseq: int) -> LeaseID:
        for tenancy in self.roll.tenancies:
            lease = tenancy.lease
            if (lease.owner, lease.dseq, lease.gseq) == (str(owner), dseq, gseq):
                return lease
        raise Refused(400, "destination deployment does not exist")
