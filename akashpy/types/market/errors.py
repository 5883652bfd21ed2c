"""Refusals of the codespace `market`. Source: chain-sdk `go/node/market/v1` errors."""

from akashpy.types.errors import ChainError, Status


class MarketError(ChainError, codespace="market", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `market`."""


class EmptyProvider(MarketError, code=1, text="empty provider"): ...


class SameAccount(MarketError, code=2, text="owner and provider are the same account"): ...


class Internal(MarketError, code=3, text="internal error", status=Status.INTERNAL): ...


class BidOverOrder(MarketError, code=4, text="bid price above max order price"): ...


class AttributeMismatch(MarketError, code=5, text="attribute mismatch"): ...


class UnknownBid(MarketError, code=6, text="unknown bid", status=Status.NOT_FOUND): ...


class UnknownLease(MarketError, code=7, text="unknown lease", status=Status.NOT_FOUND): ...


class UnknownLeaseForBid(
    MarketError, code=8, text="unknown lease for bid", status=Status.NOT_FOUND
): ...


class UnknownOrderForBid(
    MarketError, code=9, text="unknown order for bid", status=Status.NOT_FOUND
): ...


class LeaseNotActive(
    MarketError, code=10, text="lease not active", status=Status.FAILED_PRECONDITION
): ...


class BidNotActive(
    MarketError, code=11, text="bid not active", status=Status.FAILED_PRECONDITION
): ...


class BidNotOpen(MarketError, code=12, text="bid not open", status=Status.FAILED_PRECONDITION): ...


class OrderNotOpen(
    MarketError, code=13, text="bid: order not open", status=Status.FAILED_PRECONDITION
): ...


class NoLeaseForOrder(MarketError, code=14, text="no lease for order", status=Status.NOT_FOUND): ...


class OrderNotFound(
    MarketError, code=15, text="invalid order: order not found", status=Status.NOT_FOUND
): ...


class GroupNotFound(MarketError, code=16, text="group not found", status=Status.NOT_FOUND): ...


class GroupNotOpen(
    MarketError, code=17, text="group not open", status=Status.FAILED_PRECONDITION
): ...


class BidNotFound(
    MarketError, code=18, text="invalid bid: bid not found", status=Status.NOT_FOUND
): ...


class BidZeroPrice(MarketError, code=19, text="invalid bid: zero price"): ...


class LeaseNotFound(
    MarketError, code=20, text="invalid lease: lease not found", status=Status.NOT_FOUND
): ...


class BidExists(
    MarketError, code=21, text="invalid bid: bid exists from provider", status=Status.ALREADY_EXISTS
): ...


class BidInvalidPrice(MarketError, code=22, text="bid price is invalid"): ...


class OrderActive(MarketError, code=23, text="order active", status=Status.FAILED_PRECONDITION): ...


class OrderClosed(MarketError, code=24, text="order closed", status=Status.FAILED_PRECONDITION): ...


class OrderExists(
    MarketError, code=25, text="order already exists in store", status=Status.ALREADY_EXISTS
): ...


class OrderDurationExceeded(
    MarketError,
    code=26,
    text="order duration has exceeded the bidding duration",
    status=Status.FAILED_PRECONDITION,
): ...


class OrderTooEarly(
    MarketError,
    code=27,
    text="order: chain height to low for bidding",
    status=Status.FAILED_PRECONDITION,
): ...


class InvalidDeposit(MarketError, code=28, text="deposit invalid"): ...


class InvalidParam(MarketError, code=29, text="parameter invalid"): ...


class UnknownProvider(MarketError, code=30, text="unknown provider", status=Status.NOT_FOUND): ...


class InvalidBid(MarketError, code=31, text="invalid bid"): ...


class CapabilitiesMismatch(MarketError, code=32, text="capabilities mismatch"): ...


class InvalidLeaseClosedReason(MarketError, code=33, text="invalid lease closed reason"): ...


class InvalidEscrowID(MarketError, code=34, text="invalid escrow id"): ...


class LeaseNotReclamable(
    MarketError,
    code=35,
    text="lease does not have reclamation configured",
    status=Status.FAILED_PRECONDITION,
): ...


class LeaseAlreadyReclaiming(
    MarketError, code=36, text="reclamation already in progress", status=Status.FAILED_PRECONDITION
): ...


class ReclamationNotStarted(
    MarketError,
    code=37,
    text="reclamation not started; call MsgLeaseStartReclaim first",
    status=Status.FAILED_PRECONDITION,
): ...


class ReclamationWindowNotElapsed(
    MarketError,
    code=38,
    text="reclamation window has not elapsed",
    status=Status.FAILED_PRECONDITION,
): ...


class ReclamationWindowInvalid(
    MarketError, code=39, text="reclamation window outside governance bounds"
): ...


class ReclamationRequired(
    MarketError, code=40, text="order requires reclamation but bid does not offer it"
): ...


class ReclamationWindowTooShort(
    MarketError, code=41, text="reclamation window shorter than order minimum"
): ...
