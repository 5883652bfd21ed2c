"""Our gateway with a provider on a Go chain, and a lease of the account that drives Go's CLI."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from akashpy.client.client import Client
from akashpy.keys.x509 import Certificate
from akashpy.types.market import LeaseID
from akashpy.wire import cert as cert_pb
from akashpy.wire import deployment as deployment_pb
from akashpy.wire import market as market_pb
from akashpy.wire import provider as provider_pb
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.process.settings import ProcessSettings, Surroundings
from provider.gateway.server import Gateway, GatewaySettings
from tests.parity.gateway.backend import ChainBackend
from tests.parity.gonode.gochain import CHAIN_ID, GoChain, program
from tests.parity.gonode.loop import bid, deploy, hello


@dataclass
class Leased:
    """A lease whose provider is our gateway."""

    go: GoChain
    client: Client
    lease: LeaseID
    driver: ProcessDriver

    @property
    def flags(self) -> tuple[str, ...]:
        """What every tenant command of Go's provider-services needs."""
        return (
            "--dseq", str(self.lease.dseq), "--from", "cli",
            "--provider", str(self.lease.provider), "--home", str(self.go.home),
            "--keyring-backend", "test", "--node", self.go.node,
        )  # fmt: skip

    async def run(self, *arguments: str) -> str:
        """A tenant command that must succeed; its standard output."""
        return await self.go.ago("provider-services", *arguments, *self.flags)

    @asynccontextmanager
    async def started(self, *arguments: str) -> AsyncIterator[Process]:
        """A tenant command that goes on; killed at the end if it still runs."""
        process = await asyncio.create_subprocess_exec(
            program("provider-services"), *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE,
            env=self.go.environment,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _announce(client: Client, go: GoChain, host_uri: str, own: Certificate) -> None:
    """Put the provider's address and certificate on chain."""
    signer = go.signer("provider")
    known = [each.owner async for each in client.query.provider.providers()]
    update = signer.address in known
    kind = provider_pb.MsgUpdateProvider if update else provider_pb.MsgCreateProvider
    await client.broadcast(
        [
            kind(owner=signer.address, host_uri=host_uri),
            cert_pb.MsgCreateCertificate(
                owner=signer.address, cert=own.cert_pem, pubkey=own.pubkey_pem
            ),
        ],
        signer,
    )


@pytest.fixture
async def leased(go: GoChain, tmp_path: Path) -> AsyncIterator[Leased]:
    """A lease on hello.yaml, open gateway, nothing deployed yet."""
    address = go.key("provider").address
    tenant = go.signer("cli")
    around = Surroundings("127.0.0.1", "https://localhost:8443", CHAIN_ID, (go.rpc, go.grpc))
    own = Certificate.generate(address, domains=["localhost"])
    settings = GatewaySettings(host="127.0.0.1", port=0, public_hostname="localhost")
    process = ProcessSettings(tmp_path / "cluster", grace=1.0, dies_with_daemon=True)
    async with (
        go.client() as client,
        ProcessDriver.open(process, around) as driver,
        Gateway.open(settings, ChainBackend(client, driver, address), own) as gateway,
    ):
        await _announce(client, go, f"https://localhost:{gateway.port}", own)
        created = await deploy(client, tenant, hello())
        wanted = await bid(client, go.signer("provider"), created.id)
        await client.broadcast([market_pb.MsgCreateLease(bid_id=wanted.to_wire())], tenant)
        yield Leased(go, client, wanted.lease, driver)
        await client.broadcast([deployment_pb.MsgCloseDeployment(id=created.id.to_wire())], tenant)
        await driver.teardown(wanted.lease)
