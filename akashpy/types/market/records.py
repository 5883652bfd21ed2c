"""Orders, bids, leases, what a bid offers, and the parameters, as the chain keeps them."""

from dataclasses import dataclass
from typing import Self

from akashpy.types.coin import Coin, DecCoin, problem
from akashpy.types.deployment import DeploymentReclamation, GroupSpec
from akashpy.types.deposit import Deposit
from akashpy.types.duration import HOUR, duration, nanoseconds
from akashpy.types.market.errors import InvalidDeposit, InvalidParam
from akashpy.types.market.ids import BidID, LeaseID, OrderID
from akashpy.types.resources import Resources
from akashpy.types.wireenum import WireEnum
from akashpy.wire import base
from akashpy.wire import market as wire

MAX_ORDER_BIDS = 500
"""The most that the parameter `order_max_bids` may be."""


DEFAULT_BID_DEPOSIT = Coin("uakt", 500_000)


class OrderState(WireEnum):
    """The life of an order."""

    INVALID = 0
    OPEN = 1
    ACTIVE = 2
    CLOSED = 3


class BidState(WireEnum):
    """The life of a bid."""

    INVALID = 0
    OPEN = 1
    ACTIVE = 2
    LOST = 3
    CLOSED = 4


class LeaseState(WireEnum):
    """The life of a lease."""

    INVALID = 0
    ACTIVE = 1
    INSUFFICIENT_FUNDS = 2
    CLOSED = 3
    RECLAIMING = 4


class LeaseClosedReason(WireEnum):
    """Why a lease ended: below 10000 its owner, below 20000 its provider, above the network."""

    LEASE_CLOSED_INVALID = 0
    LEASE_CLOSED_OWNER = 1
    LEASE_CLOSED_REASON_UNSTABLE = 10_000
    LEASE_CLOSED_REASON_DECOMMISSION = 10_001
    LEASE_CLOSED_REASON_UNSPECIFIED = 10_002
    LEASE_CLOSED_REASON_MANIFEST_TIMEOUT = 10_003
    LEASE_CLOSED_REASON_INSUFFICIENT_FUNDS = 20_000


@dataclass(frozen=True, slots=True)
class Order:
    """A group's call for bids; `created_at` is a height."""

    id: OrderID
    state: OrderState
    spec: GroupSpec
    created_at: int
    reclamation: DeploymentReclamation | None = None

    @classmethod
    def WIRE(cls) -> type[wire.Order]:
        """The message class of this record."""
        return wire.Order

    @classmethod
    def from_wire(cls, msg: wire.Order) -> Self:
        """Read an akash.market.v1beta5.Order."""
        wish = msg.reclamation if msg.HasField("reclamation") else None
        return cls(
            OrderID.from_wire(msg.id),
            OrderState(msg.state),
            GroupSpec.from_wire(msg.spec),
            msg.created_at,
            DeploymentReclamation.from_wire(wish) if wish is not None else None,
        )

    def to_wire(self) -> wire.Order:
        """An akash.market.v1beta5.Order."""
        return wire.Order(
            id=self.id.to_wire(),
            state=self.state,  # type: ignore[arg-type]  # a known number
            spec=self.spec.to_wire(),
            created_at=self.created_at,
            reclamation=self.reclamation.to_wire() if self.reclamation else None,
        )

    def price(self) -> DecCoin:
        """The most a bid may ask, in base units per block. Raises Panic as GroupSpec.price."""
        return self.spec.price()


@dataclass(frozen=True, slots=True)
class StorageOfferPrice:
    """What an offer asks for one volume."""

    name: str
    price: DecCoin | None = None

    @classmethod
    def from_wire(cls, msg: wire.StorageOfferPrice) -> Self:
        """Read an akash.market.v1beta5.StorageOfferPrice."""
        return cls(msg.name, DecCoin.from_wire(msg.price) if msg.HasField("price") else None)

    def to_wire(self) -> wire.StorageOfferPrice:
        """An akash.market.v1beta5.StorageOfferPrice."""
        return wire.StorageOfferPrice(name=self.name, price=_optional(self.price))


@dataclass(frozen=True, slots=True)
class EndpointOfferPrice:
    """What an offer asks for one kind of endpoint."""

    kind: int
    price: DecCoin | None = None

    @classmethod
    def from_wire(cls, msg: wire.EndpointOfferPrice) -> Self:
        """Read an akash.market.v1beta5.EndpointOfferPrice."""
        return cls(msg.kind, DecCoin.from_wire(msg.price) if msg.HasField("price") else None)

    def to_wire(self) -> wire.EndpointOfferPrice:
        """An akash.market.v1beta5.EndpointOfferPrice."""
        return wire.EndpointOfferPrice(
            kind=self.kind,  # type: ignore[arg-type]  # any number is allowed on the wire
            price=_optional(self.price),
        )


