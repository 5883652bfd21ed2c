"""Makes blocks alone, by timer: the embedded node's consensus of one.

Exists so that a chain runs without CometBFT and yet its blocks verify as CometBFT's. A block is
composed and executed in slices on the loop, written by one thread, and announced only when it is
durable. The blocks are written before the application commits the same one, so that a crash
leaves at most blocks to replay. Must not know what transactions mean.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from akashpy.node import retention
from akashpy.node.blockstore import BlockMeta, BlockOutcome
from akashpy.node.comet import merkle
from akashpy.node.comet.block import (
    Block,
    BlockID,
    BlockIDFlag,
    Commit,
    CommitSig,
    Header,
    Validator,
    changed_validators,
    data_hash,
    result_leaf,
    sort_validators,
    tx_hash,
    validators_hash,
)
from akashpy.node.comet.keys import SigningKey
from akashpy.node.comet.signer import Signer, SignerError
from akashpy.node.core import Core, Finished
from akashpy.node.mempool import Entry
from akashpy.node.slices import run_sliced
from akashpy.types.abci import BlockInput, BlockResult, TxResult, VoteInfo

log = logging.getLogger(__name__)

MILLISECOND = 1_000_000
_HEADROOM = 4096
"""Bytes of a block kept for header and commit when transactions are chosen."""


class ChainHalted(Exception):
    """The chain cannot go on from what is on disk; the text names the remedy."""


@dataclass(frozen=True, slots=True)
class ProducerSettings:
    """`interval` is seconds between block starts, `max_txs` transactions in one block.

    `min_retain_blocks` is how many of the newest blocks stay readable at least; 0 keeps all.
    """

    interval: float = 1.0
    max_txs: int = 10_000
    min_retain_blocks: int = 0


@dataclass(frozen=True, slots=True)
class Composed:
    """A block that is signed, with what was chosen for it."""

    block: Block
    entries: Sequence[Entry]


class Producer:
    """Produces the blocks of one chain with one validator key."""

    def __init__(
        self,
        core: Core,
        key: SigningKey,
        settings: ProducerSettings,
        *,
        signer: Signer | None = None,
    ) -> None:
        self.core = core
        self.key = key
        self._signer = signer or Signer(key)
        self.settings = settings
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="block-writer")
        self._producing = asyncio.Lock()
        self._app_hash = b""
        self._results_hash = merkle.EMPTY
        self._initial_height = core.genesis.initial_height
        self._genesis_time = core.genesis.time

    def close(self) -> None:
        """Wait for the writer to finish and end it."""
        self._writer.shutdown(wait=True)

    # start

    async def recover(self) -> None:
        """Bring application and index level with the blocks on disk; start a new chain.

        Raises ChainHalted.
        """
        core = self.core
        if core.app.height == 0:
            self._begin_chain()
        if core.app.height > core.store.height:
            raise ChainHalted(
                f"the state is at height {core.app.height}, the blocks end at "
                f"{core.store.height}; roll the state back or restore data/blocks"
            )
        if core.app.height and core.app.height + 1 < core.store.base:
            raise ChainHalted(
                f"the state is at height {core.app.height}, the blocks begin at "
                f"{core.store.base}; restore a state or blocks that reach each other"
            )
        for height in range(max(core.app.height + 1, core.store.base), core.store.height + 1):
            await self._replay(height)
        self._take_up_last()
        self._compare_signed()
        await run_sliced(self._index_tail())

    def _begin_chain(self) -> None:
        core = self.core
        started = core.app.init_chain(core.genesis.document())
        self._app_hash = started.app_hash
        if core.store.height:
            return
        validators = sort_validators(
            Validator(update.pub_key, update.power) for update in started.validators
        )
        if not any(v.pub_key == self.key.public for v in validators):
            raise ChainHalted(
                f"validator {self.key.address.hex().upper()} is not in the genesis; use the "
                "priv_validator_key.json that the genesis was made with"
            )
        core.store.save_genesis(self._initial_height, validators, core.genesis.params)

    def _take_up_last(self) -> None:
        core = self.core
        if not core.store.height:
            return
        outcome = core.store.outcome(core.store.height)
        results = core.store.results(core.store.height)
        if outcome is None or results is None:
            raise ChainHalted(
                f"results of block {core.store.height} are missing; restore data/blocks"
            )
        if outcome.app_hash != core.app.app_hash:
            raise ChainHalted(
                f"app hash at height {core.store.height} is "
                f"{core.app.app_hash.hex().upper()}, the block says "
                f"{outcome.app_hash.hex().upper()}; the rules or the state have changed"
            )
        self._app_hash = outcome.app_hash
        self._results_hash = results_hash(results)

    def _compare_signed(self) -> None:
        """What we have signed must be in the stored blocks. Raises ChainHalted."""
        core = self.core
        meta = core.store.meta(core.store.height)
        seen = () if meta is None else meta.seen_commit.signatures
        voted = {
            vote.timestamp: meta.id
            for vote in seen
            if meta is not None and vote.validator_address == self.key.address
        }
        try:
            self._signer.take_up(core.chain_id, core.store.height, voted)
        except SignerError as error:
            raise ChainHalted(str(error)) from error

    async def _replay(self, height: int) -> None:
        core = self.core
        meta = core.store.meta(height)
        if meta is None:
            raise ChainHalted(f"block {height} is missing; restore data/blocks")
        log.info("replaying block", extra={"height": height})
        block = Block(meta.header, tuple(core.store.txs(height)), meta.last_commit)
        await run_sliced(core.app.execute_block(self._input(block, meta.id)))
        await self._in_writer(core.app.commit_job())
        core.app.commit()

    def _index_tail(self) -> Generator[None, None, None]:
        core = self.core
        if core.index.height > core.store.height:
            core.index.truncate(core.store.height)
        for height in range(max(core.index.height + 1, core.store.base), core.store.height + 1):
            txs, results = core.store.txs(height), core.store.results(height)
            outcome = core.store.outcome(height)
            if results is None or outcome is None:
                raise ChainHalted(f"results of block {height} are missing; restore data/blocks")
            hashes = [tx_hash(tx) for tx in txs]
            core.index.add(height, hashes, results, outcome.events)
            yield

    # blocks

    async def run(self) -> None:
        """Produce a block every interval until cancelled; a failure ends the chain loudly."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await self.produce()
            await asyncio.sleep(max(0.0, began + self.settings.interval - loop.time()))

    async def settled(self) -> None:
        """Return when no block is being made."""
        async with self._producing:
            return

    async def produce(self) -> BlockMeta:
        """Make, execute, write and announce one block.

        A block once begun is finished even if the caller is cancelled, so that nothing is left
        half done.
        """
        return await asyncio.shield(asyncio.ensure_future(self._produce()))

    async def _produce(self) -> BlockMeta:
        async with self._producing:
            core = self.core
            composed = await run_sliced(self._compose())
            block = composed.block
            with self._timed("execute"):
                result = await run_sliced(core.app.execute_block(self._input(block, block.id)))
            meta = self._finish_meta(block)
            done = Finished(
                meta,
                block.txs,
                [entry.hash for entry in composed.entries],
                result.tx_results,
                BlockOutcome.of(result),
            )
            # checks go on meanwhile: what they add is checked again below, in its order
            job = core.app.commit_job()
            with self._timed("write"):
                await self._in_writer(lambda: self._write(done, result, job))
            with self._timed("recheck"):
                await self._take_over(done)
            self._report_panics(meta.height)
            self._app_hash = result.app_hash
            self._results_hash = await run_sliced(_results_hash(result.tx_results))
            await run_sliced(core.announce(done))
            return meta

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        """Tell how long a part of a block took, waiting for slices included."""
        began = perf_counter()
        yield
        if self.core.watch is not None:
            self.core.watch.took(part, perf_counter() - began)

    async def _take_over(self, done: Finished) -> None:
        """Make the written block the base of checks: no check can enter while this goes on."""
        core = self.core
        core.lane.close()
        try:
            await run_sliced(self._taking_over(done))
        finally:
            core.lane.open()

    def _taking_over(self, done: Finished) -> Generator[None, None, None]:
        core = self.core
        core.app.commit()
        yield
        core.mempool.settle(
            (hash, result.code) for hash, result in zip(done.hashes, done.results, strict=True)
        )
        yield
        core.mempool.expire(core.clock())
        yield from self._recheck()

    def _compose(self) -> Generator[None, None, Composed]:
        core, store = self.core, self.core.store
        last = core.latest
        height = last.height + 1 if last else self._initial_height
        params = store.params(height)
        entries = core.mempool.reap(
            max_bytes=params.block_bytes - _HEADROOM, max_gas=params.max_gas
        )[: self.settings.max_txs]
        yield
        time = self._block_time(last)
        last_commit = self._sign(last.header, last.id, time) if last else Commit()
        validators, coming = store.validators(height), store.validators(height + 1)
        header = Header(
            chain_id=core.chain_id,
            height=height,
            time=time,
            last_block_id=last.id if last else BlockID(),
            last_commit_hash=last_commit.hash(),
            data_hash=data_hash([entry.hash for entry in entries]),
            validators_hash=validators_hash(validators),
            next_validators_hash=validators_hash(coming),
            consensus_hash=params.hash,
            app_hash=self._app_hash,
            last_results_hash=self._results_hash,
            evidence_hash=merkle.EMPTY,
            proposer_address=self.key.address,
            app_version=params.app_version,
        )
        yield
        block = Block(header, tuple(entry.raw for entry in entries), last_commit)
        yield
        _ = block.id  # encodes and cuts into parts here, inside a slice of its own
        yield
        return Composed(block, entries)

    def _block_time(self, last: BlockMeta | None) -> int:
        """Now, but always after the block before; the first block has the genesis time."""
        if last is None:
            return self._genesis_time
        return max(self.core.clock(), last.header.time + MILLISECOND)

    def _sign(self, header: Header, id: BlockID, time: int) -> Commit:
        """The commit of a block by our validator alone, voted at `time`; others are absent.

        The next header's time must be the commit's, so a block's last commit is signed at the
        moment the next block begins.
        """
        own, validators = self.key.public, self.core.store.validators(header.height)
        signature = b""
        if any(v.pub_key == own for v in validators):
            signature = self._signer.sign(header.chain_id, header.height, id, time)
        return Commit(
            header.height,
            0,
            id,
            tuple(
                CommitSig(BlockIDFlag.COMMIT, v.address, time, signature)
                if v.pub_key == own
                else CommitSig(BlockIDFlag.ABSENT, b"", 0, b"")
                for v in validators
            ),
        )

    def _input(self, block: Block, id: BlockID) -> BlockInput:
        header = block.header
        votes: tuple[VoteInfo, ...] = ()
        if header.height > self._initial_height:
            before = self.core.store.validators(header.height - 1)
            signed = block.last_commit.signatures
            votes = tuple(
                VoteInfo(v.address, v.power, int(sig.flag))
                for v, sig in zip(before, signed, strict=True)
            )
        return BlockInput(
            header.height,
            header.time,
            header.proposer_address,
            list(block.txs),
            votes,
            (),
            id.hash,
            header.next_validators_hash,
        )

    def _finish_meta(self, block: Block) -> BlockMeta:
        header = block.header
        voted = max(self.core.clock(), header.time + MILLISECOND)
        return BlockMeta(
            header,
            block.id,
            block.last_commit,
            self._sign(header, block.id, voted),
            len(block.encoded),
            len(block.txs),
        )

    def _write(self, done: Finished, result: BlockResult, job: Callable[[], object]) -> None:
        """In the writer thread: first the block, then that we signed it, the state, the index.

        Nobody sees the signature before this is over, and a crash after the block is replayed."""
        core, height = self.core, done.meta.height
        validators = core.store.validators(height + 1)
        changed = changed_validators(validators, done.outcome.validator_updates)
        if changed != validators:
            self._warn_of_lost_majority(changed)
        core.store.save(
            done.meta,
            done.txs,
            done.results,
            done.outcome,
            next_validators=changed if changed != validators else None,
            next_params=done.outcome.consensus_params,
        )
        self._signer.keep()
        job()
        core.index.add(height, done.hashes, done.results, done.outcome.events)
        retention.prune(core.store, core.index, keep=self.settings.min_retain_blocks)

    def _warn_of_lost_majority(self, validators: Sequence[Validator]) -> None:
        """Say it when our key no longer has the power to make blocks final for light clients."""
        own = sum(v.power for v in validators if v.pub_key == self.key.public)
        total = sum(v.power for v in validators)
        if 3 * own <= 2 * total:
            log.error(
                "this node signs with too little power: light clients will not follow; "
                "run the chain under CometBFT to have several validators",
                extra={"own": own, "total": total},
            )

    def _recheck(self) -> Generator[None, None, None]:
        """Check what still waits against the new state, in order of arrival."""
        mempool, counts = self.core.mempool, self.core.counts
        for entry in list(mempool):
            counts.rechecked += 1
            if self.core.app.check_tx(entry.raw, recheck=True).code != 0:
                mempool.discard(entry.hash)
                counts.evicted += 1
            yield

    def _report_panics(self, height: int) -> None:
        for text in self.core.app.take_panics():
            self.core.counts.panics += 1
            log.error("a transaction met an exception no rule foresees", extra={
                "height": height, "traceback": text})  # fmt: skip

    async def _in_writer(self, job: Callable[[], object]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writer, job)


def results_hash(results: Sequence[TxResult]) -> bytes:
    """What the next header's last_results_hash holds."""
    return merkle.root([result_leaf(r.code, r.data, r.gas_wanted, r.gas_used) for r in results])


def _results_hash(results: Sequence[TxResult]) -> Generator[None, None, bytes]:
    leaves = []
    for result in results:
        leaves.append(result_leaf(result.code, result.data, result.gas_wanted, result.gas_used))
        yield
    return merkle.root(leaves)
