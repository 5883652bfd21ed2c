"""A chain in memory for tests of the provider: its market, its blocks, and every way to fail.

A block comes every six seconds of the test's clock. What is sent is done at once and is news in
the next block, as on a chain.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from google.protobuf.message import Message

from akashpy.client.errors import ClientError, OutcomeUnknown, Unreachable
from akashpy.client.events import BlockEvents, TxEvents
from akashpy.client.node import ChainStatus
from akashpy.client.query import CertificateView, DeploymentView
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes, PlacementRequirements
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import (
    Deployment,
    DeploymentID,
    DeploymentNotFound,
    DeploymentState,
    Group,
    GroupSpec,
    GroupState,
)
from akashpy.types.escrow import Account, Balance, State
from akashpy.types.events import Event, typed
from akashpy.types.market import (
    Bid,
    BidExists,
    BidID,
    BidNotFound,
    BidState,
    Lease,
    LeaseID,
    LeaseNotFound,
    LeaseState,
    Order,
    OrderID,
    OrderNotFound,
    OrderState,
    Params,
    ResourceOffer,
)
from akashpy.types.provider import Provider
from akashpy.types.resources import CPU, GPU, Memory, Resources, ResourceUnit, Storage
from akashpy.wire import market as wire
from provider.chain import BlockMark

CHAIN_ID = "fake-1"
PROVIDER = Address.of(b"p" * 20)
RIVAL = Address.of(b"r" * 20)
TENANT = Address.of(b"t" * 20)
SECONDS = 6.0
GIB = 2**30


def unit(
    *, cpu: int = 100, memory: int = GIB, gpu: int = 0, wishes: Sequence[str] = (), count: int = 1,
    price: str = "1000", denom: str = "uakt", id: int = 1, storage: tuple[Storage, ...] = (),
) -> ResourceUnit:  # fmt: skip
    """One unit of resources."""
    attributes = Attributes.of((wish, "true") for wish in wishes)
    resources = Resources(
        id=id,
        cpu=CPU(cpu),
        memory=Memory(memory),
        storage=storage or (Storage("default", GIB),),
        gpu=GPU(gpu, attributes),
    )
    return ResourceUnit(resources, count, DecCoin(denom, Dec.of(price)))


def group(*units: ResourceUnit, attributes: Sequence[tuple[str, str]] = ()) -> GroupSpec:
    """A group of units; without any, one small one."""
    wanted = PlacementRequirements(attributes=Attributes.of(attributes))
    return GroupSpec("here", wanted, units or (unit(),))


@dataclass
class FakeChain:
    """A chain that does what it is told, and lies when it is told."""

    height: int = 100
    orders: dict[OrderID, Order] = field(default_factory=dict)
    bids_: dict[BidID, Bid] = field(default_factory=dict)
    leases_: dict[LeaseID, Lease] = field(default_factory=dict)
    deployments: dict[DeploymentID, DeploymentView] = field(default_factory=dict)
    record: Provider = field(default_factory=lambda: Provider(PROVIDER, "https://localhost:1"))
    signed: dict[str, Attributes] = field(default_factory=dict)
    funds: dict[str, int] = field(default_factory=lambda: {"uakt": 10**9, "uact": 10**9})
    chain_id: str = CHAIN_ID
    genesis: bytes = b"genesis"
    sent: list[Message] = field(default_factory=list)
    is_down: bool = False
    lists_nothing: bool = False
    knows_nothing: bool = False
    lags_behind: int = 0
    syncing: bool = False
    lost_answers: int = 0
    refusals: list[Exception] = field(default_factory=list)
    refuse_events: int = 0

    def __post_init__(self) -> None:
        self._news: list[Event] = []
        self._blocks: dict[int, BlockEvents] = {}
        self._grown = asyncio.Condition()

    # what tests do to it

    async def produce(self) -> None:
        """Make blocks for ever."""
        while True:
            await asyncio.sleep(SECONDS)
            await self.grow()

    async def grow(self) -> None:
        """Make one block."""
        async with self._grown:
            self.height += 1
            tx = TxEvents(0, 0, tuple(self._news))
            self._blocks[self.height] = BlockEvents(self.height, (tx,), ())
            self._news.clear()
            self._grown.notify_all()

    def open_order(self, spec: GroupSpec | None = None, *, dseq: int = 1) -> OrderID:
        """A tenant's order."""
        spec = spec or group()
        deployment = DeploymentID(TENANT, dseq)
        id = OrderID(TENANT, dseq, 1, 1)
        self.orders[id] = Order(id, OrderState.OPEN, spec, self.height)
        self.deployments[deployment] = DeploymentView(
            Deployment(deployment, DeploymentState.ACTIVE, b"", self.height),
            (Group(deployment.with_gseq(1), GroupState.OPEN, spec, self.height),),
            Account(deployment.escrow, TENANT, State.OPEN, settled_at=self.height),
        )
        self._news.append(typed(wire.EventOrderCreated(id=id.to_wire())))
        return id

    def close_order(self, id: OrderID) -> None:
        """The tenant takes the order back."""
        self.orders[id] = replace(self.orders[id], state=OrderState.CLOSED)
        for bid in [b for b in self.bids_.values() if b.id.order == id]:
            self.close_bid(bid.id)
        self._news.append(typed(wire.EventOrderClosed(id=id.to_wire())))

    def close_bid(self, id: BidID) -> None:
        """A bid is closed."""
        self.bids_[id] = replace(self.bids_[id], state=BidState.CLOSED)
        self._news.append(typed(wire.EventBidClosed(id=id.to_wire())))

    def place(self, order: OrderID, provider: str, price: str = "1") -> BidID:
        """Somebody bids."""
        id = order.with_provider(provider)
        offers = tuple(
            ResourceOffer(u.resources, u.count) for u in self.orders[order].spec.resources
        )
        self.bids_[id] = Bid(id, BidState.OPEN, DecCoin("uakt", Dec.of(price)), self.height, offers)
        return id

    def accept(self, id: BidID) -> LeaseID:
        """The tenant takes a bid; all others are lost."""
        self.orders[id.order] = replace(self.orders[id.order], state=OrderState.ACTIVE)
        for other in list(self.bids_.values()):
            if other.id.order == id.order:
                state = BidState.ACTIVE if other.id == id else BidState.LOST
                self.bids_[other.id] = replace(other, state=state)
        price = self.bids_[id].price
        self.leases_[id.lease] = Lease(id.lease, LeaseState.ACTIVE, price, self.height)
        self._news.append(
            typed(wire.EventLeaseCreated(id=id.lease.to_wire(), price=price.to_wire()))
        )
        return id.lease

    def end(self, id: LeaseID, state: LeaseState = LeaseState.CLOSED) -> None:
        """A lease ends."""
        self.leases_[id] = replace(self.leases_[id], state=state, closed_on=self.height)
        self._news.append(typed(wire.EventLeaseClosed(id=id.to_wire())))

    def fund(self, id: DeploymentID, amount: int, denom: str = "uakt") -> None:
        """Set what a deployment's escrow holds from now on."""
        view = self.deployments[id]
        account = replace(
            view.account, funds=(Balance(denom, Dec.of(amount)),), settled_at=self.height
        )
        self.deployments[id] = view._replace(account=account)

    def set_hash(self, id: DeploymentID, hash: bytes) -> None:
        """The tenant updates a deployment."""
        view = self.deployments[id]
        self.deployments[id] = view._replace(deployment=replace(view.deployment, hash=hash))

    def sent_of(self, kind: type[Message]) -> list[Any]:
        """The messages of one kind that arrived."""
        return [message for message in self.sent if isinstance(message, kind)]

    # what the provider asks

    def _answer(self) -> None:
        if self.is_down:
            raise Unreachable("the node is down")

    async def status(self) -> ChainStatus:
        self._answer()
        height = self.height - self.lags_behind
        return ChainStatus(self.chain_id, height, int(height * SECONDS * 10**9), "test")

    async def is_syncing(self) -> bool:
        self._answer()
        return self.syncing

    async def block(self, height: int) -> BlockMark:
        self._answer()
        return BlockMark(height, self.genesis + b"%d" % height, int(height * SECONDS * 10**9))

    async def order(self, id: OrderID) -> Order:
        self._answer()
        if self.knows_nothing or id not in self.orders:
            raise OrderNotFound
        return self.orders[id]

    async def bid(self, id: BidID) -> Bid:
        self._answer()
        if self.knows_nothing or id not in self.bids_:
            raise BidNotFound
        return self.bids_[id]

    async def lease(self, id: LeaseID, *, height: int | None = None) -> Lease:
        self._answer()
        if self.knows_nothing or id not in self.leases_:
            raise LeaseNotFound
        return self.leases_[id]

    async def deployment(self, id: DeploymentID) -> DeploymentView:
        self._answer()
        if self.knows_nothing or id not in self.deployments:
            raise DeploymentNotFound
        return self.deployments[id]

    async def open_orders(self) -> AsyncIterator[Order]:
        self._answer()
        for order in list(self.orders.values()):
            if order.state is OrderState.OPEN and not self.lists_nothing:
                yield order

    async def leases(
        self, *, owner: str = "", dseq: int = 0, provider: str = ""
    ) -> AsyncIterator[Lease]:
        self._answer()
        for lease in list(self.leases_.values()):
            fits = (
                owner in ("", lease.id.owner)
                and dseq in (0, lease.id.dseq)
                and provider in ("", lease.id.provider)
            )
            if fits and not self.lists_nothing:
                yield lease

    async def provider(self, owner: str) -> Provider:
        self._answer()
        return self.record

    async def audits(self, owner: str) -> dict[str, Attributes]:
        self._answer()
        return self.signed

    async def market_params(self) -> Params:
        self._answer()
        return Params()

    async def balance(self, owner: str, denom: str) -> int:
        self._answer()
        return self.funds.get(denom, 0)

    async def certificate(self, owner: str, serial: int) -> CertificateView | None:
        return None

    async def public_key(self, owner: str) -> bytes | None:
        return None

    async def send(self, msgs: Sequence[Message]) -> int:
        self._answer()
        if self.refusals:
            raise self.refusals.pop(0)
        for message in msgs:
            self._do(message)
        if self.lost_answers:
            self.lost_answers -= 1
            raise OutcomeUnknown("AB", self.height + 30, "the answer was lost")
        async with self._grown:
            before = self.height
            await self._grown.wait_for(lambda: self.height > before)
        return self.height

    async def events(self, since_height: int) -> AsyncIterator[BlockEvents]:
        height = since_height
        if self.refuse_events:
            self.refuse_events -= 1
            raise ClientError("these blocks are gone")
        while True:
            async with self._grown:
                while self.height < height or self.is_down:
                    await self._grown.wait()
            yield self._blocks.get(height, BlockEvents(height, (), ()))
            height += 1

    def _do(self, message: Any) -> None:
        if isinstance(message, wire.MsgCreateBid):
            id = BidID.from_wire(message.id)
            if id in self.bids_:
                raise BidExists
            offers = tuple(ResourceOffer.from_wire(o) for o in message.resources_offer)
            price = DecCoin.from_wire(message.price)
            self.bids_[id] = Bid(id, BidState.OPEN, price, self.height, offers)
        elif isinstance(message, wire.MsgCloseBid):
            id = BidID.from_wire(message.id)
            self.close_bid(id)
            if id.lease in self.leases_:
                self.end(id.lease)
        self.sent.append(message)
