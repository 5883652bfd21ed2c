"""Epochs: named lengths of time, counted by block times, and who is told when one ends.

Nothing is decided here; other modules subscribe to EpochStarted and EpochEnded. It must not know
who does. A subscriber that fails undoes only its own work, and an event says so.
Source: node `x/epochs/keeper/abci.go`, `epoch.go` (v2.1.0).
"""

from akashpy import wire
from akashpy.chain.module import JsonState, Module
from akashpy.state.codecs import Str, message
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types import epochs as rules
from akashpy.types.duration import nanoseconds
from akashpy.types.epochs import EpochEnded, EpochStarted
from akashpy.types.errors import ChainError, PlainError
from akashpy.types.events import Event, typed
from akashpy.types.moment import ZERO, is_writable, moment_of, timestamp
from akashpy.wire import epochs as pb

EPOCHS: Map[str, pb.EpochInfo] = Map("epochs", b"\x01", Str, message(lambda: pb.EpochInfo()))
"""Identifier -> epoch, in the order in which they are counted."""

HOOK_FAILED = "akashpy.epoch_hook_failed"
"""Our own event: a subscriber failed. Akash only writes it to the node's log."""


def begin_block(ctx: Context) -> None:
    """Start what is due: each epoch advances by one a block at most, also when it is behind."""
    for identifier, epoch in list(EPOCHS.under(ctx)):
        if ctx.time < _moment(epoch, "start_time"):
            continue
        if not epoch.epoch_counting_started:
            epoch.epoch_counting_started = True
            epoch.current_epoch = 1
            epoch.current_epoch_start_time.CopyFrom(timestamp(_moment(epoch, "start_time")))
        else:
            begun = _moment(epoch, "current_epoch_start_time")
            ends = begun + nanoseconds(epoch.duration)
            if ctx.time <= ends or not is_writable(ends):
                continue
            ctx.emit(typed(pb.EventEpochEnd(epoch_number=epoch.current_epoch)))
            _tell(ctx, EpochEnded(identifier, epoch.current_epoch))
            epoch.current_epoch += 1
            epoch.current_epoch_start_time.CopyFrom(timestamp(ends))
        epoch.current_epoch_start_height = ctx.height
        ctx.emit(
            typed(
                pb.EventEpochStart(
                    epoch_number=epoch.current_epoch,
                    epoch_start_time=epoch.current_epoch_start_time.seconds,
                )
            )
        )
        EPOCHS.put(ctx, identifier, epoch)
        _tell(ctx, EpochStarted(identifier, epoch.current_epoch))


def _tell(ctx: Context, value: EpochStarted | EpochEnded) -> None:
    """Tell the subscribers; what a failing one did is undone, and the chain goes on."""
    try:
        with ctx.branch():
            ctx.notify(value)
    except ChainError as error:
        attributes = (("epoch", value.identifier), ("error", str(error)))
        ctx.emit(Event(HOOK_FAILED, attributes))


def _moment(epoch: pb.EpochInfo, field: str) -> int:
    """A time of an epoch; one that was never set is Go's zero time."""
    return moment_of(getattr(epoch, field)) if epoch.HasField(field) else ZERO


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """Day, hour, minute and week, starting with the chain."""
    del preset
    return wire.to_json(
        pb.GenesisState(epochs=[rules.new_epoch(name, length) for name, length in rules.DEFAULTS])
    )


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for a bad or repeated epoch."""
    seen: set[str] = set()
    for epoch in wire.from_json(pb.GenesisState, state).epochs:
        rules.validate(epoch)
        if epoch.id in seen:
            raise PlainError("epoch identifier should be unique")
        seen.add(epoch.id)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store the epochs; one without a start time starts with the chain. Raises PlainError."""
    for epoch in wire.from_json(pb.GenesisState, state).epochs:
        rules.validate(epoch)
        if EPOCHS.has(ctx, epoch.id):
            raise PlainError(f"epoch with identifier {epoch.id} already exists")
        if _moment(epoch, "start_time") == ZERO:
            epoch.start_time.CopyFrom(timestamp(ctx.time))
        if epoch.current_epoch_start_height == 0 and _moment(epoch, "start_time") <= ctx.time:
            epoch.current_epoch_start_height = max(ctx.height, 0)
        EPOCHS.put(ctx, epoch.id, epoch)


def export_genesis(ctx: Context) -> JsonState:
    """All epochs, with their counts."""
    return wire.to_json(pb.GenesisState(epochs=[epoch for _, epoch in EPOCHS.under(ctx)]))


MODULE = Module(
    name="epochs",
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    begin_block=(begin_block,),
)
