"""A provider behind the gateway that has only a chain and the process driver: no auction, no money.

It shows what the gateway and the driver do for Go clients, whatever becomes of the daemon.
"""

from __future__ import annotations

from typing import Any

from akashpy.client.client import Client
from akashpy.types.address import Address
from akashpy.types.deployment import DeploymentID
from akashpy.types.market import LeaseID
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.workload import Workload
from provider.gateway.backend import ChainCertificate, Refused
from sdl import version
from tests.parity.gonode.gochain import CHAIN_ID
from tests.provider.gateway.fake import FakeBackend


class ChainBackend(FakeBackend):
    """Looks owners, certificates and leases up on chain and runs manifests as processes."""

    def __init__(self, client: Client, driver: ProcessDriver, address: Address) -> None:
        super().__init__(driver=driver, address=address)
        self._client = client
        self._processes = driver
        self._manifests: dict[LeaseID, list[Any]] = {}

    async def certificate(self, owner: Address, serial: int) -> ChainCertificate | None:
        listed = self._client.query.cert.certificates(owner=owner, serial=serial, state="valid")
        async for view in listed:
            return ChainCertificate(view.certificate.cert, view.certificate.pubkey)
        return None

    async def public_key(self, owner: Address) -> bytes | None:
        return (await self._client.query.auth.account(owner)).pub_key or None

    async def submit_manifest(self, owner: Address, dseq: int, manifest: list[Any]) -> None:
        leases = [
            view.lease.id
            async for view in self._client.query.market.leases(
                owner=owner, dseq=dseq, provider=self.address, state="active"
            )
        ]
        if not leases:
            raise Refused(404, "no lease for deployment")
        wanted = await self._client.query.deployment.deployment(DeploymentID(owner, dseq))
        if wanted.deployment.hash != version(manifest):
            raise Refused(422, "manifest version validation failed")
        (lease,) = leases
        height = await self._client.node.height()
        await self._processes.deploy(
            Workload.from_manifest(manifest[0], lease, chain_id=CHAIN_ID, height=height)
        )
        self._manifests[lease] = manifest

    async def manifest(self, lease: LeaseID) -> list[Any] | None:
        return self._manifests.get(lease)

    async def migrate_hostnames(
        self, owner: Address, hostnames: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        """Moves a name that begins with `moves`; no other is declared."""
        for host in hostnames:
            if not host.startswith("moves"):
                raise Refused(400, f'the hostname "{host}" is not used by this deployment')

    async def migrate_endpoints(
        self, owner: Address, endpoints: tuple[str, ...], *, dseq: int, gseq: int
    ) -> None:
        """Moves a name that begins with `moves`; no other is declared."""
        for endpoint in endpoints:
            if not endpoint.startswith("moves"):
                text = f'the endpoint "{endpoint}" does not exist in the destination deployment'
                raise Refused(400, text)
