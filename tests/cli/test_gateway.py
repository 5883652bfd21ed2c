"""The tenant's gateway commands, against our gateway with services that run as processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from akashpy.client.client import Client
from akashpy.client.rpc import RpcTransport
from akashpy.keys.x509 import Certificate
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.process.settings import ProcessSettings, Surroundings
from provider.gateway.server import Gateway, GatewaySettings
from tests.cli.conftest import Cli, address, with_keys
from tests.nodes import CHAIN_ID, key_of
from tests.parity.gateway.backend import ChainBackend
from tests.walk import Ran

pytestmark = pytest.mark.asyncio(loop_scope="module")

SDL = """
version: "2.0"
services:
  web:
    image: any
    command: ["sh", "-c"]
    args: ["echo {word} on; exec sleep 600"]
    expose: [{{port: 80, to: [{{global: true}}]}}]
profiles:
  compute:
    web:
      resources:
        cpu: {{units: 100m}}
        memory: {{size: 128Mi}}
        storage: {{size: 128Mi}}
  placement:
    here:
      pricing: {{web: {{denom: uact, amount: 1000}}}}
deployment: {{web: {{here: {{profile: web, count: 1}}}}}}
"""

PATIENCE = 90.0
"""Seconds for a service to start."""


@dataclass
class Tenant:
    """The commands and a lease that they speak of."""

    cli: Cli
    dseq: str
    folder: Path
    url: str

    async def run(self, *words: str, input: str | None = None) -> Ran:
        """A command as it stands; the gateway answers meanwhile."""
        return await asyncio.to_thread(self.cli, *words, input=input)

    async def ask(self, name: str, *words: str) -> Ran:
        """A command about the lease."""
        lease = ("--dseq", self.dseq, "--provider", address("provider"), "--from", "tenant")
        return await self.run(name, *lease, *words)

    @property
    def lease(self) -> str:
        """The lease as text."""
        return f"{address('tenant')}/{self.dseq}/1/1/{address('provider')}"


def _leased(cli: Cli, folder: Path, url: str) -> str:
    """Register the provider, publish certificates and take a lease; the dseq."""
    (folder / "web.yaml").write_text(SDL.format(word="web"))
    (folder / "other.yaml").write_text(SDL.format(word="other"))
    (folder / "provider.yaml").write_text(f"host: {url}\n")
    cli.tx("provider", "create", str(folder / "provider.yaml"), "--from", "provider")
    cli("tx", "cert", "generate", "client", "--from", "tenant")
    cli.tx("cert", "publish", "client", "--from", "tenant")
    return lease_of(cli, folder)


def lease_of(cli: Cli, folder: Path) -> str:
    """A further lease of the registered provider; the dseq."""
    made: Any = cli.tx("deployment", "create", str(folder / "web.yaml"), "--from", "tenant")
    dseq = str(made["tx"]["body"]["messages"][0]["id"]["dseq"])
    order = ("--owner", address("tenant"), "--dseq", dseq)
    cli.tx("market", "bid", "create", *order, "--price", "1uact", "--from", "provider")
    lease = ("--dseq", dseq, "--provider", address("provider"))
    cli.tx("market", "lease", "create", *lease, "--from", "tenant")
    return dseq


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tenant(node: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tenant]:
    """A lease whose provider's gateway is open, before the manifest is sent."""
    folder = tmp_path_factory.mktemp("gateway")
    cli = Cli(with_keys(folder / "home"), node)
    generate = ("tx", "cert", "generate", "server", "localhost", "--from", "provider")
    assert (await asyncio.to_thread(cli, *generate)).code == 0
    await asyncio.to_thread(cli.tx, "cert", "publish", "server", "--from", "provider")
    own = Certificate.load(cli.home, key_of("provider"))
    around = Surroundings("127.0.0.1", "https://localhost:8443", CHAIN_ID, (node, node))
    settings = GatewaySettings(host="127.0.0.1", port=0, public_hostname="localhost")
    process = ProcessSettings(folder / "cluster", grace=1.0, dies_with_daemon=True)
    connection = RpcTransport(node)
    async with ProcessDriver.open(process, around) as driver:
        backend = ChainBackend(Client(connection), driver, key_of("provider").address)
        async with Gateway.open(settings, backend, own) as gateway:
            url = f"https://localhost:{gateway.port}"
            dseq = await asyncio.to_thread(_leased, cli, folder, url)
            yield Tenant(cli, dseq, folder, url)
            for workload in (await driver.observe()).workloads:
                await driver.teardown(workload.lease)
    await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tenant: Tenant) -> Tenant:
    """The lease once its service has written its first line."""
    path = str(tenant.folder / "web.yaml")
    done = await tenant.run("send-manifest", path, "--dseq", tenant.dseq, "--from", "tenant")
    assert done.code == 0, done
    async with asyncio.timeout(PATIENCE):
        while not (await tenant.ask("lease-logs", "--service", "web")).out:
            pass  # each question takes a while
    return tenant


async def test_before_the_manifest_there_is_no_status(tenant: Tenant) -> None:
    dseq = await asyncio.to_thread(lease_of, tenant.cli, tenant.folder)
    done = await replace(tenant, dseq=dseq).ask("lease-status")
    assert (done.code, done.out) == (1, "")
    assert "remote server returned 404" in done.err


async def test_a_manifest_of_another_file_fails(tenant: Tenant) -> None:
    path = str(tenant.folder / "other.yaml")
    words = ("send-manifest", path, "--dseq", tenant.dseq, "--from", "tenant", "-o", "json")
    done = await tenant.run(*words)
    assert done.code == 1
    (row,) = json.loads(done.out)
    assert row["provider"] == address("provider")
    assert (row["status"], row["error"]) == ("FAIL", "remote server returned 422")
    assert row["errorMessage"].strip() == "manifest version validation failed"
    assert "submit manifest to some providers has been failed" in done.err


