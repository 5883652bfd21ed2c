"""The heart of an embedded node: everything that RPC, gRPC and an in-memory client ask for.

Exists so that all servers share one object and one set of rules about heights, checks and
announcements. Owns application, mempool, block store, index and bus. Must not know any wire
format; the producer drives it, servers read from it. Everything runs on one event loop; only
durable writes leave it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from time import time_ns
from typing import Any, Literal, NamedTuple, Protocol

from akashpy.node.application import Application
from akashpy.node.blockstore import BlockMeta, BlockOutcome, BlockStore
from akashpy.node.bus import Bus, Subscription
from akashpy.node.comet.block import Validator, tx_hash
from akashpy.node.genesis import Genesis
from akashpy.node.mempool import Mempool, MempoolError, MempoolFull
from akashpy.node.signatures import ALONE, Claim, Signatures
from akashpy.node.slices import Lane, LaneFull
from akashpy.node.txindex import TxIndex
from akashpy.types.abci import CheckResult, TxResult

Mode = Literal["async", "sync", "commit"]

COMET_VERSION = "0.38.21"
"""The version of CometBFT whose formats this node speaks."""


class HeightError(ValueError):
    """A height that cannot be shown; the text is CometBFT's."""


class CommitTimeout(Exception):
    """A broadcast transaction was not seen in a block in time."""


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What a node says about itself. `id` is the lower-case hex address of its node key."""

    id: str
    moniker: str
    network: str
    validator: Validator
    rpc_address: str = "tcp://127.0.0.1:26657"
    listen_address: str = "tcp://0.0.0.0:26656"


@dataclass(frozen=True, slots=True)
class Landed:
    """A transaction in a block."""

    hash: bytes
    height: int
    index: int
    tx: bytes
    result: TxResult


class Broadcast(NamedTuple):
    """What became of an offered transaction: its check and, in mode commit, where it landed."""

    hash: bytes
    check: CheckResult
    landed: Landed | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A block that is durable, with everything there is to tell about it."""

    meta: BlockMeta
    txs: Sequence[bytes]
    hashes: Sequence[bytes]
    results: Sequence[TxResult]
    outcome: BlockOutcome


@dataclass(slots=True)
class Counts:
    """What has happened since this process began; metrics show it.

    `failed` transactions did not pass their check, `rejected` ones found no room; `rechecked` after
    a block, `evicted` because they no longer passed; `panics` of rules while executing.
    """

    failed: int = 0
    rejected: int = 0
    rechecked: int = 0
    evicted: int = 0
    panics: int = 0


class Watch(Protocol):
    """Hears of blocks and of how long their parts took, for metrics."""

    def finished(self, done: Finished) -> None:
        """A block was announced."""

    def took(self, part: str, seconds: float) -> None:
        """A part of a block ("execute", "write", "recheck") took so long."""

    def answered(self, method: str, seconds: float) -> None:
        """CometBFT had its answer to a request of this kind ("check_tx") after so long."""


