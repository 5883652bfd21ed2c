"""Reads back from CometBFT the blocks that it decided, so that our servers can show them.

Exists because gRPC and REST answer for blocks and transactions, which under CometBFT lie in its
own store. Each block is taken over after the application has committed it; what is missing after a
restart is fetched again. Nothing here can affect the state. It must not know who asks.
"""

from __future__ import annotations

import asyncio
import logging
from base64 import b64decode
from typing import Any

from akashpy.client.errors import StatusRefusal, Unreachable
from akashpy.client.rpc import RpcTransport
from akashpy.node import retention
from akashpy.node.blockstore import BlockMeta, BlockOutcome
from akashpy.node.comet.block import (
    Header,
    Validator,
    changed_validators,
    sort_validators,
    tx_hash,
)
from akashpy.node.comet.params import ConsensusParams
from akashpy.node.cometbft import evidence
from akashpy.node.cometbft.reading import read_block_id, read_commit, read_header, read_results
from akashpy.node.core import Core, Finished
from akashpy.node.slices import run_sliced
from akashpy.types.abci import BlockInput, BlockResult

log = logging.getLogger(__name__)

PAUSE = 0.2
"""Seconds before CometBFT is asked again for what it did not have yet."""
TIMEOUT = 10.0
KEPT = 64
"""Results of executed blocks kept in memory until their block is taken over."""


class Follower:
    """Takes over blocks into `core`'s store and index, and announces them."""

    def __init__(self, core: Core, rpc: str, *, keep: int = 0) -> None:
        """`keep` is how many blocks stay readable at least; 0 keeps all."""
        self._core = core
        self._keep = keep
        self._rpc = RpcTransport(rpc)
        self._results: dict[int, BlockResult] = {}
        self._news = asyncio.Event()

    def committed(self, block: BlockInput, result: BlockResult) -> None:
        """Hear that a block is durable in the state."""
        self._results[block.height] = result
        while len(self._results) > KEPT:
            del self._results[next(iter(self._results))]
        self._news.set()

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                self._news.clear()
                while self._core.store.height < self._core.app.height:
                    if not await self._try_next():
                        break
                await self._news.wait()
        finally:
            await self._rpc.close()

    async def _try_next(self) -> bool:
        try:
            await self._take_over(self._next_height())
        except (StatusRefusal, Unreachable) as error:
            # not there yet, or CometBFT is being started: both pass
            log.debug("a block cannot be read yet", extra={"why": str(error)})
            await asyncio.sleep(PAUSE)
            self._news.set()
            return False
        return True

    def _next_height(self) -> int:
        height = self._core.store.height
        return height + 1 if height else 0

    async def _take_over(self, height: int) -> None:
        core = self._core
        if not height:
            height = await self._begin()
        found = await self._ask("block", height)
        commit = await self._ask("commit", height)
        result = self._results.pop(height, None)
        if result is None:
            outcome, results = read_results(await self._ask("block_results", height))
        else:
            outcome, results = BlockOutcome.of(result), result.tx_results
        txs = [b64decode(tx) for tx in found["block"]["data"]["txs"] or ()]
        header = read_header(found["block"]["header"])
        meta = BlockMeta(
            header=header,
            id=read_block_id(found["block_id"]),
            last_commit=read_commit(found["block"]["last_commit"]),
            seen_commit=read_commit(commit["signed_header"]["commit"]),
            size=await self._size(height),
            num_txs=len(txs),
            evidence=_evidence(found["block"], header),
        )
        changed = None
        if outcome.validator_updates:
            changed = changed_validators(
                core.store.validators(height + 1), outcome.validator_updates
            )
        core.store.save(
            meta,
            txs,
            results,
            outcome,
            next_validators=changed,
            next_params=outcome.consensus_params,
        )
        hashes = [tx_hash(tx) for tx in txs]
        core.index.add(height, hashes, results, outcome.events)
        retention.prune(core.store, core.index, keep=self._keep)
        await run_sliced(core.announce(Finished(meta, txs, hashes, results, outcome)))

    async def _begin(self) -> int:
        """The first height there is, after noting whose set it was decided by."""
        status = await self._rpc.ask("status", {}, timeout=TIMEOUT)
        height = int(status["sync_info"]["earliest_block_height"])
        if not height:
            raise Unreachable("CometBFT has no block yet")
        validators = await self._validators(height)
        params = await self._ask("consensus_params", height)
        self._core.store.save_genesis(
            height,
            validators,
            ConsensusParams.from_genesis({"consensus_params": params["consensus_params"]}),
        )
        return height

    async def _validators(self, height: int) -> tuple[Validator, ...]:
        found: list[Validator] = []
        page = 1
        while True:
            asked = {"height": str(height), "page": str(page), "per_page": "100"}
            answer = await self._rpc.ask("validators", asked, timeout=TIMEOUT)
            found += [
                Validator(b64decode(each["pub_key"]["value"]), int(each["voting_power"]))
                for each in answer["validators"]
            ]
            if len(found) >= int(answer["total"]) or not answer["validators"]:
                return sort_validators(found)
            page += 1

    async def _size(self, height: int) -> int:
        asked = {"minHeight": str(height), "maxHeight": str(height)}
        metas = (await self._rpc.ask("blockchain", asked, timeout=TIMEOUT))["block_metas"]
        return int(metas[0]["block_size"]) if metas else 0

    async def _ask(self, method: str, height: int) -> Any:
        return await self._rpc.ask(method, {"height": str(height)}, timeout=TIMEOUT)


def _evidence(block: dict[str, Any], header: Header) -> tuple[bytes, ...]:
    """A block's evidence; what we cannot read is left out and must not keep the node from going."""
    try:
        return evidence.read(block["evidence"]["evidence"] or (), header.evidence_hash)
    except (KeyError, TypeError, ValueError) as error:
        log.error(
            "the evidence of a block cannot be read, it is shown without",
            extra={"height": header.height, "why": repr(error)},
        )
        return ()
