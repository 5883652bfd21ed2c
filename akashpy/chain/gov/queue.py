"""The end of a block: proposals whose time is over are dropped, counted, executed.

Everything due in a block is done in that block, as on every Cosmos chain; counting goes in steps,
so that the node's other work is not held up. It must not know what messages do.
Source: Cosmos SDK 0.53 x/gov/abci.go.
"""

from collections.abc import Generator

from akashpy import wire
from akashpy.chain import bank
from akashpy.chain.gov import deposits
from akashpy.chain.gov.records import (
    ACTIVE,
    ADDRESS,
    FAILED,
    INACTIVE,
    PASSED,
    PROPOSALS,
    REJECTED,
    VOTES,
    delete,
    params,
    put,
)
from akashpy.chain.gov.tally import VOTES_A_STEP, Outcome, tally
from akashpy.chain.module import Steps
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.duration import nanoseconds
from akashpy.types.errors import ChainError, Panic, PlainError
from akashpy.types.events import Event
from akashpy.types.gov import DepositPeriodFailed, VotingEnded
from akashpy.wire import gov as pb

SPENDS_DEPOSITS = "the messages spend deposits on other proposals, which gov's account holds"
NOT_ENOUGH_VOTES = "proposal did not get enough votes to pass"


def end_block(ctx: Context) -> Steps:
    """Drop proposals without enough deposit, then decide those whose voting is over."""
    for number in _due(ctx, INACTIVE):
        proposal = PROPOSALS.get(ctx, number)
        if proposal is not None:
            _drop(ctx, proposal)
            yield
    for number in _due(ctx, ACTIVE):
        proposal = PROPOSALS.get(ctx, number)
        if proposal is not None:
            yield from _close(ctx, proposal)


def _due(ctx: Context, queue: Map[tuple[int, int], bool]) -> list[int]:
    found = []
    for key, _ in queue.under(ctx):
        if key[0] > ctx.time:
            break
        found.append(key[1])
    return found


def _drop(ctx: Context, proposal: pb.Proposal) -> None:
    delete(ctx, proposal)
    if params(ctx).burn_proposal_deposit_prevote:
        deposits.burn(ctx, proposal.id)
    else:
        deposits.refund(ctx, proposal.id)
    _tell(ctx, DepositPeriodFailed(proposal.id))
    ctx.emit(
        Event(
            "inactive_proposal",
            (("proposal_id", str(proposal.id)), ("proposal_result", "proposal_dropped")),
        )
    )


def _close(ctx: Context, proposal: pb.Proposal) -> Steps:
    outcome = yield from tally(ctx, proposal)
    yield from _forget_votes(ctx, proposal.id)
    if outcome.passes or not proposal.expedited:
        if outcome.burns:
            deposits.burn(ctx, proposal.id)
        else:
            deposits.refund(ctx, proposal.id)
    ACTIVE.remove(ctx, (proposal.voting_end_time.ToNanoseconds(), proposal.id))
    result, log = _settle(ctx, proposal, outcome)
    proposal.final_tally_result.CopyFrom(outcome.tally)
    put(ctx, proposal)
    _tell(ctx, VotingEnded(proposal.id))
    ctx.emit(
        Event(
            "active_proposal",
            (
                ("proposal_id", str(proposal.id)),
                ("proposal_result", result),
                ("proposal_log", log),
            ),
        )
    )
    yield


def _forget_votes(ctx: Context, number: int) -> Generator[None, None, None]:
    """Remove counted votes, also those on an expedited proposal that goes on as a regular one."""
    for index, (key, _) in enumerate(list(VOTES.under(ctx, number)), 1):
        VOTES.remove(ctx, key)
        if not index % VOTES_A_STEP:
            yield


def _settle(ctx: Context, proposal: pb.Proposal, outcome: Outcome) -> tuple[str, str]:
    """Set the proposal's new status; give result and log for its event."""
    if outcome.passes:
        return _execute(ctx, proposal)
    if proposal.expedited:
        proposal.expedited = False
        start = proposal.voting_start_time.ToNanoseconds()
        end = start + nanoseconds(params(ctx).voting_period)
        proposal.voting_end_time.FromNanoseconds(end)
        ACTIVE.put(ctx, (end, proposal.id), True)
        return "expedited_proposal_rejected", "expedited proposal converted to regular"
    proposal.status = REJECTED
    proposal.failed_reason = NOT_ENOUGH_VOTES
    return "proposal_rejected", "rejected"


def _execute(ctx: Context, proposal: pb.Proposal) -> tuple[str, str]:
    """Run all messages or none."""
    where, url, why = "", "", ""
    held = bank.balances(ctx, ADDRESS)
    try:
        with ctx.branch():
            for index, packed in enumerate(proposal.messages):
                url = packed.type_url
                where = f"msg {index} ({url})"
                ctx.dispatch(wire.unpack(packed))
            if not bank.balances(ctx, ADDRESS).covers(held):
                raise PlainError(SPENDS_DEPOSITS)
    except Panic as error:
        why = f"handling x/gov proposal msg [{url}] PANICKED: {error}"
    except ChainError as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 - what no rule foresaw must not stop the chain
        # its text may differ between machines and is part of the state: the class is enough
        why = f"handling x/gov proposal msg [{url}] PANICKED: {type(error).__name__}"
    if not why:
        proposal.status = PASSED
        return "proposal_passed", "passed"
    proposal.status = FAILED
    proposal.failed_reason = why
    return "proposal_failed", f"passed, but {where} failed on execution: {why}"


def _tell(ctx: Context, value: object) -> None:
    """Tell the modules above; an error of theirs undoes only what they did."""
    try:
        with ctx.branch():
            ctx.notify(value)
    except ChainError:
        # the SDK ignores these errors, too: a subscriber must not stop the chain
        return
