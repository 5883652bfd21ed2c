"""A node under CometBFT from its home to its ports: the composition root beside `node.daemon`.

It opens the state, serves ABCI, runs CometBFT as a child or waits for one started elsewhere,
follows its blocks, and serves gRPC and REST; leaving it undoes that in reverse order. A request
that CometBFT must not get past ends the node. Settings come in as values.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from akashpy.chain.app import App
from akashpy.client.errors import StatusRefusal, Unreachable
from akashpy.client.rpc import RpcTransport
from akashpy.node.abci.application import AbciApplication, AbciSettings, Hooks
from akashpy.node.abci.snapshots import Restoration, Shelf
from akashpy.node.blockstore import BlockStore
from akashpy.node.bus import Bus, BusLimits
from akashpy.node.comet.block import Validator
from akashpy.node.comet.keys import load_node_key, load_validator_key
from akashpy.node.cometbft import files
from akashpy.node.cometbft.follow import Follower
from akashpy.node.cometbft.process import CometProcess, find
from akashpy.node.cometbft.relay import RelayingCore
from akashpy.node.core import NodeInfo
from akashpy.node.daemon import LEARNING_SLICE, loop_factory, note_upgrade, tame_process
from akashpy.node.home import Home
from akashpy.node.mempool import Mempool
from akashpy.node.readiness import Readiness, judged
from akashpy.node.rest_settings import RestSettings
from akashpy.node.serving import serve_beside_rpc, until_stopped
from akashpy.node.slices import run_sliced
from akashpy.node.txindex import TxIndex
from akashpy.state.snapshot import Manifest
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput, BlockResult
from akashpy.types.coin import DecCoins
from akashpy.types.upgrade import UpgradeNeeded

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds without a block after which a node counts as not ready."""
STATUS_TIMEOUT = 5.0
STATE = "state"
RESTORING = "restoring"
TAKEN_OVER = "taken-over"
"""Inside the state: the height of the snapshot that it was, before a block follows it."""
SNAPSHOTS = "snapshots"
TRANSPORTS = {"socket": "akashpy.node.abci.socket", "grpc": "akashpy.node.abci.grpc"}


@dataclass(frozen=True, slots=True)
class CometSettings:
    """How a node under CometBFT runs.

    `abci` is where the application listens; port 0 picks one, which only a child can be told.
    `transport` is socket or grpc; `cometbft` is the child's program, None finds it; `supervise`
    False waits for a CometBFT that somebody else starts. Ports of gRPC and REST: 0
    picks a free one, None serves nothing there.
    """

    moniker: str = "node0"
    abci: str = "tcp://127.0.0.1:0"
    transport: str = "socket"
    cometbft: str | None = None
    supervise: bool = True
    rpc: str = ""
    """Address of CometBFT's RPC; empty: as config.toml says."""
    door_host: str = "127.0.0.1"
    door_port: int | None = None
    """Where CometBFT's RPC is served with Akash's method `akash` beside it."""
    grpc_host: str = "127.0.0.1"
    grpc_port: int | None = None
    rest_host: str = "127.0.0.1"
    rest_port: int | None = None
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    min_gas_prices: str = ""
    pruning: str = "default"
    check_invariants: bool = False
    tame_process: bool = False
    commit_timeout: float = 10.0
    snapshots_kept: int = 2
    skip_upgrades: frozenset[int] = frozenset()
    chain: AbciSettings = field(default_factory=AbciSettings)
    rest: RestSettings = field(default_factory=RestSettings)


