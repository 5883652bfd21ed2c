"""Submitting and cancelling proposals.

Every message of a proposal must have a handler and the gov module's account as its only signer;
whether it will succeed shows when it is executed. It must not know votes are counted or how.
Source: Cosmos SDK 0.53 x/gov/keeper/proposal.go.
"""

from collections.abc import Sequence

from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain.gov import deposits
from akashpy.chain.gov.records import (
    ADDRESS,
    DEPOSIT_PERIOD,
    INACTIVE,
    NEXT_ID,
    VOTES,
    VOTING_PERIOD,
    delete,
    params,
    put,
    require,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.duration import nanoseconds
from akashpy.types.errors import ChainError, InvalidAddress, OutOfGas, Panic, PlainError
from akashpy.types.events import Event
from akashpy.types.gov import (
    MAX_METADATA,
    MAX_SUMMARY,
    InvalidProposal,
    InvalidProposalContent,
    InvalidProposalMsg,
    InvalidProposer,
    InvalidSigner,
    MetadataTooLong,
    NoProposalHandlerExists,
    ProposalSubmitted,
    SummaryTooLong,
    UnroutableProposalMsg,
    VotingPeriodEnded,
)
from akashpy.wire import gov as pb


def submit(
    ctx: Context,
    messages: Sequence[Message],
    *,
    metadata: str,
    title: str,
    summary: str,
    proposer: bytes,
    expedited: bool,
) -> pb.Proposal:
    """A new proposal in its deposit period, without a deposit yet.

    Raises MetadataTooLong, SummaryTooLong and what `_require_message` raises.
    """
    require_metadata(metadata)
    if len(summary.encode()) > MAX_SUMMARY:
        raise SummaryTooLong(f"got summary with length {len(summary.encode())}")
    require_metadata(title)
    for msg in messages:
        _require_message(ctx, msg)
    number = NEXT_ID.next(ctx)
    end = ctx.time + nanoseconds(params(ctx).max_deposit_period)
    proposal = pb.Proposal(
        id=number,
        messages=[
            Any(type_url=wire.type_url(msg), value=wire.encode_gogo(msg)) for msg in messages
        ],
        metadata=metadata,
        status=DEPOSIT_PERIOD,
        final_tally_result=empty_tally(),
        title=title,
        summary=summary,
        proposer=Address.of(proposer),
        expedited=expedited,
    )
    proposal.submit_time.FromNanoseconds(ctx.time)
    proposal.deposit_end_time.FromNanoseconds(end)
    put(ctx, proposal)
    INACTIVE.put(ctx, (end, number), True)
    ctx.notify(ProposalSubmitted(number))
    ctx.emit(
        Event(
            "submit_proposal",
            (
                ("proposal_id", str(number)),
                ("proposal_proposer", Address.of(proposer)),
                ("proposal_messages", "".join("," + wire.type_url(msg) for msg in messages)),
            ),
        )
    )
    return proposal


def require_metadata(text: str) -> None:
    """Raises MetadataTooLong."""
    length = len(text.encode())
    if length > MAX_METADATA:
        raise MetadataTooLong(f"got metadata with length {length}")


def empty_tally() -> pb.TallyResult:
    """A tally without votes."""
    return pb.TallyResult(yes_count="0", abstain_count="0", no_count="0", no_with_veto_count="0")


def _require_message(ctx: Context, msg: Message) -> None:
    """Raises InvalidProposalMsg, InvalidSigner, UnroutableProposalMsg, PlainError.

    A legacy content is tried out, too: NoProposalHandlerExists, InvalidProposalContent.
    """
    try:
        ctx.bus.check(msg)
    except ChainError as error:
        raise InvalidProposalMsg(str(error)) from error
    found = wire.signers(msg)
    try:
        signers = {Address.parse(text).raw for text in found}
    except InvalidAddress as error:
        raise PlainError(error.detail) from error
    if len(signers) != 1:
        raise InvalidSigner
    if ADDRESS not in signers:
        raise InvalidSigner(Address.of(signers.pop()))
    url = wire.type_url(msg)
    if not ctx.bus.handles(url):
        raise UnroutableProposalMsg(url)
    if isinstance(msg, pb.MsgExecLegacyContent):
        try:
            ctx.fork().dispatch(msg)
        except (NoProposalHandlerExists, OutOfGas, Panic):
            raise
        except ChainError as error:
            raise InvalidProposalContent(str(error)) from error


def cancel(ctx: Context, number: int, proposer: str) -> None:
    """Remove a proposal before its voting period is over; its deposits are charged.

    Raises PlainError, InvalidProposal, InvalidProposer, VotingPeriodEnded.
    """
    # LOAD
    proposal = require(ctx, number)
    # CHECK
    if not proposal.proposer:
        raise InvalidProposal(
            f"proposal {number} doesn't have proposer {proposer}, so cannot be canceled"
        )
    if proposal.proposer != proposer:
        raise InvalidProposer(f"invalid proposer {proposer}")
    if proposal.status not in (DEPOSIT_PERIOD, VOTING_PERIOD):
        raise InvalidProposal("proposal should be in the deposit or voting period")
    if proposal.HasField("voting_end_time") and proposal.voting_end_time.ToNanoseconds() < ctx.time:
        raise VotingPeriodEnded(f"voting period is already ended for this proposal {number}")
    # APPLY
    deposits.charge(ctx, number, params(ctx))
    if proposal.HasField("voting_start_time"):
        for key, _ in list(VOTES.under(ctx, number)):
            VOTES.remove(ctx, key)
    delete(ctx, proposal)
