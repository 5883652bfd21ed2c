"""The distribution module's vocabulary: rewards and the community pool.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


class DistributionError(ChainError, codespace="distribution"):
    """A refusal of the codespace `distribution`."""


class EmptyDelegatorAddr(DistributionError, code=2, text="delegator address is empty"): ...


class EmptyWithdrawAddr(DistributionError, code=3, text="withdraw address is empty"): ...


class EmptyValidatorAddr(DistributionError, code=4, text="validator address is empty"): ...


class EmptyDelegationDistInfo(
    DistributionError, code=5, text="no delegation distribution info"
): ...


class NoValidatorDistInfo(DistributionError, code=6, text="no validator distribution info"): ...


class NoValidatorCommission(
    DistributionError, code=7, text="no validator commission to withdraw"
): ...


class SetWithdrawAddrDisabled(DistributionError, code=8, text="set withdraw address disabled"): ...


class BadDistribution(
    DistributionError, code=9, text="community pool does not have sufficient coins to distribute"
): ...


class InvalidProposalAmount(
    DistributionError, code=10, text="invalid community pool spend proposal amount"
): ...


class EmptyProposalRecipient(
    DistributionError, code=11, text="invalid community pool spend proposal recipient"
): ...


class NoValidatorExists(DistributionError, code=12, text="validator does not exist"): ...


class NoDelegationExists(DistributionError, code=13, text="delegation does not exist"): ...
