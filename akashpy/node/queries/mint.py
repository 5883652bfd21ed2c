"""Reads of inflation. Source: SDK 0.53 `x/mint/keeper/grpc_query.go`."""

from __future__ import annotations

from akashpy.chain import mint
from akashpy.node.queries.method import Methods
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.mint import Minter
from akashpy.wire import mint as pb


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    found = mint.PARAMS.get(ctx)
    return pb.QueryParamsResponse(params=found.to_wire() if found else None)


def inflation(ctx: Context, req: pb.QueryInflationRequest) -> pb.QueryInflationResponse:
    """Inflation of this moment, a share of the supply a year."""
    del req
    return pb.QueryInflationResponse(inflation=_minter(ctx).inflation.wire().encode())


def annual_provisions(
    ctx: Context, req: pb.QueryAnnualProvisionsRequest
) -> pb.QueryAnnualProvisionsResponse:
    """What this moment's inflation comes to in a year, in base units."""
    del req
    return pb.QueryAnnualProvisionsResponse(
        annual_provisions=_minter(ctx).annual_provisions.wire().encode()
    )


def _minter(ctx: Context) -> Minter:
    return mint.MINTER.get(ctx) or Minter(Dec.ZERO)


METHODS: Methods = {
    "Params": params,
    "Inflation": inflation,
    "AnnualProvisions": annual_provisions,
}
