"""Reads of epochs: all, or the number of one.

It must not count anything. Source: node v2.1 `x/epochs/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain.epochs import EPOCHS
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.wire import epochs as pb


def epoch_infos(ctx: Context, req: pb.QueryEpochInfosRequest) -> pb.QueryEpochInfosResponse:
    """All epochs in the order of their identifiers."""
    del req
    return pb.QueryEpochInfosResponse(epochs=[epoch for _, epoch in EPOCHS.under(ctx)])


def current_epoch(ctx: Context, req: pb.QueryCurrentEpochRequest) -> pb.QueryCurrentEpochResponse:
    """The number of an epoch. Raises Refused for no identifier, PlainError for an unknown one."""
    if not req.identifier:
        raise invalid("identifier is empty")
    found = EPOCHS.get(ctx, req.identifier) if "\0" not in req.identifier else None
    if found is None:
        raise PlainError("not available identifier")
    return pb.QueryCurrentEpochResponse(current_epoch=found.current_epoch)


METHODS: Methods = {"EpochInfos": epoch_infos, "CurrentEpoch": current_epoch}
