"""Refusals of the codespace `deployment`. Source: chain-sdk `go/node/deployment/v1` errors."""

from akashpy.types.errors import ChainError, Status


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
