"""Reads of authorizations: of a pair, by granter, by grantee.

It must not judge them: one that has ended is shown until it is removed. Source: SDK 0.53
`x/authz/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain.authz import GRANTS, LONGEST_URL, shown
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.authz import NoAuthorizationFound
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.wire import authz as pb


def grants(ctx: Context, req: pb.QueryGrantsRequest) -> pb.QueryGrantsResponse:
    """What one account lets another do; with a message type only that, without paging.

    Raises NoAuthorizationFound, PlainError for a bad address.
    """
    granter, grantee = _address(req.granter), _address(req.grantee)
    if req.msg_type_url:
        url = req.msg_type_url.encode()
        key = granter, grantee, url
        found = GRANTS.get(ctx, key) if len(url) <= LONGEST_URL else None
        if found is None:
            raise NoAuthorizationFound(f"authorization not found for {req.msg_type_url} type")
        return pb.QueryGrantsResponse(grants=[found])
    page = stocklist.page(ctx, GRANTS, req.pagination, granter, grantee)
    return pb.QueryGrantsResponse(grants=page.values, pagination=stocklist.response(page))


def granter_grants(
    ctx: Context, req: pb.QueryGranterGrantsRequest
) -> pb.QueryGranterGrantsResponse:
    """What one account lets others do, by grantee. Raises PlainError for a bad address."""
    page = stocklist.page(ctx, GRANTS, req.pagination, _address(req.granter))
    return pb.QueryGranterGrantsResponse(
        grants=[shown(key[0], key[1], grant) for key, grant in page.items],
        pagination=stocklist.response(page),
    )


def grantee_grants(
    ctx: Context, req: pb.QueryGranteeGrantsRequest
) -> pb.QueryGranteeGrantsResponse:
    """What others let one account do, by granter. Raises PlainError for a bad address."""
    index = GRANTS.index("grantee")
    page = stocklist.page(ctx, index, req.pagination, _address(req.grantee))
    return pb.QueryGranteeGrantsResponse(
        grants=[shown(key[0], key[1], grant) for key, grant in page.items],
        pagination=stocklist.response(page),
    )


def _address(text: str) -> bytes:
    """Raises PlainError, as a Go node passes the codec's error on as it is."""
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


METHODS: Methods = {
    "Grants": grants,
    "GranterGrants": granter_grants,
    "GranteeGrants": grantee_grants,
}
