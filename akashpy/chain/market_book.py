"""The order book: tables of orders, bids and leases, and how each of them ends.

Every way a lease can end (tenant, provider, paused or closed group, empty account) passes through
the few functions here, because the order of their events is what clients see. It must not know
messages. Source: node `x/market/keeper/keeper.go`, `x/market/hooks/hooks.go` (v2.1.0).
"""

from collections.abc import Iterator
from dataclasses import replace

from akashpy.chain import escrow
from akashpy.state.codecs import U8, U32, U64, Fields, Str, record
from akashpy.state.collections import Index, IndexedMap
from akashpy.state.context import Context
from akashpy.types.deployment import DeploymentReclamation, GroupID, GroupSpec, GroupState
from akashpy.types.events import typed
from akashpy.types.market import (
    Bid,
    BidID,
    BidState,
    Lease,
    LeaseClosedReason,
    LeaseID,
    LeaseState,
    Order,
    OrderActive,
    OrderID,
    OrderState,
)
from akashpy.wire import market as pb

ORDERS: IndexedMap[OrderID, Order] = IndexedMap(
    "market",
    b"\x11",
    Fields(OrderID, Str, U64, U32, U32),
    record(Order),
    indexes={"state": Index(b"\x12", U8, lambda id, order: order.state)},
)
"""Orders by (owner, dseq, gseq, oseq); index `state`."""

BIDS: IndexedMap[BidID, Bid] = IndexedMap(
    "market",
    b"\x21",
    Fields(BidID, Str, U64, U32, U32, Str, U32),
    record(Bid),
    indexes={
        "state": Index(b"\x22", U8, lambda id, bid: bid.state),
        "provider": Index(b"\x23", Str, lambda id, bid: id.provider),
        "order": Index(
            b"\x24", (Str, U64, U32, U32, U8), lambda id, bid: (*_order_key(id), bid.state)
        ),
    },
)
"""Bids by (owner, dseq, gseq, oseq, provider, bseq); indexes `state`, `provider` and `order`."""

LEASES: IndexedMap[LeaseID, Lease] = IndexedMap(
    "market",
    b"\x31",
    Fields(LeaseID, Str, U64, U32, U32, Str, U32),
    record(Lease),
    indexes={
        "state": Index(b"\x32", U8, lambda id, lease: lease.state),
        "provider": Index(b"\x33", Str, lambda id, lease: id.provider),
    },
)
"""Leases under the id of their bid; indexes `state` and `provider`."""

LIVE = (LeaseState.ACTIVE, LeaseState.RECLAIMING)
"""States of a lease that is served and paid."""
OUT_OF_FUNDS = LeaseClosedReason.LEASE_CLOSED_REASON_INSUFFICIENT_FUNDS


def create_order(
    ctx: Context, group: GroupID, spec: GroupSpec, reclamation: DeploymentReclamation | None
) -> Order:
    """Open the next order of a group. Raises OrderActive while its last one has not ended."""
    last = next((order for _, order in ORDERS.under(ctx, group, reverse=True)), None)
    if last is not None and last.state is not OrderState.CLOSED:
        raise OrderActive(str(last.id))
    number = 1 if last is None else last.id.oseq + 1
    id = OrderID.of(group, number)
    order = Order(id, OrderState.OPEN, spec, ctx.height, reclamation)
    ORDERS.put(ctx, id, order)
    ctx.emit(typed(pb.EventOrderCreated(id=id.to_wire())))
    return order


def bids_in(ctx: Context, order: OrderID, state: BidState) -> list[Bid]:
    """An order's bids in one state, by provider."""
    return [bid for _, bid in BIDS.index("order").under(ctx, order, state)]


def end_order(ctx: Context, order: Order) -> None:
    """End an order; one that has ended stays as it is."""
    if order.state is OrderState.CLOSED:
        return
    ORDERS.put(ctx, order.id, replace(order, state=OrderState.CLOSED))
    ctx.emit(typed(pb.EventOrderClosed(id=order.id.to_wire())))


def end_bid(ctx: Context, bid: Bid) -> None:
    """End a bid and return its deposit; one that has ended (lost or closed) stays as it is."""
    if bid.state not in (BidState.OPEN, BidState.ACTIVE):
        return
    BIDS.put(ctx, bid.id, replace(bid, state=BidState.CLOSED))
    return_deposit(ctx, bid.id)
    ctx.emit(typed(pb.EventBidClosed(id=bid.id.to_wire())))


