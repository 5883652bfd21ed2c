"""A node's core over the real chain, with keys that own money; blocks are made when a test asks.

The state is in memory, blocks and index lie in the test's directory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from akashpy.chain import genesis
from akashpy.chain.app import App
from akashpy.keys.secp256k1 import PrivateKey, address_of
from akashpy.node.blockstore import BlockStore
from akashpy.node.bus import Bus
from akashpy.node.comet.block import Validator
from akashpy.node.comet.keys import SigningKey
from akashpy.node.core import Core, NodeInfo
from akashpy.node.genesis import Genesis
from akashpy.node.mempool import Mempool
from akashpy.node.queries import services
from akashpy.node.queries.table import QUERIES
from akashpy.node.solo import Producer, ProducerSettings
from akashpy.node.txindex import TxIndex
from akashpy.state.store import Store
from akashpy.types.address import Address
from akashpy.types.coin import Coins, DecCoins

CHAIN = "real-1"
GENESIS_TIME = 1_780_000_000 * 10**9
RICH = Coins.parse("1000000000000uact,1000000000000uakt")


def key(name: str) -> PrivateKey:
    """A private key that stands for `name`; the same every time."""
    return PrivateKey(name.encode().rjust(32, b"\x01")[:32])


def address(name: str) -> Address:
    """The address of `key(name)`."""
    return address_of(key(name).public)


class RealChain:
    """`core`, `producer`, and keys named tenant, provider, other, validator."""

    def __init__(
        self,
        root: Path,
        *,
        interval: float = 0.02,
        gas_prices: str = "",
        preset: str = "default",
        pruning: str = "default",
    ) -> None:
        self.signing = SigningKey(b"\x09" * 32)
        people = ("tenant", "provider", "provider2", "other", "validator")
        document = genesis.default(
            preset,
            CHAIN,
            GENESIS_TIME,
            [(address(name), RICH) for name in people],
            (self.signing.public, str(address("validator")), 10**12),
        )
        self.store = Store.open(None, pruning=pruning)
        self.app = App(
            self.store,
            chain_id=CHAIN,
            min_gas_prices=DecCoins.parse(gas_prices),
            check_invariants=True,
        )
        self.now = GENESIS_TIME
        self.core = Core(
            app=self.app,
            store=BlockStore.open(root / "blocks"),
            index=TxIndex.open(root / "index"),
            mempool=Mempool(),
            bus=Bus(),
            genesis=Genesis.of(document),
            info=NodeInfo("00" * 20, "test", CHAIN, Validator(self.signing.public, 10)),
            queries=self._queries,
            clock=self._tick,
            commit_timeout=60,
        )
        services.install(self.core)
        self.producer = Producer(self.core, self.signing, ProducerSettings(interval=interval))

    @staticmethod
    def _queries() -> Mapping[str, Any]:
        return QUERIES

    def _tick(self) -> int:
        self.now += 1_000_000
        return self.now

    async def blocks(self, count: int = 1) -> None:
        """Make blocks."""
        for _ in range(count):
            await self.producer.produce()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make blocks by timer while inside."""
        task = asyncio.create_task(self.producer.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.producer.settled()

    def close(self) -> None:
        """Release files and threads."""
        self.producer.close()
        self.core.bus.close()
        self.core.store.close()
        self.core.index.close()
        self.store.close()


@asynccontextmanager
async def real_chain(root: Path, **options: Any) -> AsyncIterator[RealChain]:
    """A chain at height 1."""
    chain = RealChain(root, **options)
    try:
        await chain.producer.recover()
        await chain.blocks(1)
        yield chain
    finally:
        chain.close()
