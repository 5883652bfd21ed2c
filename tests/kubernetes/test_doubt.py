"""A node that lies takes no lease off a real cluster; a lease that has really ended goes alone.

Provider and chain are processes, the workloads are pods. The node in front of the chain answers
with errors, knows nothing, knows half of every list, is where the chain was long ago, and is
another chain's; under each lie the provider runs on, is killed and started.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akashpy.types.market import LeaseID, LeaseState, OrderID
from provider.cluster.workload import namespace
from tests.kubernetes.cluster import Cluster, registries
from tests.kubernetes.leaving import Leaving
from tests.kubernetes.test_loop import PAGE, fetched
from tests.ports import free_port
from tests.stories.house import House
from tests.stories.liar import Liar, Lie
from tests.stories.town import Town

LIES = (Lie.ERRORS, Lie.EMPTY, Lie.HALF, Lie.OLD, Lie.OTHER)
BLOCKS = 4
"""Blocks for which each lie is told, before the provider is killed and after it is asked again."""
ENDS, STAYS = "ends.example.test", "stays.example.test"
SLOW = 720
"""Blocks within which a namespace is gone while its controller finds back from other tests."""
REMOVALS = re.compile(r'^provider_deployment\{[^}]*action="teardown"[^}]*\} (\S+)', re.MULTILINE)
REMOVED = re.compile(
    r'^provider_deployment\{action="teardown",result="success"\} (\S+)', re.MULTILINE
)
LEASES = re.compile(r"^akashpy_provider_leases (\S+)", re.MULTILINE)


@dataclass
class Scene:
    """A town with a liar, and a provider that runs its leases on the cluster."""

    town: Town
    liar: Liar
    house: House
    cluster: Cluster
    numbers_at: str

    async def serve(self, host: str) -> LeaseID:
        """A lease whose page is served through the ingress."""
        text = PAGE.format(image=registries.WEB, host=host, text=host)
        id = await self.town.deploy("ann", text)
        (best,) = await self.town.bids(OrderID.of(id.with_gseq(1), 1))
        lease = await self.town.take("ann", best.bid.id)
        await self.town.manifest("ann", lease, text)
        await self.shows(host)
        return lease

    async def shows(self, host: str) -> None:
        """Its page says what it is."""
        assert (await fetched(self.cluster, host)).startswith(f"hello {host}")

    async def life(self, lease: LeaseID) -> dict[str, int]:
        """The namespace and each pod of a lease, and how often its container started again."""
        where = f"/api/v1/namespaces/{namespace(lease)}"
        of, found = await asyncio.gather(self._get(where), self._get(f"{where}/pods"))
        pods = {
            pod["metadata"]["uid"]: sum(
                state["restartCount"] for state in pod["status"]["containerStatuses"]
            )
            for pod in found["items"]
            if "deletionTimestamp" not in pod["metadata"]
        }
        return {of["metadata"]["uid"]: 0, **pods}

    async def namespaces(self) -> set[str]:
        """Every namespace of the cluster."""
        found = await self._get("/api/v1/namespaces")
        return {item["metadata"]["name"] for item in found["items"]}

    async def numbers(self) -> str:
        """What the provider counts."""
        async with self.town.http.get(f"http://{self.numbers_at}/metrics") as answer:
            assert answer.status == 200
            return await answer.text()

    async def lie_to_the_end(self, lie: Lie) -> None:
        """Tell a lie to the provider that runs, kill it, and tell it to the one that starts."""
        await self.liar.tell(lie)
        await self.town.next_block(BLOCKS)
        assert REMOVALS.findall(await self.numbers()) == [], lie.value
        await self.house.kill()
        before = self.liar.asked[lie]
        await self.house.launch()

        async def asked() -> bool:
            return self.liar.asked[lie] > before

        await self.town.until(f"the provider asks: {lie.value}", asked)
        await self.town.next_block(BLOCKS)

    async def be_honest(self) -> None:
        """Let the provider find its way back."""
        await self.liar.tell(Lie.NONE)
        await self.house.recovered()
        assert REMOVALS.findall(await self.numbers()) == []

    async def _get(self, path: str) -> Any:
        return await asyncio.to_thread(self.cluster.api.call, "GET", path)


@asynccontextmanager
async def scene(place: Path, cluster: Cluster) -> AsyncIterator[Scene]:
    """Two towns, one of them for the lie of another chain."""
    (place / "other").mkdir()
    async with (
        Town.start(place, ["ann", "pia"]) as town,
        Town.start(place / "other", ["zoe"], interval=0.2) as other,
        Liar.open(town.grpc, town.rpc) as liar,
    ):
        liar.impersonate(other.grpc, other.rpc)
        liar.old_height = await town.height()
        numbers_at = f"127.0.0.1:{free_port()}"
        settings = {
            "driver": "kubernetes",
            "kubernetes": {
                "kubeconfig": str(cluster.kubeconfig),
                "ingress_domain": "ingress.test",
                "grace": "1s",
            },
            "metrics": {"listen": numbers_at},
        }
        house = await town.provider("pia", rpc=liar.rpc, grpc=liar.grpc, settings=settings)
        yield Scene(town, liar, house, cluster, numbers_at)


async def test_no_lie_of_a_node_takes_a_lease_off_the_cluster(
    tmp_path: Path, cluster: Cluster, leaving: Leaving
) -> None:
    leases: list[LeaseID] = []
    try:
        async with scene(tmp_path, cluster) as here:
            for host in (ENDS, STAYS):
                leases.append(await here.serve(host))
            await nothing_goes(here, leases)
            await only_one_goes(here, *leases)
    finally:
        await asyncio.to_thread(leaving.end, *leases)


async def nothing_goes(here: Scene, leases: list[LeaseID]) -> None:
    """Whatever the node says, the same pods run and their pages are served."""
    both = {one: await here.life(one) for one in leases}
    for lie in LIES:
        await here.lie_to_the_end(lie)
        for one, before in both.items():
            assert await here.life(one) == before, lie.value
        await asyncio.gather(here.shows(ENDS), here.shows(STAYS))
        await here.be_honest()
    assert {one: await here.life(one) for one in both} == both
    for one in both:
        view = await here.town.client.query.market.lease(one)
        assert view.lease.state is LeaseState.ACTIVE


async def only_one_goes(here: Scene, ending: LeaseID, lease: LeaseID) -> None:
    """A lease that has really ended is removed, the other one stays as it was."""
    town, before = here.town, await here.life(lease)
    await town.close("ann", ending.deployment)

    async def gone() -> bool:
        return namespace(ending) not in await here.namespaces()

    async def counted() -> bool:
        numbers = await here.numbers()
        return REMOVED.findall(numbers) == ["1.0"] and LEASES.findall(numbers) == ["1.0"]

    await town.until("what ended is gone", gone, blocks=SLOW)
    await town.until("one lease was removed, one is left", counted, blocks=SLOW)
    await fetched(here.cluster, ENDS, status=404)
    assert await here.life(lease) == before
    await here.shows(STAYS)
    ledger = await town.books()
    assert ledger.count("MsgCloseBid", code=None) == 0
    assert ledger.count("MsgCreateBid", code=None) == 2
