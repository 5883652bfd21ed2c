"""Messages that make vesting accounts: coins sent to a new account that unlock over time.

The locks themselves are part of an account (`types/vesting.py`) and are kept by the bank; this
module only makes such accounts. It has no state of its own and must not know who delegates.
Source: Cosmos SDK 0.53 x/auth/vesting msg_server.
"""

from collections.abc import Iterable

from akashpy import wire
from akashpy.chain import auth, bank
from akashpy.chain.module import Handler, Module
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.errors import ChainError, InvalidAddress, InvalidCoins, InvalidRequest
from akashpy.types.vesting import Kind, Vesting, end_of_periods, periods_from_wire
from akashpy.wire import vesting as pb

SECOND = 10**9


def create_vesting_account(
    ctx: Context, msg: pb.MsgCreateVestingAccount
) -> pb.MsgCreateVestingAccountResponse:
    """Send coins to a new account; they unlock evenly until `end_time`, or at once then.

    Raises InvalidAddress, InvalidCoins, InvalidRequest, SendDisabled, Unauthorized,
    InsufficientFunds.
    """
    # LOAD
    sender, to = _parties(msg.from_address, msg.to_address)
    coins = _positive(msg.amount)
    # CHECK
    if msg.end_time <= 0:
        raise InvalidRequest("invalid end time")
    bank.require_send_enabled(ctx, coins)
    _require_new(ctx, to, msg.to_address)
    if msg.delayed:
        vesting = Vesting(Kind.DELAYED, coins, end=msg.end_time)
    else:
        vesting = Vesting(Kind.CONTINUOUS, coins, ctx.time // SECOND, msg.end_time)
    # APPLY, EMIT: a continuous account may end before it starts; nothing is ever locked then
    auth.create(ctx, to, vesting)
    bank.send(ctx, sender, to, coins)
    return pb.MsgCreateVestingAccountResponse()


def create_permanent_locked_account(
    ctx: Context, msg: pb.MsgCreatePermanentLockedAccount
) -> pb.MsgCreatePermanentLockedAccountResponse:
    """Send coins to a new account that may delegate them but never spend them.

    Raises InvalidAddress, InvalidCoins, SendDisabled, Unauthorized, InvalidRequest,
    InsufficientFunds.
    """
    # LOAD
    sender, to = _parties(msg.from_address, msg.to_address)
    coins = _positive(msg.amount)
    # CHECK
    bank.require_send_enabled(ctx, coins)
    _require_new(ctx, to, msg.to_address)
    # APPLY, EMIT
    auth.create(ctx, to, Vesting(Kind.PERMANENT, coins))
    bank.send(ctx, sender, to, coins)
    return pb.MsgCreatePermanentLockedAccountResponse()


def create_periodic_vesting_account(
    ctx: Context, msg: pb.MsgCreatePeriodicVestingAccount
) -> pb.MsgCreatePeriodicVestingAccountResponse:
    """Send coins to a new account; each period's amount unlocks when the period ends.

    Raises InvalidAddress, InvalidRequest, InvalidCoins, Unauthorized, SendDisabled,
    InsufficientFunds.
    """
    # LOAD
    sender, to = _parties(msg.from_address, msg.to_address)
    if msg.start_time < 1:
        raise InvalidRequest(
            f"invalid start time of {msg.start_time}, length must be greater than 0"
        )
    coins = Coins.EMPTY
    for number, period in enumerate(msg.vesting_periods):
        if period.length < 1:
            raise InvalidRequest(
                f"invalid period length of {period.length} in period {number}, "
                "length must be greater than 0"
            )
        coins = coins + _positive(period.amount)
    # CHECK
    _require_new(ctx, to, msg.to_address)
    bank.require_send_enabled(ctx, coins)
    periods = periods_from_wire(msg.vesting_periods)
    end = end_of_periods(msg.start_time, periods)
    vesting = Vesting(Kind.PERIODIC, coins, msg.start_time, end, periods)
    try:
        vesting.validate()
    except ChainError as error:
        raise InvalidRequest(str(error)) from error
    # APPLY, EMIT
    auth.create(ctx, to, vesting)
    bank.send(ctx, sender, to, coins)
    return pb.MsgCreatePeriodicVestingAccountResponse()


def _parties(sender: str, to: str) -> tuple[bytes, bytes]:
    return _address(sender, "from"), _address(to, "to")


def _address(text: str, which: str) -> bytes:
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise InvalidAddress(f"invalid '{which}' address: {error.detail}") from error


def _positive(amounts: Iterable[wire.Coin]) -> Coins:
    coins = Coins.from_wire(amounts)
    if not coins:
        raise InvalidCoins.around("")
    return coins


def _require_new(ctx: Context, to: bytes, text: str) -> None:
    bank.require_receiver(to, text)
    if auth.has_account(ctx, to):
        raise InvalidRequest(f"account {text} already exists")


_URL = "/cosmos.vesting.v1beta1."
MODULE = Module(
    name="vesting",
    handlers={
        f"{_URL}MsgCreateVestingAccount": Handler(None, create_vesting_account),
        f"{_URL}MsgCreatePermanentLockedAccount": Handler(None, create_permanent_locked_account),
        f"{_URL}MsgCreatePeriodicVestingAccount": Handler(None, create_periodic_vesting_account),
    },
)
