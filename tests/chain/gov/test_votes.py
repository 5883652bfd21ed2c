"""Votes: cast, replaced, split, refused; and counted as exact rationals count them."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from akashpy.chain.gov import records, tally
from akashpy.state.tree import drained
from akashpy.types.errors import InvalidAddress, InvalidRequest
from akashpy.types.gov import InactiveProposal, InvalidVote, MetadataTooLong
from akashpy.wire import gov as pb
from akashpy.wire import gov_v1beta1 as old
from tests.chain.conftest import Given
from tests.chain.gov.conftest import ABSTAIN, DAY, MILLION, NO, VETO, YES, Council, send_enabled


def split(council: Council, number: int, *options: tuple[int, str]) -> pb.MsgVoteWeighted:
    """MsgVoteWeighted of alice."""
    made = pb.MsgVoteWeighted(proposal_id=number, voter=council.alice)
    for option, weight in options:
        made.options.append(pb.WeightedVoteOption(option=option, weight=weight))  # type: ignore[arg-type]
    return made


def test_the_last_vote_counts(council: Council) -> None:
    number = council.submit(send_enabled())
    council.given.events.clear()
    council.vote(number, council.alice, NO)
    council.vote(number, council.alice, YES, metadata="why")
    assert council.given.events[-1].attributes == (
        ("voter", council.alice),
        ("option", '[{"option":1,"weight":"1.000000000000000000"}]'),
        ("proposal_id", "1"),
    )
    (vote,) = (vote for _, vote in records.VOTES.under(council.ctx))
    assert (vote.options[0].option, vote.metadata) == (YES, "why")


def test_a_vote_may_be_split(council: Council) -> None:
    council.validator("other", MILLION, alice=300)
    number = council.submit(send_enabled())
    council.given.run(split(council, number, (YES, "0.4"), (NO, "0.35"), (VETO, "0.25")))
    council.pass_time(2 * DAY)
    assert council.counts(number) == (120, 0, 105, 75)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([(YES, "x")], 'option:VOTE_OPTION_YES weight:"x" : invalid vote option'),
        ([(YES, "0")], 'option:VOTE_OPTION_YES weight:"0" : invalid vote option'),
        ([(9, "1")], 'option:9 weight:"1" : invalid vote option'),
        ([(0, "1")], 'weight:"1" : invalid vote option'),
        ([(YES, "1.1")], 'option:VOTE_OPTION_YES weight:"1.1" : invalid vote option'),
        ([(YES, "0.5"), (YES, "0.5")], "duplicated vote option: invalid vote option"),
        ([(YES, "0.6"), (NO, "0.5")], "total weight overflow 1.00: invalid vote option"),
        ([(YES, "0.6")], "total weight lower than 1.00: invalid vote option"),
    ],
)
def test_invalid_splits(council: Council, options: list[tuple[int, str]], text: str) -> None:
    number = council.submit(send_enabled())
    with council.given.rejects(InvalidVote, text):
        council.given.run(split(council, number, *options))


def test_invalid_votes(council: Council) -> None:
    number = council.submit(send_enabled())
    waiting = council.submit(send_enabled(), deposit="100000uakt")
    with council.given.rejects(InvalidRequest, "null: invalid request"):
        council.given.run(split(council, number))
    with council.given.rejects(InvalidVote, "VOTE_OPTION_UNSPECIFIED: invalid vote option"):
        council.vote(number, council.alice, 0)
    with council.given.rejects(InvalidVote, "7: invalid vote option"):
        council.vote(number, council.alice, 7)
    with council.given.rejects(InactiveProposal, "2: inactive proposal"):
        council.vote(waiting, council.alice, YES)
    with council.given.rejects(InactiveProposal, "99: inactive proposal"):
        council.vote(99, council.alice, YES)
    with council.given.rejects(MetadataTooLong):
        council.vote(number, council.alice, YES, metadata="m" * 10_201)
    with council.given.rejects(InvalidAddress):
        council.given.run(pb.MsgVote(proposal_id=number, voter="x", option=YES))  # type: ignore[arg-type]
    council.pass_time(2 * DAY)
    with council.given.rejects(InactiveProposal, "1: inactive proposal"):
        council.vote(number, council.alice, YES)


def test_the_old_messages_vote_as_well(council: Council) -> None:
    number = council.submit(send_enabled())
    council.given.run(old.MsgVote(proposal_id=number, voter=council.alice, option=NO))  # type: ignore[arg-type]
    both = [
        old.WeightedVoteOption(option=YES, weight="250000000000000000"),  # type: ignore[arg-type]
        old.WeightedVoteOption(option=NO, weight="750000000000000000"),  # type: ignore[arg-type]
    ]
    council.given.run(old.MsgVoteWeighted(proposal_id=number, voter=council.bob, options=both))
    votes = [vote for _, vote in records.VOTES.under(council.ctx)]
    assert [[each.weight for each in vote.options] for vote in votes] in (
        [["1.000000000000000000"], ["0.250000000000000000", "0.750000000000000000"]],
        [["0.250000000000000000", "0.750000000000000000"], ["1.000000000000000000"]],
    )
    with council.given.rejects(InvalidVote):
        council.given.run(old.MsgVote(proposal_id=number, voter=council.alice))


def test_a_validator_votes_for_who_does_not(council: Council) -> None:
    council.validator("big", 50 * MILLION, alice=30 * MILLION, bob=20 * MILLION)
    number = council.submit(send_enabled())
    council.vote(number, council.given.address("big"), YES)
    council.vote(number, council.alice, NO)
    council.pass_time(2 * DAY)
    assert council.counts(number) == (70 * MILLION, 0, 30 * MILLION, 0)


def test_shares_of_a_slashed_validator_count_less(council: Council) -> None:
    from akashpy.chain.staking import VALIDATORS

    owner = council.validator("cut", 10, alice=90)
    value = VALIDATORS.get(council.ctx, owner.raw)
    assert value is not None
    value.tokens = "50"
    VALIDATORS.put(council.ctx, owner.raw, value)
    number = council.submit(send_enabled())
    council.vote(number, council.alice, ABSTAIN)
    outcome = drained(tally.tally(council.ctx, council.found(number)))
    assert outcome.tally.abstain_count == "45"


Choice = st.lists(st.sampled_from([YES, ABSTAIN, NO, VETO]), max_size=4, unique=True)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@examples(
    stakes=st.lists(
        st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)), min_size=1, max_size=5
    ),
    choices=st.lists(Choice, min_size=10, max_size=10),
    slashes=st.lists(st.integers(1, 100), min_size=5, max_size=5),
)
def test_counts_what_rationals_count(
    stakes: list[tuple[int, int]], choices: list[list[int]], slashes: list[int]
) -> None:
    """Counts differ from exact rationals by what truncating to whole tokens takes, no more."""
    from akashpy.chain.staking import VALIDATORS

    council = Council(Given())
    exact = dict.fromkeys((YES, ABSTAIN, NO, VETO), Fraction(0))
    number = 0
    owners = []
    for index, (own, delegated) in enumerate(stakes):
        extra = {f"d{index}": delegated} if delegated else {}
        owner = council.validator(f"v{index}", own, **extra)
        value = VALIDATORS.get(council.ctx, owner.raw)
        assert value is not None
        total = own + delegated
        value.tokens = str(max(total * slashes[index] // 100, 1))
        VALIDATORS.put(council.ctx, owner.raw, value)
        owners.append((owner, own, delegated, Fraction(int(value.tokens), total)))
    number = council.submit(send_enabled())
    for index, (owner, own, delegated, rate) in enumerate(owners):
        mine, theirs = choices[2 * index], choices[2 * index + 1]
        rest = own
        if theirs and delegated:
            _vote(council, number, council.given.address(f"d{index}"), theirs)
            for option in theirs:
                exact[option] += delegated * rate / len(theirs)
        else:
            rest += delegated
        if mine:
            _vote(council, number, owner, mine)
            for option in mine:
                exact[option] += rest * rate / len(mine)
    found = drained(tally.tally(council.ctx, council.found(number))).tally
    counts = (found.yes_count, found.abstain_count, found.no_count, found.no_with_veto_count)
    for count, option in zip(counts, (YES, ABSTAIN, NO, VETO)):
        assert abs(Fraction(int(count)) - exact[option]) <= 2


def _vote(council: Council, number: int, voter: str, options: list[int]) -> None:
    from akashpy.types.dec import Dec

    weights = [Dec.ONE.quo_int(len(options)) for _ in options[1:]]
    first = Dec.ONE
    for weight in weights:
        first = first - weight
    made = pb.MsgVoteWeighted(proposal_id=number, voter=voter)
    for option, weight in zip(options, [first, *weights]):
        made.options.append(pb.WeightedVoteOption(option=option, weight=str(weight)))  # type: ignore[arg-type]
    council.given.run(made)
