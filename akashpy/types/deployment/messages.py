"""The checks of deployment's messages that need no state."""

from collections.abc import Sequence

from akashpy.types.address import Address
from akashpy.types.deployment.errors import (
    DuplicateGroupName,
    EmptyHash,
    InvalidDeposit,
    InvalidGroups,
    InvalidHash,
    InvalidPrice,
    InvalidReclamation,
)
from akashpy.types.deployment.ids import DeploymentID, GroupID
from akashpy.types.deployment.records import GroupSpec, Params, reclamation_from_wire
from akashpy.types.deposit import Deposit
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.wire import deployment as wire

HASH_LENGTH = 32
"""Bytes of a manifest's hash."""


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
