"""Epochs: when they begin and end, who is told, and genesis."""

from __future__ import annotations

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import epochs, registry
from akashpy.state.context import Context
from akashpy.types import epochs as rules
from akashpy.types.duration import HOUR, SECOND
from akashpy.types.epochs import EpochEnded, EpochStarted
from akashpy.types.errors import InvalidRequest, PlainError
from akashpy.types.moment import ZERO, moment_of, timestamp
from akashpy.wire import epochs as pb
from tests.chain.conftest import GENESIS_TIME, Given


class Ear:
    """A bus that remembers what it is told, and fails when asked to."""

    def __init__(self, fails_on: type | None = None) -> None:
        self.told: list[object] = []
        self.fails_on = fails_on

    def notify(self, ctx: Context, value: object) -> None:
        self.told.append(value)
        if type(value) is self.fails_on:
            ctx.set(b"epochs/trace", b"1")
            raise InvalidRequest("no")


def chain(*given: pb.EpochInfo, time: int = GENESIS_TIME, ear: Ear | None = None) -> Context:
    """A chain at height 1 with these epochs."""
    ctx = Context.scratch(height=0, time=time, bus=ear or Ear())
    epochs.init_genesis(ctx, wire.to_json(pb.GenesisState(epochs=given)))
    ctx.height = 1
    return ctx


def found(ctx: Context, identifier: str = "hour") -> pb.EpochInfo:
    epoch = epochs.EPOCHS.get(ctx, identifier)
    assert epoch is not None
    return epoch


def test_counting_begins_with_the_first_block() -> None:
    ear = Ear()
    ctx = chain(rules.new_epoch("hour", HOUR), ear=ear)
    epochs.begin_block(ctx)
    epoch = found(ctx)
    assert (epoch.current_epoch, epoch.epoch_counting_started) == (1, True)
    assert moment_of(epoch.current_epoch_start_time) == GENESIS_TIME
    assert epoch.current_epoch_start_height == 1
    assert ear.told == [EpochStarted("hour", 1)]
    assert [(event.type, dict(event.attributes)) for event in ctx.events] == [
        (
            "akash.epochs.v1beta1.EventEpochStart",
            {"epoch_number": '"1"', "epoch_start_time": f'"{GENESIS_TIME // SECOND}"'},
        )
    ]


def test_an_epoch_ends_strictly_after_its_length() -> None:
    ear = Ear()
    ctx = chain(rules.new_epoch("hour", HOUR), ear=ear)
    epochs.begin_block(ctx)
    ear.told.clear(), ctx.events.clear()
    ctx.height, ctx.time = 2, GENESIS_TIME + HOUR
    epochs.begin_block(ctx)
    assert (ear.told, ctx.events) == ([], [])
    ctx.height, ctx.time = 3, GENESIS_TIME + HOUR + 1
    epochs.begin_block(ctx)
    assert ear.told == [EpochEnded("hour", 1), EpochStarted("hour", 2)]
    assert [event.type.rsplit(".", 1)[1] for event in ctx.events] == [
        "EventEpochEnd", "EventEpochStart",
    ]  # fmt: skip
    epoch = found(ctx)
    assert (epoch.current_epoch, epoch.current_epoch_start_height) == (2, 3)
    assert moment_of(epoch.current_epoch_start_time) == GENESIS_TIME + HOUR


def test_an_epoch_behind_advances_by_one_a_block() -> None:
    ctx = chain(rules.new_epoch("hour", HOUR))
    epochs.begin_block(ctx)
    ctx.time += 10 * HOUR
    for height in range(2, 14):
        ctx.height = height
        epochs.begin_block(ctx)
    assert found(ctx).current_epoch == 10


def test_nothing_happens_before_the_start_time() -> None:
    later = rules.new_epoch("hour", HOUR)
    later.start_time.CopyFrom(timestamp(GENESIS_TIME + 1))
    ctx = chain(later)
    epochs.begin_block(ctx)
    assert (found(ctx).current_epoch, ctx.events) == (0, [])
    assert found(ctx).current_epoch_start_height == 0


def test_a_failing_listener_undoes_only_its_own_work() -> None:
    ctx = chain(rules.new_epoch("hour", HOUR), ear=Ear(EpochEnded))
    epochs.begin_block(ctx)
    ctx.events.clear()
    ctx.time += HOUR + 1
    epochs.begin_block(ctx)
    assert found(ctx).current_epoch == 2
    assert ctx.get(b"epochs/trace") is None
    assert [event.type for event in ctx.events] == [
        "akash.epochs.v1beta1.EventEpochEnd",
        epochs.HOOK_FAILED,
        "akash.epochs.v1beta1.EventEpochStart",
    ]
    assert ctx.events[1].attributes == (("epoch", "hour"), ("error", "no: invalid request"))


@pytest.mark.parametrize("length", [1, -1, -(2**62), 2**63 - 1])
def test_strange_lengths_do_not_stop_the_chain(length: int) -> None:
    ctx = chain(rules.new_epoch("odd", length))
    for height in range(2, 12):
        ctx.height = height
        ctx.time += 292 * 365 * 24 * HOUR
        epochs.begin_block(ctx)
    assert found(ctx, "odd").current_epoch >= 1


def test_defaults(given: Given) -> None:
    state = epochs.default_genesis("akash")
    epochs.validate_genesis(state)
    assert [(one["id"], one["duration"]) for one in state["epochs"]] == [
        ("day", "86400s"), ("hour", "3600s"), ("minute", "60s"), ("week", "604800s"),
    ]  # fmt: skip
    assert {one["start_time"] for one in state["epochs"]} == {"0001-01-01T00:00:00Z"}
    assert [name for name, _ in epochs.EPOCHS.under(given.ctx)] == ["day", "hour", "minute", "week"]
    assert registry.module("epochs").begin_block == (epochs.begin_block,)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"id": ""}, "epoch identifier should NOT be empty"),
        ({"duration": "0s"}, "epoch duration should NOT be 0"),
        ({"current_epoch": "-1"}, "epoch CurrentEpoch must be non-negative"),
        (
            {"current_epoch_start_height": "-1"},
            "epoch CurrentEpochStartHeight must be non-negative",
        ),
        ({"id": "hour"}, "epoch identifier should be unique"),
    ],
)
def test_bad_genesis_is_refused(change: dict[str, Any], text: str) -> None:
    state = epochs.default_genesis("default")
    state["epochs"][0].update(change)
    with pytest.raises(PlainError) as caught:
        epochs.validate_genesis(state)
    assert str(caught.value) == text


def test_export_and_import_are_the_same() -> None:
    ctx = chain(rules.new_epoch("hour", HOUR), rules.new_epoch("minute", HOUR // 60))
    for height in range(1, 6):
        ctx.height = height
        epochs.begin_block(ctx)
        ctx.time += 40 * SECOND
    again = Context.scratch(height=0, time=ctx.time)
    epochs.init_genesis(again, epochs.export_genesis(ctx))
    assert again.changes == ctx.changes


def test_an_unset_time_is_gos_zero_time() -> None:
    assert moment_of(rules.new_epoch("x", 1).start_time) == ZERO
