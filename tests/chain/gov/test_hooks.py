"""What governance tells the modules above it, and that their errors stop nothing."""

from akashpy.chain import registry
from akashpy.chain.module import Module
from akashpy.chain.router import Router
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.types.gov import (
    DepositMade,
    DepositPeriodFailed,
    ProposalSubmitted,
    VoteCast,
    VotingEnded,
)
from tests.chain.gov.conftest import DAY, YES, Council, send_enabled

KINDS = (DepositMade, DepositPeriodFailed, ProposalSubmitted, VoteCast, VotingEnded)


def test_each_moment_is_told(council: Council) -> None:
    told: list[object] = []
    listener = Module("listener", subscribers={kind: _note(told) for kind in KINDS})
    council.ctx.bus = Router((*registry.MODULES, listener))
    waiting = council.submit(send_enabled(), deposit="100000uakt")
    voting = council.submit(send_enabled())
    council.vote(voting, council.alice, YES)
    council.pass_time(2 * DAY)
    raw = council.alice.raw
    assert told == [
        ProposalSubmitted(waiting), DepositMade(waiting, raw),
        ProposalSubmitted(voting), DepositMade(voting, raw), VoteCast(voting, raw),
        DepositPeriodFailed(waiting), VotingEnded(voting),
    ]  # fmt: skip


def test_an_error_at_the_end_of_a_block_undoes_only_the_listener(council: Council) -> None:
    def refuse(ctx: Context, value: object) -> None:
        ctx.set(b"listener/row", b"x")
        raise PlainError("no")

    listener = Module("listener", subscribers={VotingEnded: refuse, DepositPeriodFailed: refuse})
    council.ctx.bus = Router((*registry.MODULES, listener))
    council.submit(send_enabled(), deposit="100000uakt")
    council.submit(send_enabled())
    council.pass_time(2 * DAY)
    assert council.ctx.get(b"listener/row") is None
    council.given.holds()


def _note(told: list[object]):  # type: ignore[no-untyped-def]  # a Subscriber
    return lambda ctx, value: told.append(value)
