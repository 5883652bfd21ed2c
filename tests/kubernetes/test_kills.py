"""A provider killed at ten steps of deploy and teardown against a real API server.

Killed means that one request about a lease was served or was not, that nobody hears the answer,
and that nothing of that provider runs on. The next one, over the same chain and disk, completes
what is leased and removes what has ended. The steps come from a seed, out of all that there are.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

import sdl
from akashpy.types.market import BidState, LeaseID
from provider.cluster.errors import LeaseMissing, Unavailable
from provider.cluster.kubernetes import KubernetesDriver
from provider.cluster.kubernetes.api import APPLY, Query, Socket
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.http import HttpTransport
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from provider.daemon import seen
from provider.metrics import Metrics
from tests.kubernetes.cluster import Cluster, registries
from tests.kubernetes.leaving import Leaving
from tests.kubernetes.test_loop import fetched
from tests.provider import market
from tests.provider.fakes import Durable, Running, running
from tests.provider.tenants import deploy, put

SEED = 20261123
DEPLOYS, TEARDOWNS = 6, 4
ABANDONED = 2
"""Of the leases whose deployment is cut, so many end before there is a provider again."""
FIRST = 7001
"""The first deployment's number: what other tests run is not ours."""
BLOCK_S = 0.25
LIMIT_S = 180.0
RECORDS = ("manifests", "providerhosts", "providerleasedips")
KINDS = (
    "namespaces,pods,deployments,statefulsets,services,ingresses,networkpolicies,secrets"
    ",persistentvolumeclaims,roles,rolebindings,serviceaccounts,endpointslices"
    ",manifests.akash.network,providerhosts.akash.network,providerleasedips.akash.network"
)
NOTHING_LEFT = ("akashpy_provider_leases", "akashpy_provider_strangers",
                "provider_deployment_manager", "provider_manifest_manager")  # fmt: skip

SDL = """
version: "2.0"
services:
  web:
    image: {image}
    env: ["APP_NAME={text}"]
    expose:
      - {{port: 8080, as: 80, accept: [{host}], to: [{{global: true}}]}}
      - {{port: 9000, to: [{{global: true}}]}}
  back:
    image: {image}
    expose: [{{port: 8080, to: [{{service: web}}]}}]
profiles:
  compute:
    small: {{resources: {{cpu: {{units: 0.1}}, memory: {{size: 64Mi}}, storage: {{size: 64Mi}}}}}}
  placement:
    here: {{pricing: {{small: {{denom: uakt, amount: 1000}}}}}}
deployment:
  web: {{here: {{profile: small, count: 1}}}}
  back: {{here: {{profile: small, count: 1}}}}
"""
"""A page behind a host name with a port of the machine, and a service behind it."""


@dataclass
class Cut:
    """A transport that is cut at a provider's nth change to a lease.

    With `step` 0 it never is. `made` is what was changed, in order.
    """

    inner: HttpTransport
    step: int = 0
    served: bool = True
    about: LeaseID | None = None
    applying: bool = True
    made: list[str] = field(default_factory=list)
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    def watch(self, lease: LeaseID, step: int = 0, *, applying: bool, served: bool = True) -> None:
        """Count what is made of a lease, or what is taken away, up to the change to die at.

        A driver that closes its leases to a new machine makes their walls anew at any time.
        """
        self.about, self.step, self.applying, self.served = lease, step, applying, served
        self.made.clear()

    async def request(
        self, method: str, path: str, query: Query, body: Object | None, content: str
    ) -> tuple[int, bytes]:
        """See Transport."""
        await self._alive()
        if not self._counts(method, path, query, body, content):
            return await self.inner.request(method, path, query, body, content)
        self.made.append(f"{method} {path}")
        if len(self.made) != self.step:
            return await self.inner.request(method, path, query, body, content)
        if self.served:
            await self.inner.request(method, path, query, body, content)
        self.dead.set()
        await self._alive()
        raise AssertionError("the dead went on")

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, quiet: float
    ) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """See Transport."""
        await self._alive()
        async with self.inner.stream(path, query, quiet) as opened:
            yield opened

    def socket(
        self, path: str, query: Query, protocols: tuple[str, ...]
    ) -> AbstractAsyncContextManager[Socket]:
        """See Transport."""
        return self.inner.socket(path, query, protocols)

    def _counts(
        self, method: str, path: str, query: Query, body: Object | None, content: str
    ) -> bool:
        if self.about is None or method == "GET" or "dryRun" in query:
            return False
        if (method == "POST" or content == APPLY) != self.applying:
            return False
        named = str(((body or {}).get("metadata") or {}).get("name", ""))
        of = {namespace(self.about), host_of(self.about.dseq)}
        return bool(of & {named, *path.split("/")})

    async def _alive(self) -> None:
        """Go on; for ever waits who is dead."""
        if self.dead.is_set():
            await asyncio.Event().wait()


