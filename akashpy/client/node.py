"""What the client asks the node itself: its chain, its height, its blocks and transactions.

Must not know accounts or signing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic

from google.protobuf.timestamp_pb2 import Timestamp

from akashpy.client.caller import Caller
from akashpy.client.errors import StatusRefusal, Unreachable
from akashpy.client.outcome import TxOutcome
from akashpy.types.errors import Status
from akashpy.wire import cmtservice as comet_pb
from akashpy.wire import node as node_pb
from akashpy.wire import tx as tx_pb

NODE = "/cosmos.base.node.v1beta1.Service/"
COMET = "/cosmos.base.tendermint.v1beta1.Service/"
TX = "/cosmos.tx.v1beta1.Service/"
BLOCK_TIMEOUT = 30.0
"""Seconds for a whole block, which may be large."""


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """Where a chain is. `time` is the latest block's, in unix nanoseconds."""

    chain_id: str
    height: int
    time: int
    node_version: str


class NodeReads:
    """Reads of the node."""

    def __init__(self, caller: Caller, *, poll: float) -> None:
        self._caller = caller
        self._poll = poll
        self._chain_id = ""
        self._has_status = True
        self._recent = (0, float("-inf"))
        self._asking = asyncio.Lock()

    async def chain_id(self) -> str:
        """The chain's id, asked once."""
        if not self._chain_id:
            self._chain_id = (await self._info()).default_node_info.network
        return self._chain_id

    async def status(self) -> ChainStatus:
        """Chain, height and time."""
        info = await self._info()
        latest = await self._caller.call(
            COMET + "GetLatestBlock",
            comet_pb.GetLatestBlockRequest(),
            comet_pb.GetLatestBlockResponse,
            timeout=BLOCK_TIMEOUT,
        )
        header = latest.block.header
        return ChainStatus(
            chain_id=info.default_node_info.network,
            height=header.height,
            time=_nanoseconds(header.time),
            node_version=info.application_version.version,
        )

    async def height(self) -> int:
        """The latest height."""
        if self._has_status:
            try:
                found = await self._caller.call(
                    NODE + "Status", node_pb.StatusRequest(), node_pb.StatusResponse
                )
            except StatusRefusal as error:
                if error.status is not Status.UNIMPLEMENTED:
                    raise
                self._has_status = False
            else:
                return found.height
        return (await self.status()).height

    async def recent_height(self) -> int:
        """A height at most one poll old: any number of waiting callers share one question."""
        async with self._asking:
            height, at = self._recent
            if monotonic() - at >= self._poll:
                height = await self.height()
                self._recent = height, monotonic()
            return height

    async def beyond(self, height: int) -> int:
        """Wait until the latest height is above `height`; gives it. Outages are sat out."""
        while True:
            try:
                found = await self.recent_height()
            except Unreachable:
                found = 0
            if found > height:
                return found
            await asyncio.sleep(self._poll)

    async def minimum_gas_price(self) -> str:
        """The node's own minimum, like "0.0025uakt"; empty when it asks for none."""
        found = await self._caller.call(
            NODE + "Config", node_pb.ConfigRequest(), node_pb.ConfigResponse
        )
        return found.minimum_gas_price

    async def tx(self, hash: str) -> TxOutcome | None:
        """A transaction in a block, or None when the node knows none of that hash."""
        try:
            found = await self._caller.call(
                TX + "GetTx", tx_pb.GetTxRequest(hash=hash), tx_pb.GetTxResponse
            )
        except StatusRefusal as error:
            if error.status is Status.NOT_FOUND:
                return None
            raise
        return TxOutcome.from_wire(found.tx_response)

    async def holds(self, height: int, hash: str) -> bool:
        """Whether the block at `height` contains a transaction."""
        found = await self._caller.call(
            COMET + "GetBlockByHeight",
            comet_pb.GetBlockByHeightRequest(height=height),
            comet_pb.GetBlockByHeightResponse,
            timeout=BLOCK_TIMEOUT,
        )
        wanted = bytes.fromhex(hash)
        return any(sha256(raw).digest() == wanted for raw in found.block.data.txs)

    async def _info(self) -> comet_pb.GetNodeInfoResponse:
        return await self._caller.call(
            COMET + "GetNodeInfo", comet_pb.GetNodeInfoRequest(), comet_pb.GetNodeInfoResponse
        )


def _nanoseconds(time: Timestamp) -> int:
    return time.seconds * 1_000_000_000 + time.nanos
