"""Reads of governance, v1 and the older v1beta1.

Source: SDK 0.53 `x/gov/keeper/grpc_query.go`, `x/gov/migrations/v3/convert.go`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from akashpy import wire
from akashpy.chain.gov import records
from akashpy.chain.gov.proposals import empty_tally
from akashpy.chain.gov.tally import tally
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import Refused, internal, invalid, missing
from akashpy.state.collections import Map, Page
from akashpy.state.context import Context
from akashpy.state.tree import drained
from akashpy.types.address import Address
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, InvalidAddress, InvalidType, PlainError
from akashpy.wire import gov as pb
from akashpy.wire import gov_v1beta1 as old
from akashpy.wire.base import PageRequest

K = TypeVar("K")
V = TypeVar("V")

STATUSES = (
    records.DEPOSIT_PERIOD, records.VOTING_PERIOD, records.PASSED, records.REJECTED,
    records.FAILED,
)  # fmt: skip


def constitution(ctx: Context, req: pb.QueryConstitutionRequest) -> pb.QueryConstitutionResponse:
    """The chain's constitution as genesis gave it."""
    del req
    return pb.QueryConstitutionResponse(constitution=records.CONSTITUTION.get(ctx) or "")


def proposal(ctx: Context, req: pb.QueryProposalRequest) -> pb.QueryProposalResponse:
    """One proposal."""
    return pb.QueryProposalResponse(proposal=_proposal(ctx, req.proposal_id))


def proposals(ctx: Context, req: pb.QueryProposalsRequest) -> pb.QueryProposalsResponse:
    """Proposals, of one status, voter or depositor if asked for."""
    try:
        voter = Address.parse(req.voter).raw if req.voter else b""
        depositor = Address.parse(req.depositor).raw if req.depositor else b""
    except InvalidAddress as error:
        raise internal(error.detail) from error

    def wanted(number: int, found: pb.Proposal) -> bool:
        if req.proposal_status in STATUSES and found.status != req.proposal_status:
            return False
        if voter and not records.VOTES.has(ctx, (number, voter)):
            return False
        return not depositor or records.DEPOSITS.has(ctx, (number, depositor))

    found = _page(ctx, records.PROPOSALS, req.pagination, keep=wanted)
    return pb.QueryProposalsResponse(proposals=found.values, pagination=stocklist.response(found))


def vote(ctx: Context, req: pb.QueryVoteRequest) -> pb.QueryVoteResponse:
    """One voter's vote on a proposal."""
    _require_number(req.proposal_id)
    if not req.voter:
        raise invalid("empty voter address")
    found = records.VOTES.get(ctx, (req.proposal_id, _raw(req.voter)))
    if found is None:
        raise invalid(f"voter: {req.voter} not found for proposal: {req.proposal_id}")
    return pb.QueryVoteResponse(vote=found)


def votes(ctx: Context, req: pb.QueryVotesRequest) -> pb.QueryVotesResponse:
    """The votes on a proposal, in order of voters' addresses; none once it is decided."""
    _require_number(req.proposal_id)
    found = _page(ctx, records.VOTES, req.pagination, req.proposal_id)
    return pb.QueryVotesResponse(votes=found.values, pagination=stocklist.response(found))


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters, and the part an older client asks for."""
    value = records.params(ctx)
    response = pb.QueryParamsResponse(params=value)
    if req.params_type == "deposit":
        response.deposit_params.min_deposit.extend(value.min_deposit)
        response.deposit_params.max_deposit_period.CopyFrom(value.max_deposit_period)
    elif req.params_type == "voting":
        response.voting_params.voting_period.CopyFrom(value.voting_period)
    elif req.params_type == "tallying":
        response.tally_params.quorum = value.quorum
        response.tally_params.threshold = value.threshold
        response.tally_params.veto_threshold = value.veto_threshold
    elif req.params_type:
        raise invalid(f"unknown params type: {req.params_type}")
    return response


def deposit(ctx: Context, req: pb.QueryDepositRequest) -> pb.QueryDepositResponse:
    """One depositor's deposit on a proposal."""
    _require_number(req.proposal_id)
    if not req.depositor:
        raise invalid("empty depositor address")
    found = records.DEPOSITS.get(ctx, (req.proposal_id, _raw(req.depositor)))
    if found is None:
        raise missing(
            f'collections: not found: key \'("{req.proposal_id}", "{req.depositor}")\' of type '
            "github.com/cosmos/gogoproto/cosmos.gov.v1.Deposit"
        )
    return pb.QueryDepositResponse(deposit=found)


