"""Deployments, groups, what a group asks for, and the parameters, as the chain keeps them."""

from dataclasses import dataclass
from typing import Self, TypeVar

from akashpy.types.attributes import PlacementRequirements
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment.errors import InvalidDeposit, InvalidParam
from akashpy.types.deployment.ids import DeploymentID, GroupID
from akashpy.types.duration import duration, nanoseconds
from akashpy.types.errors import Panic, PlainError
from akashpy.types.resources import ResourceUnit, validate_units
from akashpy.types.wireenum import WireEnum
from akashpy.wire import deployment as wire

K = TypeVar("K")
V = TypeVar("V")
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
    def from_wire(cls, msg: wire.GroupSpec) -> "GroupSpec":
        """Read an akash.deployment.v1beta4.GroupSpec."""
        data = msg.SerializeToString()
        found = _READ.get(data)
        if found is None:
            found = GroupSpec(
                msg.name,
                PlacementRequirements.from_wire(msg.requirements),
                tuple(ResourceUnit.from_wire(unit) for unit in msg.resources),
            )
            _remember(_READ, data, found, len(data))
        return found

    def to_wire(self) -> wire.GroupSpec:
        """An akash.deployment.v1beta4.GroupSpec."""
        data = _WRITTEN.get(self)
        if data is not None:
            return wire.GroupSpec.FromString(data)
        made = wire.GroupSpec(
            name=self.name,
            requirements=self.requirements.to_wire(),
            resources=[unit.to_wire() for unit in self.resources],
        )
        data = made.SerializeToString()
        _remember(_WRITTEN, self, data, len(data))
        return made

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


_KEPT, _SMALL = 512, 4096
_READ: dict[bytes, GroupSpec] = {}
_WRITTEN: dict[GroupSpec, bytes] = {}
"""So many small specs, ready made: a group and its orders have the same, and every change of either
reads and writes it again."""


def _remember(known: dict[K, V], key: K, value: V, size: int) -> None:
    if size <= _SMALL:
        if len(known) >= _KEPT:
            known.clear()
        known[key] = value


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


def reclamation_from_wire(
    msg: wire.Deployment | wire.MsgCreateDeployment,
) -> DeploymentReclamation | None:
    """The wish for reclamation in a message, or None when it has none."""
    if not msg.HasField("reclamation"):
        return None
    return DeploymentReclamation.from_wire(msg.reclamation)
