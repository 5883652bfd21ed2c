"""The deployment module's vocabulary: what tenants ask for.

Ids, records, parameters, errors and the checks of messages that need no state, shared by chain,
node, client and provider. It must not know bids, leases or state.
Source: chain-sdk `go/node/deployment` (v1, v1beta4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from akashpy.types.address import Address
from akashpy.types.attributes import PlacementRequirements
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deposit import Deposit
from akashpy.types.duration import duration, nanoseconds
from akashpy.types.errors import (
    ChainError,
    InvalidAddress,
    InvalidSequence,
    Panic,
    PlainError,
    Status,
)
from akashpy.types.escrow import EscrowID, Scope
from akashpy.types.number import unsigned
from akashpy.types.resources import ResourceUnit, validate_units
from akashpy.types.wireenum import WireEnum
from akashpy.wire import deployment as wire


class DeploymentError(ChainError, codespace="deployment", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `deployment`."""


class NameDoesNotExist(
    DeploymentError, code=1, text="Name does not exist", status=Status.NOT_FOUND
): ...


class InvalidRequest(DeploymentError, code=2, text="Invalid request"): ...


class DeploymentExists(
    DeploymentError, code=3, text="Deployment exists", status=Status.ALREADY_EXISTS
): ...


class DeploymentNotFound(
    DeploymentError, code=4, text="Deployment not found", status=Status.NOT_FOUND
): ...


class DeploymentClosed(
    DeploymentError, code=5, text="Deployment closed", status=Status.FAILED_PRECONDITION
): ...


class OwnerAcctMissing(DeploymentError, code=6, text="Owner account missing"): ...


class InvalidGroups(DeploymentError, code=7, text="Invalid groups"): ...


class InvalidDeploymentID(DeploymentError, code=8, text="Invalid: deployment id"): ...


class EmptyHash(DeploymentError, code=9, text="Invalid: empty hash"): ...


class InvalidHash(DeploymentError, code=10, text="Invalid: deployment hash"): ...


class Internal(DeploymentError, code=11, text="internal error", status=Status.INTERNAL): ...


class InvalidDeployment(DeploymentError, code=12, text="Invalid deployment"): ...


class InvalidGroupID(DeploymentError, code=13, text="Invalid deployment's group ID"): ...


class GroupNotFound(DeploymentError, code=14, text="Group not found", status=Status.NOT_FOUND): ...


class GroupClosed(
    DeploymentError, code=15, text="Group already closed", status=Status.FAILED_PRECONDITION
): ...


class GroupOpen(DeploymentError, code=16, text="Group open", status=Status.FAILED_PRECONDITION): ...


class GroupPaused(
    DeploymentError, code=17, text="Group paused", status=Status.FAILED_PRECONDITION
): ...


class GroupNotOpen(
    DeploymentError, code=18, text="Group not open", status=Status.FAILED_PRECONDITION
): ...


class GroupSpecInvalid(DeploymentError, code=19, text="GroupSpec invalid"): ...


class InvalidDeposit(DeploymentError, code=20, text="Deposit invalid"): ...


class InvalidIDPath(DeploymentError, code=21, text="ID path invalid"): ...


class InvalidParam(DeploymentError, code=22, text="parameter invalid"): ...


class InvalidEscrowID(DeploymentError, code=23, text="invalid escrow id"): ...


class InvalidPrice(DeploymentError, code=24, text="invalid price"): ...


class DuplicateGroupName(DeploymentError, code=25, text="duplicate group name"): ...


class InvalidReclamation(DeploymentError, code=26, text="invalid reclamation configuration"): ...


HASH_LENGTH = 32
"""Bytes of a manifest's hash."""
MAX_MIN_DEPOSIT = 2**31 - 1
"""A minimum deposit must be below this many base units."""


class DeploymentState(WireEnum):
    """The life of a deployment."""

    INVALID = 0
    ACTIVE = 1
    CLOSED = 2


class GroupState(WireEnum):
    """The life of a group."""

    INVALID = 0
    OPEN = 1
    PAUSED = 2
    INSUFFICIENT_FUNDS = 3
    CLOSED = 4


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


