"""Depositing on and cancelling proposals: charges burned, sent away, or given to the community."""

import pytest

from akashpy.chain import auth, bank
from akashpy.chain.gov import records
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.errors import InvalidAddress, InvalidCoins, PlainError, Unauthorized
from akashpy.types.gov import (
    InactiveProposal,
    InvalidDepositDenom,
    InvalidProposal,
    InvalidProposer,
    MinDepositTooSmall,
    VotingPeriodEnded,
)
from akashpy.wire import gov as pb
from akashpy.wire import gov_v1beta1 as old
from tests.chain.gov.conftest import DAY, YES, Council, send_enabled

START = 10**12
GONE = "collections: not found: key '9' of type github.com/cosmos/gogoproto/cosmos.gov.v1.Proposal"


def deposit(council: Council, number: int, coins: str) -> pb.MsgDeposit:
    """MsgDeposit of bob."""
    return pb.MsgDeposit(
        proposal_id=number, depositor=council.bob, amount=Coins.parse(coins).to_wire()
    )


def cancel(council: Council, number: int, proposer: str | None = None) -> pb.MsgCancelProposal:
    """MsgCancelProposal of alice."""
    return pb.MsgCancelProposal(proposal_id=number, proposer=proposer or council.alice)


def test_deposits_add_up_and_start_the_vote(council: Council) -> None:
    number = council.submit(send_enabled(), deposit="100000uakt")
    council.given.run(deposit(council, number, "100000uakt"))
    council.ctx.time += DAY
    council.given.events.clear()
    council.given.run(deposit(council, number, "9800000uakt"))
    proposal = council.found(number)
    assert proposal.status == records.VOTING_PERIOD
    assert proposal.voting_end_time.ToNanoseconds() == council.ctx.time + 2 * DAY
    assert council.given.events[-1].attributes == (("voting_period_start", "1"),)
    found = records.DEPOSITS.get(council.ctx, (number, council.bob.raw))
    assert found is not None
    assert Coins.from_wire(found.amount) == Coins.parse("9900000uakt")
    council.given.run(deposit(council, number, "100000uakt"))  # more may be added while voting
    council.given.holds()


def test_the_old_message_deposits_as_well(council: Council) -> None:
    number = council.submit(send_enabled(), deposit="100000uakt")
    council.given.run(
        old.MsgDeposit(
            proposal_id=number, depositor=council.bob, amount=Coins.parse("100000uakt").to_wire()
        )
    )
    assert council.held() == 200_000


def test_refused_deposits(council: Council) -> None:
    number = council.submit(send_enabled())
    with council.given.rejects(PlainError, GONE):
        council.given.run(deposit(council, 9, "100000uakt"))
    with council.given.rejects(InvalidCoins):
        council.given.run(deposit(council, number, ""))
    with council.given.rejects(InvalidDepositDenom):
        council.given.run(deposit(council, number, "100000uact"))
    with council.given.rejects(
        MinDepositTooSmall,
        "received 99999uakt but need at least one of the following: 100000uakt: "
        "minimum deposit is too small",
    ):
        council.given.run(deposit(council, number, "99999uakt"))
    with council.given.rejects(InvalidAddress):
        council.given.run(pb.MsgDeposit(proposal_id=number, depositor="x"))
    council.pass_time(2 * DAY)
    with council.given.rejects(InactiveProposal, "1: inactive proposal"):
        council.given.run(deposit(council, number, "100000uakt"))


def test_half_of_the_deposits_burns(council: Council) -> None:
    number = council.submit(send_enabled(), deposit="100001uakt")
    council.given.run(deposit(council, number, "100000uakt"))
    supply = bank.supply(council.ctx, "uakt")
    council.given.events.clear()
    response = council.given.run(cancel(council, number))
    assert response.proposal_id == number
    assert response.canceled_height == council.ctx.height
    assert council.given.balance(council.alice) == START - 50_000  # the odd uakt comes back
    assert council.given.balance(council.bob) == START - 50_000
    assert bank.supply(council.ctx, "uakt") == supply - 100_000
    assert council.given.events[-1].attributes == (
        ("sender", council.alice), ("proposal_id", "1"),
    )  # fmt: skip
    assert not records.PROPOSALS.has(council.ctx, number)
    assert list(records.INACTIVE.under(council.ctx)) == []
    council.given.holds()


def test_cancelling_while_voting_forgets_votes(council: Council) -> None:
    number = council.submit(send_enabled())
    council.vote(number, council.alice, YES)
    council.given.run(cancel(council, number))
    for table in (records.VOTES, records.ACTIVE, records.VOTING, records.DEPOSITS):
        assert list(table.under(council.ctx)) == []  # type: ignore[attr-defined]  # each a Map
    council.given.holds()


def test_the_charge_may_go_to_an_account(council: Council) -> None:
    council.change_params(proposal_cancel_dest=council.bob, proposal_cancel_ratio="1")
    council.given.run(cancel(council, council.submit(send_enabled())))
    assert council.given.balance(council.bob) == START + 10_000_000
    assert council.given.balance(council.alice) == START - 10_000_000
    council.given.holds()


def test_the_charge_may_go_to_the_community(council: Council) -> None:
    pool = Address.of(auth.MODULE_ADDRESSES["distribution"])
    council.change_params(proposal_cancel_dest=pool)
    council.given.run(cancel(council, council.submit(send_enabled())))
    assert council.given.balance(pool) == 5_000_000
    council.given.holds()


def test_the_charge_goes_to_no_module(council: Council) -> None:
    council.change_params(proposal_cancel_dest=Address.of_module("mint"))
    number = council.submit(send_enabled())
    with council.given.rejects(Unauthorized):
        council.given.run(cancel(council, number))


def test_refused_cancellations(council: Council) -> None:
    number = council.submit(send_enabled())
    with council.given.rejects(PlainError, GONE):
        council.given.run(cancel(council, 9))
    with council.given.rejects(
        InvalidProposer, f"invalid proposer {council.bob}: invalid proposer"
    ):
        council.given.run(cancel(council, number, council.bob))
    with council.given.rejects(InvalidAddress):
        council.given.run(cancel(council, number, "x"))
    council.ctx.time += 2 * DAY + 1
    with council.given.rejects(
        VotingPeriodEnded,
        "voting period is already ended for this proposal 1: voting period already ended",
    ):
        council.given.run(cancel(council, number))
    council.pass_time(0)
    with council.given.rejects(
        InvalidProposal, "proposal should be in the deposit or voting period: invalid proposal"
    ):
        council.given.run(cancel(council, number))
    nobody = council.found(number)
    nobody.proposer = ""
    records.put(council.ctx, nobody)
    with council.given.rejects(
        InvalidProposal,
        f"proposal 1 doesn't have proposer {council.alice}, so cannot be canceled: "
        "invalid proposal",
    ):
        council.given.run(cancel(council, number))


@pytest.mark.parametrize("ratio", ["0", "0.333333333333333333", "1"])
def test_any_ratio_keeps_the_books(council: Council, ratio: str) -> None:
    council.change_params(proposal_cancel_ratio=ratio)
    number = council.submit(send_enabled(), deposit="100007uakt")
    council.given.run(cancel(council, number))
    council.given.holds()
