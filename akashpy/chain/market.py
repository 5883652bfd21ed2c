"""The market: providers bid on orders, tenants choose, leases run and end.

Handlers of the market's messages. The book itself and the ways things end are in `market_book`,
the checks of a bid in `market_bid`; money is escrow's. It must not know deployments, only groups.
Source: node `x/market/handler/server.go` (v2.1.0).
"""

from dataclasses import replace

from akashpy import wire
from akashpy.chain import escrow, group, params
from akashpy.chain.gov import require_authority
from akashpy.chain.market_bid import (
    check_match,
    check_place,
    check_price,
    check_reclamation,
    open_order,
)
from akashpy.chain.market_book import (
    BIDS,
    LEASES,
    LIVE,
    ORDERS,
    bids_in,
    create_order,
    end_bid,
    end_lease,
    end_order,
    lose_bid,
    payment_ended,
    stop_payment,
)
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import record
from akashpy.state.collections import Item
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import DecCoin
from akashpy.types.deployment import GroupState
from akashpy.types.deposit import Deposit
from akashpy.types.duration import SECOND
from akashpy.types.escrow import Scope
from akashpy.types.events import typed
from akashpy.types.market import (
    Bid,
    BidExists,
    BidID,
    BidNotActive,
    BidNotFound,
    BidNotOpen,
    BidState,
    GroupNotFound,
    GroupNotOpen,
    InvalidBid,
    InvalidParam,
    Lease,
    LeaseAlreadyReclaiming,
    LeaseClosedReason,
    LeaseID,
    LeaseNotActive,
    LeaseNotFound,
    LeaseNotReclamable,
    LeaseState,
    Order,
    OrderClosed,
    OrderNotFound,
    OrderNotOpen,
    OrderState,
    Params,
    Reclamation,
    ReclamationNotStarted,
    ReclamationWindowNotElapsed,
    ResourceOffer,
    UnknownBid,
    UnknownLease,
    UnknownLeaseForBid,
    UnknownOrderForBid,
    reclamation_window_from_wire,
    validate_close_bid,
    validate_close_lease,
    validate_create_bid,
    validate_create_lease,
    validate_lease_start_reclaim,
    validate_update_params,
    validate_withdraw_lease,
)
from akashpy.wire import market as pb

__all__ = ["BIDS", "LEASES", "LIVE", "MODULE", "ORDERS", "PARAMS", "get_params"]

LOSING_BIDS = "market-losing-bids"
PARAMS: Item[Params] = Item("market", b"\x01", record(Params))


def get_params(ctx: Context) -> Params:
    """The market's parameters."""
    return PARAMS.require(ctx, InvalidParam, "market parameters are not set: import a genesis")


# BIDS


def create_bid(ctx: Context, msg: pb.MsgCreateBid) -> pb.MsgCreateBidResponse:
    """Offer a price per block on an open order and lock the bid's deposit.

    Raises InvalidDeposit, InvalidBid, OrderNotFound, OrderActive, OrderClosed, BidInvalidPrice,
    CapabilitiesMismatch, UnknownProvider, AttributeMismatch, ReclamationRequired,
    ReclamationWindowTooShort, ReclamationWindowInvalid, BidExists.
    """
    # LOAD
    id, price = BidID.from_wire(msg.id), DecCoin.from_wire(msg.price)
    deposit = Deposit.from_wire(msg.deposit)
    window = reclamation_window_from_wire(msg)
    offers = tuple(ResourceOffer.from_wire(one) for one in msg.resources_offer)
    limits = get_params(ctx)
    # CHECK
    limits.validate_deposit(deposit)
    check_place(ctx, id, limits)
    order = open_order(ctx, id)
    check_price(order, price)
    check_match(ctx, order, id, offers)
    deposits = escrow.authorize(ctx, Address.parse(id.provider), deposit, Scope.BID)
    check_reclamation(limits, order, window)
    if BIDS.has(ctx, id):
        raise BidExists(str(id))
    # APPLY
    bid = Bid(id, BidState.OPEN, price, ctx.height, offers, window)
    BIDS.put(ctx, id, bid)
    ctx.emit(typed(pb.EventBidCreated(id=id.to_wire(), price=price.to_wire())))
    escrow.create_account(ctx, id.escrow, Address.parse(id.provider), deposits)
    return pb.MsgCreateBidResponse()


def close_bid(ctx: Context, msg: pb.MsgCloseBid) -> pb.MsgCloseBidResponse:
    """A provider takes its bid back, or gives up the lease it won; then the group pauses.

    Raises UnknownBid, UnknownOrderForBid, UnknownLeaseForBid, ReclamationNotStarted,
    ReclamationWindowNotElapsed, LeaseNotActive, BidNotActive.
    """
    # LOAD
    id, reason = BidID.from_wire(msg.id), LeaseClosedReason.of(msg.reason)
    bid = BIDS.require(ctx, id, UnknownBid, str(id))
    order = ORDERS.require(ctx, id.order, UnknownOrderForBid, str(id.order))
    if bid.state is BidState.OPEN:
        end_bid(ctx, bid)
        return pb.MsgCloseBidResponse()
    lease = LEASES.require(ctx, id.lease, UnknownLeaseForBid, str(id))
    # CHECK
    _check_may_close(ctx, lease)
    if bid.state is not BidState.ACTIVE:
        raise BidNotActive(str(id))
    taken = group.require(ctx, id.group)
    # APPLY
    group.pause(ctx, taken)
    end_lease(ctx, lease, LeaseState.CLOSED, reason)
    end_bid(ctx, bid)
    end_order(ctx, order)
    stop_payment(ctx, lease.id)
    return pb.MsgCloseBidResponse()


