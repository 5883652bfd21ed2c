"""Governance as it was before v1: contents instead of messages, and the v1beta1 messages.

A content travels inside MsgExecLegacyContent. Text changes nothing; a parameter change writes the
legacy subspaces; other contents have no handler on this chain. It must not know queues or tallies.
Source: Cosmos SDK 0.53 x/gov/types/v1beta1, x/gov/keeper/msg_server.go.
"""

from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain import subspaces
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.gov import messages
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, InvalidAddress, OutOfGas, Panic, PlainError
from akashpy.types.gov import (
    InvalidProposalContent,
    InvalidProposalType,
    InvalidSigner,
    NoProposalHandlerExists,
)
from akashpy.types.upgrade import validate_plan
from akashpy.wire import gov as pb
from akashpy.wire import gov_v1beta1 as old
from akashpy.wire.params import ParameterChangeProposal
from akashpy.wire.upgrade import SoftwareUpgradeProposal

KINDS = {
    "/cosmos.gov.v1beta1.TextProposal": "Text",
    "/cosmos.params.v1beta1.ParameterChangeProposal": "ParameterChange",
    "/cosmos.distribution.v1beta1.CommunityPoolSpendProposal": "CommunityPoolSpend",
    "/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal": "SoftwareUpgrade",
    "/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal": "CancelSoftwareUpgrade",
}
"""Type URL of a content -> its type."""
SUBMITTED = ("Text", "ParameterChange", "SoftwareUpgrade", "CancelSoftwareUpgrade")
"""Types that the old message still takes."""
MAX_TITLE = 140
MAX_DESCRIPTION = 10_000

ROUTES = {
    "/cosmos.gov.v1beta1.TextProposal": "gov",
    "/cosmos.params.v1beta1.ParameterChangeProposal": "params",
    "/cosmos.distribution.v1beta1.CommunityPoolSpendProposal": "distribution",
    "/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal": "upgrade",
    "/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal": "upgrade",
}
"""Type URL of a content -> its route; only `gov` and `params` have a handler."""


def exec_content(ctx: Context, msg: pb.MsgExecLegacyContent) -> pb.MsgExecLegacyContentResponse:
    """Do what a content says. Raises InvalidSigner, NoProposalHandlerExists,
    InvalidProposalContent.
    """
    if msg.authority != AUTHORITY:
        raise InvalidSigner(f"expected {AUTHORITY} got {msg.authority}")
    content = _content(msg.content.type_url, msg.content.value)
    route = ROUTES[msg.content.type_url]
    if isinstance(content, ParameterChangeProposal):
        try:
            subspaces.change(ctx, content.changes)
        except (OutOfGas, Panic):
            raise
        except ChainError as error:
            raise InvalidProposalContent(
                f"failed to run legacy handler {route}, {error}"
            ) from error
    elif not isinstance(content, old.TextProposal):
        raise NoProposalHandlerExists(route)
    return pb.MsgExecLegacyContentResponse()


def validate_exec(msg: pb.MsgExecLegacyContent) -> None:
    """Raises PlainError for a malformed authority."""
    try:
        Address.parse(msg.authority)
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


def _content(url: str, value: bytes) -> Message:
    if url not in ROUTES:
        raise InvalidProposalContent(
            f"expected *v1beta1.Content, got {url or 'nothing'}: invalid type"
        )
    try:
        return wire.decode(wire.message_class(url), value)
    except wire.WireError as error:
        raise InvalidProposalContent(str(error)) from error


def submit_proposal(ctx: Context, msg: old.MsgSubmitProposal) -> old.MsgSubmitProposalResponse:
    """Make a proposal of one content. Raises InvalidProposalContent and as v1's message."""
    if not msg.HasField("content"):
        raise InvalidProposalContent("missing content")
    content = _content(msg.content.type_url, msg.content.value)
    if KINDS[msg.content.type_url] not in SUBMITTED:
        raise InvalidProposalType(KINDS[msg.content.type_url])
    if isinstance(content, SoftwareUpgradeProposal):
        validate_plan(content.plan)
    title, description = _words(content)
    if isinstance(content, ParameterChangeProposal):
        subspaces.validate_changes(content.changes)
    inner = pb.MsgExecLegacyContent(content=msg.content, authority=AUTHORITY)
    made = messages.submit_proposal(
        ctx,
        pb.MsgSubmitProposal(
            messages=[wire.pack(inner)],
            initial_deposit=msg.initial_deposit,
            proposer=msg.proposer,
            title=title,
            summary=description,
        ),
    )
    return old.MsgSubmitProposalResponse(proposal_id=made.proposal_id)


def _words(content: Message) -> tuple[str, str]:
    """Title and description of a content. Raises InvalidProposalContent."""
    title: str = getattr(content, "title")  # noqa: B009 - every content has both
    description: str = getattr(content, "description")  # noqa: B009
    if not title.strip():
        raise InvalidProposalContent("proposal title cannot be blank")
    if len(title.encode()) > MAX_TITLE:
        raise InvalidProposalContent(f"proposal title is longer than max length of {MAX_TITLE}")
    if not description:
        raise InvalidProposalContent("proposal description cannot be blank")
    if len(description.encode()) > MAX_DESCRIPTION:
        raise InvalidProposalContent(
            f"proposal description is longer than max length of {MAX_DESCRIPTION}"
        )
    return title, description


def vote(ctx: Context, msg: old.MsgVote) -> old.MsgVoteResponse:
    """As v1's message, without metadata."""
    messages.vote(
        ctx,
        pb.MsgVote(proposal_id=msg.proposal_id, voter=msg.voter, option=int(msg.option)),  # type: ignore[arg-type]  # the same numbers
    )
    return old.MsgVoteResponse()


def vote_weighted(ctx: Context, msg: old.MsgVoteWeighted) -> old.MsgVoteWeightedResponse:
    """As v1's message, without metadata."""
    options = [
        pb.WeightedVoteOption(option=int(each.option), weight=str(Dec.from_wire(each.weight)))  # type: ignore[arg-type]  # the same numbers
        for each in msg.options
    ]
    messages.vote_weighted(
        ctx, pb.MsgVoteWeighted(proposal_id=msg.proposal_id, voter=msg.voter, options=options)
    )
    return old.MsgVoteWeightedResponse()


def deposit(ctx: Context, msg: old.MsgDeposit) -> old.MsgDepositResponse:
    """As v1's message."""
    messages.deposit(
        ctx,
        pb.MsgDeposit(proposal_id=msg.proposal_id, depositor=msg.depositor, amount=msg.amount),
    )
    return old.MsgDepositResponse()
