"""Our own chain's parameters: settlement denominations and fixes (akashpy.chain.v1)."""

from __future__ import annotations

from akashpy.chain import params as chain_params
from akashpy.node.queries.method import Methods
from akashpy.state.context import Context
from akashpy.wire import chain as pb


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The parameters in force."""
    del req
    return pb.QueryParamsResponse(params=chain_params.get(ctx).to_wire())


METHODS: Methods = {"Params": params}
