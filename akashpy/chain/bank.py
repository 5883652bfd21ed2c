"""Who holds which coins, and the only code that moves them.

Every balance change on the chain goes through `send`, `mint` or `burn` here, so that supply is
conserved by construction and the events are those wallets and indexers know. It must not know why
coins move. What a vesting account has locked stays where it is. Source of rules, texts and events:
Cosmos SDK 0.53 x/bank.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from akashpy import wire
from akashpy.chain import auth
from akashpy.chain.authority import require_authority
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import Int, Presence, Raw, RawBytes, Str, message
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.state.gas import READ_FLAT, READ_PER_BYTE, WRITE_FLAT, WRITE_PER_BYTE
from akashpy.types.address import Address
from akashpy.types.bank import (
    InputOutputMismatch,
    MultipleSenders,
    NoInputs,
    NoOutputs,
    SendDisabled,
    validate_metadata,
)
from akashpy.types.coin import Coin, Coins, validate_denom
from akashpy.types.errors import (
    ChainError,
    InsufficientFunds,
    InvalidAddress,
    InvalidCoins,
    InvalidRequest,
    PlainError,
    Unauthorized,
    UnknownAddress,
)
from akashpy.types.events import Event, made
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
SUPPLY_BITS = 128
"""So that no sum of shares, each with 18 decimals, outgrows a decimal of 315 bits."""
"""Nanoseconds; vesting counts in whole seconds of block time."""


# READS


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


@lru_cache(maxsize=16)
def _params(row: bytes) -> pb.Params:
    return pb.Params.FromString(row)


@lru_cache(maxsize=100_000)
def balance_key(owner: bytes, denom: str) -> bytes:
    return BALANCE_PREFIX + bytes((len(owner),)) + owner + denom.encode() + b"\x00"


# MOVES


def send(ctx: Context, sender: bytes, to: bytes, coins: Coins) -> None:
    """Move `coins` and create the receiver's account when there is none.

    Raises InsufficientFunds. Source: SDK SendCoins.
    """
    _move(ctx, sender, to, coins, exists=False)


def send_to_module(ctx: Context, sender: bytes, module: str, coins: Coins) -> None:
    """Move `coins` to a module's account, created on first use. Raises InsufficientFunds."""
    _move(ctx, sender, auth.module_account(ctx, module).address, coins, exists=True)


def _move(ctx: Context, sender: bytes, to: bytes, coins: Coins, *, exists: bool) -> None:
    _take(ctx, sender, coins)
    _give(ctx, to, coins)
    if not exists:
        auth.ensure_account(ctx, to)
    _tell_move(ctx, sender, to, coins)


def _tell_move(ctx: Context, sender: bytes, to: bytes, coins: Coins) -> None:
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
    _give(ctx, owner, coins)
    ctx.emit(Event("coin_received", (("receiver", text), ("amount", amount))))
    for coin in coins:
        _set_supply(ctx, coin.denom, supply(ctx, coin.denom) + coin.amount)
    ctx.emit(Event("coinbase", (("minter", text), ("amount", amount))))


def burn(ctx: Context, module: str, coins: Coins) -> None:
    """Destroy coins of a module's account.

    Raises InsufficientFunds. PermissionError if the module may not burn: a panic.
    """
    owner = _permitted(ctx, module, "burner")
    amount, text = str(coins), Address.of(owner)
    _take(ctx, owner, coins)
    ctx.emit(Event("coin_spent", (("spender", text), ("amount", amount))))
    for coin in coins:
        _set_supply(ctx, coin.denom, supply(ctx, coin.denom) - coin.amount)
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
    _give(ctx, pool, coins)
    ctx.emit(Event("coin_received", (("receiver", Address.text(pool)), amount)))


def undelegate_coins(ctx: Context, module: str, delegator: bytes, coins: Coins) -> None:
    """Move a stake back from the module that held it; a vesting account notes it.

    Raises InsufficientFunds, UnknownAddress. Source: SDK UndelegateCoinsFromModuleToAccount.
    """
    pool = _permitted(ctx, module, "staking")
    _take(ctx, pool, coins)
    amount = ("amount", str(coins))
    ctx.emit(Event("coin_spent", (("spender", Address.text(pool)), amount)))
    account = _tracked(ctx, delegator, "failed to track undelegation")
    if account.vesting is not None:
        auth.put(ctx, account._replace(vesting=account.vesting.undelegating(coins)))
    _give(ctx, delegator, coins)
    ctx.emit(Event("coin_received", (("receiver", Address.text(delegator)), amount)))


