"""The gov module's vocabulary: proposals, and messages only governance may send.

Values, parameters and errors, shared by chain, node, client and provider. It must not know state
or how anything is decided.
"""

from akashpy.types.errors import ChainError


class GovError(ChainError, codespace="gov"):
    """A refusal of the codespace `gov`."""


class InactiveProposal(GovError, code=3, text="inactive proposal"): ...


class AlreadyActiveProposal(GovError, code=4, text="proposal already active"): ...


class InvalidProposalContent(GovError, code=5, text="invalid proposal content"): ...


class InvalidProposalType(GovError, code=6, text="invalid proposal type"): ...


class InvalidVote(GovError, code=7, text="invalid vote option"): ...


class InvalidGenesis(GovError, code=8, text="invalid genesis state"): ...


class NoProposalHandlerExists(GovError, code=9, text="no handler exists for proposal type"): ...


class UnroutableProposalMsg(
    GovError, code=10, text="proposal message not recognized by router"
): ...


class NoProposalMsgs(GovError, code=11, text="no messages proposed"): ...


class InvalidProposalMsg(GovError, code=12, text="invalid proposal message"): ...


class InvalidSigner(
    GovError, code=13, text="expected gov account as only signer for proposal message"
): ...


class MetadataTooLong(GovError, code=15, text="metadata too long"): ...


class MinDepositTooSmall(GovError, code=16, text="minimum deposit is too small"): ...


class InvalidProposer(GovError, code=18, text="invalid proposer"): ...


class VotingPeriodEnded(GovError, code=20, text="voting period already ended"): ...


class InvalidProposal(GovError, code=21, text="invalid proposal"): ...


class SummaryTooLong(GovError, code=22, text="summary too long"): ...


class InvalidDepositDenom(GovError, code=23, text="invalid deposit denom"): ...
