"""What Akash asks of a provider before it is let in, driven by our own tenant on a real cluster.

One chain and one provider serve all cases, as a real provider serves its tenants; the tenant knows
them by the client library, the gateway and, for the migration, the command line.
Source: facts of the provider, acceptance list (12.2 to 12.4).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import sdl
from akashpy.client.provider import NotThere, ProviderGateway, TokenCredentials
from akashpy.client.provider_shell import ShellFailed
from akashpy.client.signer import KeySigner
from akashpy.keys.ring import Keyring
from akashpy.types.attributes import Attributes
from akashpy.types.deployment import DeploymentID
from akashpy.types.market import LeaseID
from akashpy.wire import deployment
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from provider.config import prices_of
from provider.daemon import Daemon
from tests.kubernetes.cluster import Cluster, layout, registries
from tests.nodes import key_of
from tests.provider.daemon.world import World, running, world

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 180.0
POOL = ("198.51.100.20", "198.51.100.21")
LASTS = 200
"""Blocks after which the lease that nobody refills is out of money: enough to see its page."""
DEAR = 5_000_000 // 64 // LASTS
"""Price of a MiB of the class beta1: a volume of 64 MiB empties the deposit in so many blocks."""
DRY = "dry.example.test"
PRICES = {
    "cpu": "0.01",
    "memory": "0.002",
    "storage": {
        "ephemeral": "0.0005",
        "ram": "0.002",
        "beta1": str(DEAR),
        "beta2": "0.001",
        "default": "0.001",
    },
}
ATTRIBUTES = Attributes.of(
    (f"capabilities/storage/{place}/{key}", value)
    for place, (kind, persistent) in enumerate(
        (("beta1", "true"), ("beta2", "true"), ("ram", "false"), ("default", "true")), start=1
    )
    for key, value in (("class", kind), ("persistent", persistent))
)

ONE = """
version: "2.0"
{endpoints}
services:
  web:
    image: {image}
    env: {env}
    expose: {expose}
    params: {{storage: {{{mounts}}}}}
profiles:
  compute:
    web:
      resources: {{cpu: {{units: 0.1}}, memory: {{size: 64Mi}}, storage: [{{size: 64Mi}}{volumes}]}}
  placement:
    here: {{pricing: {{web: {{denom: {denom}, amount: 1000000}}}}}}
deployment: {{web: {{here: {{profile: web, count: 1}}}}}}
"""

TWO = """
version: "2.0"
services:
  web:
    image: {image}
    expose:
      - {{port: 8080, as: 80, accept: [c2c.example.test], to: [{{global: true}}]}}
      - {{port: 8080, as: 30123, proto: tcp, to: [{{global: true}}]}}
  store:
    image: {image}
    expose: [{{port: 8080, as: 6379, to: [{{service: web}}]}}]
profiles:
  compute:
    web: {{resources: {{cpu: {{units: 0.1}}, memory: {{size: 64Mi}}, storage: {{size: 64Mi}}}}}}
    store: {{resources: {{cpu: {{units: 0.1}}, memory: {{size: 64Mi}}, storage: {{size: 64Mi}}}}}}
  placement:
    here:
      pricing: {{web: {{denom: uakt, amount: 1000}}, store: {{denom: uakt, amount: 1000}}}}
deployment:
  web: {{here: {{profile: web, count: 1}}}}
  store: {{here: {{profile: store, count: 1}}}}