def deposits(ctx: Context, req: pb.QueryDepositsRequest) -> pb.QueryDepositsResponse:
    """The deposits on a proposal, in order of depositors' addresses."""
    _require_number(req.proposal_id)
    found = _page(ctx, records.DEPOSITS, req.pagination, req.proposal_id)
    return pb.QueryDepositsResponse(deposits=found.values, pagination=stocklist.response(found))


def tally_result(ctx: Context, req: pb.QueryTallyResultRequest) -> pb.QueryTallyResultResponse:
    """The count: as it is now while voting lasts, the final one after."""
    found = _proposal(ctx, req.proposal_id)
    if found.status == records.DEPOSIT_PERIOD:
        return pb.QueryTallyResultResponse(tally=empty_tally())
    if found.status == records.VOTING_PERIOD:
        return pb.QueryTallyResultResponse(tally=drained(tally(ctx, found)).tally)
    return pb.QueryTallyResultResponse(tally=found.final_tally_result)


def _page(
    ctx: Context, table: Map[K, V], request: PageRequest, *prefix: Any, **more: Any
) -> Page[K, V]:
    """A page; here what is wrong with the paging is called Internal."""
    try:
        return stocklist.page(ctx, table, request, *prefix, **more)
    except Refused as error:
        raise internal(error.detail) from error


def _proposal(ctx: Context, number: int) -> pb.Proposal:
    _require_number(number)
    found = records.PROPOSALS.get(ctx, number)
    if found is None:
        raise missing(f"proposal {number} doesn't exist")
    return found


def _require_number(number: int) -> None:
    if not number:
        raise invalid("proposal id can not be 0")


def _raw(text: str) -> bytes:
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


METHODS: Methods = {
    "Constitution": constitution,
    "Proposal": proposal,
    "Proposals": proposals,
    "Vote": vote,
    "Votes": votes,
    "Params": params,
    "Deposit": deposit,
    "Deposits": deposits,
    "TallyResult": tally_result,
}


# V1BETA1


def old_proposal(ctx: Context, req: old.QueryProposalRequest) -> old.QueryProposalResponse:
    """One proposal as it was before v1; its content is its only message."""
    return old.QueryProposalResponse(proposal=_as_old(_proposal(ctx, req.proposal_id)))


def old_proposals(ctx: Context, req: old.QueryProposalsRequest) -> old.QueryProposalsResponse:
    """Proposals as they were before v1; refused when one of them cannot be shown so."""
    found = proposals(
        ctx,
        pb.QueryProposalsRequest(
            proposal_status=int(req.proposal_status),  # type: ignore[arg-type]  # the same numbers
            voter=req.voter,
            depositor=req.depositor,
            pagination=req.pagination,
        ),
    )
    return old.QueryProposalsResponse(
        proposals=[_as_old(each) for each in found.proposals], pagination=found.pagination
    )


def old_vote(ctx: Context, req: old.QueryVoteRequest) -> old.QueryVoteResponse:
    """One vote."""
    found = vote(ctx, pb.QueryVoteRequest(proposal_id=req.proposal_id, voter=req.voter))
    return old.QueryVoteResponse(vote=_as_old_vote(found.vote))


def old_votes(ctx: Context, req: old.QueryVotesRequest) -> old.QueryVotesResponse:
    """The votes on a proposal."""
    found = votes(ctx, pb.QueryVotesRequest(proposal_id=req.proposal_id, pagination=req.pagination))
    return old.QueryVotesResponse(
        votes=[_as_old_vote(each) for each in found.votes], pagination=found.pagination
    )


