"""The market module's vocabulary: orders, bids and leases.

Ids, records, parameters, errors and the checks of messages that need no state, shared by chain,
node, client and provider. It must not know how offers are matched, nor state. It is long because
the module has four ids and 41 errors. Source: chain-sdk `go/node/market` (v1, v1beta5).
"""

from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.coin import Coin, DecCoin, problem
from akashpy.types.deployment import (
    DeploymentID,
    DeploymentReclamation,
    GroupID,
    GroupSpec,
    validate_authority,
)
from akashpy.types.deposit import Deposit
from akashpy.types.duration import HOUR, duration, nanoseconds
from akashpy.types.errors import (
    ChainError,
    Conflict,
    InvalidAddress,
    InvalidSequence,
    PlainError,
    Status,
)
from akashpy.types.escrow import EscrowID, PaymentID, Scope
from akashpy.types.number import unsigned
from akashpy.types.resources import Resources
from akashpy.types.wireenum import WireEnum
from akashpy.wire import base
from akashpy.wire import market as wire


class MarketError(ChainError, codespace="market", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `market`."""


class EmptyProvider(MarketError, code=1, text="empty provider"): ...


class SameAccount(MarketError, code=2, text="owner and provider are the same account"): ...


class Internal(MarketError, code=3, text="internal error", status=Status.INTERNAL): ...


class BidOverOrder(MarketError, code=4, text="bid price above max order price"): ...


class AttributeMismatch(MarketError, code=5, text="attribute mismatch"): ...


class UnknownBid(MarketError, code=6, text="unknown bid", status=Status.NOT_FOUND): ...


class UnknownLease(MarketError, code=7, text="unknown lease", status=Status.NOT_FOUND): ...


class UnknownLeaseForBid(
    MarketError, code=8, text="unknown lease for bid", status=Status.NOT_FOUND
): ...


class UnknownOrderForBid(
    MarketError, code=9, text="unknown order for bid", status=Status.NOT_FOUND
): ...


class LeaseNotActive(
    MarketError, code=10, text="lease not active", status=Status.FAILED_PRECONDITION
): ...


class BidNotActive(
    MarketError, code=11, text="bid not active", status=Status.FAILED_PRECONDITION
): ...


class BidNotOpen(MarketError, code=12, text="bid not open", status=Status.FAILED_PRECONDITION): ...


class OrderNotOpen(
    MarketError, code=13, text="bid: order not open", status=Status.FAILED_PRECONDITION
): ...


class NoLeaseForOrder(MarketError, code=14, text="no lease for order", status=Status.NOT_FOUND): ...


class OrderNotFound(
    MarketError, code=15, text="invalid order: order not found", status=Status.NOT_FOUND
): ...


class GroupNotFound(MarketError, code=16, text="group not found", status=Status.NOT_FOUND): ...


class GroupNotOpen(
    MarketError, code=17, text="group not open", status=Status.FAILED_PRECONDITION
): ...


class BidNotFound(
    MarketError, code=18, text="invalid bid: bid not found", status=Status.NOT_FOUND
): ...


class BidZeroPrice(MarketError, code=19, text="invalid bid: zero price"): ...


class LeaseNotFound(
    MarketError, code=20, text="invalid lease: lease not found", status=Status.NOT_FOUND
): ...


class BidExists(
    MarketError, code=21, text="invalid bid: bid exists from provider", status=Status.ALREADY_EXISTS
): ...


class BidInvalidPrice(MarketError, code=22, text="bid price is invalid"): ...


class OrderActive(MarketError, code=23, text="order active", status=Status.FAILED_PRECONDITION): ...


class OrderClosed(MarketError, code=24, text="order closed", status=Status.FAILED_PRECONDITION): ...


class OrderExists(
    MarketError, code=25, text="order already exists in store", status=Status.ALREADY_EXISTS
): ...


class OrderDurationExceeded(
    MarketError,
    code=26,
    text="order duration has exceeded the bidding duration",
    status=Status.FAILED_PRECONDITION,
): ...


class OrderTooEarly(
    MarketError,
    code=27,
    text="order: chain height to low for bidding",
    status=Status.FAILED_PRECONDITION,
): ...


class InvalidDeposit(MarketError, code=28, text="deposit invalid"): ...


class InvalidParam(MarketError, code=29, text="parameter invalid"): ...


class UnknownProvider(MarketError, code=30, text="unknown provider", status=Status.NOT_FOUND): ...


class InvalidBid(MarketError, code=31, text="invalid bid"): ...


class CapabilitiesMismatch(MarketError, code=32, text="capabilities mismatch"): ...


class InvalidLeaseClosedReason(MarketError, code=33, text="invalid lease closed reason"): ...


class InvalidEscrowID(MarketError, code=34, text="invalid escrow id"): ...


class LeaseNotReclamable(
    MarketError,
    code=35,
    text="lease does not have reclamation configured",
    status=Status.FAILED_PRECONDITION,
): ...


class LeaseAlreadyReclaiming(
    MarketError, code=36, text="reclamation already in progress", status=Status.FAILED_PRECONDITION
): ...


class ReclamationNotStarted(
    MarketError,
    code=37,
    text="reclamation not started; call MsgLeaseStartReclaim first",
    status=Status.FAILED_PRECONDITION,
): ...


class ReclamationWindowNotElapsed(
    MarketError,
    code=38,
    text="reclamation window has not elapsed",
    status=Status.FAILED_PRECONDITION,
): ...


class ReclamationWindowInvalid(
    MarketError, code=39, text="reclamation window outside governance bounds"
): ...


class ReclamationRequired(
    MarketError, code=40, text="order requires reclamation but bid does not offer it"
): ...


class ReclamationWindowTooShort(
    MarketError, code=41, text="reclamation window shorter than order minimum"
): ...


MAX_ORDER_BIDS = 500
"""The most that the parameter `order_max_bids` may be."""
DEFAULT_BID_DEPOSIT = Coin("uakt", 500_000)
PROVIDER_REASONS = range(10_000, 20_000)
"""Numbers of the reasons that a provider may give."""


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


@dataclass(frozen=True, slots=True, order=True)
class OrderID:
    """`owner/dseq/gseq/oseq`; oseq counts a group's orders from 1."""

    owner: str
    dseq: int
    gseq: int
    oseq: int

    @classmethod
    def WIRE(cls) -> type[wire.OrderID]:
        """The message class of this id."""
        return wire.OrderID

    @classmethod
    def from_wire(cls, msg: wire.OrderID) -> Self:
        """Read an akash.market.v1.OrderID."""
        return cls(msg.owner, msg.dseq, msg.gseq, msg.oseq)

    def to_wire(self) -> wire.OrderID:
        """An akash.market.v1.OrderID."""
        return wire.OrderID(owner=self.owner, dseq=self.dseq, gseq=self.gseq, oseq=self.oseq)

    @classmethod
    def of(cls, group: GroupID, oseq: int) -> Self:
        """One of a group's orders."""
        return cls(group.owner, group.dseq, group.gseq, oseq)

    @property
    def group(self) -> GroupID:
        """The group it belongs to."""
        return GroupID(self.owner, self.dseq, self.gseq)

    @property
    def deployment(self) -> DeploymentID:
        """The deployment it belongs to."""
        return DeploymentID(self.owner, self.dseq)

    def with_provider(self, provider: str) -> "BidID":
        """A provider's bid on it."""
        return BidID(self.owner, self.dseq, self.gseq, self.oseq, provider)

    def validate(self) -> None:
        """Raises InvalidAddress, InvalidSequence."""
        try:
            self.group.validate()
        except ChainError as error:
            raise error.wrapped("OrderID: Invalid GroupID") from None
        if self.oseq == 0:
            raise InvalidSequence("OrderID: Invalid Order Sequence")

    def __str__(self) -> str:
        return f"{self.owner}/{self.dseq}/{self.gseq}/{self.oseq}"


@dataclass(frozen=True, slots=True, order=True)
class BidID:
    """`owner/dseq/gseq/oseq/provider`; bseq must be 0 and is not in the text."""

    owner: str
    dseq: int
    gseq: int
    oseq: int
    provider: str
    bseq: int = 0

    @classmethod
    def WIRE(cls) -> type[wire.BidID]:
        """The message class of this id."""
        return wire.BidID

    @classmethod
    def from_wire(cls, msg: wire.BidID) -> Self:
        """Read an akash.market.v1.BidID."""
        return cls(msg.owner, msg.dseq, msg.gseq, msg.oseq, msg.provider, msg.bseq)

    def to_wire(self) -> wire.BidID:
        """An akash.market.v1.BidID."""
        return wire.BidID(
            owner=self.owner,
            dseq=self.dseq,
            gseq=self.gseq,
            oseq=self.oseq,
            provider=self.provider,
            bseq=self.bseq,
        )

    @property
    def order(self) -> OrderID:
        """The order it answers."""
        return OrderID(self.owner, self.dseq, self.gseq, self.oseq)

    @property
    def group(self) -> GroupID:
        """The group whose order it answers."""
        return GroupID(self.owner, self.dseq, self.gseq)

    @property
    def deployment(self) -> DeploymentID:
        """The deployment whose order it answers."""
        return DeploymentID(self.owner, self.dseq)

    @property
    def lease(self) -> "LeaseID":
        """The lease it becomes if it wins."""
        return LeaseID(self.owner, self.dseq, self.gseq, self.oseq, self.provider, self.bseq)

    @property
    def escrow(self) -> EscrowID:
        """The escrow account of its deposit."""
        return EscrowID(Scope.BID, str(self))

    def validate(self) -> None:
        """Raises InvalidAddress, InvalidSequence, Conflict."""
        try:
            self.order.validate()
        except ChainError as error:
            raise error.wrapped("BidID: Invalid OrderID") from None
        if not Address.is_valid(self.provider):
            raise InvalidAddress("BidID: Invalid Provider Address")
        if self.owner == self.provider:
            raise Conflict("BidID: self-bid")
        if self.bseq != 0:
            raise Conflict("BidID: invalid bseq")

    def __str__(self) -> str:
        return f"{self.owner}/{self.dseq}/{self.gseq}/{self.oseq}/{self.provider}"


@dataclass(frozen=True, slots=True, order=True)
class LeaseID:
    """`owner/dseq/gseq/oseq/provider`, the same as that of the bid that won."""

    owner: str
    dseq: int
    gseq: int
    oseq: int
    provider: str
    bseq: int = 0

    @classmethod
    def WIRE(cls) -> type[wire.LeaseID]:
        """The message class of this id."""
        return wire.LeaseID

    @classmethod
    def from_wire(cls, msg: wire.LeaseID) -> Self:
        """Read an akash.market.v1.LeaseID."""
        return cls(msg.owner, msg.dseq, msg.gseq, msg.oseq, msg.provider, msg.bseq)

    def to_wire(self) -> wire.LeaseID:
        """An akash.market.v1.LeaseID."""
        return wire.LeaseID(
            owner=self.owner,
            dseq=self.dseq,
            gseq=self.gseq,
            oseq=self.oseq,
            provider=self.provider,
            bseq=self.bseq,
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `owner/dseq/gseq/oseq/provider`. Raises PlainError."""
        parts = text.split("/")
        if len(parts) != 5:
            raise PlainError("query: invalid path")
        try:
            owner, provider = Address.parse(parts[0]), Address.parse(parts[4])
        except InvalidAddress as error:
            raise PlainError(error.detail) from None
        dseq, gseq, oseq = unsigned(parts[1]), unsigned(parts[2], 32), unsigned(parts[3], 32)
        return cls(owner, dseq, gseq, oseq, provider)

    @classmethod
    def of_payment(cls, id: PaymentID) -> Self:
        """The lease that a payment pays for.

        Raises InvalidEscrowID when it pays for something else, and what `parse` raises.
        """
        if id.account.scope != Scope.DEPLOYMENT:
            raise InvalidEscrowID
        text = f"{id.account.xid}/{id.xid}"
        if text.count("/") != 4:
            raise InvalidEscrowID(f"invalid payment id {text}")
        return cls.parse(text)

    @property
    def bid(self) -> BidID:
        """The bid that won."""
        return BidID(self.owner, self.dseq, self.gseq, self.oseq, self.provider, self.bseq)

    @property
    def order(self) -> OrderID:
        """The order it fills."""
        return OrderID(self.owner, self.dseq, self.gseq, self.oseq)

    @property
    def group(self) -> GroupID:
        """The group it runs."""
        return GroupID(self.owner, self.dseq, self.gseq)

    @property
    def deployment(self) -> DeploymentID:
        """The deployment it runs a group of."""
        return DeploymentID(self.owner, self.dseq)

    @property
    def payment(self) -> PaymentID:
        """The payment that pays for it, out of the deployment's escrow account."""
        return PaymentID(self.deployment.escrow, f"{self.gseq}/{self.oseq}/{self.provider}")

    def validate(self) -> None:
        """Raises InvalidAddress, InvalidSequence, Conflict."""
        try:
            self.bid.validate()
        except ChainError as error:
            raise error.wrapped("LeaseID: Invalid BidID") from None

    def __str__(self) -> str:
        return f"{self.owner}/{self.dseq}/{self.gseq}/{self.oseq}/{self.provider}"


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


def validate_create_bid(msg: wire.MsgCreateBid) -> None:
    """What MsgCreateBid must be before any state is read, in Akash's order.

    Raises InvalidAddress, InvalidSequence, Conflict, PlainError, InvalidDepositSource,
    SameAccount, BidZeroPrice, ReclamationWindowInvalid.
    """
    id = BidID.from_wire(msg.id)
    id.validate()
    Deposit.from_wire(msg.deposit).validate()
    if Address.parse(id.provider).raw == Address.parse(id.owner).raw:
        raise SameAccount
    if DecCoin.from_wire(msg.price).amount.is_zero:
        raise BidZeroPrice
    window = reclamation_window_from_wire(msg)
    if window is not None and window < 0:
        raise ReclamationWindowInvalid


def validate_close_bid(msg: wire.MsgCloseBid) -> None:
    """Raises what a bid id's `validate` raises, and InvalidLeaseClosedReason."""
    BidID.from_wire(msg.id).validate()
    validate_provider_reason(msg.reason)


def validate_create_lease(msg: wire.MsgCreateLease) -> None:
    """Raises what a bid id's `validate` raises."""
    BidID.from_wire(msg.bid_id).validate()


def validate_withdraw_lease(msg: wire.MsgWithdrawLease) -> None:
    """Raises what a lease id's `validate` raises."""
    LeaseID.from_wire(msg.id).validate()


def validate_close_lease(msg: wire.MsgCloseLease) -> None:
    """Raises what a lease id's `validate` raises."""
    LeaseID.from_wire(msg.id).validate()


def validate_lease_start_reclaim(msg: wire.MsgLeaseStartReclaim) -> None:
    """Raises what a lease id's `validate` raises, and InvalidLeaseClosedReason."""
    LeaseID.from_wire(msg.id).validate()
    validate_provider_reason(msg.reason)


def validate_update_params(msg: wire.MsgUpdateParams) -> None:
    """Raises PlainError for the authority's text, and what the parameters' `validate` raises."""
    validate_authority(msg.authority)
    Params.from_wire(msg.params).validate()


def validate_provider_reason(reason: int) -> None:
    """Raises InvalidLeaseClosedReason for a reason that is not a provider's to give."""
    if reason not in PROVIDER_REASONS:
        raise InvalidLeaseClosedReason(f'value "{reason}" range 10000..19999')


def reclamation_window_from_wire(msg: wire.Bid | wire.MsgCreateBid) -> int | None:
    """The reclamation window a bid offers, in nanoseconds, or None when it offers none."""
    if not msg.HasField("reclamation_window"):
        return None
    return nanoseconds(msg.reclamation_window)


def _optional(price: DecCoin | None) -> base.DecCoin | None:
    return price.to_wire() if price is not None else None