@dataclass
class Alive:
    """A provider's process on the cluster."""

    given: Durable
    provider: Running
    driver: KubernetesDriver
    cut: Cut
    cluster: Cluster

    async def order(self, dseq: int) -> tuple[LeaseID, list[Any]]:
        """A lease and the manifest that the tenant has for it."""
        chain = self.given.chain
        text = SDL.format(image=registries.WEB, host=host_of(dseq), text=dseq)
        definition = sdl.load(text)
        deploy(self.given, definition, dseq=dseq)

        async def bid() -> bool:
            return any(b.id.dseq == dseq and b.state is BidState.OPEN for b in chain.bids_.values())

        await until(bid)
        (found,) = (b.id for b in chain.bids_.values() if b.id.dseq == dseq)
        lease = chain.accept(found)

        async def won() -> bool:
            return any(t.lease == lease for t in self.provider.roll.tenancies)

        await until(won)
        return lease, definition.manifest()

    async def died(self) -> None:
        """Wait for the step to die at."""
        try:
            async with asyncio.timeout(LIMIT_S):
                await self.cut.dead.wait()
        except TimeoutError as error:
            states = [(t.lease.dseq, t.state) for t in self.provider.roll.tenancies]
            told = f"not at step {self.cut.step} after {self.cut.made}; leases {states}"
            raise AssertionError(told) from error

    async def serves(self, lease: LeaseID) -> dict[str, int]:
        """Wait until a lease is whole: all of it runs, and its page is there. Gives its life."""

        async def healthy() -> bool:
            try:
                return (await self.driver.status(lease)).is_healthy
            except (LeaseMissing, Unavailable):
                return False

        await until(healthy)
        text = await fetched(self.cluster, host_of(lease.dseq))
        assert text.startswith(f"hello {lease.dseq}")
        return await life(self.cluster, lease)

    async def settled(self, lease: LeaseID) -> None:
        """Wait until the provider has brought a lease in line after its start."""

        async def brought() -> bool:
            found = {t.lease: t.state for t in self.provider.roll.tenancies}
            return found.get(lease) == "running"

        await until(brought)

    async def removed(self, *leases: LeaseID) -> None:
        """Wait until the provider says that leases are over and done with."""

        async def over() -> bool:
            return not {t.lease for t in self.provider.roll.tenancies} & set(leases)

        await until(over)


def host_of(dseq: int) -> str:
    """The name of a lease's page."""
    return f"kill-{dseq}.example.test"


