"""The feegrant module's vocabulary: fees that one account pays for another.

The three kinds of allowance, what each must be before any state is read, and errors, shared by
chain, node, client and provider. It must not know state, nor how an allowance is used up
(`chain/feegrant_use.py`). Source: SDK 0.53 `x/feegrant`.
"""

from google.protobuf.any_pb2 import Any as Packed

from akashpy import wire
from akashpy.types.authz import MAX_DEPTH, moment
from akashpy.types.coin import Coin, problem, text_of
from akashpy.types.duration import nanoseconds
from akashpy.types.errors import ChainError, InvalidCoins, TxDecode
from akashpy.wire import feegrant as pb


class FeegrantError(ChainError, codespace="feegrant"):
    """A refusal of the codespace `feegrant`."""


class FeeLimitExceeded(FeegrantError, code=2, text="fee limit exceeded"): ...


class FeeLimitExpired(FeegrantError, code=3, text="fee allowance expired"): ...


class InvalidDuration(FeegrantError, code=4, text="invalid duration"): ...


class NoAllowance(FeegrantError, code=5, text="no allowance"): ...


class NoMessages(FeegrantError, code=6, text="allowed messages are empty"): ...


class MessageNotAllowed(FeegrantError, code=7, text="message not allowed"): ...


Allowance = pb.BasicAllowance | pb.PeriodicAllowance | pb.AllowedMsgAllowance
KINDS = (pb.BasicAllowance, pb.PeriodicAllowance, pb.AllowedMsgAllowance)
KIND_URLS = tuple(wire.type_url(kind) for kind in KINDS)
"""Type URLs of every kind; any other is refused."""

MAX_PERIOD = 2**63 - 1
"""Nanoseconds of the longest period, as Go's durations hold."""


def unpack_allowance(packed: Packed) -> Allowance:
    """The allowance in an Any. Raises TxDecode when it is of no known kind or unreadable."""
    if packed.type_url not in KIND_URLS:
        raise TxDecode(
            f"no concrete type registered for type URL {packed.type_url} "
            "against interface *feegrant.FeeAllowanceI"
        )
    try:
        found = wire.unpack(packed)
    except wire.WireError as error:
        raise TxDecode(str(error)) from error
    assert isinstance(found, KINDS)
    return found


def allowance_of(msg: pb.Grant | pb.MsgGrantAllowance | pb.AllowedMsgAllowance) -> Allowance:
    """The allowance that a message holds. Raises NoAllowance when there is none, TxDecode."""
    if not msg.allowance.type_url:
        raise NoAllowance("failed to get allowance")
    return unpack_allowance(msg.allowance)


def basic_of(allowance: Allowance) -> pb.BasicAllowance:
    """The basic allowance at the bottom of any kind. Raises NoAllowance, TxDecode."""
    while isinstance(allowance, pb.AllowedMsgAllowance):
        allowance = allowance_of(allowance)
    return allowance.basic if isinstance(allowance, pb.PeriodicAllowance) else allowance


def expiration_of(allowance: Allowance) -> int | None:
    """When an allowance ends, in unix nanoseconds; None: never."""
    basic = basic_of(allowance)
    return moment(basic.expiration) if basic.HasField("expiration") else None


def validate_grant_message(msg: pb.MsgGrantAllowance) -> None:
    """Only that the allowance can be read, as a decoder does. Raises TxDecode."""
    if msg.allowance.type_url:
        _require_readable(msg.allowance)


def _require_readable(packed: Packed) -> None:
    """Walk down to the innermost allowance. Raises TxDecode."""
    for _ in range(MAX_DEPTH - 1):
        found = unpack_allowance(packed)
        if not isinstance(found, pb.AllowedMsgAllowance):
            expiration_of(found)
            if isinstance(found, pb.PeriodicAllowance):
                moment(found.period_reset)
                if abs(nanoseconds(found.period)) > MAX_PERIOD:
                    raise TxDecode(f"duration: {found.period.seconds}s is out of range")
            return
        if not found.allowance.type_url:
            return
        packed = found.allowance
    raise TxDecode("max depth exceeded")


def validate_allowance(allowance: Allowance) -> None:
    """What an allowance must be before it is given.

    Raises NoAllowance, NoMessages, InvalidCoins, InvalidDuration.
    """
    while isinstance(allowance, pb.AllowedMsgAllowance):
        if not allowance.HasField("allowance"):
            raise NoAllowance("allowance should not be empty")
        if not allowance.allowed_messages:
            raise NoMessages("allowed messages shouldn't be empty")
        allowance = allowance_of(allowance)
    if isinstance(allowance, pb.BasicAllowance):
        _validate_basic(allowance)
    else:
        _validate_periodic(allowance)


def _validate_basic(basic: pb.BasicAllowance) -> None:
    limit = [Coin.from_wire(coin) for coin in basic.spend_limit]
    if problem(limit):
        raise InvalidCoins(f"send amount is invalid: {text_of(limit)}")
    if basic.HasField("expiration") and basic.expiration.seconds < 0:
        raise InvalidDuration("expiration time cannot be negative")


def _validate_periodic(allowance: pb.PeriodicAllowance) -> None:
    _validate_basic(allowance.basic)
    limit = [Coin.from_wire(coin) for coin in allowance.period_spend_limit]
    left = [Coin.from_wire(coin) for coin in allowance.period_can_spend]
    if problem(limit):
        raise InvalidCoins(f"spend amount is invalid: {text_of(limit)}")
    if not limit:
        raise InvalidCoins("spend limit must be positive")
    if problem(left):
        raise InvalidCoins(f"can spend amount is invalid: {text_of(left)}")
    total = {coin.denom for coin in allowance.basic.spend_limit}
    if total and not {coin.denom for coin in limit} <= total:
        raise InvalidCoins("period spend limit has different currency than basic spend limit")
    if nanoseconds(allowance.period) < 0:
        raise InvalidDuration("negative clock step")
