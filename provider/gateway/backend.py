"""What the gateway asks of the provider behind it.

The daemon implements it; the gateway's tests have a fake. Everything about HTTP, TLS and tokens
stays on the gateway's side, everything about the chain and the cluster on the other. Owners are
authenticated before any of these is called.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from akashpy.types.address import Address
from akashpy.types.market import LeaseID
from provider.cluster.driver import (
    ExecSession,
    LeaseEvent,
    LeaseStatus,
    LogLine,
    ServiceStatus,
    TerminalSize,
)


class Refused(Exception):
    """The request is answered with this HTTP status and text (a real provider's own words).

    Used for what only the provider knows: 404 `no lease for deployment`, 422 `manifest version
    validation failed`, 500 for the chain's errors, 503 when something needed does not answer.
    """

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True, slots=True)
class ChainCertificate:
    """A certificate that stands on chain in state valid, as PEM."""

    cert: bytes
    pubkey: bytes


class Backend(Protocol):
    """The provider.

    The cluster's own errors (provider.cluster.errors) may come out of every verb; the gateway
    knows their statuses.
    """

    @property
    def address(self) -> Address:
        """The provider's account."""
        ...

    async def status(self) -> Mapping[str, Any]:
        """The body of `/status`, members in their order."""
        ...

    async def version(self) -> Mapping[str, Any]:
        """The body of `/version`."""
        ...

    async def certificate(self, owner: Address, serial: int) -> ChainCertificate | None:
        """The owner's certificate of that serial, None unless it stands valid at this moment.

        Never from a cache that outlives a block. Raises on any doubt: a handshake then fails.
        """
        ...

    async def public_key(self, owner: Address) -> bytes | None:
        """The account's 33-byte secp256k1 key; None when the chain knows no account or no key."""
        ...

    async def submit_manifest(self, owner: Address, dseq: int, manifest: list[Any]) -> None:
        """Take a manifest, as parsed JSON. Raises Refused in the order of a real provider."""
        ...

    async def manifest(self, lease: LeaseID) -> list[Any] | None:
        """The manifest of a lease that runs, a list of one group; None when there is none."""
        ...

    async def lease_status(self, lease: LeaseID) -> LeaseStatus | None:
        """The status of a lease that has a manifest; None for all others."""
        ...

    async def service_status(self, lease: LeaseID, service: str) -> ServiceStatus:
        """The status of one service. Raises LeaseMissing, ServiceMissing."""
        ...

    def logs(
        self, lease: LeaseID, *, services: tuple[str, ...], follow: bool, tail: int | None
    ) -> AsyncGenerator[LogLine, None]:
        """Log lines; see Driver.logs."""
        ...

    def events(
        self, lease: LeaseID, *, services: tuple[str, ...], follow: bool
    ) -> AsyncGenerator[LeaseEvent, None]:
        """Events; see Driver.events."""
        ...

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
        """A command in a replica; see Driver.exec."""
        ...

    async def migrate_hostnames(
        self, owner: Address, hostnames: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        """Move host names to another lease of the owner. Raises Refused."""
        ...

    async def migrate_endpoints(
        self, owner: Address, endpoints: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        """Move leased addresses to another lease of the owner. Raises Refused."""
        ...
