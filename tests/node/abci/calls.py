"""An application behind ABCI in memory, and the calls that CometBFT makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from akashpy.node.abci.application import AbciApplication, AbciSettings, Hooks
from akashpy.node.abci.snapshots import Restoration, Shelf
from akashpy.state.snapshot import Manifest
from akashpy.types.abci import BlockInput, BlockResult
from akashpy.wire import abci as pb
from tests.node.realchain import RealChain

SECOND = 10**9


class Heard(Hooks):
    """Remembers what the application told; takes snapshots over into `states`."""

    def __init__(self) -> None:
        self.blocks: list[tuple[BlockInput, BlockResult]] = []
        self.states: list[Path] = []

    async def committed(self, block: BlockInput, result: BlockResult) -> None:
        self.blocks.append((block, result))

    async def restored(self, restoration: Restoration) -> None:
        self.states.append(restoration.build(pruning="default"))


class Caller:
    """One chain's application, and CometBFT's part in short."""

    def __init__(self, root: Path, **settings: int) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.chain = RealChain(root, pruning="nothing")
        self.heard = Heard()
        self.shelf = Shelf(root / "snapshots")
        self.application = AbciApplication(
            self.chain.core,
            lambda: self.chain.store,
            shelf=self.shelf,
            begin_restoration=self._begin,
            hooks=self.heard,
            settings=AbciSettings(**settings),
        )
        self._restoring = root / "restoring"

    def _begin(self, manifest: Manifest, app_hash: bytes) -> Restoration:
        return Restoration(manifest, app_hash, self._restoring)

    async def close(self) -> None:
        """Release what is held."""
        await self.application.close()
        self.chain.close()

    async def call(self, kind: str, **fields: Any) -> Any:
        """One request."""
        name = "Request" + "".join(part.title() for part in kind.split("_"))
        return await self.application.answer(kind, getattr(pb, name)(**fields))

    async def init(self) -> Any:
        """InitChain with the chain's genesis."""
        document = self.chain.core.genesis.document()
        request = pb.RequestInitChain(
            chain_id=document["chain_id"],
            app_state_bytes=msgspec.json.encode(document["app_state"]),
            initial_height=1,
        )
        request.time.FromNanoseconds(self.chain.core.genesis.time)
        return await self.application.answer("init_chain", request)

    async def finalize(self, height: int, *txs: bytes) -> Any:
        """FinalizeBlock."""
        request = pb.RequestFinalizeBlock(
            height=height, txs=txs, proposer_address=self.chain.signing.address
        )
        request.time.FromNanoseconds(self.chain.core.genesis.time + height * SECOND)
        return await self.application.answer("finalize_block", request)

    async def block(self, height: int, *txs: bytes) -> Any:
        """FinalizeBlock and Commit."""
        done = await self.finalize(height, *txs)
        await self.call("commit")
        return done

    async def begun(self, height: int = 1) -> None:
        """InitChain and empty blocks up to `height`."""
        await self.init()
        for each in range(1, height + 1):
            await self.block(each)
