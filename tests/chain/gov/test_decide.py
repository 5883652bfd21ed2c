"""The end of a voting or deposit period: who wins, who gets the deposit, what is executed."""

from typing import Any

import pytest

from akashpy.chain import bank, gov
from akashpy.chain.gov import records
from akashpy.state.tree import drained
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.wire import bank as bank_pb
from akashpy.wire import gov as pb
from tests.chain.conftest import Given
from tests.chain.gov.conftest import ABSTAIN, DAY, MILLION, NO, VETO, YES, Council, send_enabled

START = 10**12


def settled(council: Council, **votes: int) -> int:
    """A proposal on which these validators have voted, after its voting period."""
    number = council.submit(send_enabled())
    for name, option in votes.items():
        council.vote(number, council.given.address(name), option)
    council.pass_time(2 * DAY)
    council.given.holds()
    return number


def alices(council: Council) -> int:
    return council.given.balance(council.alice)


def test_passes_and_runs_its_messages(council: Council) -> None:
    number = settled(council, val=YES)
    proposal = council.found(number)
    assert proposal.status == records.PASSED
    assert not bank.params(council.ctx).default_send_enabled
    assert alices(council) == START
    assert council.counts(number) == (100 * MILLION, 0, 0, 0)
    assert council.given.events[-1].type == "active_proposal"
    assert council.given.events[-1].attributes == (
        ("proposal_id", "1"), ("proposal_result", "proposal_passed"), ("proposal_log", "passed"),
    )  # fmt: skip
    assert list(records.VOTES.under(council.ctx)) == []
    assert list(records.ACTIVE.under(council.ctx)) == []


@pytest.mark.parametrize(
    ("votes", "status", "returned"),
    [
        ({"val": YES, "more": ABSTAIN}, records.PASSED, True),
        ({"val": NO, "more": ABSTAIN}, records.REJECTED, True),
        ({"val": ABSTAIN, "more": ABSTAIN}, records.REJECTED, True),
        ({"val": VETO, "more": ABSTAIN}, records.REJECTED, False),
        ({}, records.REJECTED, True),
        ({"val": NO, "more": YES, "rest": YES}, records.PASSED, True),
        ({"val": NO, "more": YES}, records.REJECTED, True),  # half is not more than half
        ({"rest": YES}, records.REJECTED, True),  # a third is less than the quorum of 0.334
        ({"rest": YES, "more": ABSTAIN}, records.PASSED, True),
        ({"rest": VETO, "more": YES, "val": YES}, records.PASSED, True),  # a third < 0.334
        ({"rest": VETO, "more": YES}, records.REJECTED, False),
    ],
)
def test_thresholds(council: Council, votes: dict[str, int], status: int, returned: bool) -> None:
    council.validator("more", 100 * MILLION)
    council.validator("rest", 100 * MILLION)
    proposal = council.found(settled(council, **votes))
    assert proposal.status == status
    assert alices(council) == (START if returned else START - 10 * MILLION)
    rejected = status == records.REJECTED
    assert proposal.failed_reason == (
        "proposal did not get enough votes to pass" if rejected else ""
    )


def test_a_burned_deposit_leaves_the_supply(council: Council) -> None:
    before = bank.supply(council.ctx, "uakt")
    settled(council, val=VETO)
    assert bank.supply(council.ctx, "uakt") == before - 10 * MILLION


def test_burning_is_governed(council: Council) -> None:
    council.change_params(burn_vote_veto=False, burn_vote_quorum=True)
    settled(council, val=VETO)
    assert alices(council) == START
    council.validator("absent", 900 * MILLION)
    settled(council, val=YES)
    assert alices(council) == START - 10 * MILLION


def test_without_stake_nothing_passes(given: Given) -> None:
    council = Council(given)
    proposal = council.found(settled(council))
    assert proposal.status == records.REJECTED
    assert alices(council) == START


def test_all_messages_or_none(council: Council) -> None:
    broke = bank_pb.MsgSend(
        from_address=Address.of_module("gov"),
        to_address=council.bob,
        amount=[{"denom": "uakt", "amount": "5"}],  # type: ignore[list-item]  # as a mapping
    )
    number = council.submit(send_enabled(), broke)
    council.vote(number, council.given.address("val"), YES)
    council.pass_time(2 * DAY)
    proposal = council.found(number)
    assert proposal.status == records.FAILED
    why = "spendable balance 0uakt is smaller than 5uakt: insufficient funds"
    assert proposal.failed_reason == why
    assert bank.params(council.ctx).default_send_enabled
    assert council.given.events[-1].attributes[2] == (
        "proposal_log",
        f"passed, but msg 1 (/cosmos.bank.v1beta1.MsgSend) failed on execution: {why}",
    )
    assert alices(council) == START
    council.given.holds()