def _check_may_close(ctx: Context, lease: Lease) -> None:
    """A provider that promised notice must have given it, and its time must be over."""
    if lease.state is LeaseState.ACTIVE:
        if lease.reclamation is not None:
            raise ReclamationNotStarted(str(lease.id))
    elif lease.state is LeaseState.RECLAIMING:
        if lease.reclamation is not None and ctx.time // SECOND < lease.reclamation.deadline:
            raise ReclamationWindowNotElapsed(f"{lease.id} until {lease.reclamation.deadline}")
    else:
        raise LeaseNotActive(str(lease.id))


# LEASES


def create_lease(ctx: Context, msg: pb.MsgCreateLease) -> pb.MsgCreateLeaseResponse:
    """A tenant takes a bid: its payment starts in this block, the other bids are refunded.

    Raises BidNotFound, BidNotOpen, OrderNotFound, OrderNotOpen, GroupNotFound, GroupNotOpen, and
    what escrow.create_payment raises.
    """
    # LOAD
    id = BidID.from_wire(msg.bid_id)
    bid = BIDS.require(ctx, id, BidNotFound, str(id))
    # CHECK
    if bid.state is not BidState.OPEN:
        raise BidNotOpen(f"{id} is {bid.state.name.lower()}")
    order = ORDERS.require(ctx, id.order, OrderNotFound, str(id.order))
    if order.state is not OrderState.OPEN:
        raise OrderNotOpen(f"{order.id} is {order.state.name.lower()}")
    wanted = group.GROUPS.require(ctx, id.group, GroupNotFound, str(id.group))
    if wanted.state is not GroupState.OPEN:
        raise GroupNotOpen(f"{wanted.id} is {wanted.state.name.lower()}")
    # APPLY
    payee = Address.parse(id.provider)
    escrow.create_payment(ctx, id.lease.payment, payee, bid.price)
    notice = None if bid.reclamation_window is None else Reclamation(bid.reclamation_window)
    lease = Lease(id.lease, LeaseState.ACTIVE, bid.price, ctx.height, reclamation=notice)
    LEASES.put(ctx, lease.id, lease)
    ctx.emit(typed(pb.EventLeaseCreated(id=lease.id.to_wire(), price=bid.price.to_wire())))
    ORDERS.put(ctx, order.id, replace(order, state=OrderState.ACTIVE))
    BIDS.put(ctx, id, replace(bid, state=BidState.ACTIVE))
    losers = bids_in(ctx, order.id, BidState.OPEN)
    if not params.is_fixed(ctx, LOSING_BIDS):
        # Akash's loop stops at an error of its own hook after the first loser is refunded.
        losers = losers[:1]
    for loser in losers:
        lose_bid(ctx, loser)
    return pb.MsgCreateLeaseResponse()


def close_lease(ctx: Context, msg: pb.MsgCloseLease) -> pb.MsgCloseLeaseResponse:
    """A tenant ends a lease; its group, when still open, is offered again as a new order.

    The message's reason is ignored: the lease ends as closed by its owner. Raises OrderNotFound,
    OrderClosed, BidNotFound, BidNotActive, LeaseNotFound, and what escrow.close_payment raises.
    """
    # LOAD and CHECK
    id = LeaseID.from_wire(msg.id)
    order = ORDERS.require(ctx, id.order, OrderNotFound, str(id.order))
    if order.state is not OrderState.ACTIVE:
        raise OrderClosed(str(order.id))
    bid = BIDS.require(ctx, id.bid, BidNotFound, str(id))
    if bid.state is not BidState.ACTIVE:
        raise BidNotActive(str(id))
    lease = LEASES.require(ctx, id, LeaseNotFound, str(id))
    if lease.state not in LIVE:
        raise OrderClosed(str(order.id))
    # APPLY
    end_lease(ctx, lease, LeaseState.CLOSED, LeaseClosedReason.LEASE_CLOSED_OWNER)
    end_bid(ctx, bid)
    end_order(ctx, order)
    escrow.close_payment(ctx, id.payment)
    left = group.GROUPS.get(ctx, id.group)
    if left is not None and left.state is GroupState.OPEN:
        create_order(ctx, left.id, left.spec, order.reclamation)
    return pb.MsgCloseLeaseResponse()


def withdraw_lease(ctx: Context, msg: pb.MsgWithdrawLease) -> pb.MsgWithdrawLeaseResponse:
    """A provider takes what a lease has earned so far.

    Raises UnknownLease, and what escrow.withdraw_payment raises.
    """
    id = LeaseID.from_wire(msg.id)
    LEASES.require(ctx, id, UnknownLease, str(id))
    escrow.withdraw_payment(ctx, id.payment)
    return pb.MsgWithdrawLeaseResponse()


