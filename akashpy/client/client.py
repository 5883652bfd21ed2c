"""The client of a chain: reads, transactions, events.

`async with Client.connect("127.0.0.1:9090", "http://127.0.0.1:26657") as client:`. It works against
Akash's own nodes and against ours.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from google.protobuf.message import Message

from akashpy.client.broadcast import Broadcaster, BroadcastSettings, Order
from akashpy.client.caller import Caller
from akashpy.client.errors import ClientError
from akashpy.client.events import BlockEvents, EventSource, RpcEvents
from akashpy.client.fees import Gas
from akashpy.client.node import ChainStatus, NodeReads
from akashpy.client.outcome import TxOutcome
from akashpy.client.query import Queries
from akashpy.client.signer import Signer
from akashpy.client.transport import GrpcTransport, Transport
from akashpy.types.coin import Coins

M = TypeVar("M", bound=Message)


class Client:
    """One connection to one chain. Make it with `connect`, or around any Transport."""

    def __init__(
        self,
        transport: Transport,
        *,
        events: EventSource | None = None,
        settings: BroadcastSettings | None = None,
        timeout: float = 10.0,
    ) -> None:
        settings = settings or BroadcastSettings()
        self._caller = Caller(transport, timeout=timeout)
        self._events = events
        self.node = NodeReads(self._caller, poll=settings.poll)
        self.query = Queries(self._caller)
        self._broadcaster = Broadcaster(self._caller, self.node, self.query.auth, settings)

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        grpc_endpoint: str,
        rpc_endpoint: str = "",
        *,
        settings: BroadcastSettings | None = None,
        timeout: float = 10.0,
    ) -> AsyncIterator[Client]:
        """Connect to a node's gRPC port and, for events, its CometBFT RPC port.

        `timeout` is seconds per call. Nothing is sent yet.
        """
        transport = GrpcTransport(grpc_endpoint)
        events = RpcEvents(rpc_endpoint) if rpc_endpoint else None
        try:
            yield cls(transport, events=events, settings=settings, timeout=timeout)
        finally:
            if events is not None:
                await events.close()
            await transport.close()

    async def call(
        self, path: str, request: Message, response: type[M], *, height: int | None = None
    ) -> M:
        """Any read by its gRPC path. Raises ChainError, Unreachable."""
        return await self._caller.call(path, request, response, height=height)

    async def status(self) -> ChainStatus:
        """Chain id, height and time."""
        return await self.node.status()

    async def simulate(self, msgs: Sequence[Message], signer: Signer, *, granter: str = "") -> int:
        """Gas that a transaction would use now, `granter` paying its fee. Raises ChainError."""
        order = Order(msgs, signer, "auto", None, "", granter)
        return await self._broadcaster.simulate(order)

    async def broadcast(
        self,
        msgs: Sequence[Message],
        signer: Signer,
        *,
        gas: Gas = "auto",
        fees: Coins | None = None,
        memo: str = "",
    ) -> TxOutcome:
        """Send messages in one transaction and wait until it is in a block.

        Any number of callers may send for the same account at once. Raises the ChainError with
        which the chain refused it, before or in its block; NeverIncluded, OutcomeUnknown,
        Unreachable.
        """
        outcome = await self.send(msgs, signer, gas=gas, fees=fees, memo=memo)
        if outcome.error is not None:
            raise outcome.error
        return outcome

    async def send(
        self,
        msgs: Sequence[Message],
        signer: Signer,
        *,
        gas: Gas = "auto",
        fees: Coins | None = None,
        memo: str = "",
        granter: str = "",
    ) -> TxOutcome:
        """As `broadcast`, but a transaction that failed in its block is an outcome as well.

        `granter` pays the fee, by an allowance.
        """
        return await self._broadcaster.send(Order(msgs, signer, gas, fees, memo, granter))

    def events(self, since_height: int | None = None) -> AsyncIterator[BlockEvents]:
        """Every block's events from `since_height` on (None: the next block), none left out.

        Raises ClientError when the client has no source of events, or the blocks are gone.
        """
        if self._events is None:
            raise ClientError("events need the node's RPC port: give rpc_endpoint to connect")
        return self._events.follow(since_height)
