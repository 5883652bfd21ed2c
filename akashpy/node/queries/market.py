"""Reads of orders, bids and leases, each with the money behind it. Service of the market module.

It must not change anything nor check rights. Source: node v2.1 `x/market/keeper/grpc_query.go`.
"""

from __future__ import annotations

from typing import Any

from akashpy.chain.market import get_params
from akashpy.chain.market_book import BIDS, LEASES, ORDERS
from akashpy.node.queries import address, funds
from akashpy.node.queries.listing import (
    OWNER,
    PROVIDER,
    STATE,
    Filters,
    Listing,
    named_state,
    page,
    point,
)
from akashpy.node.queries.method import Methods
from akashpy.state.codecs import U32, U64, Fields, Str
from akashpy.state.context import Context
from akashpy.types.market import (
    BidID,
    BidNotFound,
    BidState,
    LeaseID,
    LeaseNotFound,
    LeaseState,
    OrderID,
    OrderNotFound,
    OrderState,
)
from akashpy.wire import market as pb

ORDER_LIST: Listing[pb.Order] = Listing(
    table=ORDERS,
    message=pb.Order,
    key=Fields(OrderID, Str, U64, U32, U32),
    states=(OrderState.OPEN, OrderState.ACTIVE, OrderState.CLOSED),
    marks={STATE: b"", OWNER: b"\x01"},
)
_MARKS = {STATE: b"\x00", PROVIDER: b"\x01", OWNER: b"\x02"}
BID_LIST: Listing[pb.Bid] = Listing(
    table=BIDS,
    message=pb.Bid,
    key=Fields(BidID, Str, U64, U32, U32, Str, U32),
    states=(BidState.OPEN, BidState.ACTIVE, BidState.LOST, BidState.CLOSED),
    marks=_MARKS,
)
LEASE_LIST: Listing[pb.Lease] = Listing(
    table=LEASES,
    message=pb.Lease,
    key=Fields(LeaseID, Str, U64, U32, U32, Str, U32),
    states=(
        LeaseState.ACTIVE,
        LeaseState.INSUFFICIENT_FUNDS,
        LeaseState.CLOSED,
        LeaseState.RECLAIMING,
    ),
    marks=_MARKS,
)


def orders(ctx: Context, req: pb.QueryOrdersRequest) -> pb.QueryOrdersResponse:
    """Orders that match the filters; all four parts of an id together name one."""
    wanted = req.filters

    state = named_state(ORDER_LIST, wanted.state) if wanted.state else 0

    def accepts(found: pb.Order) -> bool:
        return _is_of(found.id, wanted) and state in (0, found.state)

    id = OrderID(wanted.owner, wanted.dseq, wanted.gseq, wanted.oseq)
    if all((id.owner, id.dseq, id.gseq, id.oseq)) and not req.pagination.key:
        result = point(ctx, ORDER_LIST, id, accepts)
    else:
        filters = Filters(accepts, wanted.state, wanted.owner, dseq=wanted.dseq)
        result = page(ctx, ORDER_LIST, req.pagination, filters)
    return pb.QueryOrdersResponse(orders=result.items, pagination=result.response)


def order(ctx: Context, req: pb.QueryOrderRequest) -> pb.QueryOrderResponse:
    """One order. Raises OrderNotFound."""
    address.owner(req.id.owner)
    found = ORDERS.require(ctx, OrderID.from_wire(req.id), OrderNotFound)
    return pb.QueryOrderResponse(order=found.to_wire())


def bids(ctx: Context, req: pb.QueryBidsRequest) -> pb.QueryBidsResponse:
    """Bids that match the filters, each with its deposit's account."""
    wanted = req.filters

    state = named_state(BID_LIST, wanted.state) if wanted.state else 0

    def accepts(found: pb.Bid) -> bool:
        return (
            _is_of(found.id, wanted)
            and wanted.provider in ("", found.id.provider)
            and wanted.bseq in (0, found.id.bseq)
            and state in (0, found.state)
        )

    filters = Filters(accepts, wanted.state, wanted.owner, wanted.provider, wanted.dseq)
    result = page(ctx, BID_LIST, req.pagination, filters)
    return pb.QueryBidsResponse(
        bids=[_bid(ctx, found) for found in result.items], pagination=result.response
    )


def bid(ctx: Context, req: pb.QueryBidRequest) -> pb.QueryBidResponse:
    """One bid. Raises BidNotFound."""
    address.owner(req.id.owner)
    address.provider(req.id.provider)
    row = ctx.get(BIDS.key(BidID.from_wire(req.id)))
    if row is None:
        raise BidNotFound()
    return _bid(ctx, pb.Bid.FromString(row))


def leases(ctx: Context, req: pb.QueryLeasesRequest) -> pb.QueryLeasesResponse:
    """Leases that match the filters, each with its payment. The filter `bseq` is ignored."""
    wanted = req.filters

    state = named_state(LEASE_LIST, wanted.state) if wanted.state else 0

    def accepts(found: pb.Lease) -> bool:
        return (
            _is_of(found.id, wanted)
            and wanted.provider in ("", found.id.provider)
            and state in (0, found.state)
        )

    filters = Filters(accepts, wanted.state, wanted.owner, wanted.provider, wanted.dseq)
    result = page(ctx, LEASE_LIST, req.pagination, filters)
    return pb.QueryLeasesResponse(
        leases=[_lease(ctx, found) for found in result.items], pagination=result.response
    )


def lease(ctx: Context, req: pb.QueryLeaseRequest) -> pb.QueryLeaseResponse:
    """One lease. Raises LeaseNotFound."""
    address.owner(req.id.owner)
    address.provider(req.id.provider)
    row = ctx.get(LEASES.key(LeaseID.from_wire(req.id)))
    if row is None:
        raise LeaseNotFound()
    return _lease(ctx, pb.Lease.FromString(row))


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=get_params(ctx).to_wire())


def _is_of(id: Any, wanted: Any) -> bool:
    """Whether an id agrees with the filter's parts of an order's id; empty parts mean any."""
    return (
        wanted.owner in ("", id.owner)
        and wanted.dseq in (0, id.dseq)
        and wanted.gseq in (0, id.gseq)
        and wanted.oseq in (0, id.oseq)
    )


def _bid(ctx: Context, found: pb.Bid) -> pb.QueryBidResponse:
    account = funds.account(ctx, BidID.from_wire(found.id).escrow)
    return pb.QueryBidResponse(bid=found, escrow_account=account)


def _lease(ctx: Context, found: pb.Lease) -> pb.QueryLeaseResponse:
    payment = funds.payment(ctx, LeaseID.from_wire(found.id).payment)
    return pb.QueryLeaseResponse(lease=found, escrow_payment=payment)


METHODS: Methods = {
    "Orders": orders,
    "Order": order,
    "Bids": bids,
    "Bid": bid,
    "Leases": leases,
    "Lease": lease,
    "Params": params,
}
