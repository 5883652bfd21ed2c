"""Context: branches keep or undo writes, events and transient values together."""

from collections.abc import Callable

import pytest

from akashpy.state.context import QUERY, Context, Mode
from akashpy.state.gas import GasMeter
from akashpy.types.errors import OutOfGas, UnknownRequest
from akashpy.types.events import Event

MADE = Event("made", (("id", "1"),))


def failing_branch(ctx: Context, work: Callable[[Context], None]) -> None:
    def attempt() -> None:
        with ctx.branch() as inner:
            work(inner)
            raise KeyError

    with pytest.raises(KeyError):
        attempt()


def overwrite_with_branch(ctx: Context) -> None:
    ctx.set(b"a", b"2")
    with ctx.branch():
        ctx.set(b"b", b"2")


def test_a_clean_branch_is_kept() -> None:
    ctx = Context.scratch()
    with ctx.branch() as inner:
        inner.set(b"a", b"1")
        inner.emit(MADE)
    assert ctx.get(b"a") == b"1"
    assert ctx.events == [MADE]


def test_a_failed_branch_leaves_nothing_but_its_gas() -> None:
    ctx = Context.scratch(gas=GasMeter(100_000))
    ctx.set(b"a", b"1")
    ctx.emit(MADE)
    ctx.transient["seen"] = 1
    before = ctx.gas.used

    def work(inner: Context) -> None:
        inner.set(b"a", b"2")
        inner.delete(b"b")
        inner.emit(MADE)
        inner.transient["seen"] = 2

    failing_branch(ctx, work)
    assert ctx.changes == {b"a": b"1"}
    assert ctx.events == [MADE]
    assert ctx.transient == {"seen": 1}
    assert ctx.gas.used > before


def test_an_inner_failure_keeps_the_outer_branch() -> None:
    ctx = Context.scratch()
    with ctx.branch():
        ctx.set(b"a", b"1")
        failing_branch(ctx, overwrite_with_branch)
        ctx.set(b"c", b"3")
    assert ctx.changes == {b"a": b"1", b"c": b"3"}


def test_an_outer_failure_undoes_kept_inner_branches() -> None:
    ctx = Context.scratch()
    failing_branch(ctx, overwrite_with_branch)
    assert ctx.changes == {}


def test_a_derived_context_shares_state_and_counts_for_itself() -> None:
    ctx = Context.scratch(height=7, time=8, chain_id="c")
    tx = ctx.derive(gas=GasMeter(5000), mode=Mode.CHECK)
    tx.set(b"a", b"1")
    tx.emit(MADE)
    tx.transient["x"] = 1
    assert ctx.get(b"a") == b"1"
    assert (ctx.events, ctx.transient) == ([], {"x": 1})
    assert (tx.height, tx.time, tx.chain_id, tx.mode) == (7, 8, "c", Mode.CHECK)
    with pytest.raises(OutOfGas):
        tx.set(b"b", b"1" * 100)


def test_a_fork_never_reaches_its_origin() -> None:
    ctx = Context.scratch()
    ctx.set(b"a", b"1")
    trial = ctx.fork(mode=Mode.SIMULATE)
    trial.set(b"a", b"2")
    trial.transient["x"] = 1
    assert trial.get(b"a") == b"2"
    assert (ctx.get(b"a"), ctx.transient) == (b"1", {})


def test_the_bus_carries_values_and_messages() -> None:
    class Bus:
        def __init__(self) -> None:
            self.seen: list[object] = []

        def notify(self, ctx: Context, value: object) -> None:
            self.seen.append(value)

        def dispatch(self, ctx: Context, msg: object) -> object:
            return (ctx.height, msg)

    bus = Bus()
    ctx = Context.scratch(height=3, bus=bus)
    ctx.notify("closed")
    assert bus.seen == ["closed"]
    assert ctx.derive().dispatch("msg") == (3, "msg")


def test_without_a_router_a_message_is_refused() -> None:
    ctx = Context.scratch(mode=QUERY)
    ctx.notify("nobody listens")
    with pytest.raises(UnknownRequest, match="no handler for str"):
        ctx.dispatch("msg")
