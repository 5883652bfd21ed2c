"""The checks of market's messages that need no state."""

from akashpy.types.address import Address
from akashpy.types.coin import DecCoin
from akashpy.types.deployment import validate_authority
from akashpy.types.deposit import Deposit
from akashpy.types.market.errors import (
    BidZeroPrice,
    InvalidLeaseClosedReason,
    ReclamationWindowInvalid,
    SameAccount,
)
from akashpy.types.market.ids import BidID, LeaseID
from akashpy.types.market.records import Params, reclamation_window_from_wire
from akashpy.wire import market as wire

PROVIDER_REASONS = range(10_000, 20_000)
"""Numbers of the reasons that a provider may give."""


def validate_create_bid(msg: wire.MsgCreateBid) -> None:
    """What MsgCreateBid must be before any state is read, in Akash's order.

    Raises InvalidAddress, InvalidSequence, Conflict, PlainError, InvalidDepositSource,
    SameAccount, BidZeroPrice, ReclamationWindowInvalid.
    """
    id = BidID.from_wire(msg.id)
    id.validate()
    Deposit.from_wire(msg.deposit).validate()
    if Address.parse(id.provider).raw == Address.parse(id.owner).raw:
        raise SameAccount
    if DecCoin.from_wire(msg.price).amount.is_zero:
        raise BidZeroPrice
    window = reclamation_window_from_wire(msg)
    if window is not None and window < 0:
        raise ReclamationWindowInvalid


def validate_close_bid(msg: wire.MsgCloseBid) -> None:
    """Raises what a bid id's `validate` raises, and InvalidLeaseClosedReason."""
    BidID.from_wire(msg.id).validate()
    validate_provider_reason(msg.reason)


def validate_create_lease(msg: wire.MsgCreateLease) -> None:
    """Raises what a bid id's `validate` raises."""
    BidID.from_wire(msg.bid_id).validate()


def validate_withdraw_lease(msg: wire.MsgWithdrawLease) -> None:
    """Raises what a lease id's `validate` raises."""
    LeaseID.from_wire(msg.id).validate()


def validate_close_lease(msg: wire.MsgCloseLease) -> None:
    """Raises what a lease id's `validate` raises."""
    LeaseID.from_wire(msg.id).validate()


def validate_lease_start_reclaim(msg: wire.MsgLeaseStartReclaim) -> None:
    """Raises what a lease id's `validate` raises, and InvalidLeaseClosedReason."""
    LeaseID.from_wire(msg.id).validate()
    validate_provider_reason(msg.reason)


def validate_update_params(msg: wire.MsgUpdateParams) -> None:
    """Raises PlainError for the authority's text, and what the parameters' `validate` raises."""
    validate_authority(msg.authority)
    Params.from_wire(msg.params).validate()


def validate_provider_reason(reason: int) -> None:
    """Raises InvalidLeaseClosedReason for a reason that is not a provider's to give."""
    if reason not in PROVIDER_REASONS:
        raise InvalidLeaseClosedReason(f'value "{reason}" range 10000..19999')
