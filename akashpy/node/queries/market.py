"""Reads of orders, bids and leases, each with the money behind it. Service of the market module.

It must not change anything nor check rights. Source: node v2.1 `x/market/keeper/grpc_query.go`.
"""

from __future__ import annotations

from typing import Any

from akashpy.chain.escrow_records import ACCOUNTS, PAYMENTS
from akashpy.chain.market import get_params
from akashpy.chain.market_book import BIDS, LEASES, ORDERS
from akashpy.node.queries import address
from akashpy.node.queries.listing import OWNER, PROVIDER, STATE, Filters, Listing, page, point
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid
from akashpy.state.codecs import U32, U64, Fields, Str
from akashpy.state.context import Context
from akashpy.types.escrow import AccountNotFound, PaymentNotFound
from akashpy.types.market import (
    Bid,
    BidID,
    BidNotFound,
    BidState,
    Lease,
    LeaseID,
    LeaseNotFound,
    LeaseState,
    Order,
    OrderID,
    OrderNotFound,
    OrderState,
)
from akashpy.wire import market as pb

ORDER_LIST: Listing[OrderID, Order] = Listing(
    table=ORDERS,
    key=Fields(OrderID, Str, U64, U32, U32),
    states=(OrderState.OPEN, OrderState.ACTIVE, OrderState.CLOSED),
    marks={STATE: b"", OWNER: b"\x01"},
)
_MARKS = {STATE: b"\x00", PROVIDER: b"\x01", OWNER: b"\x02"}
BID_LIST: Listing[BidID, Bid] = Listing(
    table=BIDS,
    key=Fields(BidID, Str, U64, U32, U32, Str, U32),
    states=(BidState.OPEN, BidState.ACTIVE, BidState.LOST, BidState.CLOSED),
    marks=_MARKS,
)
LEASE_LIST: Listing[LeaseID, Lease] = Listing(
    table=LEASES,
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

    def accepts(found: Order) -> bool:
        return _is_of(found.id, wanted) and wanted.state in ("", found.state.name)

    id = OrderID(wanted.owner, wanted.dseq, wanted.gseq, wanted.oseq)
    if all((id.owner, id.dseq, id.gseq, id.oseq)) and not req.pagination.key:
        if wanted.state and not OrderState.named(wanted.state):
            raise invalid("invalid state value")
        result = point(ORDERS.get(ctx, id), accepts)
    else:
        filters = Filters(accepts, state=wanted.state, owner=wanted.owner)
        result = page(ctx, ORDER_LIST, req.pagination, filters)
    return pb.QueryOrdersResponse(
        orders=[found.to_wire() for found in result.items], pagination=result.response
    )


def order(ctx: Context, req: pb.QueryOrderRequest) -> pb.QueryOrderResponse:
    """One order. Raises OrderNotFound."""
    address.owner(req.id.owner)
    found = ORDERS.require(ctx, OrderID.from_wire(req.id), OrderNotFound)
    return pb.QueryOrderResponse(order=found.to_wire())


def bids(ctx: Context, req: pb.QueryBidsRequest) -> pb.QueryBidsResponse:
    """Bids that match the filters, each with its deposit's account."""
    wanted = req.filters

    def accepts(found: Bid) -> bool:
        return (
            _is_of(found.id, wanted)
            and wanted.provider in ("", found.id.provider)
            and wanted.bseq in (0, found.id.bseq)
            and wanted.state in ("", found.state.name)
        )

    filters = Filters(accepts, wanted.state, wanted.owner, wanted.provider)
    result = page(ctx, BID_LIST, req.pagination, filters)
    return pb.QueryBidsResponse(
        bids=[_bid(ctx, found) for found in result.items], pagination=result.response
    )


def bid(ctx: Context, req: pb.QueryBidRequest) -> pb.QueryBidResponse:
    """One bid. Raises BidNotFound."""
    address.owner(req.id.owner)
    address.provider(req.id.provider)
    return _bid(ctx, BIDS.require(ctx, BidID.from_wire(req.id), BidNotFound))


def leases(ctx: Context, req: pb.QueryLeasesRequest) -> pb.QueryLeasesResponse:
    """Leases that match the filters, each with its payment. The filter `bseq` is ignored."""
    wanted = req.filters

    def accepts(found: Lease) -> bool:
        return (
            _is_of(found.id, wanted)
            and wanted.provider in ("", found.id.provider)
            and wanted.state in ("", found.state.name)
        )

    filters = Filters(accepts, wanted.state, wanted.owner, wanted.provider)
    result = page(ctx, LEASE_LIST, req.pagination, filters)
    return pb.QueryLeasesResponse(
        leases=[_lease(ctx, found) for found in result.items], pagination=result.response
    )


def lease(ctx: Context, req: pb.QueryLeaseRequest) -> pb.QueryLeaseResponse:
    """One lease. Raises LeaseNotFound."""
    address.owner(req.id.owner)
    address.provider(req.id.provider)
    return _lease(ctx, LEASES.require(ctx, LeaseID.from_wire(req.id), LeaseNotFound))


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=get_params(ctx).to_wire())


def _is_of(id: OrderID | BidID | LeaseID, wanted: Any) -> bool:
    """Whether an id agrees with the filter's parts of an order's id; empty parts mean any."""
    return (
        wanted.owner in ("", id.owner)
        and wanted.dseq in (0, id.dseq)
        and wanted.gseq in (0, id.gseq)
        and wanted.oseq in (0, id.oseq)
    )


def _bid(ctx: Context, found: Bid) -> pb.QueryBidResponse:
    account = ACCOUNTS.require(ctx, str(found.id.escrow), AccountNotFound)
    return pb.QueryBidResponse(bid=found.to_wire(), escrow_account=account.to_wire())


def _lease(ctx: Context, found: Lease) -> pb.QueryLeaseResponse:
    payment = PAYMENTS.require(ctx, str(found.id.payment), PaymentNotFound)
    return pb.QueryLeaseResponse(lease=found.to_wire(), escrow_payment=payment.to_wire())


METHODS: Methods = {
    "Orders": orders,
    "Order": order,
    "Bids": bids,
    "Bid": bid,
    "Leases": leases,
    "Lease": lease,
    "Params": params,
}