def _tracked(ctx: Context, owner: bytes, failing: str) -> auth.Account:
    account = auth.account(ctx, owner)
    if account is None:
        raise UnknownAddress(f"{failing}: account {Address.of(owner)} does not exist")
    return account


def _take(ctx: Context, owner: bytes, coins: Coins) -> None:
    """Source: SDK subUnlockedCoins."""
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


def _give(ctx: Context, owner: bytes, coins: Coins) -> None:
    for coin in coins:
        key = balance_key(owner, coin.denom)
        row = ctx.get(key)
        if row is None:
            HOLDERS.put(ctx, (coin.denom, owner), True)
        total = (int(row) if row else 0) + coin.amount
        if total.bit_length() > 256:
            raise OverflowError(f"balance of {Address.of(owner)} exceeds 256 bits")
        ctx.set(key, b"%d" % total)


def _set_supply(ctx: Context, denom: str, amount: int) -> None:
    if amount:
        SUPPLY.put(ctx, denom, amount)
    else:
        SUPPLY.remove(ctx, denom)


# MESSAGES


def msg_send(ctx: Context, msg: pb.MsgSend) -> pb.MsgSendResponse:
    """Move coins from the signer to another account.

    Raises InvalidAddress, InvalidCoins, SendDisabled, Unauthorized, InsufficientFunds.
    Source: SDK x/bank msg_server Send.
    """
    # LOAD
    sender = _address(msg.from_address, "from")
    to = _address(msg.to_address, "to")
    coins = _positive(msg.amount)
    if len(coins) == 1 and _send_at_once(ctx, sender, to, coins[0]):
        _tell_move(ctx, sender, to, coins)
        return pb.MsgSendResponse()
    # CHECK
    require_send_enabled(ctx, coins)
    require_receiver(to, msg.to_address)
    # APPLY, EMIT
    send(ctx, sender, to, coins)
    return pb.MsgSendResponse()


def _send_at_once(ctx: Context, sender: bytes, to: bytes, coin: Coin) -> bool:
    """Check and move the coin of the usual MsgSend with every step's gas in one sum.

    Judges nothing: it does what `msg_send` does where all checks pass and both accounts hold some
    of the coin before and after; where that is not sure it does nothing and says False.
    """
    denom, amount = coin.denom, coin.amount
    enabled_key = _send_enabled_key(denom)
    sent_key, got_key = balance_key(sender, denom), balance_key(to, denom)
    sender_key, to_key = auth.ACCOUNT_PREFIX + sender, auth.ACCOUNT_PREFIX + to
    state = ctx.uncharged
    get = state.get
    # LOAD
    enabled, sender_row, to_row = get(enabled_key), get(sender_key), get(to_key)
    sent_row, got_row = get(sent_key), get(got_key)
    if not (sender_row and to_row and sent_row and got_row) or sender == to:
        return False
    # CHECK
    if enabled != YES:
        return False  # also where the parameters decide
    if to in auth.BLOCKED or auth.of_row(sender_row).vesting is not None:
        return False
    held, got = int(sent_row) - amount, int(got_row) + amount
    if held <= 0 or got.bit_length() > 256:
        return False
    # CHARGE
    sent_now, got_now = b"%d" % held, b"%d" % got
    keys = len(sent_key) + len(got_key)
    read = len(enabled_key) + len(YES) + keys + len(sent_row) + len(got_row)
    read += len(sender_key) + len(sender_row) + len(to_key) + len(to_row)
    written = keys + len(sent_now) + len(got_now)
    gas = ctx.gas
    used = gas.used + 5 * READ_FLAT + READ_PER_BYTE * read
    used += 2 * WRITE_FLAT + WRITE_PER_BYTE * written
    if used > gas.limit:
        return False
    gas.used = used
    # APPLY
    state.put(sent_key, sent_now)
    state.put(got_key, got_now)
    return True


@lru_cache(maxsize=4096)
def _send_enabled_key(denom: str) -> bytes:
    return SEND_ENABLED.key(denom)


