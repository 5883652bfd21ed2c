"""What a bid must satisfy before it is taken: every check of MsgCreateBid, in Akash's order.

Split from `market` because this is most of the marketplace's rules. It reads and never writes.
Source: node `x/market/handler/server.go` CreateBid (v2.1.0).
"""

from collections.abc import Sequence

from akashpy import match
from akashpy.chain import audit, params, provider
from akashpy.chain.market_book import BIDS, ORDERS
from akashpy.state.context import Context
from akashpy.types.coin import DecCoin
from akashpy.types.errors import ChainError
from akashpy.types.market import (
    AttributeMismatch,
    BidID,
    BidInvalidPrice,
    BidState,
    CapabilitiesMismatch,
    InvalidBid,
    Order,
    OrderActive,
    OrderClosed,
    OrderNotFound,
    OrderState,
    Params,
    ReclamationRequired,
    ReclamationWindowInvalid,
    ReclamationWindowTooShort,
    ResourceOffer,
    UnknownProvider,
)

MAX_BIDS = "market-max-bids"

COUNTED = (BidState.OPEN, BidState.ACTIVE, BidState.CLOSED)
"""States of bids that use up one of an order's places; lost bids do not."""


def check_place(ctx: Context, id: BidID, limits: Params) -> None:
    """Raises InvalidBid when the order has all the bids it takes.

    Akash compares before it adds the bid, so that one more fits; the fix takes exactly as many.
    """
    index = BIDS.index("order")
    count = sum(1 for state in COUNTED for _ in index.keys(ctx, id.order, state))
    most = limits.order_max_bids - params.is_fixed(ctx, MAX_BIDS)
    if count > most:
        raise InvalidBid(after=f"too many existing bids ({limits.order_max_bids})")


def open_order(ctx: Context, id: BidID) -> Order:
    """The order a bid is for. Raises OrderNotFound, OrderActive, OrderClosed."""
    order = ORDERS.require(ctx, id.order, OrderNotFound, str(id.order))
    if order.state is OrderState.ACTIVE:
        raise OrderActive(str(order.id))
    if order.state is OrderState.CLOSED:
        raise OrderClosed(str(order.id))
    return order


def check_price(order: Order, price: DecCoin) -> None:
    """Raises BidInvalidPrice, also for another denomination (at which Akash panics)."""
    try:
        price.validate()
    except ChainError as error:
        raise BidInvalidPrice(str(error)) from error
    reasons = match.over_price(order.spec, price)
    if reasons and reasons[0].code is match.Why.PRICE_TOO_HIGH:
        raise BidInvalidPrice  # the node names no price here (recorded)
    if reasons:
        raise BidInvalidPrice(str(reasons[0]))


def check_match(ctx: Context, order: Order, id: BidID, offers: Sequence[ResourceOffer]) -> None:
    """Does the provider fit the order?

    Raises CapabilitiesMismatch, UnknownProvider, AttributeMismatch, in that order of checks:
    the offer, the registration, the placement, the capabilities.
    """
    reasons = match.offer(order.spec, offers)
    if reasons:
        raise CapabilitiesMismatch(str(reasons[0]))
    bidder = provider.get(ctx, id.provider)
    if bidder is None:
        raise UnknownProvider(id.provider)
    signed_by = order.spec.requirements.signed_by
    audits = {}
    if signed_by.all_of or signed_by.any_of:
        audits = {one.auditor: one.attributes for one in audit.records(ctx, id.provider)}
    reasons = match.placement(order.spec, bidder.attributes, audits)
    if reasons:
        raise AttributeMismatch(str(reasons[0]))
    reasons = match.capabilities(order.spec, bidder.attributes)
    if reasons:
        raise CapabilitiesMismatch(str(reasons[0]))


def check_reclamation(limits: Params, order: Order, window: int | None) -> None:
    """Is the notice a provider promises long enough? `window` is in nanoseconds.

    Raises ReclamationRequired, ReclamationWindowTooShort, ReclamationWindowInvalid.
    """
    if order.reclamation is not None:
        if window is None:
            raise ReclamationRequired(str(order.id))
        if window < order.reclamation.min_window:
            raise ReclamationWindowTooShort(f"{window} ns < {order.reclamation.min_window} ns")
    if window is None:
        return
    least, most = limits.min_reclamation_window, limits.max_reclamation_window
    if not least <= window <= most:
        raise ReclamationWindowInvalid(f"{window} ns is not within {least} and {most} ns")
