"""Reads of how validators sign. Source: SDK 0.53 x/slashing/keeper/grpc_query.go."""

from __future__ import annotations

from akashpy.chain import slashing
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid, missing
from akashpy.state.context import Context
from akashpy.types.address import VALCONS
from akashpy.types.addresscodec import decoded
from akashpy.wire import slashing as pb


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    found = slashing.PARAMS.get(ctx)
    return pb.QueryParamsResponse(params=found.to_wire() if found else None)


def signing_info(ctx: Context, req: pb.QuerySigningInfoRequest) -> pb.QuerySigningInfoResponse:
    """How one validator signs, by its consensus address."""
    if not req.cons_address:
        raise invalid("invalid request")
    found = slashing.SIGNING.get(ctx, decoded(req.cons_address, prefix=VALCONS))
    if found is None:
        raise missing(f"SigningInfo not found for validator {req.cons_address}")
    return pb.QuerySigningInfoResponse(val_signing_info=found.to_wire())


def signing_infos(ctx: Context, req: pb.QuerySigningInfosRequest) -> pb.QuerySigningInfosResponse:
    """How all validators sign, in order of consensus addresses."""
    found = stocklist.page(ctx, slashing.SIGNING, req.pagination)
    return pb.QuerySigningInfosResponse(
        info=[each.to_wire() for each in found.values], pagination=stocklist.response(found)
    )


METHODS: Methods = {
    "Params": params,
    "SigningInfo": signing_info,
    "SigningInfos": signing_infos,
}
