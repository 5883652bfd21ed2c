"""Where escrow keeps its money's books: accounts, payments and what saving one sets off.

Every write of an account or a payment goes through `save_account` and `save_payment`, because a
closed account refunds its depositors and both tell upward that they ended. It must not know why a
record changes (settlement, operations) nor who listens. Source: node `x/escrow/keeper/keeper.go`
saveAccount, savePayment (v2.1.0).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from akashpy.chain import bank
from akashpy.chain.escrow.grants import restore
from akashpy.state.codecs import U8, Int, Str, record
from akashpy.state.collections import Index, IndexedMap, Map
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.deposit import Source
from akashpy.types.escrow import (
    Account,
    Balance,
    Depositor,
    EscrowID,
    Payment,
    PaymentID,
    PaymentNotFound,
    State,
)

MODULE_ACCOUNT = "escrow"


@dataclass(frozen=True, slots=True)
class AccountEnded:
    """Told upward when an account is saved as closed or overdrawn.

    `out_of_funds` is true when the money ran out, false when somebody closed it.
    """

    id: EscrowID
    out_of_funds: bool


@dataclass(frozen=True, slots=True)
class PaymentEnded:
    """Told upward when a payment is saved as closed or overdrawn."""

    id: PaymentID
    overdrawn: bool


ACCOUNTS: IndexedMap[str, Account] = IndexedMap(
    "escrow",
    b"\x11",
    Str,
    record(Account),
    indexes={"state": Index(b"\x12", U8, lambda key, account: account.state)},
)
"""Account id text -> account; index `state` lists them as Akash's queries do."""

PAYMENTS: IndexedMap[str, Payment] = IndexedMap(
    "escrow",
    b"\x13",
    Str,
    record(Payment),
    indexes={"state": Index(b"\x14", U8, lambda key, payment: payment.state)},
)
"""Payment id text -> payment; index `state` finds one account's payments by state."""

STRANDED: Map[str, int] = Map("escrow", b"\x15", Str, Int)
"""Denomination -> base units of the module account that no account or payment accounts for."""

DUST: Map[str, int] = Map("escrow", b"\x16", Str, Int)
"""Denomination -> fractions of base units, times 10^18, that were taken from deposits but not sent.

Only the AKT fallback takes fractions, and only while the fix "akt-fallback-funds" is off."""


def payments_of(ctx: Context, id: EscrowID, state: State) -> list[Payment]:
    """The payments of exactly this account in one state, in key order."""
    return payments_under(ctx, f"{id}/", state)


def payments_under(ctx: Context, text: str, state: State) -> list[Payment]:
    """The payments in one state whose id begins with `text`, in key order."""
    base = PAYMENTS.index("state").base + bytes((state,))
    start = base + text.encode()
    keys = [row[len(base) : -1].decode() for row, _ in ctx.iterate(start, end_of(start))]
    return [PAYMENTS.require(ctx, key, PaymentNotFound, key) for key in keys]


def save_account(ctx: Context, account: Account, *, out_of_funds: bool = False) -> Account:
    """Store an account; one that ended refunds what is left of its deposits and says so.

    `out_of_funds` marks a closed account that ran dry; an overdrawn one always has.
    """
    ended = account.state is not State.OPEN
    if ended:
        account = _refund(ctx, account)
    ACCOUNTS.put(ctx, str(account.id), account)
    if ended:
        dry = out_of_funds or account.state is State.OVERDRAWN
        ctx.notify(AccountEnded(account.id, out_of_funds=dry))
    return account


def save_payment(ctx: Context, payment: Payment) -> None:
    """Store a payment; one that ended says so."""
    PAYMENTS.put(ctx, str(payment.id), payment)
    if payment.state is not State.OPEN:
        ctx.notify(PaymentEnded(payment.id, overdrawn=payment.state is State.OVERDRAWN))


def withdraw(ctx: Context, payment: Payment) -> Payment:
    """Send the whole units a payment has earned to its payee; dust below 1 stays."""
    earned = payment.balance.amount.truncate()
    if earned == 0:
        return payment
    denom = payment.balance.denom
    coins = Coins.of([Coin(denom, earned)])
    bank.send_from_module(ctx, MODULE_ACCOUNT, payment.owner.raw, coins)
    return replace(
        payment,
        balance=replace(payment.balance, amount=payment.balance.amount - Dec.of(earned)),
        withdrawn=Coin(denom, payment.withdrawn.amount + earned),
    )


def give_back(ctx: Context, account: Account, deposit: Depositor) -> Account:
    """Send a deposit's unspent whole units back and take it out of the account's funds.

    What came from a grant makes the grant larger again. The list of deposits is the caller's.
    """
    left = deposit.balance
    whole = left.amount.truncate()
    if whole:
        coin = Coin(left.denom, whole)
        bank.send_from_module(ctx, MODULE_ACCOUNT, deposit.owner.raw, Coins.of([coin]))
        if deposit.source == Source.GRANT:
            restore(ctx, deposit.owner, account.owner, coin)
    strand_dust(ctx, left.denom, left.amount - Dec.of(whole))
    funds = tuple(
        Balance(fund.denom, fund.amount - left.amount) if fund.denom == left.denom else fund
        for fund in account.funds
    )
    return replace(account, funds=funds)


def strand(ctx: Context, denom: str, amount: int) -> None:
    """Record base units that stay in the module account and belong to nobody any more."""
    if amount:
        STRANDED.put(ctx, denom, (STRANDED.get(ctx, denom) or 0) + amount)


def strand_dust(ctx: Context, denom: str, amount: Dec) -> None:
    """Record a fraction of a base unit that stays in the module account."""
    if not amount.is_zero:
        DUST.put(ctx, denom, (DUST.get(ctx, denom) or 0) + amount.raw)


def held(ctx: Context) -> dict[str, Dec]:
    """What the books say the module account holds, by denomination.

    Funds of accounts (a negative fund is a debt, not money), earned balances of payments and
    what is stranded.
    """
    sums: dict[str, Dec] = {}
    for denom, amount in _claims(ctx):
        sums[denom] = sums.get(denom, Dec.ZERO) + amount
    return sums


def _claims(ctx: Context) -> Iterator[tuple[str, Dec]]:
    for _, account in ACCOUNTS.under(ctx):
        for fund in account.funds:
            if fund.amount.is_positive:
                yield fund.denom, fund.amount
    for _, payment in PAYMENTS.under(ctx):
        yield payment.balance.denom, payment.balance.amount
    for denom, amount in STRANDED.under(ctx):
        yield denom, Dec.of(amount)
    for denom, raw in DUST.under(ctx):
        yield denom, Dec(raw)


def _refund(ctx: Context, account: Account) -> Account:
    """Give every deposit back, in list order, and clear the list."""
    for deposit in account.deposits:
        if deposit.balance.amount.is_positive:
            account = give_back(ctx, account, deposit)
    return replace(account, deposits=())