"""


def one(
    *hosts: str,
    text: str = "one",
    kind: str = "",
    ip: str = "",
    denom: str = "uakt",
    http: dict[str, int] | None = None,
) -> sdl.Definition:
    """A page behind host names, if wanted with a volume of a class or at a leased address."""
    to = {"global": True} | ({"ip": ip} if ip else {})
    expose: dict[str, Any] = {"port": 8080, "as": 80, "to": [to]}
    if hosts:
        expose["accept"] = list(hosts)
    if http:
        expose["http_options"] = http
    persistent = kind != "ram"
    attributes = {"class": kind, "persistent": persistent}
    volume = {"name": "data", "size": "64Mi", "attributes": attributes}
    mount = {"mount": "/data" if persistent else "/dev/shm"}
    written = ONE.format(
        image=registries.WEB,
        env=json.dumps([f"APP_NAME={text}", *(["APP_DATA=/data"] if kind and persistent else [])]),
        expose=json.dumps([expose]),
        mounts=f'"data": {json.dumps(mount)}' if kind else "",
        volumes=f", {json.dumps(volume)}" if kind else "",
        denom=denom,
        endpoints=f"endpoints: {{{ip}: {{kind: ip}}}}" if ip else "",
    )
    return sdl.load(written)


@dataclass(frozen=True)
class Tenant:
    """A tenant, its chain, and one provider's gateway."""

    here: World
    cluster: Cluster
    daemon: Daemon
    gateway: ProviderGateway
    dry: list[LeaseID] = field(default_factory=list)
    """The lease that ends by itself; the others' tests go on meanwhile."""

    async def rents(
        self, definition: sdl.Definition, deposit: str = "5000000uakt"
    ) -> tuple[DeploymentID, LeaseID]:
        """A lease whose manifest the provider has."""
        id = await self.here.order(definition, deposit)
        lease = await self.here.accept((await self.here.bid(id))[0])
        await self.gateway.send_manifest(id.dseq, definition.manifest())
        return id, lease

    async def updates(self, id: DeploymentID, definition: sdl.Definition) -> None:
        """Another version on chain, and its manifest at the provider."""
        update = deployment.MsgUpdateDeployment(id=id.to_wire(), hash=definition.version())
        await self.here.client.broadcast([update], KeySigner(key_of("tenant")))
        await self.gateway.send_manifest(id.dseq, definition.manifest())

    async def ends(self, *ids: DeploymentID) -> None:
        """Close deployments."""
        close = [deployment.MsgCloseDeployment(id=id.to_wire()) for id in ids]
        await self.here.client.broadcast(close, KeySigner(key_of("tenant")))

    async def ready(self, lease: LeaseID, *members: str) -> dict[str, Any]:
        """The status of a lease, once all of its services run and these members tell of `web`."""
        found: dict[str, Any] = {}

        async def runs() -> bool:
            nonlocal found
            try:
                found = await self.gateway.lease_status(lease)
            except NotThere:
                return False  # the manifest is accepted before the objects are made
            services = found["services"].values()
            told = all("web" in (found[member] or {}) for member in members)
            return told and all(s["available"] == s["total"] > 0 for s in services)

        await sooner_or_later(runs)
        return found

    async def page(self, host: str, path: str = "/", *, status: int = 200, **more: Any) -> str:
        """The answer behind a host name, once it has this status."""
        said = ""

        async def answers() -> bool:
            nonlocal said
            try:
                answer = await asyncio.to_thread(self.cluster.fetch, host, path, **more)
            except OSError:
                return False
            said = answer.text
            return bool(answer.status == status)

        await sooner_or_later(answers)
        return said

    async def runs(self, lease: LeaseID, service: str, *command: str, replica: int = 0) -> str:
        """What a command in a lease prints. Raises ShellFailed with the provider's words."""
        opened = self.gateway.shell(lease, service, command, replica=replica)
        async with opened as shell:
            said = [piece.data async for piece in shell.output()]
            if shell.exit_code:
                raise ShellFailed(f"remote process exited with code {shell.exit_code}")
        return b"".join(said).decode()

    async def is_gone(self, lease: LeaseID) -> bool:
        """True when the provider knows the lease no more and its namespace is gone."""
        try:
            await self.gateway.lease_status(lease)
            return False
        except NotThere:
            return not await self.there("namespace", namespace(lease))

    async def there(self, kind: str, name: str, where: str = "default") -> dict[str, Any]:
        """An object of the cluster; empty when it is not there."""
        words = ("-n", where, "get", kind, name, "--ignore-not-found", "-o", "json")
        said = await asyncio.to_thread(self.cluster.kubectl, *words)
        found: dict[str, Any] = json.loads(said) if said.strip() else {}
        return found


