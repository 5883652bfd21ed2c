"""The epochs module's vocabulary: named lengths of time that a chain counts.

Values and their checks, shared by chain and node. It must not know state or who listens.
Source: chain-sdk `go/node/epochs/v1beta1/genesis.go`.
"""

from dataclasses import dataclass

from akashpy.types.duration import HOUR, duration, nanoseconds
from akashpy.types.errors import PlainError
from akashpy.types.moment import ZERO, timestamp
from akashpy.wire import epochs as wire

DEFAULTS = (("day", 24 * HOUR), ("hour", HOUR), ("minute", HOUR // 60), ("week", 168 * HOUR))
"""Identifiers and lengths in nanoseconds of the epochs that every chain begins with."""


@dataclass(frozen=True, slots=True)
class EpochStarted:
    """Told upward when an epoch begins; `number` is its own."""

    identifier: str
    number: int


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """Told upward when an epoch has ended; `number` is that of the ended one."""

    identifier: str
    number: int


def new_epoch(identifier: str, length: int) -> wire.EpochInfo:
    """An epoch that is not counted yet and starts with the chain."""
    return wire.EpochInfo(
        id=identifier,
        start_time=timestamp(ZERO),
        duration=duration(length),
        current_epoch_start_time=timestamp(ZERO),
    )


def validate(epoch: wire.EpochInfo) -> None:
    """Raises PlainError for an epoch without name or length, or with negative counters."""
    if not epoch.id:
        raise PlainError("epoch identifier should NOT be empty")
    if nanoseconds(epoch.duration) == 0:
        raise PlainError("epoch duration should NOT be 0")
    if epoch.current_epoch < 0:
        raise PlainError("epoch CurrentEpoch must be non-negative")
    if epoch.current_epoch_start_height < 0:
        raise PlainError("epoch CurrentEpochStartHeight must be non-negative")