def start_reclaim(ctx: Context, msg: pb.MsgLeaseStartReclaim) -> pb.MsgLeaseStartReclaimResponse:
    """A provider gives the notice it promised; the lease runs and is paid until the deadline.

    Raises UnknownLease, LeaseNotActive, LeaseNotReclamable, LeaseAlreadyReclaiming.
    """
    # LOAD
    id, reason = LeaseID.from_wire(msg.id), LeaseClosedReason.of(msg.reason)
    lease = LEASES.require(ctx, id, UnknownLease, str(id))
    # CHECK
    if lease.state is not LeaseState.ACTIVE:
        raise LeaseNotActive(str(id))
    if lease.reclamation is None:
        raise LeaseNotReclamable(str(id))
    if lease.reclamation.started_at:
        raise LeaseAlreadyReclaiming(str(id))
    # APPLY
    deadline = (ctx.time + lease.reclamation.window) // SECOND
    notice = Reclamation(lease.reclamation.window, ctx.height, deadline, reason)
    LEASES.put(ctx, id, replace(lease, state=LeaseState.RECLAIMING, reclamation=notice))
    ctx.emit(
        typed(pb.EventLeaseReclaimStarted(id=id.to_wire(), reason=msg.reason, deadline=deadline))
    )
    return pb.MsgLeaseStartReclaimResponse()


# PARAMETERS AND GENESIS


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, InvalidParam."""
    require_authority(msg.authority)
    new = Params.from_wire(msg.params)
    new.validate()
    PARAMS.put(ctx, new)
    return pb.MsgUpdateParamsResponse()


def default_genesis(preset: str) -> JsonState:
    """No orders, Akash's default parameters."""
    del preset
    return wire.to_json(pb.GenesisState(params=Params().to_wire()))


def validate_genesis(state: JsonState) -> None:
    """Raises InvalidParam, what ids raise, and InvalidBid for anything named twice."""
    genesis = wire.from_json(pb.GenesisState, state)
    Params.from_wire(genesis.params).validate()
    orders = map(Order.from_wire, genesis.orders)
    bids, leases = map(Bid.from_wire, genesis.bids), map(Lease.from_wire, genesis.leases)
    for kind, records in (("order", orders), ("bid", bids), ("lease", leases)):
        seen = set()
        for one in records:
            one.id.validate()
            if one.id in seen:
                raise InvalidBid(f"duplicate {kind} {one.id}")
            seen.add(one.id)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store parameters, orders, bids and leases."""
    genesis = wire.from_json(pb.GenesisState, state)
    PARAMS.put(ctx, Params.from_wire(genesis.params))
    for order in map(Order.from_wire, genesis.orders):
        ORDERS.put(ctx, order.id, order)
    for bid in map(Bid.from_wire, genesis.bids):
        BIDS.put(ctx, bid.id, bid)
    for lease in map(Lease.from_wire, genesis.leases):
        LEASES.put(ctx, lease.id, lease)


def export_genesis(ctx: Context) -> JsonState:
    """Everything `init_genesis` reads."""
    return wire.to_json(
        pb.GenesisState(
            params=get_params(ctx).to_wire(),
            orders=[order.to_wire() for _, order in ORDERS.under(ctx)],
            leases=[lease.to_wire() for _, lease in LEASES.under(ctx)],
            bids=[bid.to_wire() for _, bid in BIDS.under(ctx)],
        )
    )


def _live_leases_are_whole(ctx: Context) -> str | None:
    """A live lease has an active order and bid, and a payment that runs."""
    for state in LIVE:
        for id, _ in LEASES.index("state").under(ctx, state):
            order, bid = ORDERS.get(ctx, id.order), BIDS.get(ctx, id.bid)
            if order is None or order.state is not OrderState.ACTIVE:
                return f"lease {id} is {state.name}, its order is not active"
            if bid is None or bid.state is not BidState.ACTIVE:
                return f"lease {id} is {state.name}, its bid is not active"
            if not escrow.is_paying(ctx, id.payment):
                return f"lease {id} is {state.name}, its payment is not open"
    return None


_V = "/akash.market.v1beta5."

MODULE = Module(
    name="market",
    handlers={
        _V + "MsgCreateBid": Handler(validate_create_bid, create_bid),
        _V + "MsgCloseBid": Handler(validate_close_bid, close_bid),
        _V + "MsgCreateLease": Handler(validate_create_lease, create_lease),
        _V + "MsgCloseLease": Handler(validate_close_lease, close_lease),
        _V + "MsgWithdrawLease": Handler(validate_withdraw_lease, withdraw_lease),
        _V + "MsgLeaseStartReclaim": Handler(validate_lease_start_reclaim, start_reclaim),
        _V + "MsgUpdateParams": Handler(validate_update_params, update_params),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    subscribers={escrow.PaymentEnded: payment_ended},
    invariants=(_live_leases_are_whole,),
)
