"""Votes as they are cast: one per voter and proposal, the last one counts.

It must not know how votes are counted. Source: Cosmos SDK 0.53 x/gov/keeper/vote.go, types/v1.
"""

from collections.abc import Sequence

from akashpy.chain.gov.proposals import require_metadata
from akashpy.chain.gov.records import VOTES, VOTING
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, InvalidRequest
from akashpy.types.events import Event
from akashpy.types.gov import OPTION_NAMES, InactiveProposal, InvalidVote, VoteCast
from akashpy.wire import Json, json_text
from akashpy.wire import gov as pb


def option_text(option: int) -> str:
    """The name of an option, its number when there is none."""
    return OPTION_NAMES.get(option, str(option))


def require_option(option: int) -> None:
    """Raises InvalidVote."""
    if option not in OPTION_NAMES or not option:
        raise InvalidVote(option_text(option))


def require_weights(options: Sequence[pb.WeightedVoteOption]) -> None:
    """The options of a weighted vote. Raises InvalidRequest, InvalidVote."""
    if not options:
        raise InvalidRequest("null")
    total = Dec.ZERO
    used = set()
    for each in options:
        total = total + _weight(each)
        if each.option in used:
            raise InvalidVote("duplicated vote option")
        used.add(each.option)
    if total > Dec.ONE:
        raise InvalidVote("total weight overflow 1.00")
    if total < Dec.ONE:
        raise InvalidVote("total weight lower than 1.00")


def _weight(each: pb.WeightedVoteOption) -> Dec:
    try:
        weight = Dec.of(each.weight)
    except ChainError as error:
        raise InvalidVote(_text(each)) from error
    if not weight.is_positive or weight > Dec.ONE or each.option not in OPTION_NAMES:
        raise InvalidVote(_text(each))
    if not each.option:
        raise InvalidVote(_text(each))
    return weight


def _text(each: pb.WeightedVoteOption) -> str:
    option = f"option:{option_text(each.option)} " if each.option else ""
    return option + (f'weight:"{each.weight}" ' if each.weight else "")


def single(option: int) -> pb.WeightedVoteOption:
    """The whole weight on one option."""
    return pb.WeightedVoteOption(option=option, weight=str(Dec.ONE))  # type: ignore[arg-type]


def add(
    ctx: Context,
    number: int,
    voter: bytes,
    options: Sequence[pb.WeightedVoteOption],
    metadata: str,
) -> None:
    """Cast or replace a vote. Raises InactiveProposal, MetadataTooLong."""
    if not VOTING.has(ctx, number):
        raise InactiveProposal(str(number))
    require_metadata(metadata)
    text = Address.of(voter)
    vote = pb.Vote(proposal_id=number, voter=text, options=options, metadata=metadata)
    VOTES.put(ctx, (number, voter), vote)
    ctx.notify(VoteCast(number, voter))
    shown: Json = [{"option": int(each.option), "weight": each.weight} for each in options]
    ctx.emit(
        Event(
            "proposal_vote",
            (("voter", text), ("option", json_text(shown)), ("proposal_id", str(number))),
        )
    )
