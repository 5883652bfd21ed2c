"""A whole provider on a cluster while its chain lies and it is killed: no lease goes wrongly.

Chain and cluster are in memory, time is virtual, and what happens comes from a seed. Two numbers
are counted and must be 0 at the end: leases of which anything was removed though the chain never
ended them, and objects that are left of leases that the chain has ended.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from akashpy.client.errors import Unreachable
from akashpy.types.market import Lease, LeaseID, LeaseState
from provider.cluster.kubernetes.driver import KubernetesDriver
from provider.cluster.kubernetes.settings import KubernetesSettings
from provider.cluster.workload import namespace
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster
from tests.provider.fakes import Durable, Running, running
from tests.provider.market import FakeChain
from tests.provider.tenants import blocks, leased, page, put

SETTINGS = KubernetesSettings(ingress_domain="ingress.test")
LEASES, LIES = 4, 10
LIE_BLOCKS = (3, 40)
LATE = 60
"""Blocks within which everything of an ended lease must be gone once all is well again."""


@dataclass
class Liar(FakeChain):
    """Also answers now and then with an error, and with the first half of a list."""

    errors: float = 0.0
    halves: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(0))

    def _answer(self) -> None:
        super()._answer()
        if self.chance.random() < self.errors:
            raise Unreachable("out of luck")

    async def leases(
        self, *, owner: str = "", dseq: int = 0, provider: str = ""
    ) -> AsyncIterator[Lease]:
        found = [x async for x in super().leases(owner=owner, dseq=dseq, provider=provider)]
        for lease in found[: len(found) // 2 if self.halves else None]:
            yield lease


HONEST = {"errors": 0.0, "halves": False, "lists_nothing": False, "knows_nothing": False,
          "lags_behind": 0, "is_down": False, "syncing": False, "genesis": b"genesis"}  # fmt: skip
TOLD: tuple[Mapping[str, object], ...] = (
    {"errors": 1.0},
    {"errors": 0.4},
    {"halves": True},
    {"lists_nothing": True},
    {"knows_nothing": True},
    {"lists_nothing": True, "knows_nothing": True},
    {"lags_behind": 90},
    {"is_down": True},
    {"syncing": True},
    {"genesis": b"another"},
)


def tell(chain: Liar, lie: Mapping[str, object]) -> None:
    """Be honest but for one thing."""
    for name, value in {**HONEST, **lie}.items():
        setattr(chain, name, value)


class Counts:
    """What must be 0, from everything that was ever asked of the API server."""

    def __init__(self, cluster: FakeCluster, chain: FakeChain) -> None:
        self.wrong_teardowns: list[str] = []
        self._chain = chain
        cluster.after = self._see

    def _see(self, method: str, path: str) -> None:
        if method != "DELETE":
            return
        for lease in self._chain.leases_.values():
            if lease.state is LeaseState.ACTIVE and namespace(lease.id) in path.split("/"):
                self.wrong_teardowns.append(path)


def left_over(cluster: FakeCluster, ended: set[LeaseID]) -> list[tuple[str, str, str]]:
    """Objects of leases that have ended."""
    names = {namespace(lease) for lease in ended}
    return [key for key in cluster.of_leases() if names & {key[1], key[2]}]


@asynccontextmanager
async def alive(chain: Liar, cluster: FakeCluster, world: Durable) -> AsyncIterator[Running]:
    """A provider's process on the cluster; left as by SIGKILL."""

    async def controllers() -> None:
        while True:
            await asyncio.sleep(0.3)
            cluster.settle()

    working = asyncio.create_task(controllers())
    try:
        async with KubernetesDriver.open(SETTINGS, Door(cluster)) as driver:
            world.driver = driver  # type: ignore[assignment]  # the real one in the fake's place
            async with running(world) as provider:
                yield provider
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


@pytest.mark.parametrize("seed", range(1, 5))
async def test_no_lease_is_torn_down_for_what_a_chain_says_wrongly(seed: int) -> None:
    chance, cluster = random.Random(seed), FakeCluster()
    chain = Liar(chance=random.Random(seed + 100))
    world, counts = Durable(chain=chain), Counts(cluster, chain)
    ended: set[LeaseID] = set()
    async with alive(chain, cluster, world) as provider:
        leases = []
        for number in range(1, LEASES + 1):
            definition = page(f"page {number}", f"page{number}.example.test")
            lease = await leased(world, definition, dseq=number)
            await put(provider, lease, definition.manifest())
            leases.append(lease)
        await blocks(5)
        assert {w.lease for w in (await world.driver.observe()).workloads} == set(leases)
    for turn in range(LIES):
        lie = chance.choice(TOLD)
        # A provider that gets no answer at its start ends before it has done anything.
        starts_under_it = chance.random() < 0.5 and not lie.keys() & {"is_down", "errors"}
        tell(chain, lie if starts_under_it else {})
        if turn == LIES // 2:
            ended.add(leases[-1])
            chain.end(leases[-1])
        async with asyncio.timeout(3600), alive(chain, cluster, world):
            tell(chain, lie)
            await blocks(chance.uniform(*LIE_BLOCKS))
        assert counts.wrong_teardowns == [], lie
    tell(chain, {})
    async with alive(chain, cluster, world) as provider:
        await blocks(LATE)
        runs = {w.lease for w in (await world.driver.observe()).workloads}
        assert runs == set(leases) - ended
        for lease in runs:
            assert (await world.driver.status(lease)).is_healthy
        assert {t.lease for t in provider.roll.tenancies} == runs
    assert len(counts.wrong_teardowns) == 0
    assert len(left_over(cluster, ended)) == 0
    assert left_over(cluster, set(leases) - ended)
