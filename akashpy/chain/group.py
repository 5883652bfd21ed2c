"""Groups: the part of a deployment that one provider takes as a whole.

Deployment and market share them, so they lie below both: the tenant's messages close, pause and
start a group in `deployment`, a provider's withdrawal pauses it in `market`. It must not know
orders or escrow. Source: node `x/deployment/keeper/keeper.go` (v2.1.0).
"""

from collections.abc import Sequence
from dataclasses import replace

from akashpy.state.codecs import U32, U64, Fields, Str, record
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.deployment import (
    DeploymentID,
    Group,
    GroupID,
    GroupNotFound,
    GroupSpec,
    GroupState,
)
from akashpy.types.events import typed
from akashpy.wire import deployment as pb

GROUPS: Map[GroupID, Group] = Map(
    "deployment", b"\x12", Fields(GroupID, Str, U64, U32), record(Group)
)
"""Groups by (owner, dseq, gseq), so a deployment's groups lie together in their order."""


def create(ctx: Context, id: DeploymentID, specs: Sequence[GroupSpec]) -> tuple[Group, ...]:
    """Store a new deployment's groups as open, numbered from 1 in the given order."""
    groups = tuple(
        Group(id.with_gseq(number), GroupState.OPEN, spec, ctx.height)
        for number, spec in enumerate(specs, start=1)
    )
    for group in groups:
        GROUPS.put(ctx, group.id, group)
    return groups


def require(ctx: Context, id: GroupID) -> Group:
    """The group. Raises deployment.GroupNotFound."""
    return GROUPS.require(ctx, id, GroupNotFound, str(id))


def of_deployment(ctx: Context, id: DeploymentID) -> list[Group]:
    """A deployment's groups in order of their numbers."""
    return [group for _, group in GROUPS.under(ctx, id)]


def start(ctx: Context, group: Group) -> None:
    """Open a group again."""
    GROUPS.put(ctx, group.id, replace(group, state=GroupState.OPEN))
    ctx.emit(typed(pb.EventGroupStarted(id=group.id.to_wire())))


def pause(ctx: Context, group: Group) -> None:
    """Keep a group without an order until its tenant starts it."""
    GROUPS.put(ctx, group.id, replace(group, state=GroupState.PAUSED))
    ctx.emit(typed(pb.EventGroupPaused(id=group.id.to_wire())))


def close(ctx: Context, group: Group, state: GroupState) -> None:
    """End a group; `state` is CLOSED or INSUFFICIENT_FUNDS, the event is the same."""
    GROUPS.put(ctx, group.id, replace(group, state=state))
    ctx.emit(typed(pb.EventGroupClosed(id=group.id.to_wire())))
