"""A server that is not ready yet (429) is asked again, for as long as patience lasts."""

from __future__ import annotations

import asyncio
import json

import pytest

from provider.cluster.errors import Unavailable
from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import Api, Query
from provider.cluster.kubernetes.builder.given import Object
from tests.provider.cluster.kubernetes.fakecluster import Door, FakeCluster

BUSY = {"kind": "Status", "reason": "TooManyRequests", "message": "storage is (re)initializing"}


class Waking(Door):
    """Answers 429 until it has been asked so often."""

    def __init__(self, cluster: FakeCluster, refusals: int) -> None:
        super().__init__(cluster)
        self.refusals, self.asked = refusals, 0

    async def request(
        self, method: str, path: str, query: Query, body: Object | None, content: str
    ) -> tuple[int, bytes]:
        """See Transport."""
        self.asked += 1
        if self.asked <= self.refusals:
            return 429, json.dumps(BUSY).encode()
        return await super().request(method, path, query, body, content)


async def test_it_is_asked_until_it_is_itself() -> None:
    door = Waking(FakeCluster(), refusals=5)
    assert await Api(door).get(kinds.NODE, "", "node") is not None
    assert door.asked == 6


async def test_patience_ends_and_nothing_is_known() -> None:
    began = asyncio.get_running_loop().time()
    door = Waking(FakeCluster(), refusals=10**6)
    with pytest.raises(Unavailable, match="initializing"):
        await Api(door, patience=10.0).get(kinds.MANIFEST, "lease", "any")
    assert asyncio.get_running_loop().time() - began == pytest.approx(10.0, abs=0.1)