def msg_multi_send(ctx: Context, msg: pb.MsgMultiSend) -> pb.MsgMultiSendResponse:
    """Move coins from one signer to several accounts.

    Raises NoInputs, MultipleSenders, NoOutputs, InputOutputMismatch and what `msg_send` raises.
    Source: SDK x/bank msg_server MultiSend, InputOutputCoins.
    """
    # LOAD
    if not msg.inputs:
        raise NoInputs
    if len(msg.inputs) != 1:
        raise MultipleSenders
    if not msg.outputs:
        raise NoOutputs
    given = msg.inputs[0]
    sender = _address(given.address, "input")
    coins = _positive(given.coins)
    outputs = [
        (_address(out.address, "output"), out.address, _positive(out.coins)) for out in msg.outputs
    ]
    # CHECK
    if coins != Coins.of(coin for _, _, part in outputs for coin in part):
        raise InputOutputMismatch
    require_send_enabled(ctx, coins)
    for to, text, _ in outputs:
        require_receiver(to, text)
    # APPLY, EMIT
    ctx.emit(Event("message", (("sender", given.address),)))
    for to, _, _ in outputs:
        auth.ensure_account(ctx, to)
    _take(ctx, sender, coins)
    ctx.emit(Event("coin_spent", (("spender", Address.of(sender)), ("amount", str(coins)))))
    for to, text, part in outputs:
        amount = str(part)
        _give(ctx, to, part)
        ctx.emit(Event("coin_received", (("receiver", Address.of(to)), ("amount", amount))))
        ctx.emit(
            Event(
                "transfer",
                (("recipient", text), ("sender", given.address), ("amount", amount)),
            )
        )
    return pb.MsgMultiSendResponse()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError."""
    require_authority(msg.authority)
    _validate_params(msg.params)
    PARAMS.put(ctx, msg.params.SerializeToString(deterministic=True))
    return pb.MsgUpdateParamsResponse()


def set_send_enabled(ctx: Context, msg: pb.MsgSetSendEnabled) -> pb.MsgSetSendEnabledResponse:
    """Allow or forbid denominations, or return them to the default.

    Raises gov.InvalidSigner, InvalidRequest. Source: SDK x/bank msg_server SetSendEnabled.
    """
    require_authority(msg.authority)
    seen: set[str] = set()
    for entry in msg.send_enabled:
        if entry.denom in seen:
            raise InvalidRequest(f'duplicate denom entries found for "{entry.denom}"')
        seen.add(entry.denom)
        _require_denom(entry.denom, "SendEnabled")
    for denom in msg.use_default_for:
        _require_denom(denom, "UseDefaultFor")
    for entry in msg.send_enabled:
        SEND_ENABLED.put(ctx, entry.denom, YES if entry.enabled else NO)
    for denom in msg.use_default_for:
        SEND_ENABLED.remove(ctx, denom)
    return pb.MsgSetSendEnabledResponse()


def _address(text: str, which: str) -> bytes:
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise InvalidAddress(f"invalid {which} address: {error.detail}") from error


def _positive(amounts: Any) -> Coins:
    coins = Coins.from_wire(amounts)
    if not coins:
        raise InvalidCoins.around("")
    return coins


def _require_denom(denom: str, field: str) -> None:
    try:
        validate_denom(denom)
    except ChainError as error:
        raise InvalidRequest(f'invalid {field} denom "{denom}": {error}') from error


def _validate_params(value: pb.Params) -> None:
    if value.send_enabled:
        raise PlainError("use of send_enabled in params is no longer supported")


# GENESIS

UNITS: dict[str, tuple[tuple[str, int], ...]] = {
    "uakt": (("uakt", 0), ("akt", 6)),
    "uact": (("uact", 0), ("mact", 3), ("act", 6)),
}
"""Base denomination -> its units and their exponents, as `akash genesis init` declares them."""

DISPLAYS = {"uakt": "akt", "uact": "uact"}
"""Base denomination -> the unit that clients show; for uact it is the base unit itself."""

NAMES: dict[str, tuple[str, str, str]] = {
    "uakt": ("The native token of Akash", "Akash Native Token", "AKT"),
    "uact": ("Akash Compute Token", "Akash Compute Token", "ACT"),
}


def default_genesis(preset: str) -> JsonState:
    """No balances; uakt may be sent by message, uact may not; metadata of both."""
    del preset
    state = pb.GenesisState()
    state.params.default_send_enabled = True
    for denom in ("uact", "uakt"):
        description, name, symbol = NAMES[denom]
        metadata = state.denom_metadata.add(
            description=description,
            base=denom,
            display=DISPLAYS[denom],
            name=name,
            symbol=symbol,
        )
        for unit, exponent in UNITS[denom]:
            metadata.denom_units.add(denom=unit, exponent=exponent)
    state.send_enabled.add(denom="uakt", enabled=True)
    state.send_enabled.add(denom="uact", enabled=False)
    return wire.to_json(state)


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for repeated entries, bad coins or a supply that does not add up."""
    parsed = wire.from_json(pb.GenesisState, state)
    _validate_params(parsed.params)
    _require_unique(
        "duplicate send enabled found: '{}'", [entry.denom for entry in parsed.send_enabled]
    )
    for entry in parsed.send_enabled:
        validate_denom(entry.denom)
    _require_unique(
        "duplicate balance for address {}", [entry.address for entry in parsed.balances]
    )
    _require_unique(
        "duplicate client metadata for denom {}", [entry.base for entry in parsed.denom_metadata]
    )
    for metadata in parsed.denom_metadata:
        validate_metadata(metadata)
    total: dict[str, int] = {}
    for held in parsed.balances:
        Address.parse(held.address)
        for coin in Coins.from_wire(held.coins):
            total[coin.denom] = total.get(coin.denom, 0) + coin.amount
    _require_supply(parsed, total)


