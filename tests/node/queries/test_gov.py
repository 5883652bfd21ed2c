"""Reads of governance, v1 and v1beta1: what they show, and how they refuse."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain.gov import records
from akashpy.node.queries import gov, subspaces
from akashpy.node.queries.refusal import Refused
from akashpy.types.errors import InvalidType, PlainError, Status
from akashpy.types.params import UnknownSubspace
from akashpy.wire import gov as pb
from akashpy.wire import gov_v1beta1 as old
from akashpy.wire import params as params_pb
from akashpy.wire.base import PageRequest
from tests.chain.conftest import Given
from tests.chain.gov.conftest import ABSTAIN, DAY, NO, YES, Council, send_enabled
from tests.chain.gov.test_legacy import submit, text


@pytest.fixture
def council() -> Council:
    """One validator; proposal 1 is voted on, 2 waits for deposits, 3 is a text, 4 has no vote."""
    made = Council(Given())
    made.validator("val", 100_000_000)
    made.submit(send_enabled())
    made.submit(send_enabled(), deposit="100000uakt")
    submit(made, text())
    made.submit(send_enabled())
    made.vote(1, made.alice, YES)
    made.vote(1, made.given.address("val"), NO)
    made.vote(3, made.given.address("val"), ABSTAIN)
    return made


def numbers(council: Council, **fields: Any) -> list[int]:
    request = pb.QueryProposalsRequest(**fields)
    return [each.id for each in gov.proposals(council.ctx, request).proposals]


def test_proposals_are_filtered_and_paged(council: Council) -> None:
    val = council.given.address("val")
    assert numbers(council) == [1, 2, 3, 4]
    assert numbers(council, proposal_status=1) == [2]
    assert numbers(council, proposal_status=2) == [1, 3, 4]
    assert numbers(council, voter=val) == [1, 3]
    assert numbers(council, depositor=council.alice) == [1, 2, 3, 4]
    assert numbers(council, depositor=val) == []
    assert numbers(council, pagination=PageRequest(limit=2, reverse=True)) == [4, 3]
    first = gov.proposals(
        council.ctx, pb.QueryProposalsRequest(pagination=PageRequest(limit=3))
    ).pagination
    assert numbers(council, pagination=PageRequest(key=first.next_key)) == [4]
    with pytest.raises(Refused) as caught:
        numbers(council, pagination=PageRequest(key=b"x", offset=1))
    assert caught.value.status is Status.INTERNAL


def test_votes_deposits_and_tallies(council: Council) -> None:
    ctx, alice = council.ctx, council.alice
    assert len(gov.votes(ctx, pb.QueryVotesRequest(proposal_id=1)).votes) == 2
    vote = gov.vote(ctx, pb.QueryVoteRequest(proposal_id=1, voter=alice)).vote
    assert vote.options[0].option == YES
    deposit = gov.deposit(ctx, pb.QueryDepositRequest(proposal_id=2, depositor=alice)).deposit
    assert deposit.amount[0].amount == "100000"
    assert len(gov.deposits(ctx, pb.QueryDepositsRequest(proposal_id=2)).deposits) == 1
    before = council.given.rows()
    found = [
        gov.tally_result(ctx, pb.QueryTallyResultRequest(proposal_id=number)).tally
        for number in (1, 2, 3)
    ]
    assert [tally.no_count for tally in found] == ["100000000", "0", "0"]
    assert found[2].abstain_count == "100000000"
    assert council.given.rows() == before
    council.pass_time(2 * DAY)
    after = gov.tally_result(ctx, pb.QueryTallyResultRequest(proposal_id=1)).tally
    assert after.no_count == "100000000"


@pytest.mark.parametrize(
    ("ask", "status", "words"),
    [
        (lambda c: gov.proposal(c, pb.QueryProposalRequest()), 3, "proposal id can not be 0"),
        (
            lambda c: gov.proposal(c, pb.QueryProposalRequest(proposal_id=9)),
            5,
            "proposal 9 doesn't exist",
        ),
        (lambda c: gov.vote(c, pb.QueryVoteRequest(proposal_id=1)), 3, "empty voter address"),
        (lambda c: gov.votes(c, pb.QueryVotesRequest()), 3, "proposal id can not be 0"),
        (
            lambda c: gov.deposit(c, pb.QueryDepositRequest(proposal_id=1)),
            3,
            "empty depositor address",
        ),
        (
            lambda c: gov.tally_result(c, pb.QueryTallyResultRequest(proposal_id=9)),
            5,
            "proposal 9 doesn't exist",
        ),
        (
            lambda c: gov.params(c, pb.QueryParamsRequest(params_type="x")),
            3,
            "unknown params type: x",
        ),
        (
            lambda c: gov.old_params(c, old.QueryParamsRequest()),
            3,
            " is not a valid parameter type",
        ),
        (lambda c: subspaces.params(c, params_pb.QueryParamsRequest()), 3, "invalid request"),
    ],
)
def test_refusals(council: Council, ask: Any, status: int, words: str) -> None:
    with pytest.raises(Refused) as caught:
        ask(council.ctx)
    assert (caught.value.status, str(caught.value)) == (status, words)


def test_what_was_not_cast_or_paid(council: Council) -> None:
    with pytest.raises(Refused, match=f"voter: {council.bob} not found for proposal: 1"):
        gov.vote(council.ctx, pb.QueryVoteRequest(proposal_id=1, voter=council.bob))
    with pytest.raises(Refused) as caught:
        gov.deposit(council.ctx, pb.QueryDepositRequest(proposal_id=1, depositor=council.bob))
    assert str(caught.value) == (
        f'collections: not found: key \'("1", "{council.bob}")\' of type '
        "github.com/cosmos/gogoproto/cosmos.gov.v1.Deposit"
    )
    with pytest.raises(PlainError, match="decoding bech32 failed"):
        gov.vote(council.ctx, pb.QueryVoteRequest(proposal_id=1, voter="x1"))


def test_parameters_by_part(council: Council) -> None:
    def part(name: str) -> Any:
        return wire.to_json(gov.params(council.ctx, pb.QueryParamsRequest(params_type=name)))

    assert part("voting")["voting_params"] == {"voting_period": "172800s"}
    assert part("deposit")["deposit_params"]["max_deposit_period"] == "172800s"
    assert part("tallying")["tally_params"]["quorum"] == "0.334000000000000000"
    assert part("")["tally_params"] is None
    shown: Any = wire.to_json(
        gov.old_params(council.ctx, old.QueryParamsRequest(params_type="tallying"))
    )
    assert shown["tally_params"] == {
        "quorum": "0.334000000000000000",
        "threshold": "0.500000000000000000",
        "veto_threshold": "0.334000000000000000",
    }
    assert gov.constitution(council.ctx, pb.QueryConstitutionRequest()).constitution == ""


def test_the_old_forms(council: Council) -> None:
    ctx = council.ctx
    shown: Any = wire.to_json(
        gov.old_proposal(ctx, old.QueryProposalRequest(proposal_id=3)).proposal
    )
    assert shown["content"] == {
        "@type": "/cosmos.gov.v1beta1.TextProposal",
        "title": "A title",
        "description": "Words",
    }
    waiting: Any = wire.to_json(
        gov.old_proposal(ctx, old.QueryProposalRequest(proposal_id=2)).proposal
    )
    assert waiting["voting_start_time"] == "0001-01-01T00:00:00Z"
    assert waiting["content"]["@type"] == "/cosmos.bank.v1beta1.MsgUpdateParams"
    assert len(gov.old_proposals(ctx, old.QueryProposalsRequest()).proposals) == 4
    vote: Any = wire.to_json(
        gov.old_vote(ctx, old.QueryVoteRequest(proposal_id=1, voter=council.alice)).vote
    )
    assert vote["options"] == [{"option": "VOTE_OPTION_YES", "weight": "1.000000000000000000"}]
    assert len(gov.old_votes(ctx, old.QueryVotesRequest(proposal_id=1)).votes) == 2
    deposit = gov.old_deposit(
        ctx, old.QueryDepositRequest(proposal_id=1, depositor=council.alice)
    ).deposit
    assert deposit.amount[0].amount == "10000000"
    assert len(gov.old_deposits(ctx, old.QueryDepositsRequest(proposal_id=1)).deposits) == 1
    tally = gov.old_tally_result(ctx, old.QueryTallyResultRequest(proposal_id=1)).tally
    assert tally.no == "100000000"


def test_only_one_message_has_an_old_form(council: Council) -> None:
    number = council.submit(send_enabled(), send_enabled())
    with pytest.raises(InvalidType):
        gov.old_proposal(council.ctx, old.QueryProposalRequest(proposal_id=number))


def test_legacy_subspaces(council: Council) -> None:
    found = subspaces.subspaces(council.ctx, params_pb.QuerySubspacesRequest()).subspaces
    assert {each.subspace for each in found} >= {"auth", "bank", "staking", "gov", "market"}
    with pytest.raises(UnknownSubspace):
        subspaces.params(council.ctx, params_pb.QueryParamsRequest(subspace="x", key="k"))
    assert records.params(council.ctx).quorum