async def sooner_or_later(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await check():
                return
            await asyncio.sleep(0.3)


@asynccontextmanager
async def town(root: Path, cluster: Cluster, **more: Any) -> AsyncIterator[Tenant]:
    """A chain with a provider on the cluster, and a tenant at its gateway."""
    settings = KubernetesSettings(
        kubeconfig=cluster.kubeconfig,
        public_hostname=layout.NODE_IP,
        ingress_domain="ingress.test",
        grace=2,
        addresses=POOL,
        storage_classes=tuple((name, 10 << 30) for name in ("beta1", "beta2", "default")),
        **more,
    )
    async with (
        world(root, "provider", interval=0.5) as here,
        running(
            here,
            "provider",
            driver="kubernetes",
            kubernetes=settings,
            attributes=ATTRIBUTES,
            prices=prices_of({"uakt": PRICES, "uact": PRICES}),
        ) as daemon,
        ProviderGateway.of(
            here.client, str(daemon.address), TokenCredentials(key_of("tenant"))
        ) as gateway,
    ):
        yield Tenant(here, cluster, daemon, gateway)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def tenant(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Tenant]:
    """The one tenant of this page; in the end none of its leases has left anything."""
    async with town(tmp_path_factory.mktemp("acceptance"), cluster) as made:
        _, dry = await made.rents(one(DRY, kind="beta1"))
        assert (await made.page(DRY)).startswith("hello")
        made.dry.append(dry)
        yield made
        views = made.here.client.query.deployment.deployments(
            owner=str(key_of("tenant").address), state="active"
        )
        if left := [view.deployment.id async for view in views]:
            await made.ends(*left)

        async def clean() -> bool:
            return not (await made.gateway.status())["cluster"]["leases"]

        await sooner_or_later(clean)
        words = ("-n", "lease", "get", "manifests,providerhosts,providerleasedips", "-o", "name")

        async def without_records() -> bool:
            return not (await asyncio.to_thread(cluster.kubectl, *words)).strip()

        await sooner_or_later(without_records)


async def test_the_gateway_api(cluster: Cluster, tmp_path: Path) -> None:
    host = "gateway-test.example.test"
    async with town(tmp_path, cluster, ingress_mode="gateway-api") as tenant:
        limits = {"max_body_size": 2097152, "next_timeout": 30000}
        id, lease = await tenant.rents(one(host, http=limits))
        said = await tenant.page(host, port=layout.GATEWAY_PORT)
        assert said.startswith("hello one")
        where = namespace(lease)
        route = await tenant.there("httproute", host, where)
        (parent,) = route["spec"]["parentRefs"]
        assert (parent["name"], parent["namespace"]) == ("akash-gateway", "akash-gateway")
        labels, notes = route["metadata"]["labels"], route["metadata"]["annotations"]
        assert labels["akash.network"] == "true"
        assert labels["akash.network/lease.id.owner"] == lease.owner
        assert labels["akash.network/lease.id.dseq"] == str(lease.dseq)
        wanted = {
            "proxy-read-timeout": "60",
            "proxy-send-timeout": "60",
            "client-max-body-size": "2097152",
            "proxy-next-upstream-tries": "3",
            "proxy-next-upstream-timeout": "30s",
        }
        assert (
            wanted.items()
            <= {name.removeprefix("nginx.org/"): value for name, value in notes.items()}.items()
        )
        assert (await tenant.gateway.status())["cluster"]["leases"] == 1
        await tenant.ends(id)
        await sooner_or_later(lambda: tenant.is_gone(lease))
        assert not await tenant.there("httproute", host, where)


async def test_services_ports_and_shells(tenant: Tenant) -> None:
    definition = sdl.load(TWO.format(image=registries.WEB))
    id, lease = await tenant.rents(definition)
    status = await tenant.ready(lease, "forwarded_ports")
    said = await tenant.page("c2c.example.test", "/fetch/store:6379/SET/foo/bar")
    assert json.loads(said) == {"SET": [True, "OK"]}
    said = await tenant.page("c2c.example.test", "/fetch/store:6379/GET/foo")
    assert json.loads(said) == {"GET": "bar"}

    (port,) = status["forwarded_ports"]["web"]
    assert (port["host"], port["port"], port["proto"]) == (layout.NODE_IP, 8080, "TCP")
    assert (await tenant.page("", port=port["externalPort"])).startswith("hello")
    assert (await tenant.gateway.service_status(lease, "web"))["total"] == 1

    assert await tenant.runs(lease, "web", "/bin/app", "echo", "foo") == "foo\n"
    for service, replica, command, words in (
        ("web", 0, ("/bin/baz", "foo"), "command could not be executed because it does not exist"),
        ("web", 0, ("baz", "foo"), "command could not be executed because it does not exist"),
        ("web", 99, ("/bin/echo", "foo"), "pod index out of range"),
        ("web", 0, ("/bin/cat", "/foo"), "remote process exited with code 1"),
        ("notaservice", 99, ("/bin/echo", "/foo"), "no service for that lease"),
    ):
        with pytest.raises((ShellFailed, NotThere), match=words):
            await tenant.runs(lease, service, *command, replica=replica)

    await tenant.ends(id)
    await sooner_or_later(lambda: tenant.is_gone(lease))


@pytest.mark.parametrize("kind", ["default", "beta2"])
async def test_an_update_keeps_the_volume_that_a_killed_pod_kept(tenant: Tenant, kind: str) -> None:
    value, a, b = uuid.uuid4().hex, f"a.{kind}.example.test", f"b.{kind}.example.test"
    id, lease = await tenant.rents(one(a, kind=kind))
    await tenant.ready(lease)
    assert "default" in await tenant.page(a, "/GET/value")
    await tenant.page(a, f"/SET/value/{value}")
    before = (await tenant.there("pod", "web-0", namespace(lease)))["status"]
    # The program ends before it answers, or right after.
    await asyncio.to_thread(ended, tenant.cluster, a)

    async def restarted() -> bool:
        now = (await tenant.there("pod", "web-0", namespace(lease))).get("status", {})
        counts = [s["containerStatuses"][0]["restartCount"] for s in (before, now)]
        return bool(counts[1] > counts[0])

    await sooner_or_later(restarted)
    assert value in await tenant.page(a, "/GET/value")

    await tenant.updates(id, one(a, b, text="two", kind=kind))
    assert (await tenant.page(b)).startswith("hello two")
    assert value in await tenant.page(a, "/GET/value")
    await tenant.ends(id)


def ended(cluster: Cluster, host: str) -> None:
    """Make the page's program end itself."""
    try:
        cluster.fetch(host, "/kill")
    except OSError:
        return  # it did so before it answered


async def test_storage_in_memory_and_an_address_of_its_own(tenant: Tenant) -> None:
    memory, at_address = one(kind="ram"), one(ip="home")
    (one_id, ram), (two_id, leased) = [await tenant.rents(d) for d in (memory, at_address)]
    await tenant.ready(ram)
    said = await tenant.runs(ram, "web", "/bin/sh", "-c", "df -k /dev/shm")
    assert "65536" in said
    status = await tenant.ready(leased, "ips")
    (found,) = status["ips"]["web"]
    assert (found["Port"], found["ExternalPort"], found["Protocol"].upper()) == (8080, 80, "TCP")
    assert found["IP"] in POOL
    await tenant.ends(one_id, two_id)


async def test_a_host_name_is_taken_over_by_command(tenant: Tenant) -> None:
    hosts = ("leaveme.example.test", "migrateme.example.test")
    first_id, first = await tenant.rents(one(*hosts, text="first"))
    assert (await tenant.page(hosts[1])).startswith("hello first")
    second_id, second = await tenant.rents(one(*hosts, text="second"))
    await tenant.ready(second)
    assert hosts[1] not in (await tenant.gateway.lease_status(second))["services"]["web"]["uris"]

    assert "is not used by this deployment" in await command(
        tenant, second, "migrate-hostnames", "other.example.test", code=1
    )
    await command(tenant, second, "migrate-hostnames", hosts[1])
    assert hosts[1] in (await tenant.gateway.lease_status(second))["services"]["web"]["uris"]
    await tenant.ends(first_id)
    await sooner_or_later(lambda: tenant.is_gone(first))
    with pytest.raises(NotThere):
        await tenant.gateway.lease_status(first)
    assert (await tenant.page(hosts[1])).startswith("hello second")

    # What the first lease left is free for whoever asks: here by the route of the gateway.
    await tenant.gateway.migrate_hostnames([hosts[0]], second.dseq, second.gseq)
    assert (await tenant.page(hosts[0])).startswith("hello second")
    await tenant.ends(second_id)


async def test_a_leased_address_is_taken_over_by_command(tenant: Tenant) -> None:
    """And given back by the route of the gateway: the same address leads to the other lease."""
    first_id, first = await tenant.rents(one(ip="moving", text="first"))
    (found,) = (await tenant.ready(first, "ips"))["ips"]["web"]
    await leads_to(tenant, found["IP"], "hello first")
    second_id, second = await tenant.rents(one(ip="moving", text="second"))
    assert not ((await tenant.ready(second))["ips"] or {}).get("web")

    assert "does not exist in the destination deployment" in await command(
        tenant, second, "migrate-endpoints", "other", code=1
    )
    await command(tenant, second, "migrate-endpoints", "moving")
    await leads_to(tenant, found["IP"], "hello second")
    (moved,) = (await tenant.ready(second, "ips"))["ips"]["web"]
    assert moved == found
    assert not ((await tenant.gateway.lease_status(first))["ips"] or {}).get("web")

    await tenant.gateway.migrate_endpoints(["moving"], first.dseq, first.gseq)
    await leads_to(tenant, found["IP"], "hello first")
    await tenant.ends(first_id, second_id)


async def leads_to(tenant: Tenant, address: str, text: str) -> None:
    """Wait until a leased address shows a page with that text to the world outside."""

    async def shows() -> bool:
        try:
            answer = await asyncio.to_thread(tenant.cluster.ask_outside, f"http://{address}/")
        except OSError:
            return False
        return bool(answer.status == 200 and answer.text.startswith(text))

    await sooner_or_later(shows)


async def test_what_is_deleted_by_hand_comes_back(tenant: Tenant) -> None:
    """The operators are tasks of the daemon: nobody has to start one."""
    host = "byhand.example.test"
    id, lease = await tenant.rents(one(host))
    where = namespace(lease)
    assert (await tenant.page(host)).startswith("hello")
    before = await tenant.there("ingress", host, where)
    await asyncio.to_thread(tenant.cluster.kubectl, "-n", where, "delete", "ingress", host)

    async def back() -> bool:
        now = await tenant.there("ingress", host, where)
        return bool(now) and now["metadata"]["uid"] != before["metadata"]["uid"]

    await sooner_or_later(back)
    assert (await tenant.there("ingress", host, where))["spec"] == before["spec"]
    assert (await tenant.page(host)).startswith("hello")
    await tenant.ends(id)


async def command(tenant: Tenant, lease: LeaseID, *words: str, code: int = 0) -> str:
    """Run a command of the tenant's as a program of its own; what it said on standard error."""
    home = tenant.here.root / "tenant"
    if not home.exists():
        ring = await asyncio.to_thread(Keyring.open, home, "test", None)
        await asyncio.to_thread(ring.add, "tenant", key_of("tenant"))
    line = ("akashpy.cli", *words, "--dseq", str(lease.dseq), "--provider", str(lease.provider))
    more = ("--from", "tenant", "--keyring-backend", "test", "--home", str(home))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *line, *more,
        "--node", tenant.here.node.rpc, "--grpc-addr", tenant.here.node.grpc, "--grpc-insecure",
        env={**os.environ, "HOME": str(home)}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        _, said = await process.communicate()
    assert process.returncode == code, said.decode()
    return said.decode()


async def test_money_in_either_token(tenant: Tenant) -> None:
    query = tenant.here.client.query
    provider, owner = str(tenant.daemon.address), str(key_of("tenant").address)
    denoms = ("uakt", "uact")
    rented = [
        await tenant.rents(one(f"{d}.example.test", kind="beta2", denom=d), f"5000000{d}")
        for d in denoms
    ]
    for denom in denoms:
        assert (await tenant.page(f"{denom}.example.test")).startswith("hello one")
    await tenant.ends(*(id for id, _ in rented))
    for denom, (_, lease) in zip(denoms, rented, strict=True):
        await sooner_or_later(partial(tenant.is_gone, lease))
        view = await query.market.lease(lease)
        blocks = view.lease.closed_on - view.lease.created_at
        assert view.lease.price.denom == view.payment.withdrawn.denom == denom
        assert view.payment.withdrawn.amount == view.lease.price.amount.mul_int(blocks).truncate()
        assert await query.bank.balance(provider, denom) > 0
        assert await query.bank.balance(owner, denom) > 0


async def test_an_empty_escrow_ends_the_lease(tenant: Tenant) -> None:
    """Its page was seen when the tenant came; it is the first lease of this page."""
    (lease,) = tenant.dry
    await sooner_or_later(lambda: tenant.is_gone(lease))
    view = await tenant.here.client.query.market.lease(lease)
    assert view.lease.state.name.lower() in ("insufficient_funds", "closed")
    assert not await tenant.there("providerhost", DRY, "lease")
