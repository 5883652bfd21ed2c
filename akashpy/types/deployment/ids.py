"""What deployments and groups are called."""

from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.deployment.errors import InvalidEscrowID, InvalidIDPath
from akashpy.types.errors import ChainError, InvalidAddress, InvalidSequence, PlainError
from akashpy.types.escrow import EscrowID, Scope
from akashpy.types.number import unsigned
from akashpy.wire import deployment as wire


@dataclass(frozen=True, slots=True, order=True)
class DeploymentID:
    """`owner/dseq`; the owner chooses any dseq it has not used."""

    owner: str
    dseq: int

    @classmethod
    def WIRE(cls) -> type[wire.DeploymentID]:
        """The message class of this id."""
        return wire.DeploymentID

    @classmethod
    def from_wire(cls, msg: wire.DeploymentID) -> Self:
        """Read an akash.deployment.v1.DeploymentID."""
        return cls(msg.owner, msg.dseq)

    def to_wire(self) -> wire.DeploymentID:
        """An akash.deployment.v1.DeploymentID."""
        return wire.DeploymentID(owner=self.owner, dseq=self.dseq)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `owner/dseq`. Raises InvalidIDPath, PlainError."""
        parts = text.split("/")
        if len(parts) != 2:
            raise InvalidIDPath
        try:
            owner = Address.parse(parts[0])
        except InvalidAddress as error:
            raise PlainError(error.detail) from None
        return cls(owner, unsigned(parts[1]))

    @classmethod
    def of_escrow(cls, id: EscrowID) -> Self:
        """The deployment an escrow account belongs to.

        Raises InvalidEscrowID when it belongs to something else, and what `parse` raises.
        """
        if id.scope != Scope.DEPLOYMENT:
            raise InvalidEscrowID
        return cls.parse(id.xid)

    @property
    def escrow(self) -> EscrowID:
        """Its escrow account."""
        return EscrowID(Scope.DEPLOYMENT, str(self))

    def with_gseq(self, gseq: int) -> "GroupID":
        """One of its groups, counted from 1."""
        return GroupID(self.owner, self.dseq, gseq)

    def validate(self) -> None:
        """Raises InvalidAddress, InvalidSequence."""
        if not Address.is_valid(self.owner):
            raise InvalidAddress("DeploymentID: Invalid Owner Address")
        if self.dseq == 0:
            raise InvalidSequence("DeploymentID: Invalid Deployment Sequence")

    def __str__(self) -> str:
        return f"{self.owner}/{self.dseq}"


@dataclass(frozen=True, slots=True, order=True)
class GroupID:
    """`owner/dseq/gseq`; gseq counts a deployment's groups from 1."""

    owner: str
    dseq: int
    gseq: int

    @classmethod
    def WIRE(cls) -> type[wire.GroupID]:
        """The message class of this id."""
        return wire.GroupID

    @classmethod
    def from_wire(cls, msg: wire.GroupID) -> Self:
        """Read an akash.deployment.v1.GroupID."""
        return cls(msg.owner, msg.dseq, msg.gseq)

    def to_wire(self) -> wire.GroupID:
        """An akash.deployment.v1.GroupID."""
        return wire.GroupID(owner=self.owner, dseq=self.dseq, gseq=self.gseq)

    @property
    def deployment(self) -> DeploymentID:
        """The deployment it belongs to."""
        return DeploymentID(self.owner, self.dseq)

    def validate(self) -> None:
        """Raises InvalidAddress, InvalidSequence."""
        _validate_within(self.deployment, "GroupID: Invalid DeploymentID")
        if self.gseq == 0:
            raise InvalidSequence("GroupID: Invalid Group Sequence")

    def __str__(self) -> str:
        return f"{self.owner}/{self.dseq}/{self.gseq}"


def _validate_within(id: DeploymentID, detail: str) -> None:
    try:
        id.validate()
    except ChainError as error:
        raise error.wrapped(detail) from None
