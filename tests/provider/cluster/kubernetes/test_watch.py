"""The copy of the cluster: follows, survives 410 and silence, never takes a miss for a deletion."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import Api
from provider.cluster.kubernetes.watch import Change, Reflector
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster, node

News = list[tuple[Change, str]]


@asynccontextmanager
async def watching(cluster: FakeCluster) -> AsyncIterator[tuple[Reflector, News]]:
    """A copy of the machines, kept, and what it told."""
    news: News = []

    def told(change: Change, object: dict[str, Any]) -> None:
        news.append((change, object["metadata"]["name"]))

    reflector = Reflector(Api(Door(cluster)), kinds.NODE, told=told)
    task = asyncio.create_task(reflector.run())
    try:
        await reflector.synced.wait()
        await asyncio.sleep(1)
        yield reflector, news
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_follows() -> None:
    cluster = FakeCluster()
    async with watching(cluster) as (reflector, news):
        cluster.add(node("second"))
        await asyncio.sleep(1)
        cluster.answer("DELETE", "/api/v1/nodes/node", {}, None)
        await asyncio.sleep(1)
        assert news == [
            (Change.PRESENT, "node"),
            (Change.PRESENT, "second"),
            (Change.DELETED, "node"),
        ]
        assert [name for _, name in reflector.objects] == ["second"]


async def test_what_a_new_list_lacks_is_lost_and_not_deleted() -> None:
    cluster = FakeCluster()
    cluster.add(node("second"))
    async with watching(cluster) as (reflector, news):
        cluster.down = True
        cluster._tell("MODIFIED", ("nodes", "", "x"), node("x"))
        await asyncio.sleep(60)
        assert set(reflector.objects) == {("", "node"), ("", "second")}
        cluster._remove(("nodes", "", "second"))
        cluster.forget()
        cluster.version += 1000
        cluster.down = False
        await asyncio.sleep(60)
        assert (Change.LOST, "second") in news
        assert not any(change is Change.DELETED for change, _ in news)
        assert set(reflector.objects) == {("", "node")}


async def test_an_outage_changes_nothing_and_is_known() -> None:
    cluster = FakeCluster()
    async with watching(cluster) as (reflector, news):
        cluster.down = True
        cluster._tell("MODIFIED", ("nodes", "", "x"), node("x"))
        told = len(news)
        await asyncio.sleep(3600)
        assert set(reflector.objects) == {("", "node")}
        assert len(news) == told
        assert reflector.age > 3500


async def test_watches_that_are_cut_at_once_are_not_asked_for_in_a_rush() -> None:
    cluster = FakeCluster()
    asked = 0

    async def cut(path: str, query: object) -> AsyncIterator[bytes]:
        nonlocal asked
        asked += 1
        nothing: tuple[bytes, ...] = ()
        for line in nothing:
            yield line

    cluster.watch = cut  # type: ignore[method-assign]  # a proxy that ends them
    async with watching(cluster):
        await asyncio.sleep(60)
    assert 30 < asked < 70
