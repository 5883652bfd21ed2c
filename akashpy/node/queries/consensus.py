"""The consensus parameters in force (cosmos.consensus.v1)."""

from __future__ import annotations

from akashpy.chain import consensus
from akashpy.node.queries.method import Methods
from akashpy.state.context import Context
from akashpy.wire import consensus as pb


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The parameters as CometBFT has them."""
    del req
    return pb.QueryParamsResponse(params=consensus.get(ctx))


METHODS: Methods = {"Params": params}