def _require_unique(what: str, keys: list[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise PlainError(what.format(key))
        seen.add(key)


def _require_supply(state: pb.GenesisState, total: dict[str, int]) -> None:
    found = Coins.of(Coin(denom, amount) for denom, amount in total.items())
    if state.supply and Coins.from_wire(state.supply) != found:
        raise PlainError(
            f"genesis supply is incorrect, expected {Coins.from_wire(state.supply)}, got {found}"
        )
    for coin in found:
        if coin.amount.bit_length() > SUPPLY_BITS:
            raise PlainError(
                f"genesis supply of {coin.denom} is {coin.amount}; at most 2^{SUPPLY_BITS} - 1 can "
                "be shared out among delegators for ever"
            )


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store parameters, balances, metadata; supply is the sum of the balances.

    Raises PlainError when a supply is given and differs.
    """
    parsed = wire.from_json(pb.GenesisState, state)
    PARAMS.put(ctx, parsed.params.SerializeToString(deterministic=True))
    for entry in parsed.send_enabled:
        SEND_ENABLED.put(ctx, entry.denom, YES if entry.enabled else NO)
    total: dict[str, int] = {}
    for held in parsed.balances:
        owner = Address.parse(held.address).raw
        coins = Coins.from_wire(held.coins)
        _give(ctx, owner, coins)
        for coin in coins:
            total[coin.denom] = total.get(coin.denom, 0) + coin.amount
    _require_supply(parsed, total)
    for denom in sorted(total):
        _set_supply(ctx, denom, total[denom])
    for metadata in parsed.denom_metadata:
        METADATA.put(ctx, metadata.base, metadata)


def export_genesis(ctx: Context) -> JsonState:
    """All of it, balances in order of owners, supply included."""
    state = pb.GenesisState(params=params(ctx))
    current: pb.Balance | None = None
    for owner, denom, amount in holdings(ctx):
        address = Address.of(owner)
        if current is None or current.address != address:
            current = state.balances.add(address=address)
        current.coins.add(denom=denom, amount=str(amount))
    for denom, total in SUPPLY.under(ctx):
        state.supply.add(denom=denom, amount=str(total))
    for _, metadata in METADATA.under(ctx):
        state.denom_metadata.append(metadata)
    for denom, enabled in SEND_ENABLED.under(ctx):
        state.send_enabled.add(denom=denom, enabled=enabled == YES)
    return wire.to_json(state)


# INVARIANTS


def _supply_conserved(ctx: Context) -> str | None:
    """Invariant: supply equals the sum of all balances, and none is zero or negative."""
    total: dict[str, int] = {}
    count = 0
    for owner, denom, amount in holdings(ctx):
        if amount <= 0:
            return f"bank: balance of {Address.of(owner)} is {amount}{denom}"
        if not HOLDERS.has(ctx, (denom, owner)):
            return f"bank: {Address.of(owner)} is missing among the holders of {denom}"
        total[denom] = total.get(denom, 0) + amount
        count += 1
    recorded = dict(SUPPLY.under(ctx))
    if recorded != total:
        return f"bank: supply {recorded} differs from the sum of balances {total}"
    if sum(1 for _ in HOLDERS.under(ctx)) != count:
        return "bank: the index of holders lists balances that do not exist"
    return None


_URL = "/cosmos.bank.v1beta1."
MODULE = Module(
    name="bank",
    handlers={
        f"{_URL}MsgSend": Handler(None, msg_send),
        f"{_URL}MsgMultiSend": Handler(None, msg_multi_send),
        f"{_URL}MsgUpdateParams": Handler(None, update_params),
        f"{_URL}MsgSetSendEnabled": Handler(None, set_send_enabled),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    invariants=(_supply_conserved,),
)