@pytest.mark.parametrize("form", ["json", "yaml", "text"])
async def test_the_manifest_is_sent_to_the_leases_providers(tenant: Tenant, form: str) -> None:
    path = str(tenant.folder / "web.yaml")
    done = await tenant.run(
        "send-manifest", path, "--dseq", tenant.dseq, "--from", "tenant", "-o", form
    )
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out) if form == "json" else yaml.safe_load(done.out)
    assert found == [{"provider": address("provider"), "status": "PASS"}]


async def test_without_a_lease_nothing_is_sent(tenant: Tenant) -> None:
    path = str(tenant.folder / "web.yaml")
    done = await tenant.run("send-manifest", path, "--dseq", "1", "--from", "tenant")
    assert (done.code, done.out) == (1, "")
    assert "no active leases found for dseq=1" in done.err


@pytest.mark.parametrize("who", [(), ("--auth-type", "mtls"), ("--provider-url", "")])
async def test_status_of_lease_and_service(served: Tenant, who: tuple[str, ...]) -> None:
    words = (*who[:1], served.url) if who[:1] == ("--provider-url",) else who
    found = (await served.ask("lease-status", *words)).value
    assert list(found) == ["services", "forwarded_ports", "ips"]
    assert found["services"]["web"]["total"] == 1
    one = (await served.ask("service-status", "--service", "web", *words)).value
    assert one["name"] == "web"


async def test_an_unknown_service_says_what_the_provider_says(served: Tenant) -> None:
    done = await served.ask("service-status", "--service", "nope")
    assert done.code == 1
    assert done.err.startswith("provider error messsage:\n")
    assert done.err.endswith("Error: remote server returned 404\n")


async def test_the_manifest_comes_back(served: Tenant) -> None:
    found = (await served.ask("get-manifest", "-o", "json")).value
    assert found[0]["services"][0]["name"] == "web"
    text = await served.ask("get-manifest")
    assert yaml.safe_load(text.out) == found


async def test_logs_as_text_and_json(served: Tenant) -> None:
    done = await served.ask("lease-logs", "--service", "web")
    assert done.code == 0
    line = done.out.splitlines()[0]
    assert line.startswith(f"[{served.lease}][")
    assert line.endswith("] web on")
    shown = json.loads((await served.ask("lease-logs", "-o", "json", "--tail", "1")).out)
    assert shown["message"] == "web on"
    assert shown["lease_id"] == {
        "owner": address("tenant"), "dseq": int(served.dseq), "gseq": 1, "oseq": 1,
        "provider": address("provider"), "bseq": 0,
    }  # fmt: skip


async def test_events_name_the_lease(served: Tenant) -> None:
    done = await served.ask("lease-events")
    assert done.code == 0
    assert f'"dseq": {served.dseq}' in done.out


@pytest.mark.parametrize(
    ("command", "code", "out"),
    [
        (("echo", "foo", "a b"), 0, "foo a b\n"),
        (('sh -c "echo one; exit 7"',), 7, "one\n"),
        (("--", "sh", "-c", "exit 3"), 3, ""),
        (("cat",), 0, ""),
    ],
)
async def test_a_shell_ends_with_the_commands_exit_code(
    served: Tenant, command: tuple[str, ...], code: int, out: str
) -> None:
    done = await served.ask("lease-shell", "web", *command)
    assert (done.code, done.out) == (code, out)
    expected = f"Error: lease shell failed: remote process exited with code {code}\n"
    assert done.err == (expected if code else "")


async def test_what_a_shell_cannot_do(served: Tenant) -> None:
    done = await served.ask("lease-shell", "nope", "echo")
    assert done.code == 1
    assert "no service for that lease" in done.err
    done = await served.ask("lease-shell", "--tty", "web", "sh")
    assert (done.code, done.err) == (1, "Error: input is not a terminal, cannot setup TTY\n")
    done = await served.ask("lease-shell", "web")
    assert done.code == 1
    assert "Missing argument 'COMMAND...'" in done.err
    done = await served.ask("lease-shell", "web", "missing-program")
    assert done.code != 0


async def test_a_stranger_is_not_let_in(tenant: Tenant) -> None:
    lease = ("--dseq", tenant.dseq, "--provider", address("provider"))
    done = await tenant.run("lease-status", *lease, "--from", "other", "--owner", address("tenant"))
    assert (done.code, done.out) == (1, "")
    assert "remote server returned 40" in done.err


async def test_the_provider_tells_everyone_its_status(tenant: Tenant) -> None:
    found = (await tenant.run("provider-status", address("provider"))).value
    assert isinstance(found, dict)
    done = await tenant.run("provider-status", address("other"))
    assert (done.code, done.out) == (1, "")
    assert "invalid provider: address not found (provider/3)" in done.err


async def test_offline_needs_the_gateways_address(tenant: Tenant) -> None:
    done = await tenant.ask("lease-status", "--offline")
    assert done.code == 1
    assert "--offline needs --provider-url" in done.err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("migrate-hostnames", 'the hostname "no.example" is not used by this deployment'),
        ("migrate-endpoints", 'the endpoint "no.example" does not exist in the destination'),
    ],
)
async def test_names_move_only_to_who_declares_them(
    tenant: Tenant, command: str, said: str
) -> None:
    done = await tenant.ask(command, "moves.example")
    assert (done.code, done.out) == (0, "")
    done = await tenant.ask(command, "no.example")
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert "remote server returned 400" in done.err
    done = await tenant.ask(command)
    assert done.code != 0
