"""One conversion: how much a request gives at today's price, and carrying it out.

Burned AKT stays in the vault as remint credit; burned ACT is destroyed, and AKT for it comes from
the credits first and is minted only where they do not reach. It must not know queues or epochs.
Source: node `x/bme/keeper/keeper.go` prepareToBM, mintACT, burnACT, recordState (v2.1.0).
"""

from typing import NamedTuple

from akashpy.chain import bank, oracle
from akashpy.chain.bme.records import (
    BURNED,
    CREDITS,
    EXECUTED,
    MINTED,
    NAME,
    PENDING,
    WAITING,
    Key,
    add,
    id_of,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.bme import (
    BPS,
    UACT,
    UAKT,
    BurnFailed,
    Epsilon,
    InsufficientVaultFunds,
    InvalidAmount,
    InvalidDenom,
    MinimumMint,
    MintFailed,
    Params,
    RecordExists,
    ZeroPrice,
)
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, PlainError
from akashpy.types.events import typed
from akashpy.wire import bme as pb

UNITS = {UACT: "0.000001000000000000", UAKT: "0.000001000000000000"}
"""The denominations that may be minted, and their size as Go prints it."""


class Quote(NamedTuple):
    """What burning `burned` gives: `minted` in all, of which `spread` stays with the module."""

    burned: Coin
    minted: Coin
    spread: int
    price_from: Dec
    price_to: Dec


def quote(ctx: Context, rules: Params, burned: Coin, denom: str) -> Quote:
    """The conversion at today's prices.

    Raises PriceStalled, ZeroPrice, InsufficientVaultFunds, InvalidDenom, Epsilon, MinimumMint.
    """
    if burned.amount == 0:
        raise InvalidAmount("zero burn amount")
    price_from, price_to = oracle.price(ctx, burned.denom), oracle.price(ctx, denom)
    if price_from.is_zero or price_to.is_zero:
        raise ZeroPrice(
            f"oracle prices must be non-zero ({burned.denom}={price_from}, {denom}={price_to})"
        )
    rate = price_from.quo(price_to)
    if burned.denom == UACT and (supply := bank.supply(ctx, UACT)) < burned.amount:
        raise InsufficientVaultFunds(
            f"requested burn amount: {burned} (requested to burn) > {supply}{UACT} (total supply)"
        )
    if denom not in UNITS:
        raise InvalidDenom(f"denom {denom} is not registered")
    exact = Dec.of(burned.amount).mul(rate)
    minted = Coin(denom, exact.truncate())
    if minted.amount <= 0:
        raise Epsilon(f"result {exact} truncates to zero for {denom} (denomUnit {UNITS[denom]})")
    for least in rules.min_mint:
        if least.denom == denom and least.amount > 0 and minted.amount < least.amount:
            raise MinimumMint(f"mint output {minted} is below minimum {least}")
    bps = rules.mint_spread_bps if burned.denom == UAKT else rules.settle_spread_bps
    spread = exact.mul(Dec.of(bps)).quo(Dec.of(BPS)).truncate()
    return Quote(burned, minted, max(spread, 0), price_from, price_to)


def execute(ctx: Context, rules: Params, key: Key, request: pb.LedgerPendingRecord) -> None:
    """Convert one pending request and move it to the executed ones.

    Raises what `quote` raises, MintFailed, BurnFailed, RecordExists, and what the bank raises;
    the caller undoes what was done until then.
    """
    found = quote(ctx, rules, Coin.from_wire(request.coins_to_burn), request.denom_to_mint)
    issued = 0
    if found.burned.denom == UAKT:
        _mint(ctx, found.minted, MintFailed)
    else:
        issued = min(CREDITS.get(ctx, UAKT) or 0, found.minted.amount)
        _burn(ctx, found.burned)
        if shortfall := found.minted.amount - issued:
            _mint(ctx, Coin(UAKT, shortfall), BurnFailed)
    for_user = Coin(found.minted.denom, found.minted.amount - found.spread)
    bank.send_from_module(ctx, NAME, Address.parse(request.to).raw, Coins.of([for_user]))
    _record(ctx, key, request, found, issued)


def _mint(ctx: Context, coin: Coin, failure: type[ChainError]) -> None:
    try:
        bank.mint(ctx, NAME, Coins.of([coin]))
    except (ChainError, OverflowError) as error:
        raise failure(f"failed to mint {coin.denom}: {error}") from error


def _burn(ctx: Context, coin: Coin) -> None:
    try:
        bank.burn(ctx, NAME, Coins.of([coin]))
    except ChainError as error:
        raise BurnFailed(f"failed to burn {coin.denom}: {error}") from error


def _record(
    ctx: Context, key: Key, request: pb.LedgerPendingRecord, found: Quote, issued: int
) -> None:
    """Write the books of one conversion; `issued` of the output came from the credits."""
    if EXECUTED.has(ctx, key):
        raise RecordExists
    burned, created = found.burned, found.minted.amount - issued
    record = pb.LedgerRecord(
        burned_from=request.owner,
        minted_to=request.to,
        burner=NAME,
        minter=NAME,
        spread=Coin(found.minted.denom, found.spread).to_wire(),
    )
    no_longer_waiting(ctx, burned)
    if burned.denom == UAKT:
        add(ctx, CREDITS, UAKT, burned.amount)
        record.remint_credit_accrued.CopyFrom(_priced(burned, found.price_from))
    else:
        add(ctx, BURNED, burned.denom, burned.amount)
        record.burned.CopyFrom(_priced(burned, found.price_from))
    if issued:
        add(ctx, CREDITS, found.minted.denom, -issued)
        coin = Coin(found.minted.denom, issued)
        record.remint_credit_issued.CopyFrom(_priced(coin, found.price_to))
    if created:
        add(ctx, MINTED, found.minted.denom, created)
        coin = Coin(found.minted.denom, created)
        record.minted.CopyFrom(_priced(coin, found.price_to))
    PENDING.remove(ctx, key)
    EXECUTED.put(ctx, key, record)
    ctx.emit(typed(_executed(key, record)))


def no_longer_waiting(ctx: Context, coin: Coin) -> None:
    """Take a request's coins out of what waits. Raises PlainError when nothing ever waited."""
    if not WAITING.has(ctx, coin.denom):
        raise PlainError(f"collections: not found: key '{coin.denom}' of type math.Int")
    add(ctx, WAITING, coin.denom, -coin.amount)


def _priced(coin: Coin, price: Dec) -> pb.CoinPrice:
    return pb.CoinPrice(coin=coin.to_wire(), price=price.wire())


def _executed(key: Key, record: pb.LedgerRecord) -> pb.EventLedgerRecordExecuted:
    event = pb.EventLedgerRecordExecuted(
        id=id_of(key),
        burned_from=record.burned_from,
        minted_to=record.minted_to,
        burner=record.burner,
        minter=record.minter,
        spread=record.spread,
    )
    for field in ("burned", "minted", "remint_credit_issued", "remint_credit_accrued"):
        if record.HasField(field):
            getattr(event, field).CopyFrom(getattr(record, field))
    return event
