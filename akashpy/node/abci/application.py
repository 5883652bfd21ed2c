"""Answers ABCI's requests with the state machine: the part of a node that CometBFT drives.

One object serves all four connections in one thread. A block is executed in slices, so that checks
and queries are answered meanwhile, and is durable when Commit returns; a block asked for again
before that is executed anew, one out of turn is refused. It must not know how messages travel.
Source: CometBFT 0.38 spec/abci, SDK 0.53 baseapp/abci.go.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from akashpy.node.abci import convert
from akashpy.node.abci.snapshots import Restoration, Shelf
from akashpy.node.abciquery import APP_VERSION, answer
from akashpy.node.core import Core
from akashpy.node.slices import run_sliced
from akashpy.state.errors import SnapshotInvalid
from akashpy.state.snapshot import FORMAT, Manifest
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput, BlockResult
from akashpy.wire import abci as pb

log = logging.getLogger(__name__)

RECHECK = pb.CheckTxType.RECHECK
ACCEPT_PROPOSAL = pb.ResponseProcessProposal.ProposalStatus.ACCEPT
REJECT_PROPOSAL = pb.ResponseProcessProposal.ProposalStatus.REJECT
ACCEPT_EXTENSION = pb.ResponseVerifyVoteExtension.VerifyStatus.ACCEPT
REJECT_EXTENSION = pb.ResponseVerifyVoteExtension.VerifyStatus.REJECT
OFFER = pb.ResponseOfferSnapshot.Result
APPLY = pb.ResponseApplySnapshotChunk.Result


@dataclass(frozen=True, slots=True)
class AbciSettings:
    """`snapshot_interval` is in blocks, 0 takes none; `retain_blocks` is how many blocks CometBFT
    has to keep, 0 keeps all."""

    snapshot_interval: int = 0
    retain_blocks: int = 0


CHANGING = frozenset(
    {"init_chain", "finalize_block", "commit", "offer_snapshot", "apply_snapshot_chunk"}
)
"""Kinds of requests that change the state, or what is about to become it."""


class Hooks:
    """What the node around the application does when something happened; by default nothing."""

    async def committed(self, block: BlockInput, result: BlockResult) -> None:
        """A block is durable."""

    async def restored(self, restoration: Restoration) -> None:
        """A snapshot is complete: build it and make it the node's state."""
        raise SnapshotInvalid("this node cannot take over snapshots")

    def may_replace(self, height: int) -> bool:
        """Whether a snapshot may take the place of the state, which is at this height.

        CometBFT offers snapshots to a node without a state only, or to one that was killed when it
        had taken one over and CometBFT did not know yet.
        """
        return height == 0


