"""From leases to a running service: hand over the manifest, watch until every replica is there.

Talks to providers' gateways only. Must not know bids or escrow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import click

from akashpy.cli.people.progress import Progress
from akashpy.cli.people.session import Session
from akashpy.client.errors import Unreachable
from akashpy.client.provider import GatewayError, NotThere, ProviderGateway, TokenCredentials
from akashpy.types.market import Lease, LeaseID

POLL = 0.25
"""Seconds between looks at a provider that is starting a workload."""
RETRY = 1.0
ANSWER = 5.0
"""Seconds for one request to a page."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a lease as its provider tells."""

    lease: LeaseID
    name: str
    available: int
    total: int
    uris: tuple[str, ...]
    ports: tuple[dict[str, Any], ...]

    @property
    def is_ready(self) -> bool:
        """All replicas are available."""
        return self.available >= self.total

    def row(self) -> dict[str, Any]:
        """For the output."""
        return {
            "name": self.name,
            "available": self.available,
            "total": self.total,
            "urls": list(self.urls),
        }

    @property
    def urls(self) -> tuple[str, ...]:
        """Where it is reached, as URLs; forwarded ports as host:port."""
        web = tuple(uri if "://" in uri else f"http://{uri}" for uri in self.uris)
        return web + tuple(f"{port['host']}:{port['externalPort']}" for port in self.ports)


async def send_manifest(
    session: Session, leases: Sequence[Lease], manifest: Sequence[Any], patience: float
) -> None:
    """Give each lease's provider the manifest; providers that are not up yet are tried again.

    Raises ClickException when one refuses it or stays away for `patience` seconds.
    """
    for provider in dict.fromkeys(lease.id.provider for lease in leases):
        dseq = next(lease.id.dseq for lease in leases if lease.id.provider == provider)
        try:
            async with asyncio.timeout(patience):
                await _send(session, provider, dseq, manifest)
        except TimeoutError:
            raise click.ClickException(
                f"provider {provider} did not take the manifest within {patience:g} s; run the "
                "same command again, or take another provider with --provider"
            ) from None
        except GatewayError as error:
            raise click.ClickException(f"provider {provider}: {error}") from error


async def _send(session: Session, provider: str, dseq: int, manifest: Sequence[Any]) -> None:
    who = TokenCredentials(session.key)
    while True:
        try:
            async with ProviderGateway.of(session.client, provider, who) as gateway:
                await gateway.send_manifest(dseq, manifest)
                return
        except (Unreachable, NotThere):
            await asyncio.sleep(RETRY)  # it may not have seen the lease's block yet


async def services(session: Session, leases: Sequence[Lease]) -> list[Service]:
    """The services of leases; a lease whose provider has no manifest has none."""
    found: list[Service] = []
    for lease in leases:
        who = TokenCredentials(session.key)
        try:
            async with ProviderGateway.of(session.client, lease.id.provider, who) as gateway:
                status = await gateway.lease_status(lease.id)
        except NotThere:
            continue
        found += _services(lease.id, status)
    return found


def _services(lease: LeaseID, status: dict[str, Any]) -> list[Service]:
    ports = status.get("forwarded_ports") or {}
    return [
        Service(
            lease,
            name,
            service["available"],
            service["total"],
            tuple(service.get("uris") or ()),
            tuple(ports.get(name) or ()),
        )
        for name, service in (status.get("services") or {}).items()
    ]


async def until_ready(
    session: Session, leases: Sequence[Lease], progress: Progress, patience: float
) -> list[Service]:
    """Wait until all services run. Raises ClickException with what is missing after `patience`."""
    found: list[Service] = []
    try:
        async with asyncio.timeout(patience):
            while True:
                found = await _look(session, leases)
                if found and all(service.is_ready for service in found):
                    await _answering([url for each in found for url in each.urls], progress)
                    return found
                progress.now(f"waiting for services: {_summary(found)}")
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise click.ClickException(
            f"after {patience:g} s not all services answer: {_summary(found)}. The lease goes on; "
            "look at `akashpy logs`, mend the SDL and run the same command again, or end it with "
            "`akashpy down`"
        ) from None


async def _answering(urls: Sequence[str], progress: Progress) -> None:
    """Wait until every page answers, whatever its status: a program needs a moment to listen."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER)) as session:
        for url in urls:
            while url.startswith("http"):
                progress.now(f"waiting for {url}")
                try:
                    async with session.get(url, allow_redirects=False):
                        break
                except (aiohttp.ClientError, TimeoutError):
                    await asyncio.sleep(POLL)


async def _look(session: Session, leases: Sequence[Lease]) -> list[Service]:
    try:
        return await services(session, leases)
    except Unreachable:
        return []


def _summary(found: Sequence[Service]) -> str:
    if not found:
        return "the provider has not reported yet"
    return ", ".join(f"{each.name} {each.available}/{each.total}" for each in found)
