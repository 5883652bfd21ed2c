"""Escrow at genesis, and what must hold of its books after every block.

Apart from the operations because it walks through everything there is. It must not know messages.
Source: node `x/escrow/genesis.go`, `x/escrow/keeper/keeper.go` (v2.1.0); the invariants are ours.
"""

from akashpy import wire
from akashpy.chain import auth, bank, params
from akashpy.chain.escrow.exhaustion import reschedule
from akashpy.chain.escrow.fallback import FIX as FALLBACK
from akashpy.chain.escrow.records import (
    ACCOUNTS,
    MODULE_ACCOUNT,
    PAYMENTS,
    held,
    save_account,
    save_payment,
    strand,
)
from akashpy.chain.escrow.settle import SAME_BLOCK
from akashpy.chain.module import JsonState
from akashpy.state.context import Context
from akashpy.types.bme import UACT
from akashpy.types.dec import Dec
from akashpy.types.escrow import Account, InvalidAccount, InvalidPayment, Payment, State
from akashpy.wire import escrow as pb


def validate_genesis(state: JsonState) -> None:
    """Raises InvalidAccount, InvalidPayment for records that are bad, repeated or do not agree."""
    genesis = wire.from_json(pb.GenesisState, state)
    accounts: dict[str, Account] = {}
    for account in map(Account.from_wire, genesis.accounts):
        account.validate()
        if accounts.setdefault(str(account.id), account) is not account:
            raise InvalidAccount(f"duplicate account {account.id}")
    payments: set[str] = set()
    for payment in map(Payment.from_wire, genesis.payments):
        payment.validate()
        if str(payment.id) in payments:
            raise InvalidPayment(f"duplicate payment {payment.id}")
        payments.add(str(payment.id))
        payer = accounts.get(str(payment.id.account))
        if payer is None:
            raise InvalidPayment(f"{payment.id} has no account")
        if payment.state is not State.CLOSED and payer.state is not payment.state:
            raise InvalidPayment(
                f"{payment.id} is {payment.state.name}, its account is {payer.state.name}"
            )


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store the records as any change does, and note what the module account holds beyond them.

    Raises InvalidAccount when it holds less than they say.
    """
    genesis = wire.from_json(pb.GenesisState, state)
    accounts = [Account.from_wire(account) for account in genesis.accounts]
    for account in accounts:
        save_account(ctx, account)
    for payment in map(Payment.from_wire, genesis.payments):
        save_payment(ctx, payment)
    for account in accounts:
        reschedule(ctx, account)
    coins = bank.balances(ctx, auth.MODULE_ADDRESSES[MODULE_ACCOUNT])
    booked = {denom: amount.ceil() for denom, amount in held(ctx).items()}
    for denom in sorted({*booked, *(coin.denom for coin in coins)}):
        surplus = coins.amount_of(denom) - booked.get(denom, 0)
        if surplus < 0:
            raise InvalidAccount(f"the escrow module account lacks {-surplus}{denom}")
        strand(ctx, denom, surplus)


def export_genesis(ctx: Context) -> JsonState:
    """All accounts and payments, by state and id as Akash lists them."""
    return wire.to_json(
        pb.GenesisState(
            accounts=[one.to_wire() for _, one in ACCOUNTS.index("state").under(ctx)],
            payments=[one.to_wire() for _, one in PAYMENTS.index("state").under(ctx)],
        )
    )


def money_is_accounted_for(ctx: Context) -> str | None:
    """The module account holds exactly what accounts, payments and stranded dust come to."""
    books = {denom: amount for denom, amount in held(ctx).items() if not amount.is_zero}
    address = auth.MODULE_ADDRESSES[MODULE_ACCOUNT]
    coins = {coin.denom: Dec.of(coin.amount) for coin in bank.balances(ctx, address)}
    if books == coins:
        return None
    return f"escrow holds {_shown(coins)}, its books say {_shown(books)}"


def payments_have_open_accounts(ctx: Context) -> str | None:
    """No open payment stands under an account that ended (Akash leaves such; see the fix)."""
    if not {SAME_BLOCK, FALLBACK} <= params.fixes(ctx):
        return None
    for key, payment in PAYMENTS.index("state").under(ctx, State.OPEN):
        account = ACCOUNTS.get(ctx, str(payment.id.account))
        if account is None or account.state is not State.OPEN:
            return f"payment {key} is open, its account is not"
    return None


def no_open_account_owes(ctx: Context) -> str | None:
    """Only an overdrawn account owes; the funds of the others are the sum of their deposits.

    Akash leaves negative ACT in an account for which AKT paid.
    """
    may_owe = not params.is_fixed(ctx, FALLBACK)
    for key, account in ACCOUNTS.under(ctx):
        if account.state is State.OVERDRAWN:
            continue
        for fund in account.funds:
            parts = (
                one.balance.amount for one in account.deposits if one.balance.denom == fund.denom
            )
            deposits = sum((part.raw for part in parts), 0)
            if may_owe and fund.amount.is_negative and fund.denom == UACT:
                continue
            if fund.amount.is_negative or fund.amount.raw != deposits:
                return f"account {key} holds {fund}, its deposits {deposits} / 10^18"
    return None


def _shown(amounts: dict[str, Dec]) -> str:
    return ",".join(f"{amounts[denom]}{denom}" for denom in sorted(amounts)) or "nothing"