def old_params(ctx: Context, req: old.QueryParamsRequest) -> old.QueryParamsResponse:
    """One part of the parameters."""
    found = params(ctx, pb.QueryParamsRequest(params_type=req.params_type))
    response = old.QueryParamsResponse()
    if found.HasField("deposit_params"):
        response.deposit_params.min_deposit.extend(found.deposit_params.min_deposit)
        response.deposit_params.max_deposit_period.CopyFrom(found.deposit_params.max_deposit_period)
    elif found.HasField("voting_params"):
        response.voting_params.voting_period.CopyFrom(found.voting_params.voting_period)
    elif found.HasField("tally_params"):
        given = found.tally_params
        response.tally_params.quorum = Dec.of(given.quorum).wire().encode()
        response.tally_params.threshold = Dec.of(given.threshold).wire().encode()
        response.tally_params.veto_threshold = Dec.of(given.veto_threshold).wire().encode()
    else:
        raise invalid(f"{req.params_type} is not a valid parameter type")
    return response


def old_deposit(ctx: Context, req: old.QueryDepositRequest) -> old.QueryDepositResponse:
    """One deposit."""
    found = deposit(
        ctx, pb.QueryDepositRequest(proposal_id=req.proposal_id, depositor=req.depositor)
    )
    return old.QueryDepositResponse(deposit=_as_old_deposit(found.deposit))


def old_deposits(ctx: Context, req: old.QueryDepositsRequest) -> old.QueryDepositsResponse:
    """The deposits on a proposal."""
    found = deposits(
        ctx, pb.QueryDepositsRequest(proposal_id=req.proposal_id, pagination=req.pagination)
    )
    return old.QueryDepositsResponse(
        deposits=[_as_old_deposit(each) for each in found.deposits], pagination=found.pagination
    )


def old_tally_result(
    ctx: Context, req: old.QueryTallyResultRequest
) -> old.QueryTallyResultResponse:
    """The count."""
    found = tally_result(ctx, pb.QueryTallyResultRequest(proposal_id=req.proposal_id))
    return old.QueryTallyResultResponse(tally=_as_old_tally(found.tally))


def _as_old(value: pb.Proposal) -> old.Proposal:
    """Raises InvalidType unless the proposal has exactly one message."""
    if len(value.messages) != 1:
        raise InvalidType(
            "can't convert a gov/v1 Proposal to gov/v1beta1 Proposal when amount of proposal "
            "messages not exactly one"
        )
    shown = old.Proposal(
        proposal_id=value.id,
        status=int(value.status),  # type: ignore[arg-type]  # the same numbers
        final_tally_result=_as_old_tally(value.final_tally_result),
        total_deposit=value.total_deposit,
    )
    for name in ("submit_time", "deposit_end_time", "voting_start_time", "voting_end_time"):
        given = getattr(value, name)
        if value.HasField(name):
            getattr(shown, name).CopyFrom(given)
        else:
            getattr(shown, name).FromJsonString("0001-01-01T00:00:00Z")
    content = value.messages[0]
    try:
        unpacked = wire.unpack(content)
    except wire.WireError as error:
        raise PlainError(str(error)) from error
    if isinstance(unpacked, pb.MsgExecLegacyContent):
        content = unpacked.content
    shown.content.CopyFrom(content)
    return shown


def _as_old_tally(value: pb.TallyResult) -> old.TallyResult:
    return old.TallyResult(
        yes=value.yes_count,
        abstain=value.abstain_count,
        no=value.no_count,
        no_with_veto=value.no_with_veto_count,
    )


def _as_old_vote(value: pb.Vote) -> old.Vote:
    shown = old.Vote(proposal_id=value.proposal_id, voter=value.voter)
    for each in value.options:
        try:
            weight = Dec.of(each.weight).wire()
        except ChainError as error:
            raise PlainError(str(error)) from error
        shown.options.add(option=int(each.option), weight=weight)
    return shown


def _as_old_deposit(value: pb.Deposit) -> old.Deposit:
    return old.Deposit(
        proposal_id=value.proposal_id, depositor=value.depositor, amount=value.amount
    )


OLD_METHODS: Methods = {
    "Proposal": old_proposal,
    "Proposals": old_proposals,
    "Vote": old_vote,
    "Votes": old_votes,
    "Params": old_params,
    "Deposit": old_deposit,
    "Deposits": old_deposits,
    "TallyResult": old_tally_result,
}