class Core:
    """One chain's node without its servers and without its block producer."""

    def __init__(
        self,
        *,
        app: Application,
        store: BlockStore,
        index: TxIndex,
        mempool: Mempool,
        bus: Bus,
        genesis: Genesis,
        info: NodeInfo,
        queries: Callable[[], Mapping[str, Any]] = dict,
        clock: Callable[[], int] = time_ns,
        commit_timeout: float = 10.0,
    ) -> None:
        self.app = app
        self.store = store
        self.index = index
        self.mempool = mempool
        self.bus = bus
        self.genesis = genesis
        self.info = info
        self.lane = Lane()
        self.signatures: Signatures | None = None
        """Who verifies signatures beside this process; None: every check does it itself."""
        self.queries = queries
        """Gives the table of gRPC queries by path when it is first needed."""
        self.counts = Counts()
        self.watch: Watch | None = None
        self.commit_timeout = commit_timeout
        self.clock = clock
        self.services: dict[str, Callable[[bytes, int], bytes]] = {}
        """gRPC methods that need the node and not only state, by path; filled by the servers."""
        self._latest = store.meta(store.height)
        self._landing: dict[bytes, list[asyncio.Future[Landed]]] = {}
        self._names = count(1)
        self._reaching: list[tuple[int, asyncio.Future[None]]] = []

    # what is known

    @property
    def chain_id(self) -> str:
        return self.info.network

    @property
    def height(self) -> int:
        """The last announced height; 0 before the first block."""
        return self._latest.height if self._latest is not None else 0

    @property
    def latest(self) -> BlockMeta | None:
        """The last announced block."""
        return self._latest

    def resolve_height(self, height: int | None, *, ahead: int = 0) -> int:
        """A height that can be shown; None is the latest. `ahead` allows that many beyond it.

        Raises HeightError.
        """
        top = self.height + ahead
        if height is None:
            return top
        if height <= 0:
            raise HeightError(f"height must be greater than 0, but got {height}")
        if height > top:
            raise HeightError(
                f"height {height} must be less than or equal to the current blockchain height {top}"
            )
        if height < self.store.base:
            raise HeightError(
                f"height {height} is not available, lowest height is {self.store.base}"
            )
        return height

    def block(self, height: int | None = None) -> tuple[BlockMeta, list[bytes]]:
        """A block with its transactions. Raises HeightError."""
        at = self.resolve_height(height)
        return self._meta(at), self.store.txs(at)

    def meta(self, height: int | None = None) -> BlockMeta:
        """A block without its transactions. Raises HeightError."""
        return self._meta(self.resolve_height(height))

    def tx(self, hash: bytes) -> Landed | None:
        """A transaction that landed in an announced block."""
        place = self.index.tx(hash)
        if place is None or place[0] > self.height:
            return None
        return self.landed(*place, expected=hash)

    def landed(self, height: int, index: int, *, expected: bytes | None = None) -> Landed | None:
        """Transaction `index` of the block at `height`; None if absent or not the expected one."""
        txs, result = self.store.txs(height), self.store.result(height, index)
        if index >= len(txs) or result is None:
            return None
        hash = tx_hash(txs[index])
        if expected is not None and hash != expected:
            return None
        return Landed(hash, height, index, txs[index], result)

    def _meta(self, height: int) -> BlockMeta:
        found = self.store.meta(height)
        if found is None:
            raise HeightError(f"height {height} is not available, no block is stored")
        return found

    # transactions

    async def broadcast(self, raw: bytes, mode: Mode = "sync") -> Broadcast:
        """Check a transaction and queue it for a block.

        `async` tells nothing about the check, `sync` its result, `commit` waits for the block.
        Raises MempoolError, and CommitTimeout in mode commit.
        """
        if mode == "commit":
            return await self._broadcast_commit(raw)
        hash, check = await self._offer(raw)
        return Broadcast(hash, CheckResult() if mode == "async" else check)

    async def broadcast_many(self, raws: Sequence[bytes]) -> list[Broadcast | MempoolError]:
        """Mode sync for several transactions in order, with one turn in the lane for all.

        A refusal before the check is an item of the answer, so that the others go on.
        """

        def admit_all() -> list[Broadcast | MempoolError]:
            found: list[Broadcast | MempoolError] = []
            for raw, known in zip(raws, vouched, strict=True):
                try:
                    found.append(Broadcast(*self.admit(raw, known)))
                except MempoolError as error:
                    found.append(error)
            return found

        try:
            vouched = await self._vouched(raws)
            return await self.lane.run(admit_all)
        except LaneFull:
            return [self._too_busy()] * len(raws)

    async def check(self, raw: bytes) -> CheckResult:
        """Check a transaction without queueing it."""
        return await self.lane.run(lambda: self.app.check_tx(raw))

    async def _vouched(self, raws: Sequence[bytes]) -> list[Any]:
        """For each transaction what spares its check the signature, or None. Raises LaneFull."""
        signatures = self.signatures
        if signatures is None or (signatures.is_idle and len(raws) <= ALONE):
            return [None] * len(raws)
        if len(self.mempool) >= self.mempool.limits.max_txs:
            return [None] * len(raws)  # about to be refused
        claims = await self.lane.run(lambda: [self.app.claim(raw) for raw in raws])
        asked = [Claim(*found[1][1:]) for found in claims if found is not None]
        valid = iter(await signatures.valid(asked))
        return [found[0] if found is not None and next(valid) else None for found in claims]

    def admit(self, raw: bytes, vouched: Any = None) -> tuple[bytes, CheckResult]:
        """Check and queue, now. Only for callers inside the lane. Raises MempoolError."""
        mempool = self.mempool
        try:
            hash = mempool.reserve(raw)
        except MempoolError:
            self.counts.rejected += 1
            raise
        try:
            check = self.app.check_tx(raw, vouched=vouched)
        except BaseException:
            mempool.release(hash)
            raise
        if check.code == 0:
            mempool.add(raw, hash, gas_wanted=check.gas_wanted, now=self.clock())
        else:
            self.counts.failed += 1
            mempool.release(hash)
        return hash, check

    async def _offer(self, raw: bytes) -> tuple[bytes, CheckResult]:
        try:
            (vouched,) = await self._vouched([raw])
            return await self.lane.run(lambda: self.admit(raw, vouched))
        except LaneFull as error:
            raise self._too_busy() from error

    def _too_busy(self) -> MempoolFull:
        limits, waiting = self.mempool.limits, len(self.mempool) + len(self.lane)
        return MempoolFull(waiting, limits.max_txs, self.mempool.bytes, limits.max_bytes)

    async def _broadcast_commit(self, raw: bytes) -> Broadcast:
        hash = tx_hash(raw)
        landing: asyncio.Future[Landed] = asyncio.get_running_loop().create_future()
        waiting = self._landing.setdefault(hash, [])
        waiting.append(landing)
        try:
            _, check = await self._offer(raw)
            if check.code != 0:
                return Broadcast(hash, check)
            async with asyncio.timeout(self.commit_timeout):
                return Broadcast(hash, check, await landing)
        except TimeoutError as error:
            raise CommitTimeout("timed out waiting for tx to be included in a block") from error
        finally:
            with suppress(ValueError):
                waiting.remove(landing)
            if not waiting:
                self._landing.pop(hash, None)

    # announcements

    def subscribe(self, query: str, *, subscriber: str | None = None) -> Subscription:
        """An endless stream of notices that match `query`, for use inside this process.

        Raises SubscriptionError. End it with `core.bus.drop(subscription)`.
        """
        name = subscriber or f"local-{next(self._names)}"
        return self.bus.subscribe(name, query, bounded=False, buffer=100_000)

    async def reached(self, height: int) -> None:
        """Return once the block at `height` is announced."""
        if height <= self.height:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reaching.append((height, future))
        await future

    def announce(self, done: Finished) -> Generator[None, None, None]:
        """Make a durable block known: to reads, to waiting callers and to subscribers."""
        height = done.meta.height
        self._latest = done.meta
        self._wake(height)
        if self._landing:
            for index, hash in enumerate(done.hashes):
                for future in self._landing.get(hash, ()):
                    if not future.done():
                        result = done.results[index]
                        future.set_result(Landed(hash, height, index, done.txs[index], result))
        if self.watch is not None:
            self.watch.finished(done)
        yield from self._publish(done)

    def _wake(self, height: int) -> None:
        reached = [future for wanted, future in self._reaching if wanted <= height]
        self._reaching = [entry for entry in self._reaching if entry[0] > height]
        for future in reached:
            if not future.done():
                future.set_result(None)

    def _publish(self, done: Finished) -> Generator[None, None, None]:
        publish, events = self.bus.publish, done.outcome.events
        publish("NewBlock", lambda: done, events)
        publish("NewBlockHeader", lambda: done, ())
        publish("NewBlockEvents", lambda: done, events)
        if self.bus.wants("Tx"):
            height = str(done.meta.height)
            for index, (hash, result) in enumerate(zip(done.hashes, done.results, strict=True)):
                landed = Landed(hash, done.meta.height, index, done.txs[index], result)
                publish(
                    "Tx",
                    lambda landed=landed: landed,  # type: ignore[misc]  # bound per round
                    result.events,
                    tx__hash=hash.hex().upper(),
                    tx__height=height,
                )
                yield
        if done.outcome.validator_updates:
            publish("ValidatorSetUpdates", lambda: done, ())
