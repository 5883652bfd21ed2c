"""Whether a node can be sent work: caught up, blocks coming, and what its validator does.

Exists for probes of supervisors and load balancers, and for `doctor`. It must not know HTTP.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from akashpy.node.comet.block import BlockIDFlag
from akashpy.node.core import Core

SECOND = 10**9
PATIENCE = 10.0
"""Seconds without a block that are no cause for alarm, whatever the interval."""
INTERVALS = 5
"""Intervals between blocks that may pass without one."""
BEHIND = 1
"""Blocks that what is shown may lag behind what is executed."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """`ready` with `reasons` why not. `block_age` is in seconds, None before the first block.

    `signing` says whether our validator signed the newest block; None when it is not in the set.
    """

    ready: bool
    reasons: tuple[str, ...]
    height: int
    block_age: float | None
    catching_up: bool
    signing: bool | None

    def as_json(self) -> dict[str, Any]:
        """For an answer."""
        return asdict(self) | {"reasons": list(self.reasons)}


Probe = Callable[[], Awaitable[Readiness]]
"""Gives a node's readiness now."""


def judged(core: Core, *, patience: float, catching_up: bool = False, ended: str = "") -> Readiness:
    """The readiness of a node whose blocks come at most `patience` seconds apart.

    `ended` is why the node cannot go on, when it cannot.
    """
    reasons = []
    latest = core.latest
    age = None if latest is None else max(0.0, (core.clock() - latest.header.time) / SECOND)
    if ended:
        reasons.append(f"the node has ended: {ended}")
    if age is None:
        reasons.append("there is no block yet")
    elif age > patience:
        reasons.append(f"no block for {age:.0f} s, at most {patience:.0f} s are usual")
    behind = core.app.height - core.height
    if catching_up:
        reasons.append("catching up with the chain")
    elif behind > BEHIND:
        reasons.append(f"{behind} executed blocks cannot be shown yet")
    return Readiness(
        ready=not reasons,
        reasons=tuple(reasons),
        height=core.height,
        block_age=age,
        catching_up=catching_up,
        signing=_signing(core),
    )


def patience_of(interval: float) -> float:
    """Seconds that may pass without a block where one is made every `interval` seconds."""
    return max(PATIENCE, INTERVALS * interval)


def _signing(core: Core) -> bool | None:
    latest = core.latest
    if latest is None:
        return None
    own = core.info.validator.address
    if all(each.address != own for each in core.store.validators(latest.height)):
        return None
    return any(
        vote.validator_address == own and vote.flag is BlockIDFlag.COMMIT
        for vote in latest.seen_commit.signatures
    )