class CometNode(Hooks):
    """A running node under CometBFT. Use `async with CometNode.start(home, settings) as node`."""

    def __init__(self, home: Home, settings: CometSettings) -> None:
        self.home = home
        self.settings = settings
        self.core: RelayingCore
        self.abci = ""
        """Where the application listens."""
        self.rpc = ""
        """Address of CometBFT's RPC, as http://host:port."""
        self.door = ""
        """Address of the RPC for Akash's programs; empty when not served."""
        self.grpc = ""
        self.rest = ""
        self.metrics = ""
        """Address of /metrics, /health and /ready, as http://host:port; empty when not served."""
        self.process: CometProcess | None = None
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Fails with the reason when the node cannot go on."""
        self._state: Store
        self._follower: Follower | None = None

    @classmethod
    @asynccontextmanager
    async def start(
        cls, home: Path, settings: CometSettings | None = None
    ) -> AsyncIterator[CometNode]:
        """Open the home, serve ABCI, run or await CometBFT, and serve until left.

        Raises HomeError, KeyFileError, StoreError, BlockStoreError, CometError, OSError.
        """
        node = cls(Home(home), settings or CometSettings())
        async with AsyncExitStack() as stack:
            await node._run(stack)
            try:
                yield node
            finally:
                node.failed.cancel()

    async def _run(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        files.write_missing(self.home, files.CometConfig(moniker=settings.moniker))
        program = find(settings.cometbft) if settings.supervise else ""
        self._open(stack)
        application = AbciApplication(
            self.core,
            lambda: self._state,
            shelf=Shelf(self.home.data / SNAPSHOTS, keep=settings.snapshots_kept),
            begin_restoration=self._begin_restoration,
            hooks=self,
            settings=settings.chain,
        )
        stack.push_async_callback(application.close)
        serve_abci = import_module(TRANSPORTS[settings.transport]).serve
        self.abci = await stack.enter_async_context(
            serve_abci(application, settings.abci, self._fail)
        )
        self._follow(stack)
        self._learn(stack)
        if settings.supervise:
            self._supervise(stack, program)
        self.grpc, self.rest, self.metrics = await serve_beside_rpc(
            stack, self.core, settings, self.readiness, alone=False
        )
        if settings.door_port is not None:
            serve_door = import_module("akashpy.node.cometbft.door").serve
            self.door = await stack.enter_async_context(
                serve_door(self.core, self.rpc, settings.door_host, settings.door_port)
            )
        if settings.tame_process:
            tame_process()

    # STATE

    def _open(self, stack: AsyncExitStack) -> None:
        home = self.home
        genesis = home.load_genesis()
        key, node_key = load_validator_key(home.validator_key), load_node_key(home.node_key)
        home.data.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(home.data / RESTORING, ignore_errors=True)
        self._state = Store.open(home.data / STATE, pruning=self.settings.pruning)
        stack.callback(lambda: self._state.close())
        blocks = BlockStore.open(home.data / "blocks")
        stack.callback(blocks.close)
        blocks.bind(genesis.hash)
        index = TxIndex.open(home.data / "index")
        stack.callback(index.close)
        rpc = self.settings.rpc or files.read(home).get("rpc", {}).get("laddr", "")
        self.rpc = "http://" + rpc.partition("://")[2].replace("0.0.0.0", "127.0.0.1")
        info = NodeInfo(
            id=node_key.address.hex(),
            moniker=self.settings.moniker,
            network=genesis.chain_id,
            validator=Validator(key.public, 0),
            rpc_address=rpc,
        )
        self.core = RelayingCore(
            app=self._app(genesis.chain_id),
            store=blocks,
            index=index,
            mempool=Mempool(),
            bus=Bus(BusLimits()),
            genesis=genesis,
            info=info,
            queries=lambda: import_module("akashpy.node.queries.table").QUERIES,
            commit_timeout=self.settings.commit_timeout,
        )
        self.core.relay = RpcTransport(self.rpc)
        stack.push_async_callback(self.core.relay.close)
        stack.callback(self.core.bus.close)
        import_module("akashpy.node.queries.services").install(self.core)

    def _app(self, chain_id: str) -> App:
        return App(
            self._state,
            chain_id=chain_id,
            min_gas_prices=DecCoins.parse(self.settings.min_gas_prices),
            check_invariants=self.settings.check_invariants,
            skip_upgrades=self.settings.skip_upgrades,
        )

    # WHAT THE APPLICATION TELLS

    async def committed(self, block: BlockInput, result: BlockResult) -> None:
        """A block is durable: let it be shown, too."""
        if self._follower is not None:
            self._follower.committed(block, result)

    async def restored(self, restoration: Restoration) -> None:
        """Put a restored state in the place of the empty one. Raises SnapshotInvalid."""
        loop = asyncio.get_running_loop()
        pruning = self.settings.pruning
        built = await loop.run_in_executor(None, lambda: restoration.build(pruning=pruning))
        (built / TAKEN_OVER).write_text(str(restoration.manifest.height), encoding="ascii")
        place = self.home.data / STATE
        self._state.close()
        shutil.rmtree(place)
        os.replace(built, place)
        self._state = Store.open(place, pruning=pruning)
        self.core.app = self._app(self.core.chain_id)

    def may_replace(self, height: int) -> bool:
        """An empty state may go, and one that is a snapshot of which CometBFT knows nothing."""
        if not height:
            return True
        try:
            found = (self.home.data / STATE / TAKEN_OVER).read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        return found == str(height)

    def _begin_restoration(self, manifest: Manifest, app_hash: bytes) -> Restoration:
        return Restoration(manifest, app_hash, self.home.data / RESTORING)

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, UpgradeNeeded):
            note_upgrade(self.home, error)
        if not self.failed.done():
            self.failed.set_exception(error)
            self.failed.exception()  # a failure that nobody awaits is in the log already

    # TASKS

    def _follow(self, stack: AsyncExitStack) -> None:
        self._follower = Follower(self.core, self.rpc, keep=self.settings.chain.retain_blocks)
        self._task(stack, self._follower.run(), "follower")

    def _learn(self, stack: AsyncExitStack) -> None:
        """Learn the state's inner hashes beside everything else, so that blocks find them."""
        learning = run_sliced(self._state.learn_steps(), budget=LEARNING_SLICE)
        self._task(stack, learning, "inner hashes")

    def _supervise(self, stack: AsyncExitStack, program: str) -> None:
        log_file = self.home.data / "cometbft.log"
        told = ["--proxy_app", self.abci, "--abci", self.settings.transport]
        if self.settings.rpc:
            told += ["--rpc.laddr", self.settings.rpc]
        self.process = CometProcess(program, self.home.root, told, log_file)
        self._task(stack, self.process.run(), "CometBFT")

    def _task(self, stack: AsyncExitStack, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)

        async def end() -> None:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

        task.add_done_callback(self._note_end)
        stack.push_async_callback(end)

    def _note_end(self, task: asyncio.Future[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.critical("a part of the node has ended", exc_info=error)
            self._fail(error)

    async def readiness(self) -> Readiness:
        """Whether the node can be sent work: CometBFT is level with its peers, and we with it."""
        failed = self.failed.done() and not self.failed.cancelled() and self.failed.exception()
        ended, catching_up = str(failed) if failed else "", True
        try:
            status = await self.core.relay.ask("status", {}, timeout=STATUS_TIMEOUT)
            catching_up = bool(status["sync_info"]["catching_up"])
        except (StatusRefusal, Unreachable) as error:
            ended = ended or f"CometBFT does not answer: {error}"
        return judged(self.core, patience=PATIENCE, catching_up=catching_up, ended=ended)


def run(
    home: Path, settings: CometSettings, ready: Callable[[CometNode], None] | None = None
) -> None:
    """Run a node in this process until SIGINT or SIGTERM, or until it cannot go on.

    `ready` is told of the node once it serves. Raises what `CometNode.start` raises, and the
    reason for which the node ended.
    """

    def announce(node: CometNode) -> None:
        log.info("serving", extra={"rpc": node.rpc, "abci": node.abci})
        if ready is not None:
            ready(node)

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(until_stopped(CometNode.start(home, settings), announce))
