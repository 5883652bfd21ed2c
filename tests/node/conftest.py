"""A node's parts over the fake application, on a directory that a test may open again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from akashpy.node.blockstore import BlockStore
from akashpy.node.bus import Bus
from akashpy.node.comet.block import Validator
from akashpy.node.comet.keys import SigningKey
from akashpy.node.core import Core, NodeInfo
from akashpy.node.genesis import Genesis
from akashpy.node.mempool import Mempool, MempoolLimits
from akashpy.node.solo import Producer, ProducerSettings
from akashpy.node.txindex import TxIndex
from tests.node.fake_app import Disk, FakeApp

CHAIN = "fake-1"
GENESIS_TIME = "2026-01-01T00:00:00Z"
START = 1_800_000_000_000_000_000


class Parts:
    """One running node: `core`, `producer`, `app`; `stop()` ends it without a clean close."""

    def __init__(self, root: Path, disk: Disk, key: SigningKey, limits: MempoolLimits) -> None:
        self.key = key
        self.app = FakeApp(disk, key.public)
        self.now = START
        self.core = Core(
            app=self.app,
            store=BlockStore.open(root / "blocks"),
            index=TxIndex.open(root / "index"),
            mempool=Mempool(limits),
            bus=Bus(),
            genesis=Genesis.of({"chain_id": CHAIN, "genesis_time": GENESIS_TIME}),
            info=NodeInfo("00" * 20, "test", CHAIN, Validator(key.public, 10)),
            clock=self.tick,
            commit_timeout=60,
        )
        self.producer = Producer(self.core, key, ProducerSettings(interval=0.01))

    def tick(self) -> int:
        """A clock that moves a millisecond each time it is read."""
        self.now += 1_000_000
        return self.now

    def stop(self) -> None:
        self.producer.close()
        self.core.store.close()
        self.core.index._env.close()  # no clean close, as after a kill

    async def blocks(self, count: int) -> None:
        for _ in range(count):
            await self.producer.produce()


Start = Callable[..., Parts]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a node; called again it starts another on the same directory and disk."""
    disk, key = Disk(), SigningKey(b"\x07" * 32)
    running: list[Parts] = []

    def begin(limits: MempoolLimits | None = None) -> Parts:
        if running:
            running.pop().stop()
        running.append(Parts(tmp_path, disk, key, limits or MempoolLimits()))
        return running[-1]

    yield begin
    for parts in running:
        parts.stop()


@pytest.fixture
async def parts(start: Start) -> Parts:
    """A node that has begun its chain and made no block."""
    found = start()
    await found.producer.recover()
    return found