class AbciApplication:
    """The state machine of `core.app` behind ABCI."""

    def __init__(
        self,
        core: Core,
        store: Callable[[], Store],
        *,
        shelf: Shelf,
        begin_restoration: Callable[[Manifest, bytes], Restoration],
        hooks: Hooks | None = None,
        settings: AbciSettings | None = None,
    ) -> None:
        self._core = core
        self._store = store
        self._shelf = shelf
        self._begin_restoration = begin_restoration
        self._hooks = hooks or Hooks()
        self._settings = settings or AbciSettings()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="state-writer")
        self._changing = asyncio.Lock()
        self._executed: tuple[BlockInput, BlockResult] | None = None
        self._restoration: Restoration | None = None
        self._snapshot: asyncio.Task[None] | None = None
        self._answers: dict[str, Callable[[Any], Awaitable[Any]]] = {
            "echo": self._echo,
            "flush": self._flush,
            "info": self._info,
            "init_chain": self._init_chain,
            "query": self._query,
            "check_tx": self._check_tx,
            "prepare_proposal": self._prepare_proposal,
            "process_proposal": self._process_proposal,
            "extend_vote": self._extend_vote,
            "verify_vote_extension": self._verify_vote_extension,
            "finalize_block": self._finalize_block,
            "commit": self._commit,
            "list_snapshots": self._list_snapshots,
            "offer_snapshot": self._offer_snapshot,
            "load_snapshot_chunk": self._load_snapshot_chunk,
            "apply_snapshot_chunk": self._apply_snapshot_chunk,
        }

    async def close(self) -> None:
        """Finish what is being written; leave a snapshot that is being taken."""
        if self._snapshot is not None:
            self._snapshot.cancel()
            await asyncio.gather(self._snapshot, return_exceptions=True)
        self._writer.shutdown(wait=True)

    async def answer(self, kind: str, request: Any) -> Any:
        """The response to a request of this kind (a field name of `Request`).

        Requests that change the state are answered one at a time, whoever sends them. Raises
        KeyError for an unknown kind, and whatever must stop the node.
        """
        if kind not in CHANGING:
            return await self._timed(kind, request)
        async with self._changing:
            return await self._timed(kind, request)

    async def _timed(self, kind: str, request: Any) -> Any:
        began = perf_counter()
        response = await self._answers[kind](request)
        if self._core.watch is not None:
            self._core.watch.answered(kind, perf_counter() - began)
        return response

    # INFORMATION

    async def _echo(self, request: pb.RequestEcho) -> pb.ResponseEcho:
        return pb.ResponseEcho(message=request.message)

    async def _flush(self, request: pb.RequestFlush) -> pb.ResponseFlush:
        del request
        return pb.ResponseFlush()

    async def _info(self, request: pb.RequestInfo) -> pb.ResponseInfo:
        del request
        app = self._core.app
        return pb.ResponseInfo(
            data="akash",
            version=APP_VERSION,
            app_version=app.consensus_params.version.app if app.height else 0,
            last_block_height=app.height,
            last_block_app_hash=app.app_hash if app.height else b"",
        )

    async def _query(self, request: pb.RequestQuery) -> pb.ResponseQuery:
        found = answer(
            self._core, request.path, request.data, height=request.height, prove=request.prove
        )
        return convert.queried(found)

    # CONSENSUS

    async def _init_chain(self, request: pb.RequestInitChain) -> pb.ResponseInitChain:
        started = self._core.app.init_chain(convert.genesis_document(request))
        response = pb.ResponseInitChain(app_hash=started.app_hash)
        response.validators.extend(convert.validator_updates(started.validators))
        response.consensus_params.CopyFrom(self._core.app.consensus_params)
        _require_same_validators(request, response)
        return response

    async def _check_tx(self, request: pb.RequestCheckTx) -> pb.ResponseCheckTx:
        result = self._core.app.check_tx(request.tx, recheck=request.type == RECHECK)
        return convert.checked(result)

    async def _prepare_proposal(
        self, request: pb.RequestPrepareProposal
    ) -> pb.ResponsePrepareProposal:
        chosen = self._core.app.prepare_proposal(request.txs, request.max_tx_bytes)
        return pb.ResponsePrepareProposal(txs=chosen)

    async def _process_proposal(
        self, request: pb.RequestProcessProposal
    ) -> pb.ResponseProcessProposal:
        accepted = self._core.app.process_proposal(request.txs)
        return pb.ResponseProcessProposal(status=ACCEPT_PROPOSAL if accepted else REJECT_PROPOSAL)

    async def _extend_vote(self, request: pb.RequestExtendVote) -> pb.ResponseExtendVote:
        del request
        return pb.ResponseExtendVote()

    async def _verify_vote_extension(
        self, request: pb.RequestVerifyVoteExtension
    ) -> pb.ResponseVerifyVoteExtension:
        """Only the empty extension, which is all that we make, is a good one."""
        good = not request.vote_extension
        return pb.ResponseVerifyVoteExtension(status=ACCEPT_EXTENSION if good else REJECT_EXTENSION)

    async def _finalize_block(self, request: pb.RequestFinalizeBlock) -> pb.ResponseFinalizeBlock:
        block = convert.block_input(request)
        self._executed = None
        result = await run_sliced(self._core.app.execute_block(block))
        self._executed = (block, result)
        for text in self._core.app.take_panics():
            log.error(
                "a transaction met an exception no rule foresees",
                extra={"height": block.height, "traceback": text},
            )
        return convert.finalized(result)

    async def _commit(self, request: pb.RequestCommit) -> pb.ResponseCommit:
        del request
        job = self._core.app.commit_job()
        await asyncio.get_running_loop().run_in_executor(self._writer, job)
        height = self._core.app.commit()
        executed, self._executed = self._executed, None
        if executed is not None:
            await self._hooks.committed(*executed)
        self._plan_snapshot(height)
        return pb.ResponseCommit(retain_height=self._retain_height(height))

    def _retain_height(self, height: int) -> int:
        """The lowest height that CometBFT must keep, 0 for all: what snapshots need stays."""
        keep = self._settings.retain_blocks
        if not keep:
            return 0
        oldest = min((each.height for each in self._shelf.manifests()), default=height)
        return max(0, min(height - keep, oldest))

    # SNAPSHOTS

    def _plan_snapshot(self, height: int) -> None:
        interval = self._settings.snapshot_interval
        if not interval or height % interval:
            return
        if self._snapshot is not None and not self._snapshot.done():
            log.warning("a snapshot is skipped: the one before is not done", extra={"at": height})
            return
        self._snapshot = asyncio.create_task(self._take_snapshot(), name="snapshot")

    async def _take_snapshot(self) -> None:
        steps: Iterator[None] = self._shelf.take(self._store())
        try:
            for _ in steps:
                await asyncio.sleep(0)
        except OSError:
            log.exception("a snapshot could not be written")

    async def _list_snapshots(self, request: pb.RequestListSnapshots) -> pb.ResponseListSnapshots:
        del request
        response = pb.ResponseListSnapshots()
        for manifest in self._shelf.manifests():
            response.snapshots.add(
                height=manifest.height,
                format=FORMAT,
                chunks=len(manifest.chunk_hashes),
                hash=manifest.hash,
                metadata=manifest.encode(),
            )
        return response

    async def _load_snapshot_chunk(
        self, request: pb.RequestLoadSnapshotChunk
    ) -> pb.ResponseLoadSnapshotChunk:
        found = (
            None if request.format != FORMAT else self._shelf.chunk(request.height, request.chunk)
        )
        return pb.ResponseLoadSnapshotChunk(chunk=found or b"")

    async def _offer_snapshot(self, request: pb.RequestOfferSnapshot) -> pb.ResponseOfferSnapshot:
        height = self._core.app.height
        if not self._hooks.may_replace(height):
            log.error("a snapshot is offered to a chain that goes on", extra={"height": height})
            return pb.ResponseOfferSnapshot(result=OFFER.ABORT)
        self._forget_restoration()
        if request.snapshot.format != FORMAT:
            return pb.ResponseOfferSnapshot(result=OFFER.REJECT_FORMAT)
        try:
            manifest = Manifest.decode(request.snapshot.metadata)
            _require_same(manifest, request.snapshot)
            self._restoration = self._begin_restoration(manifest, request.app_hash)
        except SnapshotInvalid as error:
            log.warning("a snapshot is refused", extra={"why": str(error)})
            return pb.ResponseOfferSnapshot(result=OFFER.REJECT)
        return pb.ResponseOfferSnapshot(result=OFFER.ACCEPT)

    async def _apply_snapshot_chunk(
        self, request: pb.RequestApplySnapshotChunk
    ) -> pb.ResponseApplySnapshotChunk:
        restoration = self._restoration
        if restoration is None:
            return pb.ResponseApplySnapshotChunk(result=APPLY.ABORT)
        if request.index != restoration.wanted:
            return pb.ResponseApplySnapshotChunk(
                result=APPLY.RETRY, refetch_chunks=[restoration.wanted]
            )
        try:
            restoration.add(request.chunk)
        except SnapshotInvalid as error:
            log.warning("a chunk is refused", extra={"why": str(error), "sender": request.sender})
            return pb.ResponseApplySnapshotChunk(
                result=APPLY.RETRY,
                refetch_chunks=[request.index],
                reject_senders=[request.sender],
            )
        if not restoration.is_complete:
            return pb.ResponseApplySnapshotChunk(result=APPLY.ACCEPT)
        try:
            await self._hooks.restored(restoration)
        except SnapshotInvalid as error:
            log.warning("a snapshot is refused", extra={"why": str(error)})
            return pb.ResponseApplySnapshotChunk(result=APPLY.REJECT_SNAPSHOT)
        finally:
            self._forget_restoration()
        return pb.ResponseApplySnapshotChunk(result=APPLY.ACCEPT)

    def _forget_restoration(self) -> None:
        if self._restoration is not None:
            self._restoration.close()
            self._restoration = None


def _require_same(manifest: Manifest, snapshot: pb.Snapshot) -> None:
    if (manifest.height, len(manifest.chunk_hashes), manifest.hash) != (
        snapshot.height,
        snapshot.chunks,
        snapshot.hash,
    ):
        raise SnapshotInvalid(f"snapshot of height {snapshot.height} contradicts its manifest")


def _require_same_validators(request: pb.RequestInitChain, response: pb.ResponseInitChain) -> None:
    """Raises ValueError when CometBFT's genesis names other validators than the staking module."""
    if not request.validators:
        return
    theirs = sorted(each.SerializeToString() for each in request.validators)
    ours = sorted(each.SerializeToString() for each in response.validators)
    if theirs != ours:
        raise ValueError(
            f"genesis names {len(theirs)} validators, the staking module {len(ours)} others: "
            "remove `validators` from genesis.json or correct app_state.staking"
        )
