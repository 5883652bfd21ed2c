"""An embedded node from its home to its ports: the composition root of `akashpy.node`.

Exists so that `akashpy dev`, `akashpy node start` and tests start the same thing. It opens what
lies on disk, brings it level, produces blocks and serves; leaving it undoes that in reverse
order. Settings come in as values: nothing below reads environment or files on its own.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from akashpy.chain.app import App
from akashpy.node.blockstore import BlockStore
from akashpy.node.bus import Bus, BusLimits
from akashpy.node.comet.block import Validator
from akashpy.node.comet.keys import load_node_key, load_validator_key
from akashpy.node.comet.signer import Signer, SignerError
from akashpy.node.core import Core, NodeInfo
from akashpy.node.home import Home
from akashpy.node.mempool import Mempool, MempoolLimits
from akashpy.node.readiness import Readiness, judged, patience_of
from akashpy.node.rest_settings import RestSettings
from akashpy.node.rpc.post import RpcLimits
from akashpy.node.rpc.server import serve as serve_rpc
from akashpy.node.serving import serve_beside_rpc, until_stopped
from akashpy.node.signatures import signatures, worth_it
from akashpy.node.slices import run_sliced
from akashpy.node.solo import ChainHalted, Producer, ProducerSettings
from akashpy.node.txindex import TxIndex
from akashpy.state.store import Store
from akashpy.types.coin import DecCoins
from akashpy.types.upgrade import UpgradeNeeded

log = logging.getLogger(__name__)

YOUNG_OBJECTS = 5_000_000
"""New objects at which collection begins by itself; blocks come first, see `_collecting`."""
BLOCKS_PER_YOUNG_COLLECTION = 10
"""Blocks between two collections of what is new since the last: each a pause that grows with the
transactions that wait, some ten milliseconds for two thousand of them."""
BLOCKS_PER_COLLECTION = 3_600
"""Blocks between two collections of everything, each a pause of a tenth of a second or so."""
NO_TIME = "0001-01-01T00:00:00Z"
"""Go's zero time, which upgrade-info.json carries for readers written in Go."""
LEARNING_SLICE = 0.001
"""Seconds that learning the state's inner hashes takes of each turn of the loop after a start."""
SWITCH_INTERVAL = 0.0005
"""Seconds after which the writer thread may ask for the interpreter."""


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """How a node runs. Ports: 0 picks a free one, None serves nothing there.

    `block_interval` is in seconds; `min_gas_prices` is this node's own minimum, as text
    ("0.0025uakt"); `pruning` one of the SDK's names, for states; `min_retain_blocks` how many
    blocks stay readable at least, 0 for all; `skip_upgrades` heights at which a planned
    upgrade is not carried out; `tame_process` adjusts garbage collection
    and thread switching of the whole process and is meant for a process that is the node.
    """

    moniker: str = "node0"
    rpc_host: str = "127.0.0.1"
    rpc_port: int | None = 26657
    grpc_host: str = "127.0.0.1"
    grpc_port: int | None = None
    rest_host: str = "127.0.0.1"
    rest_port: int | None = None
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    block_interval: float = 1.0
    max_block_txs: int = 10_000
    min_gas_prices: str = ""
    pruning: str = "default"
    min_retain_blocks: int = 0
    check_invariants: bool = False
    skip_upgrades: tuple[int, ...] = ()
    tame_process: bool = False
    commit_timeout: float = 10.0
    mempool: MempoolLimits = field(default_factory=MempoolLimits)
    rpc: RpcLimits = field(default_factory=RpcLimits)
    rest: RestSettings = field(default_factory=RestSettings)
    subscriptions: BusLimits = field(default_factory=BusLimits)