def lose_bid(ctx: Context, bid: Bid) -> None:
    """Mark a bid that another one beat, and return its deposit. Akash emits no event here."""
    BIDS.put(ctx, bid.id, replace(bid, state=BidState.LOST))
    return_deposit(ctx, bid.id)


def return_deposit(ctx: Context, id: BidID) -> None:
    """Close a bid's escrow account; one that is closed already, or never was, needs nothing."""
    if escrow.is_open(ctx, id.escrow):
        escrow.close_account(ctx, id.escrow)


def end_lease(ctx: Context, lease: Lease, state: LeaseState, reason: int) -> None:
    """End a lease; one that has ended stays as it is. The payment is the caller's."""
    if lease.state not in LIVE:
        return
    ended = replace(lease, state=state, reason=reason, closed_on=ctx.height)
    LEASES.put(ctx, lease.id, ended)
    ctx.emit(typed(_lease_closed(lease.id, reason)))


def stop_payment(ctx: Context, id: LeaseID) -> None:
    """End a lease's payment where its account still pays; a closed account has ended it already."""
    if escrow.is_paying(ctx, id.payment):
        escrow.close_payment(ctx, id.payment)


def group_closed(
    ctx: Context, group: GroupID, state: GroupState, *, is_paying: bool = True
) -> None:
    """End a group's order with its bids and lease, because the group was closed or paused.

    Leases end as insufficient_funds when the group did; otherwise as closed by their owner, also
    on a pause (Akash's reason). `is_paying` is false when the account ended and ends its payments.
    """
    for order in _unfinished(ctx, group):
        was_active = order.state is OrderState.ACTIVE
        end_order(ctx, order)
        states = (BidState.OPEN, BidState.ACTIVE) if was_active else (BidState.OPEN,)
        for bid_state in states:
            for bid in bids_in(ctx, order.id, bid_state):
                lease = _end_with_group(ctx, bid.id, state)
                if lease is not None and is_paying:
                    stop_payment(ctx, lease)


def payment_ended(ctx: Context, ended: escrow.PaymentEnded) -> None:
    """A payment closed or ran dry on its own: end its lease, bid and order, if they still run."""
    id = LeaseID.of_payment(ended.id)
    bid = BIDS.get(ctx, id.bid)
    if bid is None or bid.state is not BidState.ACTIVE:
        return
    order, lease = ORDERS.get(ctx, id.order), LEASES.get(ctx, id)
    if order is None or lease is None:
        return
    end_order(ctx, order)
    end_bid(ctx, bid)
    if ended.overdrawn:
        end_lease(ctx, lease, LeaseState.INSUFFICIENT_FUNDS, OUT_OF_FUNDS)
    else:
        end_lease(ctx, lease, LeaseState.CLOSED, LeaseClosedReason.LEASE_CLOSED_REASON_UNSPECIFIED)


def _unfinished(ctx: Context, group: GroupID) -> Iterator[Order]:
    """The group's active order or its open one: only the last order can be unfinished."""
    last = next((order for _, order in ORDERS.under(ctx, group, reverse=True)), None)
    if last is not None and last.state is not OrderState.CLOSED:
        yield last


def _end_with_group(ctx: Context, id: BidID, state: GroupState) -> LeaseID | None:
    """End a bid and the lease it won; its id, when there is one."""
    bid = BIDS.get(ctx, id)
    if bid is None:
        return None
    end_bid(ctx, bid)
    lease = LEASES.get(ctx, id.lease)
    if lease is None:
        return None
    if state is GroupState.INSUFFICIENT_FUNDS:
        end_lease(ctx, lease, LeaseState.INSUFFICIENT_FUNDS, OUT_OF_FUNDS)
    else:
        end_lease(ctx, lease, LeaseState.CLOSED, LeaseClosedReason.LEASE_CLOSED_OWNER)
    return lease.id


def _lease_closed(id: LeaseID, reason: int) -> pb.EventLeaseClosed:
    return pb.EventLeaseClosed(
        id=id.to_wire(),
        reason=reason,  # type: ignore[arg-type]  # any number is allowed on the wire
    )


def _order_key(id: BidID) -> tuple[str, int, int, int]:
    return id.owner, id.dseq, id.gseq, id.oseq