async def until(claim: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            if await claim():
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def alive(given: Durable, cluster: Cluster) -> AsyncIterator[Alive]:
    """A provider over what others before it left; left as by SIGKILL."""
    settings = KubernetesSettings(kubeconfig=cluster.kubeconfig, grace=1)
    async with HttpTransport.open(settings) as transport:
        cut = Cut(transport)
        async with KubernetesDriver.open(settings, cut) as driver:
            given.driver = cast(Any, driver)  # the real one, with the same verbs
            machines = seen(await driver.observe())
            async with running(given, cluster=machines) as provider:
                yield Alive(given, provider, driver, cut, cluster)


async def left_over(cluster: Cluster, leases: list[LeaseID]) -> list[str]:
    """What the cluster has of leases, of every kind."""
    found = await asyncio.to_thread(
        cluster.kubectl, "get", KINDS, "--all-namespaces", "--no-headers",
        "-o", "custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name",
    )  # fmt: skip
    of = {name for one in leases for name in (namespace(one), host_of(one.dseq))}
    return [line for line in found.splitlines() if of & set(line.split())]


async def all_steps(given: Durable, cluster: Cluster) -> tuple[int, int]:
    """How many changes a deployment is, and a removal; one that was tried again counts once."""
    async with alive(given, cluster) as here:
        lease, manifest = await here.order(FIRST)
        here.cut.watch(lease, applying=True)
        await put(here.provider, lease, manifest)
        await here.serves(lease)
        deploys = len(set(here.cut.made))
        assert len(await left_over(cluster, [lease])) >= deploys
        here.cut.watch(lease, applying=False)
        given.chain.end(lease)
        await here.removed(lease)
        return deploys, len(set(here.cut.made))


async def test_a_provider_killed_at_ten_steps_loses_nothing_and_leaves_nothing(
    cluster: Cluster, leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market, "SECONDS", BLOCK_S)
    given = Durable(market.FakeChain())
    try:
        await killed_at_ten_steps(given, cluster)
        async with alive(given, cluster) as here:
            leases = list(given.chain.leases_)
            await here.removed(*leases)
            assert numbers(here.provider) == dict.fromkeys(NOTHING_LEFT, "0.0")
            observed = {w.lease for w in (await here.driver.observe()).workloads}
            assert observed.isdisjoint(leases)
        assert given.store.kept == {}
        assert await left_over(cluster, leases) == []
    finally:
        await asyncio.to_thread(leaving.end, *given.chain.leases_)


async def killed_at_ten_steps(given: Durable, cluster: Cluster) -> None:
    """Leases come, some amid a kill, and end, some amid a kill; what is leased is always whole."""
    chance = random.Random(SEED)
    deploys, teardowns = await all_steps(given, cluster)
    assert deploys >= 10
    assert teardowns >= 5
    abandoned = set(chance.sample(range(DEPLOYS), ABANDONED))
    answered = [True, False] * ((DEPLOYS + TEARDOWNS) // 2)
    chance.shuffle(answered)
    whole = dict[LeaseID, dict[str, int]]()
    waited: LeaseID | None = None

    for turn, step in enumerate(chance.sample(range(1, deploys + 1), DEPLOYS)):
        async with alive(given, cluster) as here:
            if waited is not None:
                whole[waited] = await here.serves(waited)
            waited, manifest = await here.order(FIRST + 1 + turn)
            here.cut.watch(waited, step, applying=True, served=answered.pop())
            await put(here.provider, waited, manifest)
            await here.died()
        if turn in abandoned:
            given.chain.end(waited)
            waited = None

    for step in chance.sample(range(1, teardowns + 1), TEARDOWNS):
        async with alive(given, cluster) as here:
            if waited is not None:
                whole[waited], waited = await here.serves(waited), None
            for lease, before in whole.items():
                assert await here.serves(lease) == before
            ending = next(iter(whole))
            del whole[ending]
            await here.settled(ending)
            here.cut.watch(ending, step, applying=False, served=answered.pop())
            given.chain.end(ending)
            await here.died()
    assert not whole


async def life(cluster: Cluster, lease: LeaseID) -> dict[str, int]:
    """Each pod of a lease, and how often its container was started again."""
    path = f"/api/v1/namespaces/{namespace(lease)}/pods"
    pods = (await asyncio.to_thread(cluster.api.call, "GET", path))["items"]
    return {
        pod["metadata"]["uid"]: sum(
            state["restartCount"] for state in pod["status"]["containerStatuses"]
        )
        for pod in pods
    }


def numbers(provider: Running) -> dict[str, str]:
    """What a provider's metrics say that it has."""
    told = Metrics(provider.ledger, provider.inventory, provider.engine, provider.roll).text()
    lines = (line.rsplit(" ", 1) for line in told.decode().splitlines())
    return {line[0]: line[1] for line in lines if line[0] in NOTHING_LEFT}