@dataclass(frozen=True, slots=True)
class OfferPrices:
    """An offer's price by part; for people, the chain never checks it."""

    cpu: DecCoin | None = None
    memory: DecCoin | None = None
    storage: tuple[StorageOfferPrice, ...] = ()
    gpu: DecCoin | None = None
    endpoints: tuple[EndpointOfferPrice, ...] = ()

    @classmethod
    def from_wire(cls, msg: wire.OfferPrices) -> Self:
        """Read an akash.market.v1beta5.OfferPrices."""
        return cls(
            DecCoin.from_wire(msg.cpu) if msg.HasField("cpu") else None,
            DecCoin.from_wire(msg.memory) if msg.HasField("memory") else None,
            tuple(StorageOfferPrice.from_wire(volume) for volume in msg.storage),
            DecCoin.from_wire(msg.gpu) if msg.HasField("gpu") else None,
            tuple(EndpointOfferPrice.from_wire(endpoint) for endpoint in msg.endpoints),
        )

    def to_wire(self) -> wire.OfferPrices:
        """An akash.market.v1beta5.OfferPrices."""
        return wire.OfferPrices(
            cpu=_optional(self.cpu),
            memory=_optional(self.memory),
            storage=[volume.to_wire() for volume in self.storage],
            gpu=_optional(self.gpu),
            endpoints=[endpoint.to_wire() for endpoint in self.endpoints],
        )


@dataclass(frozen=True, slots=True)
class ResourceOffer:
    """What a bid offers for one unit of the order: the resources, and how many replicas."""

    resources: Resources
    count: int
    prices: OfferPrices | None = None

    @classmethod
    def from_wire(cls, msg: wire.ResourceOffer) -> Self:
        """Read an akash.market.v1beta5.ResourceOffer."""
        return cls(
            Resources.from_wire(msg.resources),
            msg.count,
            OfferPrices.from_wire(msg.prices) if msg.HasField("prices") else None,
        )

    def to_wire(self) -> wire.ResourceOffer:
        """An akash.market.v1beta5.ResourceOffer."""
        return wire.ResourceOffer(
            resources=self.resources.to_wire(),
            count=self.count,
            prices=self.prices.to_wire() if self.prices else None,
        )


@dataclass(frozen=True, slots=True)
class Bid:
    """A provider's offer: `price` in base units per block; `reclamation_window` in nanoseconds."""

    id: BidID
    state: BidState
    price: DecCoin
    created_at: int
    resources_offer: tuple[ResourceOffer, ...] = ()
    reclamation_window: int | None = None

    @classmethod
    def WIRE(cls) -> type[wire.Bid]:
        """The message class of this record."""
        return wire.Bid

    @classmethod
    def from_wire(cls, msg: wire.Bid) -> Self:
        """Read an akash.market.v1beta5.Bid."""
        return cls(
            BidID.from_wire(msg.id),
            BidState(msg.state),
            DecCoin.from_wire(msg.price),
            msg.created_at,
            tuple(ResourceOffer.from_wire(offer) for offer in msg.resources_offer),
            reclamation_window_from_wire(msg),
        )

    def to_wire(self) -> wire.Bid:
        """An akash.market.v1beta5.Bid."""
        window = self.reclamation_window
        return wire.Bid(
            id=self.id.to_wire(),
            state=self.state,  # type: ignore[arg-type]  # a known number
            price=self.price.to_wire(),
            created_at=self.created_at,
            resources_offer=[offer.to_wire() for offer in self.resources_offer],
            reclamation_window=None if window is None else duration(window),
        )


@dataclass(frozen=True, slots=True)
class Reclamation:
    """A provider's notice to end a lease.

    `window` in nanoseconds, `started_at` a height, `deadline` in unix seconds, `reason` a
    LeaseClosedReason or a number in a provider's range.
    """

    window: int
    started_at: int = 0
    deadline: int = 0
    reason: int = LeaseClosedReason.LEASE_CLOSED_INVALID

    @classmethod
    def from_wire(cls, msg: wire.Reclamation) -> Self:
        """Read an akash.market.v1.Reclamation."""
        reason = LeaseClosedReason.of(msg.reason)
        return cls(nanoseconds(msg.window), msg.started_at, msg.deadline, reason)

    def to_wire(self) -> wire.Reclamation:
        """An akash.market.v1.Reclamation."""
        return wire.Reclamation(
            window=duration(self.window),
            started_at=self.started_at,
            deadline=self.deadline,
            reason=self.reason,  # type: ignore[arg-type]  # any number is allowed on the wire
        )


