"""The only code that changes balances and supply: every move takes, gives and tells.

It must not know why coins move. What a vesting account has locked stays where it is, but for
stakes. Source of rules, texts and events: Cosmos SDK 0.53 x/bank keeper.
"""

from akashpy.chain import auth
from akashpy.chain.bank.records import (
    HOLDERS,
    SECOND,
    balance,
    balance_key,
    locked,
    require_receiver,
    set_supply,
    supply,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import InsufficientFunds, UnknownAddress
from akashpy.types.events import Event, made


def send(ctx: Context, sender: bytes, to: bytes, coins: Coins) -> None:
    """Move `coins` and create the receiver's account when there is none.

    Raises InsufficientFunds. Source: SDK SendCoins.
    """
    _move(ctx, sender, to, coins, exists=False)


def send_to_module(ctx: Context, sender: bytes, module: str, coins: Coins) -> None:
    """Move `coins` to a module's account, created on first use. Raises InsufficientFunds."""
    _move(ctx, sender, auth.module_account(ctx, module).address, coins, exists=True)


def _move(ctx: Context, sender: bytes, to: bytes, coins: Coins, *, exists: bool) -> None:
    take(ctx, sender, coins)
    give(ctx, to, coins)
    if not exists:
        auth.ensure_account(ctx, to)
    tell_move(ctx, sender, to, coins)


def tell_move(ctx: Context, sender: bytes, to: bytes, coins: Coins) -> None:
    """Emit what the SDK tells of a move: who spent, who received, the transfer, the message."""
    if ctx.is_silent:
        return
    amount = ("amount", str(coins))
    sender_text, to_text = Address.text(sender), Address.text(to)
    told = ("sender", sender_text)
    ctx.events += (
        made(("coin_spent", (("spender", sender_text), amount))),
        made(("coin_received", (("receiver", to_text), amount))),
        made(("transfer", (("recipient", to_text), told, amount))),
        made(("message", (told,))),
    )


def send_from_module(ctx: Context, module: str, to: bytes, coins: Coins) -> None:
    """Move `coins` out of a module's account.

    Raises InsufficientFunds; Unauthorized when `to` is a module's account.
    """
    require_receiver(to, Address.text(to))
    send(ctx, auth.MODULE_ADDRESSES[module], to, coins)


def send_between_modules(ctx: Context, module: str, to: str, coins: Coins) -> None:
    """Move `coins` from one module's account to another's. Raises InsufficientFunds."""
    receiver = auth.module_account(ctx, to).address
    _move(ctx, auth.MODULE_ADDRESSES[module], receiver, coins, exists=True)


def mint(ctx: Context, module: str, coins: Coins) -> None:
    """Create coins in a module's account. PermissionError if the module may not: a panic."""
    owner = _permitted(ctx, module, "minter")
    amount, text = str(coins), Address.of(owner)
    give(ctx, owner, coins)
    ctx.emit(Event("coin_received", (("receiver", text), ("amount", amount))))
    for coin in coins:
        set_supply(ctx, coin.denom, supply(ctx, coin.denom) + coin.amount)
    ctx.emit(Event("coinbase", (("minter", text), ("amount", amount))))


def burn(ctx: Context, module: str, coins: Coins) -> None:
    """Destroy coins of a module's account.

    Raises InsufficientFunds. PermissionError if the module may not burn: a panic.
    """
    owner = _permitted(ctx, module, "burner")
    amount, text = str(coins), Address.of(owner)
    take(ctx, owner, coins)
    ctx.emit(Event("coin_spent", (("spender", text), ("amount", amount))))
    for coin in coins:
        set_supply(ctx, coin.denom, supply(ctx, coin.denom) - coin.amount)
    ctx.emit(Event("burn", (("burner", text), ("amount", amount))))


def _permitted(ctx: Context, module: str, permission: str) -> bytes:
    if permission not in auth.MODULE_ACCOUNTS[module]:
        raise PermissionError(f"module account {module} does not have the permission {permission}")
    return auth.module_account(ctx, module).address


def delegate_coins(ctx: Context, delegator: bytes, module: str, coins: Coins) -> None:
    """Move coins, also locked ones, to a module that holds stakes; a vesting account notes them.

    Raises InsufficientFunds, UnknownAddress. PermissionError where the module holds no stakes: a
    panic. Source: SDK DelegateCoinsFromAccountToModule.
    """
    pool = _permitted(ctx, module, "staking")
    before = []
    for coin in coins:
        held = balance(ctx, delegator, coin.denom)
        if held < coin.amount:
            raise InsufficientFunds(
                f"failed to delegate; {held}{coin.denom} is smaller than {coins}"
            )
        before.append(Coin(coin.denom, held))
        _set_balance(ctx, delegator, coin.denom, held - coin.amount)
    account = _tracked(ctx, delegator, "failed to track delegation")
    if account.vesting is not None:
        noted = account.vesting.delegating(ctx.time // SECOND, Coins.of(before), coins)
        auth.put(ctx, account._replace(vesting=noted))
    amount = ("amount", str(coins))
    ctx.emit(Event("coin_spent", (("spender", Address.text(delegator)), amount)))
    give(ctx, pool, coins)
    ctx.emit(Event("coin_received", (("receiver", Address.text(pool)), amount)))


def undelegate_coins(ctx: Context, module: str, delegator: bytes, coins: Coins) -> None:
    """Move a stake back from the module that held it; a vesting account notes it.

    Raises InsufficientFunds, UnknownAddress. Source: SDK UndelegateCoinsFromModuleToAccount.
    """
    pool = _permitted(ctx, module, "staking")
    take(ctx, pool, coins)
    amount = ("amount", str(coins))
    ctx.emit(Event("coin_spent", (("spender", Address.text(pool)), amount)))
    account = _tracked(ctx, delegator, "failed to track undelegation")
    if account.vesting is not None:
        auth.put(ctx, account._replace(vesting=account.vesting.undelegating(coins)))
    give(ctx, delegator, coins)
    ctx.emit(Event("coin_received", (("receiver", Address.text(delegator)), amount)))


def _tracked(ctx: Context, owner: bytes, failing: str) -> auth.Account:
    account = auth.account(ctx, owner)
    if account is None:
        raise UnknownAddress(f"{failing}: account {Address.of(owner)} does not exist")
    return account


def take(ctx: Context, owner: bytes, coins: Coins) -> None:
    """Take coins that are not locked out of a balance.

    Raises InsufficientFunds. Source: SDK subUnlockedCoins.
    """
    kept = locked(ctx, owner)
    for coin in coins:
        held = balance(ctx, owner, coin.denom)
        free = held - kept.amount_of(coin.denom) if kept else held
        if free < 0:
            raise InsufficientFunds(
                "locked amount exceeds account balance funds: "
                f"{kept.amount_of(coin.denom)}{coin.denom} > {held}{coin.denom}"
            )
        if free < coin.amount:
            raise InsufficientFunds(f"spendable balance {free}{coin.denom} is smaller than {coin}")
        _set_balance(ctx, owner, coin.denom, held - coin.amount)


def _set_balance(ctx: Context, owner: bytes, denom: str, amount: int) -> None:
    """Set what an owner, who has held some of it, holds now."""
    key = balance_key(owner, denom)
    if amount:
        ctx.set(key, b"%d" % amount)
    else:
        ctx.delete(key)
        HOLDERS.remove(ctx, (denom, owner))


def give(ctx: Context, owner: bytes, coins: Coins) -> None:
    """Add coins to a balance. OverflowError from 2^256 on: a panic."""
    for coin in coins:
        key = balance_key(owner, coin.denom)
        row = ctx.get(key)
        if row is None:
            HOLDERS.put(ctx, (coin.denom, owner), True)
        total = (int(row) if row else 0) + coin.amount
        if total.bit_length() > 256:
            raise OverflowError(f"balance of {Address.of(owner)} exceeds 256 bits")
        ctx.set(key, b"%d" % total)
