"""What orders, bids and leases are called, and how one id leads to another."""

from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.deployment import DeploymentID, GroupID
from akashpy.types.errors import ChainError, Conflict, InvalidAddress, InvalidSequence, PlainError
from akashpy.types.escrow import EscrowID, PaymentID, Scope
from akashpy.types.market.errors import InvalidEscrowID
from akashpy.types.number import unsigned
from akashpy.wire import market as wire


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
