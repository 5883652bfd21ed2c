"""Governance's messages (v1): what each checks before the module acts.

It must not know queues or how votes are counted.
Source: Cosmos SDK 0.53 x/gov/keeper/msg_server.go.
"""

import json
from typing import Any

from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain.authority import require_authority
from akashpy.chain.gov import deposits, proposals, votes
from akashpy.chain.gov.records import PARAMS, params
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins, text_of
from akashpy.types.errors import ChainError, InvalidAddress, InvalidCoins, InvalidRequest, TxDecode
from akashpy.types.events import Event
from akashpy.types.gov import InvalidProposalContent, NoProposalMsgs, validate_params
from akashpy.wire import gov as pb

PROPOSAL_BYTE_GAS = 3 * 30
"""Gas for each byte of a new proposal: three times what writing a byte costs."""
TEXT_FIELDS = ("title", "summary", "details", "proposal_forum_url", "vote_option_context")
MAX_NESTING = 200
"""Depth of JSON in metadata that is read; what is deeper is not looked into."""


def submit_proposal(ctx: Context, msg: pb.MsgSubmitProposal) -> pb.MsgSubmitProposalResponse:
    """Make a proposal and its first deposit.

    Raises InvalidRequest, InvalidAddress, NoProposalMsgs, InvalidProposalContent, InvalidCoins,
    and what `proposals.submit` and `deposits.add` raise.
    """
    # LOAD
    if not msg.title:
        raise InvalidRequest("proposal title cannot be empty")
    if not msg.summary:
        raise InvalidRequest("proposal summary cannot be empty")
    proposer = address(msg.proposer, "proposer")
    if not msg.messages and not msg.metadata:
        raise NoProposalMsgs("either metadata or Msgs length must be non-nil")
    # CHECK
    _require_same_words(msg)
    messages = _unpacked(msg)
    coins = _initial(msg)
    deposits.require_initial(params(ctx), coins, expedited=msg.expedited)
    # APPLY, EMIT
    proposal = proposals.submit(
        ctx,
        messages,
        metadata=msg.metadata,
        title=msg.title,
        summary=msg.summary,
        proposer=proposer,
        expedited=msg.expedited,
    )
    ctx.gas.consume(PROPOSAL_BYTE_GAS * len(wire.encode_gogo(proposal)), "submit proposal")
    if deposits.add(ctx, proposal.id, proposer, coins):
        ctx.emit(Event("submit_proposal", (("voting_period_start", str(proposal.id)),)))
    return pb.MsgSubmitProposalResponse(proposal_id=proposal.id)


def address(text: str, which: str) -> bytes:
    """Raises InvalidAddress naming whose address it is."""
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise InvalidAddress(f"invalid {which} address: {error.detail}") from error


def _initial(msg: pb.MsgSubmitProposal) -> Coins:
    """The first deposit, which may be nothing. Raises InvalidCoins."""
    try:
        return Coins.from_wire(msg.initial_deposit)
    except ChainError as error:
        shown = text_of(Coin.from_wire(coin) for coin in msg.initial_deposit)
        raise InvalidCoins(shown) from error


def _unpacked(msg: pb.MsgSubmitProposal) -> list[Message]:
    try:
        return [wire.unpack(packed) for packed in msg.messages]
    except wire.WireError as error:
        raise TxDecode(str(error)) from error


def _require_same_words(msg: pb.MsgSubmitProposal) -> None:
    """Metadata in the recommended form must repeat title and summary."""
    found = _metadata(msg.metadata)
    if found is None:
        return
    for name, wanted in (("title", msg.title), ("summary", msg.summary)):
        given = found.get(name, "")
        if given != wanted:
            raise InvalidProposalContent(
                f"metadata {name} '{given}' must equal proposal {name} '{wanted}'"
            )


def _metadata(text: str) -> dict[str, str] | None:
    """The texts of metadata in the recommended form, None for metadata in another one."""
    if not text or _nesting(text) > MAX_NESTING:
        return None
    try:
        value = json.loads(
            text, parse_int=_a_number, parse_float=_a_number, parse_constant=_no_constant
        )
    except ValueError:
        return None
    if value is None:
        return {}
    if not isinstance(value, dict):
        return None
    found: dict[str, str] = {}
    for key, item in value.items():
        name = key.lower()
        if name == "authors":
            if not _are_texts(item):
                return None
        elif name in TEXT_FIELDS and item is not None:
            if not isinstance(item, str):
                return None
            found[name] = item
    return found


def _are_texts(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, list) and all(each is None or isinstance(each, str) for each in value)


def _a_number(text: str) -> int:
    """Numbers have no place in metadata: their value, however long, does not matter."""
    del text
    return 0


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _nesting(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def cancel_proposal(ctx: Context, msg: pb.MsgCancelProposal) -> pb.MsgCancelProposalResponse:
    """Withdraw one's own proposal. Raises InvalidAddress and what `proposals.cancel` raises."""
    address(msg.proposer, "proposer")
    proposals.cancel(ctx, msg.proposal_id, msg.proposer)
    ctx.emit(
        Event(
            "cancel_proposal",
            (("sender", msg.proposer), ("proposal_id", str(msg.proposal_id))),
        )
    )
    response = pb.MsgCancelProposalResponse(proposal_id=msg.proposal_id, canceled_height=ctx.height)
    response.canceled_time.FromNanoseconds(ctx.time)
    return response


def deposit(ctx: Context, msg: pb.MsgDeposit) -> pb.MsgDepositResponse:
    """Add to a proposal's deposit. Raises InvalidAddress, InvalidCoins and as `deposits.add`."""
    depositor = address(msg.depositor, "depositor")
    coins = deposits.amount_of(msg.amount)
    if deposits.add(ctx, msg.proposal_id, depositor, coins):
        ctx.emit(Event("proposal_deposit", (("voting_period_start", str(msg.proposal_id)),)))
    return pb.MsgDepositResponse()


def vote(ctx: Context, msg: pb.MsgVote) -> pb.MsgVoteResponse:
    """Cast or replace a vote. Raises InvalidAddress, InvalidVote and as `votes.add`."""
    voter = address(msg.voter, "voter")
    votes.require_option(msg.option)
    votes.add(ctx, msg.proposal_id, voter, [votes.single(msg.option)], msg.metadata)
    return pb.MsgVoteResponse()


def vote_weighted(ctx: Context, msg: pb.MsgVoteWeighted) -> pb.MsgVoteWeightedResponse:
    """Cast or replace a split vote. Raises as `vote`, and InvalidRequest without options."""
    voter = address(msg.voter, "voter")
    votes.require_weights(msg.options)
    votes.add(ctx, msg.proposal_id, voter, msg.options, msg.metadata)
    return pb.MsgVoteWeightedResponse()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises InvalidSigner, PlainError."""
    require_authority(msg.authority)
    validate_params(msg.params)
    PARAMS.put(ctx, msg.params.SerializeToString(deterministic=True))
    return pb.MsgUpdateParamsResponse()
