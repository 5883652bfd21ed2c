"""`akashpy query gov`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.output import show
from akashpy.cli.query.ask import ask, fetch, page_request, paging_options, query_options

SERVICE = "/cosmos.gov.v1.Query/"
NUMBER = click.IntRange(0, 2**64 - 1)
STATUSES = {
    "deposit_period": 1, "DepositPeriod": 1, "voting_period": 2, "VotingPeriod": 2,
    "passed": 3, "Passed": 3, "rejected": 4, "Rejected": 4, "failed": 5, "Failed": 5,
}  # fmt: skip
"""What people write for a status -> its number on the wire."""


@click.group(cls=LazyGroup)
def gov() -> None:
    """Proposals, deposits and votes."""


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@query_options
def proposal(proposal_id: int, **options: Any) -> None:
    """One proposal."""
    from akashpy.wire import gov as wire

    request = wire.QueryProposalRequest(proposal_id=proposal_id)
    ask(SERVICE + "Proposal", request, wire.QueryProposalResponse, options, part="proposal")


@gov.command()
@click.option("--depositor", default="", help="Those an account has deposited on.")
@click.option("--voter", default="", help="Those an account has voted on.")
@click.option("--status", default="", help="deposit_period, voting_period, passed or rejected.")
@paging_options
@query_options
def proposals(depositor: str, voter: str, status: str, **options: Any) -> None:
    """Proposals, filtered as asked."""
    from akashpy.wire import gov as wire
    from akashpy.wire import to_json

    if status and status not in STATUSES:
        raise click.UsageError(f"'{status}' is not a valid proposal status")
    chosen: Any = STATUSES.get(status, 0)
    request = wire.QueryProposalsRequest(
        proposal_status=chosen, voter=voter, depositor=depositor, pagination=page_request(options)
    )
    answer = fetch(SERVICE + "Proposals", request, wire.QueryProposalsResponse, options)
    if not answer.proposals:
        raise click.ClickException("no proposals found")
    show(to_json(answer), options["output"])


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@query_options
def proposer(proposal_id: int, **options: Any) -> None:
    """Who made a proposal."""
    from akashpy.wire import gov as wire

    request = wire.QueryProposalRequest(proposal_id=proposal_id)
    found = fetch(SERVICE + "Proposal", request, wire.QueryProposalResponse, options).proposal
    show({"proposal_id": str(proposal_id), "proposer": found.proposer}, options["output"])


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@click.argument("depositor_addr")
@query_options
def deposit(proposal_id: int, depositor_addr: str, **options: Any) -> None:
    """What an account has deposited on a proposal."""
    from akashpy.wire import gov as wire

    request = wire.QueryDepositRequest(proposal_id=proposal_id, depositor=depositor_addr)
    ask(SERVICE + "Deposit", request, wire.QueryDepositResponse, options, part="deposit")


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@paging_options
@query_options
def deposits(proposal_id: int, **options: Any) -> None:
    """The deposits on a proposal."""
    from akashpy.wire import gov as wire

    request = wire.QueryDepositsRequest(proposal_id=proposal_id, pagination=page_request(options))
    ask(SERVICE + "Deposits", request, wire.QueryDepositsResponse, options)


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@click.argument("voter_addr")
@query_options
def vote(proposal_id: int, voter_addr: str, **options: Any) -> None:
    """How an account votes on a proposal, while the voting period lasts."""
    from akashpy.wire import gov as wire

    request = wire.QueryVoteRequest(proposal_id=proposal_id, voter=voter_addr)
    ask(SERVICE + "Vote", request, wire.QueryVoteResponse, options, part="vote")


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@paging_options
@query_options
def votes(proposal_id: int, **options: Any) -> None:
    """The votes on a proposal, while the voting period lasts."""
    from akashpy.wire import gov as wire

    request = wire.QueryVotesRequest(proposal_id=proposal_id, pagination=page_request(options))
    ask(SERVICE + "Votes", request, wire.QueryVotesResponse, options)


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@query_options
def tally(proposal_id: int, **options: Any) -> None:
    """The count of votes as it stands."""
    from akashpy.wire import gov as wire

    request = wire.QueryTallyResultRequest(proposal_id=proposal_id)
    ask(SERVICE + "TallyResult", request, wire.QueryTallyResultResponse, options, part="tally")


@gov.command()
@query_options
def params(**options: Any) -> None:
    """Deposits, periods and thresholds."""
    from akashpy.wire import gov as wire
    from akashpy.wire import to_json

    request = wire.QueryParamsRequest(params_type="deposit")
    found = fetch(SERVICE + "Params", request, wire.QueryParamsResponse, options)
    value = found.params
    found.voting_params.voting_period.CopyFrom(value.voting_period)
    found.tally_params.quorum = value.quorum
    found.tally_params.threshold = value.threshold
    found.tally_params.veto_threshold = value.veto_threshold
    show(to_json(found), options["output"])


@gov.command()
@click.argument("param_type")
@query_options
def param(param_type: str, **options: Any) -> None:
    """One part of the parameters: voting, tallying or deposit."""
    from akashpy.wire import gov as wire

    parts = {"voting": "voting_params", "tallying": "tally_params", "deposit": "deposit_params"}
    if param_type not in parts:
        raise click.ClickException(
            "argument must be one of (voting|tallying|deposit), was " + param_type
        )
    request = wire.QueryParamsRequest(params_type=param_type)
    response = wire.QueryParamsResponse
    ask(SERVICE + "Params", request, response, options, part=parts[param_type])
