"""Reads of the legacy parameter store. Source: SDK 0.53 `x/params/keeper/grpc_query.go`."""

from __future__ import annotations

from akashpy.chain import subspaces as chain
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid
from akashpy.state.context import Context
from akashpy.wire import params as pb


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """One value, empty where nothing was ever set."""
    if not req.subspace or not req.key:
        raise invalid("invalid request")
    value = chain.value_of(ctx, req.subspace, req.key)
    return pb.QueryParamsResponse(
        param=pb.ParamChange(subspace=req.subspace, key=req.key, value=value)
    )


def subspaces(ctx: Context, req: pb.QuerySubspacesRequest) -> pb.QuerySubspacesResponse:
    """All subspaces by name, with the keys that were ever set."""
    del req
    return pb.QuerySubspacesResponse(
        subspaces=[
            pb.Subspace(subspace=name, keys=chain.keys_of(ctx, name)) for name in sorted(chain.KEYS)
        ]
    )


METHODS: Methods = {"Params": params, "Subspaces": subspaces}
"""Service cosmos.params.v1beta1.Query."""
