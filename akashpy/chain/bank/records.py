"""What the bank keeps: balances, supply, metadata and whether messages may move a denomination.

Rows and reads; who moves coins is `moves`. It must not know messages.
"""

from collections.abc import Iterator
from functools import lru_cache

from akashpy.chain import auth
from akashpy.state.codecs import Int, Presence, Raw, RawBytes, Str, message
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.bank import SendDisabled
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import InsufficientFunds, PlainError, Unauthorized
from akashpy.wire import bank as pb

STORE = "bank"
SUPPLY = Map(STORE, b"\x00", Str, Int)
METADATA = Map(STORE, b"\x01", Str, message(pb.Metadata))
BALANCES: Map[tuple[bytes, str], int] = Map(STORE, b"\x02", (Raw, Str), Int)
"""(owner, denom) -> amount in base units; never zero, never negative."""
HOLDERS: Map[tuple[str, bytes], bool] = Map(STORE, b"\x03", (Str, Raw), Presence)
"""(denom, owner) of every balance, for the query DenomOwners."""
SEND_ENABLED = Map(STORE, b"\x04", Str, RawBytes)
PARAMS = Item(STORE, b"\x05", RawBytes)
BALANCE_PREFIX = b"bank/\x02"
YES, NO = b"\x01", b"\x00"
SECOND = 10**9
"""Nanoseconds; vesting counts in whole seconds of block time."""


def balance(ctx: Context, owner: bytes, denom: str) -> int:
    """Base units of `denom` that `owner` holds."""
    row = ctx.get(balance_key(owner, denom))
    return int(row) if row else 0


def spendable(ctx: Context, owner: bytes, denom: str) -> int:
    """Base units of `denom` that `owner` may spend now."""
    held = balance(ctx, owner, denom)
    return max(held - locked(ctx, owner).amount_of(denom), 0)


def spendable_coins(ctx: Context, owner: bytes) -> Coins:
    """All that `owner` may spend now; nothing when any denomination has more locked than held."""
    try:
        return balances(ctx, owner).subtract(locked(ctx, owner))
    except InsufficientFunds:
        return Coins.EMPTY


def locked(ctx: Context, owner: bytes) -> Coins:
    """What `owner` holds but may not spend yet. Source: SDK x/bank LockedCoins."""
    account = auth.account(ctx, owner)
    if account is None or account.vesting is None:
        return Coins.EMPTY
    return account.vesting.locked(ctx.time // SECOND)


def balances(ctx: Context, owner: bytes) -> Coins:
    """All that `owner` holds."""
    return Coins(Coin(key[1], amount) for key, amount in BALANCES.under(ctx, owner))


def supply(ctx: Context, denom: str) -> int:
    """Base units of `denom` in existence."""
    return SUPPLY.get(ctx, denom) or 0


def set_supply(ctx: Context, denom: str, amount: int) -> None:
    """Set the base units of `denom` in existence."""
    if amount:
        SUPPLY.put(ctx, denom, amount)
    else:
        SUPPLY.remove(ctx, denom)


def holdings(ctx: Context) -> Iterator[tuple[bytes, str, int]]:
    """Every balance as (owner, denom, amount), in order of owners."""
    for key, amount in BALANCES.under(ctx):
        yield key[0], key[1], amount


def is_send_enabled(ctx: Context, denom: str) -> bool:
    """Whether messages may move `denom` between accounts."""
    entry = SEND_ENABLED.get(ctx, denom)
    if entry is not None:
        return entry == YES
    return params(ctx).default_send_enabled


def require_send_enabled(ctx: Context, coins: Coins) -> None:
    """Raises SendDisabled for the first coin that messages may not move."""
    for coin in coins:
        if not is_send_enabled(ctx, coin.denom):
            raise SendDisabled(f"{coin.denom} transfers are currently disabled")


def require_receiver(to: bytes, text: str) -> None:
    """Raises Unauthorized for a module's account; `text` is the address as the message has it."""
    if to in auth.BLOCKED:
        raise Unauthorized(f"{text} is not allowed to receive funds")


def params(ctx: Context) -> pb.Params:
    """The bank parameters. Do not change the answer."""
    return _params(PARAMS.get(ctx) or b"")


def validate_params(value: pb.Params) -> None:
    """Raises PlainError for what the SDK took out of the parameters."""
    if value.send_enabled:
        raise PlainError("use of send_enabled in params is no longer supported")


@lru_cache(maxsize=16)
def _params(row: bytes) -> pb.Params:
    return pb.Params.FromString(row)


@lru_cache(maxsize=100_000)
def balance_key(owner: bytes, denom: str) -> bytes:
    """The physical key of a balance's row."""
    return BALANCE_PREFIX + bytes((len(owner),)) + owner + denom.encode() + b"\x00"
