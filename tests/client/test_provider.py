"""The tenant's side of a gateway, against the real one: who is believed, what is refused, streams
and shells with real programs behind them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import aiohttp
import pytest

from akashpy.client.errors import Unreachable
from akashpy.client.provider import (
    Anonymous,
    CertificateCredentials,
    GatewayError,
    NotAuthorized,
    NotThere,
    ProviderGateway,
    TokenCredentials,
)
from akashpy.client.provider_shell import ShellFailed
from akashpy.client.provider_tls import ProviderNotTrusted
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate
from akashpy.types.market import LeaseID
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.process.settings import ProcessSettings
from provider.cluster.process.spec import Restarts
from provider.cluster.workload import Workload
from provider.gateway.backend import Refused
from provider.gateway.server import Gateway, GatewaySettings
from tests.provider.cluster.conformance import first_lines, is_healthy, until
from tests.provider.cluster.given import AROUND, service
from tests.provider.gateway.fake import (
    DSEQ,
    LEASE,
    PROVIDER,
    TENANT,
    TENANT_KEY,
    FakeBackend,
)

RUNNING = LeaseID(TENANT, 42, 1, 1, PROVIDER)
TALK = "echo one; echo two; exec sleep 600"


class Shop:
    """A gateway, its provider's certificates on chain, and tenants."""

    def __init__(self, backend, gateway, own):
        self.backend = backend
        self.gateway = gateway
        self.own = own
        self.published = [Certificate.generate(PROVIDER).cert_pem, own.cert_pem]

    def at(self, who, published=None):
        uri = f"https://localhost:{self.gateway.port}"
        known = self.published if published is None else published
        return ProviderGateway.at(uri, PROVIDER, known, who)

    def token(self):
        return self.at(TokenCredentials(TENANT_KEY))


@pytest.fixture
async def shop():
    backend = FakeBackend()
    own = Certificate.generate(PROVIDER, domains=["localhost"])
    settings = GatewaySettings(host="127.0.0.1", port=0)
    async with Gateway.open(settings, backend, own) as gateway:
        yield Shop(backend, gateway, own)


@pytest.fixture
async def busy(shop, tmp_path):
    """The shop with a lease of real processes: service `web` that talks."""
    settings = ProcessSettings(tmp_path / "cluster", restarts=Restarts(first=0.02), grace=1.0)
    async with ProcessDriver.open(settings, AROUND) as driver:
        shop.backend.driver = driver
        workload = Workload.from_manifest(
            {"name": "west", "services": [service("web", "/bin/sh", "-c", TALK)]},
            RUNNING,
            chain_id="local-1",
            height=1,
        )
        await driver.deploy(workload)
        await first_lines(driver, workload, 2)
        await until(driver, workload, is_healthy)
        yield shop
        await driver.teardown(RUNNING)


async def test_what_everyone_may_ask(shop):
    async with shop.at(Anonymous()) as gateway:
        assert await gateway.address() == PROVIDER
        assert "akash" in await gateway.version()
        assert await gateway.status() == {}


@pytest.mark.parametrize("kind", ["token", "certificate"])
async def test_a_tenant_with_either_credential(shop, kind):
    who = TokenCredentials(TENANT_KEY)
    if kind == "certificate":
        who = CertificateCredentials(shop.backend.publish(Certificate.generate(TENANT)))
    manifest = [{"name": "west", "services": []}]
    async with shop.at(who) as gateway:
        await gateway.send_manifest(DSEQ, manifest)
        status = await gateway.lease_status(LEASE)
        assert status["services"]["web"]["available"] == 1
        one = await gateway.service_status(LEASE, "web")
        assert one == status["services"]["web"]
        assert await gateway.manifest(LEASE) == []
    assert shop.backend.submitted == [(TENANT, DSEQ, manifest)]


async def test_an_impostor_is_sent_nothing(shop):
    others = [Certificate.generate(PROVIDER, domains=["localhost"]).cert_pem]
    with pytest.raises(ProviderNotTrusted, match="has not published"):
        async with shop.at(TokenCredentials(TENANT_KEY), published=others):
            raise AssertionError("connected")
    with pytest.raises(ProviderNotTrusted):
        async with shop.at(TokenCredentials(TENANT_KEY), published=[]):
            raise AssertionError("connected")
    assert shop.backend.submitted == []