@dataclass(frozen=True, slots=True)
class Lease:
    """A running agreement: `price` in base units per block, `created_at`, `closed_on` heights.

    `reason` is a LeaseClosedReason, or a number in a provider's range.
    """

    id: LeaseID
    state: LeaseState
    price: DecCoin
    created_at: int
    closed_on: int = 0
    reason: int = LeaseClosedReason.LEASE_CLOSED_INVALID
    reclamation: Reclamation | None = None

    @classmethod
    def WIRE(cls) -> type[wire.Lease]:
        """The message class of this record."""
        return wire.Lease

    @classmethod
    def from_wire(cls, msg: wire.Lease) -> Self:
        """Read an akash.market.v1.Lease."""
        return cls(
            LeaseID.from_wire(msg.id),
            LeaseState(msg.state),
            DecCoin.from_wire(msg.price),
            msg.created_at,
            msg.closed_on,
            LeaseClosedReason.of(msg.reason),
            Reclamation.from_wire(msg.reclamation) if msg.HasField("reclamation") else None,
        )

    def to_wire(self) -> wire.Lease:
        """An akash.market.v1.Lease."""
        return wire.Lease(
            id=self.id.to_wire(),
            state=self.state,  # type: ignore[arg-type]  # a known number
            price=self.price.to_wire(),
            created_at=self.created_at,
            closed_on=self.closed_on,
            reason=self.reason,  # type: ignore[arg-type]  # any number is allowed on the wire
            reclamation=self.reclamation.to_wire() if self.reclamation else None,
        )


@dataclass(frozen=True, slots=True)
class Params:
    """The module's parameters; deposits in base units, windows in nanoseconds."""

    bid_min_deposit: Coin = DEFAULT_BID_DEPOSIT
    order_max_bids: int = 20
    bid_min_deposits: tuple[Coin, ...] = (Coin("uact", 500_000), Coin("uakt", 500_000))
    min_reclamation_window: int = HOUR
    max_reclamation_window: int = 720 * HOUR

    @classmethod
    def WIRE(cls) -> type[wire.Params]:
        """The message class of these parameters."""
        return wire.Params

    @classmethod
    def from_wire(cls, msg: wire.Params) -> Self:
        """Read an akash.market.v1beta5.Params."""
        return cls(
            Coin.from_wire(msg.bid_min_deposit),
            msg.order_max_bids,
            tuple(Coin.from_wire(coin) for coin in msg.bid_min_deposits),
            nanoseconds(msg.min_reclamation_window),
            nanoseconds(msg.max_reclamation_window),
        )

    def to_wire(self) -> wire.Params:
        """An akash.market.v1beta5.Params."""
        return wire.Params(
            bid_min_deposit=self.bid_min_deposit.to_wire(),
            order_max_bids=self.order_max_bids,
            bid_min_deposits=[coin.to_wire() for coin in self.bid_min_deposits],
            min_reclamation_window=duration(self.min_reclamation_window),
            max_reclamation_window=duration(self.max_reclamation_window),
        )

    def validate(self) -> None:
        """Raises InvalidParam."""
        if self.order_max_bids == 0:
            raise InvalidParam(after="order max bids too low")
        if self.order_max_bids > MAX_ORDER_BIDS:
            raise InvalidParam(after="order max bids too high")
        if why := problem(self.bid_min_deposits):
            raise InvalidParam(after=why)
        least, most = self.min_reclamation_window, self.max_reclamation_window
        if least < 0:
            raise InvalidParam(after="min reclamation window must be >= 0")
        if most <= 0:
            raise InvalidParam(after="max reclamation window must be > 0")
        if most <= least:
            raise InvalidParam(after="max reclamation window must be > min reclamation window")

    def validate_deposit(self, deposit: Deposit) -> None:
        """Raises InvalidDeposit when a bid's deposit is of another denomination or too little."""
        amount = deposit.amount
        for least in self.bid_min_deposits:
            if least.denom == amount.denom:
                if amount.amount < least.amount:
                    raise InvalidDeposit(after=f"minimum:{least} received:{deposit}")
                return
        raise InvalidDeposit(after=f"unsupported denom {amount.denom}")


def reclamation_window_from_wire(msg: wire.Bid | wire.MsgCreateBid) -> int | None:
    """The reclamation window a bid offers, in nanoseconds, or None when it offers none."""
    if not msg.HasField("reclamation_window"):
        return None
    return nanoseconds(msg.reclamation_window)


def _optional(price: DecCoin | None) -> base.DecCoin | None:
    return price.to_wire() if price is not None else None