class Node:
    """A running node. Use `async with Node.start(home, settings) as node`."""

    def __init__(self, core: Core, producer: Producer, home: Home, state: Store) -> None:
        self.core = core
        self._state = state
        self.producer = producer
        self.home = home
        self.rpc = ""
        """Address of the RPC port, as http://host:port; empty when none is served."""
        self.grpc = ""
        """Address of the gRPC port, as host:port; empty when none is served."""
        self.rest = ""
        """Address of the REST port, as http://host:port; empty when none is served."""
        self.metrics = ""
        """Address of /metrics, /health and /ready, as http://host:port; empty when not served."""
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Fails with the reason when block production has ended by itself."""

    @classmethod
    @asynccontextmanager
    async def start(cls, home: Path, settings: NodeSettings | None = None) -> AsyncIterator[Node]:
        """Open the home, catch up, produce blocks and serve until left.

        Raises HomeError, KeyFileError, StoreError, BlockStoreError, ChainHalted, OSError.
        """
        settings = settings or NodeSettings()
        async with AsyncExitStack() as stack:
            node = await cls._open(Home(home), settings, stack)
            if settings.rpc_port is not None:
                node.rpc = await stack.enter_async_context(
                    serve_rpc(node.core, settings.rpc_host, settings.rpc_port, settings.rpc)
                )
            if settings.tame_process and worth_it():  # before gRPC has threads, which forks trouble
                node.core.signatures = await stack.enter_async_context(signatures())
            node.grpc, node.rest, node.metrics = await serve_beside_rpc(
                stack, node.core, settings, node.readiness, alone=True
            )
            stack.callback(node.core.bus.close)
            await stack.enter_async_context(node._learning())
            await stack.enter_async_context(node._producing())
            if settings.tame_process:
                tame_process()
                await stack.enter_async_context(node._collecting())
            yield node

    @classmethod
    async def _open(cls, home: Home, settings: NodeSettings, stack: AsyncExitStack) -> Node:
        genesis = home.load_genesis()
        key, node_key = load_validator_key(home.validator_key), load_node_key(home.node_key)
        home.data.mkdir(parents=True, exist_ok=True)
        state = Store.open(home.data / "state", pruning=settings.pruning)
        stack.callback(state.close)
        blocks = BlockStore.open(home.data / "blocks")
        stack.callback(blocks.close)
        blocks.bind(genesis.hash)
        index = TxIndex.open(home.data / "index")
        stack.callback(index.close)
        app = App(
            state,
            chain_id=genesis.chain_id,
            min_gas_prices=DecCoins.parse(settings.min_gas_prices),
            check_invariants=settings.check_invariants,
            skip_upgrades=settings.skip_upgrades,
        )
        host = settings.rpc_host
        info = NodeInfo(
            id=node_key.address.hex(),
            moniker=settings.moniker,
            network=genesis.chain_id,
            validator=Validator(key.public, 0),
            rpc_address=f"tcp://{host}:{settings.rpc_port or 0}",
        )
        queries = _Queries()
        core = Core(
            app=app,
            store=blocks,
            index=index,
            mempool=Mempool(settings.mempool),
            bus=Bus(settings.subscriptions),
            genesis=genesis,
            info=info,
            queries=queries,
            commit_timeout=settings.commit_timeout,
        )
        queries.core = core
        import_module("akashpy.node.queries.services").install(core)
        producing = ProducerSettings(
            settings.block_interval, settings.max_block_txs, settings.min_retain_blocks
        )
        try:
            signer = Signer(key, home.signer_state)
        except SignerError as error:
            raise ChainHalted(str(error)) from error
        producer = Producer(core, key, producing, signer=signer)
        stack.callback(producer.close)
        try:
            await producer.recover()
        except UpgradeNeeded as error:
            note_upgrade(home, error)
            raise
        return cls(core, producer, home, state)

    async def readiness(self) -> Readiness:
        """Whether the node can be sent work."""
        patience = patience_of(self.producer.settings.interval)
        failed = self.failed.done() and not self.failed.cancelled() and self.failed.exception()
        return judged(self.core, patience=patience, ended=str(failed) if failed else "")

    @asynccontextmanager
    async def _producing(self) -> AsyncIterator[None]:
        """Produce blocks while inside; a block that has begun is finished before leaving."""
        task = asyncio.create_task(self.producer.run(), name="block producer")
        task.add_done_callback(self._note_end)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
            await self.producer.settled()
            self.failed.cancel()

    @asynccontextmanager
    async def _learning(self) -> AsyncIterator[None]:
        """Learn the state's inner hashes beside everything else, so that blocks find them."""
        learning = run_sliced(self._state.learn_steps(), budget=LEARNING_SLICE)
        task = asyncio.create_task(learning, name="inner hashes")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @asynccontextmanager
    async def _collecting(self) -> AsyncIterator[None]:
        """Collect garbage between blocks while inside, when the last block's objects are gone.

        Left to itself, collection begins inside a block and walks all that the block has made.
        """

        async def collect() -> None:
            for turn in count(1):
                await self.core.reached(self.core.height + 1)
                await self.producer.settled()
                if not turn % BLOCKS_PER_COLLECTION:
                    gc.collect()
                elif not turn % BLOCKS_PER_YOUNG_COLLECTION:
                    gc.collect(1)

        task = asyncio.create_task(collect(), name="garbage collection")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self.failed.done():
            return
        error = task.exception()
        if error is not None:
            if isinstance(error, UpgradeNeeded):
                note_upgrade(self.home, error)
            else:
                log.critical("block production has ended", exc_info=error)
            self.failed.set_exception(error)
            self.failed.exception()  # a failure that nobody awaits is in the log already


def note_upgrade(home: Home, error: UpgradeNeeded) -> None:
    """Say that the chain waits for a newer program, where operators and supervisors look for it."""
    found = {"name": error.plan.name, "time": NO_TIME, "height": error.plan.height}
    if error.plan.info:
        found["info"] = error.plan.info
    path = home.data / "upgrade-info.json"
    path.write_text(json.dumps(found, separators=(",", ":"), ensure_ascii=False))
    path.chmod(0o600)
    log.critical(str(error), extra={"file": str(path)})


def tame_process() -> None:
    """Keep what exists out of garbage collection, let threads switch sooner.

    A block keeps hundreds of thousands of new tuples alive at once, which default collection
    walks again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 1_000_000)
    sys.setswitchinterval(SWITCH_INTERVAL)


def run(
    home: Path,
    settings: NodeSettings | None = None,
    ready: Callable[[Node], None] | None = None,
) -> None:
    """Run a node in this process until SIGINT or SIGTERM, or until block production ends.

    `ready` is told of the node once it serves. Raises what `Node.start` raises, and the reason
    for which block production ended.
    """

    def announce(node: Node) -> None:
        log.info("serving", extra={"rpc": node.rpc, "chain": node.core.chain_id})
        if ready is not None:
            ready(node)

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(until_stopped(Node.start(home, settings), announce))


def loop_factory() -> Any:
    """uvloop's where it is installed, else the standard loop."""
    try:
        return import_module("uvloop").new_event_loop
    except ImportError:
        return None


class _Queries:
    """The gRPC queries, loaded when the first one is asked: every query module comes with them."""

    def __init__(self) -> None:
        self.core: Core | None = None
        self._table: Mapping[str, Any] | None = None

    def __call__(self) -> Mapping[str, Any]:
        if self._table is None:
            self._table = import_module("akashpy.node.queries.table").QUERIES
            if self.core is not None:
                import_module("akashpy.node.queries.services").install(self.core)
        return self._table