def test_a_message_that_breaks_does_not_stop_the_chain(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = council.submit(send_enabled())
    council.vote(number, council.given.address("val"), YES)

    def explode(ctx: Any, msg: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(council.ctx.bus), "dispatch", explode)
    monkeypatch.setattr(type(council.ctx.bus), "dispatch", lambda self, ctx, msg: explode(ctx, msg))
    council.pass_time(2 * DAY)
    proposal = council.found(number)
    assert proposal.status == records.FAILED
    assert proposal.failed_reason.endswith("PANICKED: ZeroDivisionError")


def test_voting_lasts_until_its_end_inclusive(council: Council) -> None:
    number = council.submit(send_enabled())
    council.vote(number, council.given.address("val"), YES)
    council.pass_time(2 * DAY - 1)
    assert council.found(number).status == records.VOTING_PERIOD
    council.pass_time(1)
    assert council.found(number).status == records.PASSED


def test_an_expedited_one_that_fails_goes_on_as_a_regular_one(council: Council) -> None:
    council.validator("more", 80 * MILLION)
    number = council.submit(send_enabled(), expedited=True)
    for name, option in (("val", YES), ("more", NO)):
        council.vote(number, council.given.address(name), option)
    council.pass_time(DAY)
    proposal = council.found(number)
    assert (proposal.status, proposal.expedited) == (records.VOTING_PERIOD, False)
    start = proposal.voting_start_time.ToNanoseconds()
    assert proposal.voting_end_time.ToNanoseconds() == start + 2 * DAY
    assert council.held() == 50 * MILLION
    assert council.given.events[-1].attributes[1:] == (
        ("proposal_result", "expedited_proposal_rejected"),
        ("proposal_log", "expedited proposal converted to regular"),
    )
    assert list(records.VOTES.under(council.ctx)) == []
    council.given.holds()
    council.vote(number, council.given.address("val"), YES)
    council.vote(number, council.given.address("more"), NO)
    council.pass_time(DAY)
    assert council.found(number).status == records.PASSED
    assert council.held() == 0


def test_an_expedited_one_that_passes_is_done_after_a_day(council: Council) -> None:
    number = council.submit(send_enabled(), expedited=True)
    council.vote(number, council.given.address("val"), YES)
    council.pass_time(DAY)
    assert council.found(number).status == records.PASSED


@pytest.mark.parametrize("burns", [False, True])
def test_too_little_deposit_in_time(council: Council, burns: bool) -> None:
    council.change_params(burn_proposal_deposit_prevote=burns)
    number = council.submit(send_enabled(), deposit="100000uakt")
    council.given.run(
        pb.MsgDeposit(
            proposal_id=number,
            depositor=council.bob,
            amount=[{"denom": "uakt", "amount": "200000"}],  # type: ignore[list-item]
        )
    )
    council.pass_time(2 * DAY - 1)
    assert records.PROPOSALS.has(council.ctx, number)
    council.pass_time(1)
    assert not records.PROPOSALS.has(council.ctx, number)
    lost = (100_000, 200_000) if burns else (0, 0)
    assert alices(council) == START - lost[0]
    assert council.given.balance(council.bob) == START - lost[1]
    assert council.given.events[-1].attributes == (
        ("proposal_id", "1"), ("proposal_result", "proposal_dropped"),
    )  # fmt: skip
    assert list(records.INACTIVE.under(council.ctx)) == []
    council.given.holds()


def test_counting_ten_thousand_votes_is_one_pass_in_steps(council: Council) -> None:
    """The work is a constant number of reads a vote, in slices that let the node breathe."""
    number = council.submit(send_enabled())
    reads = {}
    for count in (100, 1000, 10_000):
        for index in range(count):
            voter = b"voter" + index.to_bytes(15, "big")
            vote = pb.Vote(proposal_id=number, voter=Address.of(voter))
            vote.options.add(option=YES, weight="1.000000000000000000")  # type: ignore[arg-type]
            records.VOTES.put(council.ctx, (number, voter), vote)
        before = council.ctx.gas.used
        from akashpy.chain.gov.tally import tally

        steps = sum(1 for _ in tally(council.ctx, council.found(number)))
        assert steps == count // 50
        reads[count] = council.ctx.gas.used - before
    assert reads[10_000] - reads[1000] == 10 * (reads[1000] - reads[100])


def test_governance_may_deposit_on_its_own_proposal(council: Council) -> None:
    """On Go's node giving such a deposit back stops the chain: gov may not receive from gov."""
    first = council.submit(send_enabled(), deposit="100000uakt")
    bank.mint(council.ctx, "mint", Coins.parse("200000uakt"))
    bank.send_between_modules(council.ctx, "mint", "gov", Coins.parse("200000uakt"))
    council.given.run(
        pb.MsgDeposit(
            proposal_id=first,
            depositor=gov.AUTHORITY,
            amount=[{"denom": "uakt", "amount": "200000"}],  # type: ignore[list-item]
        )
    )
    council.pass_time(2 * DAY)
    assert not records.PROPOSALS.has(council.ctx, first)


def test_others_deposits_are_not_spent(council: Council) -> None:
    """On Go's node such a send passes, and giving the deposits back then stops the chain."""
    other = council.submit(send_enabled(), deposit="500000uakt")
    taking = bank_pb.MsgSend(
        from_address=Address.of_module("gov"),
        to_address=council.bob,
        amount=[{"denom": "uakt", "amount": "1"}],  # type: ignore[list-item]
    )
    number = council.submit(taking)
    council.ctx.time += DAY
    more = council.submit(send_enabled())
    council.vote(number, council.given.address("val"), YES)
    council.pass_time(DAY)
    found = council.found(number)
    assert found.status == records.FAILED
    assert found.failed_reason == (
        "the messages spend deposits on other proposals, which gov's account holds"
    )
    council.pass_time(2 * DAY)
    assert alices(council) == START
    assert not records.PROPOSALS.has(council.ctx, other)
    assert council.found(more).status == records.REJECTED
    council.given.holds()


def test_the_hook_of_the_block_drains(council: Council) -> None:
    settled(council, val=YES)
    from akashpy.chain.gov.queue import end_block

    drained(end_block(council.ctx))