@dataclass(frozen=True, slots=True)
class DeploymentReclamation:
    """The tenant's wish to be warned: `min_window` in nanoseconds."""

    min_window: int

    @classmethod
    def from_wire(cls, msg: wire.DeploymentReclamation) -> Self:
        """Read an akash.deployment.v1.DeploymentReclamation."""
        return cls(nanoseconds(msg.min_window))

    def to_wire(self) -> wire.DeploymentReclamation:
        """An akash.deployment.v1.DeploymentReclamation."""
        return wire.DeploymentReclamation(min_window=duration(self.min_window))


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a tenant runs; `hash` is that of its manifest, `created_at` a height."""

    id: DeploymentID
    state: DeploymentState
    hash: bytes
    created_at: int
    reclamation: DeploymentReclamation | None = None

    @classmethod
    def WIRE(cls) -> type[wire.Deployment]:
        """The message class of this record."""
        return wire.Deployment

    @classmethod
    def from_wire(cls, msg: wire.Deployment) -> Self:
        """Read an akash.deployment.v1.Deployment."""
        return cls(
            DeploymentID.from_wire(msg.id),
            DeploymentState(msg.state),
            msg.hash,
            msg.created_at,
            reclamation_from_wire(msg),
        )

    def to_wire(self) -> wire.Deployment:
        """An akash.deployment.v1.Deployment."""
        return wire.Deployment(
            id=self.id.to_wire(),
            state=self.state,  # type: ignore[arg-type]  # a known number
            hash=self.hash,
            created_at=self.created_at,
            reclamation=self.reclamation.to_wire() if self.reclamation else None,
        )


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """What one provider is to run as a whole: where, and which resources."""

    name: str
    requirements: PlacementRequirements
    resources: tuple[ResourceUnit, ...]

    @classmethod
    def from_wire(cls, msg: wire.GroupSpec) -> Self:
        """Read an akash.deployment.v1beta4.GroupSpec."""
        return cls(
            msg.name,
            PlacementRequirements.from_wire(msg.requirements),
            tuple(ResourceUnit.from_wire(unit) for unit in msg.resources),
        )

    def to_wire(self) -> wire.GroupSpec:
        """An akash.deployment.v1beta4.GroupSpec."""
        return wire.GroupSpec(
            name=self.name,
            requirements=self.requirements.to_wire(),
            resources=[unit.to_wire() for unit in self.resources],
        )

    @property
    def denom(self) -> str:
        """The denomination of its prices; "" without resources."""
        return self.resources[0].price.denom if self.resources else ""

    def price(self) -> DecCoin:
        """The most it may cost in all, in base units per block.

        Raises Panic when its prices have several denominations, which `validate` refuses.
        """
        total = Dec.ZERO
        for unit in self.resources:
            if unit.price.denom != self.denom:
                raise Panic(f"group {self.name} has prices in {self.denom}, {unit.price.denom}")
            total += unit.full_price().amount
        return DecCoin(self.denom, total)

    def validate(self) -> None:
        """Check name, resources and prices, in Akash's order.

        Raises PlainError; InvalidAttributeKey and AttributesDuplicateKeys keep their codes.
        """
        if not self.name:
            raise PlainError("empty group spec name denomination")
        validate_units(self.resources)
        for unit in self.resources:
            try:
                unit.validate_price()
            except PlainError as error:
                raise error.wrapped(f"group {self.name}") from None
            if unit.price.denom != self.denom:
                # The misspelling is Akash's, and its answer.
                raise PlainError(
                    f"multi-denonimation group: ({unit.price.denom} == {self.denom} fails)"
                )


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a deployment; `created_at` is a height."""

    id: GroupID
    state: GroupState
    spec: GroupSpec
    created_at: int

    @classmethod
    def WIRE(cls) -> type[wire.Group]:
        """The message class of this record."""
        return wire.Group

    @classmethod
    def from_wire(cls, msg: wire.Group) -> Self:
        """Read an akash.deployment.v1beta4.Group."""
        return cls(
            GroupID.from_wire(msg.id),
            GroupState(msg.state),
            GroupSpec.from_wire(msg.group_spec),
            msg.created_at,
        )

    def to_wire(self) -> wire.Group:
        """An akash.deployment.v1beta4.Group."""
        return wire.Group(
            id=self.id.to_wire(),
            state=self.state,  # type: ignore[arg-type]  # a known number
            group_spec=self.spec.to_wire(),
            created_at=self.created_at,
        )


