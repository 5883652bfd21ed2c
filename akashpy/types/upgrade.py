"""The upgrade module's vocabulary: plans, and errors of them.

Values and errors, shared by chain, node and client. It must not know state, files or how an
upgrade is carried out. Source: Cosmos SDK 0.53 x/upgrade/types.
"""

from akashpy.types.errors import ChainError, InvalidRequest
from akashpy.wire import upgrade as pb

ZERO_TIME = -62_135_596_800
"""Unix second of Go's zero time, which a plan without a time carries on the wire."""


class UpgradeError(ChainError, codespace="upgrade"):
    """A refusal of the codespace `upgrade`."""


class NoModuleVersionFound(UpgradeError, code=2, text="module version not found"): ...


class NoUpgradePlanFound(UpgradeError, code=3, text="upgrade plan not found"): ...


class NoUpgradedClientFound(UpgradeError, code=4, text="upgraded client not found"): ...


class NoUpgradedConsensusStateFound(
    UpgradeError, code=5, text="upgraded consensus state not found"
): ...


class InvalidSigner(
    UpgradeError,
    code=6,
    text="expected authority account as only signer for proposal message",
): ...


class UpgradeNeeded(Exception):
    """The chain has come to an upgrade that this program does not know: it must stop here.

    The text is the SDK's, which operators and supervisors look for in the log.
    """

    def __init__(self, plan: pb.Plan) -> None:
        super().__init__(f'UPGRADE "{plan.name}" NEEDED at height: {plan.height}: {plan.info}')
        self.plan = plan


class WrongProgram(Exception):
    """This program is too new or too old for the chain's state; the text is the SDK's."""


def validate_plan(plan: pb.Plan) -> None:
    """Raises InvalidRequest. Source: Plan.ValidateBasic."""
    if plan.HasField("time") and (plan.time.seconds, plan.time.nanos) != (ZERO_TIME, 0):
        raise InvalidRequest("time-based upgrades have been deprecated in the SDK")
    if plan.HasField("upgraded_client_state"):
        raise InvalidRequest("upgrade logic for IBC has been moved to the IBC module")
    if not plan.name:
        raise InvalidRequest("name cannot be empty")
    if plan.height <= 0:
        raise InvalidRequest("height must be greater than 0")
