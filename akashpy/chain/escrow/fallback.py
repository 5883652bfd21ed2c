"""Paying leases in AKT where ACT has run out and none can be minted.

While the vault does not cover the supply (the mint status is halted) nobody can buy more ACT, so an
account that also holds AKT pays its debts with that, at the oracle's price and straight to the
provider. It must not know messages or the exhaustion queue. Source: node
`x/escrow/keeper/keeper.go` settleFromAktFallback (v2.1.0).
"""

from collections.abc import Sequence
from dataclasses import replace

from akashpy.chain import bank, bme, oracle, params
from akashpy.chain.escrow.deduct import deduct, with_funds
from akashpy.chain.escrow.records import MODULE_ACCOUNT, strand_dust
from akashpy.state.codecs import Int, Str
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.bme import UACT, UAKT, MintStatus
from akashpy.types.coin import Coin, Coins, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.escrow import Account, EscrowID, Payment, State
from akashpy.types.oracle import PriceStalled

FIX = "akt-fallback-funds"
"""Whole uakt are taken, and an account that AKT paid for has no negative funds afterwards."""

AGREED: Map[str, int] = Map("escrow", b"\x17", Str, Int)
"""Account id text -> dollars for one AKT times 10^18, promised when its AKT began to pay."""


def fallback_price(ctx: Context, account: Account) -> Dec | None:
    """What AKT counts for in this account's debts now; None where it may not pay them."""
    if not account.funds or account.funds[0].denom != UACT or not _held(account).is_positive:
        return None
    if bme.status(ctx).status < MintStatus.HALT_CR:
        return None
    try:
        price = oracle.price(ctx, UAKT)
    except PriceStalled:
        return None
    return price if price.is_positive else None


def agreed_price(ctx: Context, account: Account) -> Dec | None:
    """The price at which an account's AKT was last promised to pay for the blocks to come."""
    raw = AGREED.get(ctx, str(account.id)) if _held(account).is_positive else None
    return None if raw is None else Dec(raw)


def agree(ctx: Context, account: Account, price: Dec) -> None:
    """Promise that the account's AKT pays for the next blocks, whatever becomes of the price."""
    AGREED.put(ctx, str(account.id), price.raw)


def end_agreement(ctx: Context, id: EscrowID) -> None:
    """The account ended or holds ACT again."""
    if AGREED.has(ctx, str(id)):  # a removal costs a hash also where there is nothing
        AGREED.remove(ctx, str(id))


def pay_in_akt(
    ctx: Context, account: Account, payments: Sequence[Payment]
) -> tuple[Account, tuple[Payment, ...]]:
    """Pay what ACT did not reach for, in the payments' order, until the AKT is used up.

    Raises what the bank raises.
    """
    price = agreed_price(ctx, account) or fallback_price(ctx, account)
    if price is None:
        return account, tuple(payments)
    is_fixed = params.is_fixed(ctx, FIX)
    paid, used_up = list(payments), False
    for place, payment in enumerate(payments):
        owed = payment.unsettled.amount
        if used_up or payment.state is not State.OVERDRAWN or owed.is_zero:
            continue
        needed = owed.quo(price)
        if is_fixed:
            needed = Dec.of(needed.ceil())
        account, taken = deduct(account, UAKT, needed)
        if taken.is_zero:
            continue
        if taken < needed:
            account, used_up = with_funds(account, UAKT, Dec.ZERO), True
        _send(ctx, payment, taken)
        left = owed - taken.mul(price)
        settled = not left.is_positive
        paid[place] = replace(
            payment,
            unsettled=DecCoin(payment.unsettled.denom, Dec.ZERO if settled else left),
            state=State.OPEN if settled else State.OVERDRAWN,
        )
    if is_fixed and all(one.state is State.OPEN for one in paid):
        account = with_funds(account, UACT, max(account.funds[0].amount, Dec.ZERO))
    return account, tuple(paid)


def _held(account: Account) -> Dec:
    return next((fund.amount for fund in account.funds if fund.denom == UAKT), Dec.ZERO)


def _send(ctx: Context, payment: Payment, taken: Dec) -> None:
    whole = taken.truncate()
    if whole:
        coins = Coins.of([Coin(UAKT, whole)])
        bank.send_from_module(ctx, MODULE_ACCOUNT, payment.owner.raw, coins)
    strand_dust(ctx, UAKT, taken - Dec.of(whole))


def worth_in_act(account: Account, price: Dec, payments: int) -> Dec:
    """What an account's AKT pays for at `price`, less what rounding up each payment may take."""
    return max(_held(account) - Dec.of(payments), Dec.ZERO).mul_truncate(price)