async def test_a_server_that_changes_its_certificate_is_sent_nothing(shop):
    async with shop.token() as gateway:
        await gateway.lease_status(LEASE)
        shop.gateway.renew(Certificate.generate(PROVIDER, domains=["localhost"]))
        await gateway._session.connector.close()
        gateway._session._connector = aiohttp.TCPConnector()
        with pytest.raises(Unreachable):
            await gateway.send_manifest(DSEQ, [])
    assert shop.backend.submitted == []


async def test_refusals(shop):
    async with shop.token() as gateway:
        with pytest.raises(NotThere):
            await gateway.lease_status(LeaseID(TENANT, 5, 1, 1, PROVIDER))
        shop.backend.verdict = Refused(422, "manifest version validation failed")
        with pytest.raises(GatewayError) as caught:
            await gateway.send_manifest(DSEQ, [])
        assert (caught.value.status, caught.value.text) == (
            422,
            "manifest version validation failed",
        )
        with pytest.raises(GatewayError, match="not used by this deployment"):
            await gateway.migrate_hostnames(["x.test"], DSEQ, 1)
        assert await gateway.migrate_hostnames(["web.example.test"], DSEQ, 1) == [
            "web.example.test"
        ]
    async with shop.at(TokenCredentials(PrivateKey(b"\x08" * 32))) as stranger:
        with pytest.raises(NotAuthorized):
            await stranger.lease_status(LEASE)
    async with shop.at(Anonymous()) as nobody:
        with pytest.raises(NotAuthorized):
            await nobody.lease_status(LEASE)
        with pytest.raises(NotAuthorized):
            [line async for line in nobody.logs(LEASE)]


async def test_nobody_listens(shop):
    uri = "https://localhost:1"
    with pytest.raises(Unreachable, match="localhost:1"):
        async with ProviderGateway.at(uri, PROVIDER, shop.published, Anonymous()):
            raise AssertionError("connected")
    with pytest.raises(ValueError, match="not https"):
        async with ProviderGateway.at("http://x", PROVIDER, [], Anonymous()):
            raise AssertionError("connected")


async def test_logs(busy):
    async with busy.token() as gateway, asyncio.timeout(90):
        lines = [line.message async for line in gateway.logs(RUNNING)]
        assert lines == ["one", "two"]
        last = [line async for line in gateway.logs(RUNNING, services=["web"], tail=1)]
        assert [line.message for line in last] == ["two"]
        assert last[0].name.startswith("web")
        followed = []
        async with aclosing(gateway.logs(RUNNING, follow=True)) as following:
            async for line in following:
                followed.append(line.message)
                if len(followed) == 2:
                    break
        assert followed == ["one", "two"]


async def test_a_shell_command(busy):
    async with busy.token() as gateway, asyncio.timeout(90):
        command = ["/bin/sh", "-c", "echo out; echo err >&2; exit 3"]
        async with gateway.shell(RUNNING, "web", command) as shell:
            output = [each async for each in shell.output()]
            assert b"".join(o.data for o in output if not o.is_error) == b"out\n"
            assert b"".join(o.data for o in output if o.is_error) == b"err\n"
            assert shell.exit_code == 3
        with pytest.raises(ValueError, match="stdin=True"):
            await shell.write(b"x")


async def test_a_shell_with_input_and_a_terminal(busy):
    async with busy.token() as gateway, asyncio.timeout(90):
        async with gateway.shell(
            RUNNING, "web", ["/bin/sh", "-c", "read line; echo got $line"], stdin=True
        ) as shell:
            await shell.write(b"hello\n")
            output = [each.data async for each in shell.output()]
            assert (b"".join(output), shell.exit_code) == (b"got hello\n", 0)
        async with gateway.shell(
            RUNNING, "web", ["/bin/sh", "-c", "read x; stty size"], stdin=True, tty=True
        ) as shell:
            await shell.resize(120, 40)
            await shell.write(b"\n")
            output = [each.data async for each in shell.output()]
            assert b"40 120" in b"".join(output)


async def test_a_shell_in_a_service_that_is_not_there(busy):
    async with (
        asyncio.timeout(90),
        busy.token() as gateway,
        gateway.shell(RUNNING, "nope", ["true"]) as shell,
    ):
        with pytest.raises(ShellFailed, match="no service"):
            await shell.wait()


async def test_leaving_a_shell_ends_it(busy):
    async with busy.token() as gateway, asyncio.timeout(90):
        async with gateway.shell(RUNNING, "web", ["sleep", "600"]):
            pass
        assert (await gateway.lease_status(RUNNING))["services"]["web"]["available"] == 1
