"""What the provider asks of a chain, and the client as the one that answers.

The seam of all its tests: they put a market in memory in place of the client. It decides nothing;
what an answer proves is the ledger's business.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message

from akashpy.client.client import Client
from akashpy.client.errors import StatusRefusal
from akashpy.client.events import BlockEvents
from akashpy.client.node import ChainStatus
from akashpy.client.query import CertificateView, DeploymentView
from akashpy.client.signer import Signer
from akashpy.types import audit
from akashpy.types.attributes import Attributes
from akashpy.types.deployment import DeploymentID
from akashpy.types.errors import Status
from akashpy.types.market import Bid, BidID, Lease, LeaseID, Order, OrderID, Params
from akashpy.types.provider import Provider, ProviderNotFound
from akashpy.wire import cmtservice

COMET = "/cosmos.base.tendermint.v1beta1.Service/"


@dataclass(frozen=True, slots=True)
class BlockMark:
    """Which block stands at a height; `time` in unix nanoseconds."""

    height: int
    hash: bytes
    time: int


class Chain(Protocol):
    """A chain. Everything raises ChainError for a refusal and ClientError without an answer."""

    async def status(self) -> ChainStatus:
        """Chain id, latest height and its time."""
        ...

    async def is_syncing(self) -> bool:
        """Whether the node itself says that it lags behind its network."""
        ...

    async def block(self, height: int) -> BlockMark:
        """The block at a height."""
        ...

    async def order(self, id: OrderID) -> Order:
        """One order. Raises OrderNotFound."""
        ...

    async def bid(self, id: BidID) -> Bid:
        """One bid. Raises BidNotFound."""
        ...

    async def lease(self, id: LeaseID, *, height: int | None = None) -> Lease:
        """One lease as of a height. Raises LeaseNotFound."""
        ...

    async def deployment(self, id: DeploymentID) -> DeploymentView:
        """A deployment, its groups and its account. Raises DeploymentNotFound."""
        ...

    def open_orders(self) -> AsyncIterator[Order]:
        """All open orders."""
        ...

    def leases(self, *, owner: str = "", dseq: int = 0, provider: str = "") -> AsyncIterator[Lease]:
        """Leases in any state that match; empty and 0 mean any."""
        ...

    async def provider(self, owner: str) -> Provider:
        """A provider's record. Raises ProviderNotFound."""
        ...

    async def audits(self, owner: str) -> dict[str, Attributes]:
        """What each auditor signed about a provider."""
        ...

    async def market_params(self) -> Params:
        """The market's parameters."""
        ...

    async def balance(self, owner: str, denom: str) -> int:
        """Base units an account holds."""
        ...

    async def certificate(self, owner: str, serial: int) -> CertificateView | None:
        """A certificate that stands valid now."""
        ...

    async def public_key(self, owner: str) -> bytes | None:
        """An account's key, None when the chain knows none."""
        ...

    async def send(self, msgs: Sequence[Message]) -> int:
        """Put messages into a block as the provider's account; the block's height."""
        ...

    def events(self, since_height: int) -> AsyncIterator[BlockEvents]:
        """Every block's events from a height on, none left out."""
        ...


class ClientChain:
    """The chain behind a client, with the provider's account as the sender."""

    def __init__(self, client: Client, signer: Signer) -> None:
        self._client = client
        self._signer = signer

    async def status(self) -> ChainStatus:
        """See Chain."""
        return await self._client.status()

    async def is_syncing(self) -> bool:
        """See Chain."""
        found = await self._client.call(
            COMET + "GetSyncing", cmtservice.GetSyncingRequest(), cmtservice.GetSyncingResponse
        )
        return found.syncing

    async def block(self, height: int) -> BlockMark:
        """See Chain."""
        found = await self._client.call(
            COMET + "GetBlockByHeight",
            cmtservice.GetBlockByHeightRequest(height=height),
            cmtservice.GetBlockByHeightResponse,
        )
        time = found.block.header.time
        return BlockMark(height, found.block_id.hash, time.seconds * 10**9 + time.nanos)

    async def order(self, id: OrderID) -> Order:
        """See Chain."""
        return await self._client.query.market.order(id)

    async def bid(self, id: BidID) -> Bid:
        """See Chain."""
        return (await self._client.query.market.bid(id)).bid

    async def lease(self, id: LeaseID, *, height: int | None = None) -> Lease:
        """See Chain."""
        return (await self._client.query.market.lease(id, height=height)).lease

    async def deployment(self, id: DeploymentID) -> DeploymentView:
        """See Chain."""
        return await self._client.query.deployment.deployment(id)

    def open_orders(self) -> AsyncIterator[Order]:
        """See Chain."""
        return self._client.query.market.orders(state="open")

    async def leases(
        self, *, owner: str = "", dseq: int = 0, provider: str = ""
    ) -> AsyncIterator[Lease]:
        """See Chain."""
        found = self._client.query.market.leases(owner=owner, dseq=dseq, provider=provider)
        async for view in found:
            yield view.lease

    async def provider(self, owner: str) -> Provider:
        """See Chain."""
        return await self._client.query.provider.provider(owner)

    async def audits(self, owner: str) -> dict[str, Attributes]:
        """See Chain."""
        try:
            found = await self._client.query.audit.provider(owner)
        except (audit.ProviderNotFound, ProviderNotFound):
            return {}
        return {record.auditor: record.attributes for record in found}

    async def market_params(self) -> Params:
        """See Chain."""
        return await self._client.query.market.params()

    async def balance(self, owner: str, denom: str) -> int:
        """See Chain."""
        return await self._client.query.bank.balance(owner, denom)

    async def certificate(self, owner: str, serial: int) -> CertificateView | None:
        """See Chain."""
        found = self._client.query.cert.certificates(owner=owner, serial=serial, state="valid")
        async for view in found:
            if view.serial == serial:
                return view
        return None

    async def public_key(self, owner: str) -> bytes | None:
        """See Chain."""
        try:
            return (await self._client.query.auth.account(owner)).pub_key or None
        except StatusRefusal as refused:
            if refused.status is Status.NOT_FOUND:
                return None
            raise

    async def send(self, msgs: Sequence[Message]) -> int:
        """See Chain."""
        return (await self._client.broadcast(msgs, self._signer)).height

    def events(self, since_height: int) -> AsyncIterator[BlockEvents]:
        """See Chain."""
        return self._client.events(since_height)
