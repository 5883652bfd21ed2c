"""Reads of fee allowances: of a pair, by grantee, by granter.

It must not judge them: one that has ended is shown until it is removed. Source: SDK 0.53
`x/feegrant/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain.feegrant import GRANTS
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import internal
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.wire import feegrant as pb


def allowance(ctx: Context, req: pb.QueryAllowanceRequest) -> pb.QueryAllowanceResponse:
    """What one account pays for another.

    Raises Refused with Internal when there is none, PlainError for a bad address.
    """
    granter, grantee = _address(req.granter), _address(req.grantee)
    found = GRANTS.get(ctx, (grantee, granter))
    if found is None:
        raise internal("fee-grant not found: not found")
    return pb.QueryAllowanceResponse(allowance=found)


def allowances(ctx: Context, req: pb.QueryAllowancesRequest) -> pb.QueryAllowancesResponse:
    """Who pays for an account. Raises PlainError for a bad address."""
    page = stocklist.page(ctx, GRANTS, req.pagination, _address(req.grantee))
    return pb.QueryAllowancesResponse(allowances=page.values, pagination=stocklist.response(page))


def allowances_by_granter(
    ctx: Context, req: pb.QueryAllowancesByGranterRequest
) -> pb.QueryAllowancesByGranterResponse:
    """For whom an account pays. Raises PlainError for a bad address."""
    page = stocklist.page(ctx, GRANTS.index("granter"), req.pagination, _address(req.granter))
    return pb.QueryAllowancesByGranterResponse(
        allowances=page.values, pagination=stocklist.response(page)
    )


def _address(text: str) -> bytes:
    """Raises PlainError, as a Go node passes the codec's error on as it is."""
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


METHODS: Methods = {
    "Allowance": allowance,
    "Allowances": allowances,
    "AllowancesByGranter": allowances_by_granter,
}