@dataclass(frozen=True, slots=True)
class Params:
    """The module's parameters; `min_deposits` in base units, in the order given."""

    min_deposits: tuple[Coin, ...] = (Coin("uakt", 500_000), Coin("uact", 500_000))

    @classmethod
    def WIRE(cls) -> type[wire.Params]:
        """The message class of these parameters."""
        return wire.Params

    @classmethod
    def from_wire(cls, msg: wire.Params) -> Self:
        """Read an akash.deployment.v1beta4.Params."""
        return cls(tuple(Coin.from_wire(coin) for coin in msg.min_deposits))

    def to_wire(self) -> wire.Params:
        """An akash.deployment.v1beta4.Params."""
        return wire.Params(min_deposits=[coin.to_wire() for coin in self.min_deposits])

    def validate(self) -> None:
        """Raises PlainError for a repeated denomination; InvalidParam for an amount that is too
        large or negative, or when uact is missing."""
        seen: set[str] = set()
        for coin in self.min_deposits:
            if coin.denom in seen:
                raise PlainError(f"duplicate Min Deposit for denom ({coin})")
            seen.add(coin.denom)
            if not 0 <= coin.amount < MAX_MIN_DEPOSIT:
                raise InvalidParam(after=f"Min Deposit ({coin.denom}) - too large: {coin.amount}")
        if "uact" not in seen:
            shown = ",".join(map(str, self.min_deposits))
            raise InvalidParam(after=f"Min Deposits - uact not given: {shown}")

    def min_deposit(self, denom: str) -> Coin:
        """The least a deployment must deposit in `denom`. Raises InvalidDeposit."""
        for coin in self.min_deposits:
            if coin.denom == denom:
                return coin
        raise InvalidDeposit(after=f"Invalid deposit denomination {denom}")

    def validate_deposit(self, amount: Coin) -> None:
        """Raises InvalidDeposit when `amount` is of another denomination or too little."""
        least = self.min_deposit(amount.denom)
        if amount.amount < least.amount:
            raise InvalidDeposit(f"Deposit too low - {amount.amount} < {least}")


def validate_groups(specs: Sequence[GroupSpec]) -> None:
    """Check a deployment's groups as a list, as the handler of MsgCreateDeployment does.

    Raises InvalidGroups, InvalidPrice, DuplicateGroupName, and what a group's `validate` raises.
    """
    if not specs:
        raise InvalidGroups
    denom = specs[0].denom
    names: set[str] = set()
    for spec in specs:
        if spec.denom != denom:
            raise InvalidPrice(f"inconsistent group denomination: {denom} != {spec.denom}")
        spec.validate()
        if spec.name in names:
            raise DuplicateGroupName(f"duplicate deployment group name {spec.name}")
        names.add(spec.name)
    if not denom:
        raise InvalidPrice(f"unsupported denomination {denom}")


def validate_create_deployment(msg: wire.MsgCreateDeployment) -> None:
    """What MsgCreateDeployment must be before any state is read, in Akash's order.

    Raises InvalidAddress, InvalidSequence, InvalidDepositSource, InvalidGroups, EmptyHash,
    InvalidHash, InvalidReclamation, InvalidDeposit, and what a group's `validate` raises.
    """
    DeploymentID.from_wire(msg.id).validate()
    deposit = Deposit.from_wire(msg.deposit)
    deposit.validate()
    if not msg.groups:
        raise InvalidGroups
    validate_hash(msg.hash)
    reclamation = reclamation_from_wire(msg)
    if reclamation is not None and reclamation.min_window < 0:
        raise InvalidReclamation("min_window must be >= 0")
    for spec in map(GroupSpec.from_wire, msg.groups):
        spec.validate()
        paid = deposit.amount
        if paid.amount and spec.denom != paid.denom:
            raise InvalidDeposit(f"Mismatched denominations ({paid.denom} != {spec.denom})")


def validate_update_deployment(msg: wire.MsgUpdateDeployment) -> None:
    """Raises InvalidAddress, InvalidSequence, EmptyHash, InvalidHash."""
    DeploymentID.from_wire(msg.id).validate()
    validate_hash(msg.hash)


def validate_close_deployment(msg: wire.MsgCloseDeployment) -> None:
    """Raises InvalidAddress, InvalidSequence."""
    DeploymentID.from_wire(msg.id).validate()


def validate_group_message(
    msg: wire.MsgCloseGroup | wire.MsgPauseGroup | wire.MsgStartGroup,
) -> None:
    """Raises InvalidAddress, InvalidSequence."""
    GroupID.from_wire(msg.id).validate()


def validate_update_params(msg: wire.MsgUpdateParams) -> None:
    """Raises PlainError for the authority's text, and what the parameters' `validate` raises."""
    validate_authority(msg.authority)
    Params.from_wire(msg.params).validate()


def validate_authority(authority: str) -> None:
    """Raises PlainError when the text is no address."""
    try:
        Address.parse(authority)
    except InvalidAddress as error:
        raise PlainError(f"invalid authority address: {error.detail}") from None


def validate_hash(hash: bytes) -> None:
    """Raises EmptyHash, InvalidHash."""
    if not hash:
        raise EmptyHash
    if len(hash) != HASH_LENGTH:
        raise InvalidHash


def reclamation_from_wire(
    msg: wire.Deployment | wire.MsgCreateDeployment,
) -> DeploymentReclamation | None:
    """The wish for reclamation in a message, or None when it has none."""
    if not msg.HasField("reclamation"):
        return None
    return DeploymentReclamation.from_wire(msg.reclamation)


def _validate_within(id: DeploymentID, detail: str) -> None:
    try:
        id.validate()
    except ChainError as error:
        raise error.wrapped(detail) from None
