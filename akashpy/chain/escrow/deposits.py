"""Whose money goes into an account: AEP-75 sources, in the client's order.

Choosing (`authorize`) and moving (`fetch`) are apart because messages check everything else in
between. It must not know why the money is needed. Source: node `x/escrow/keeper/keeper.go`
AuthorizeDeposits, fetchDepositsToAccount (v2.1.0).
"""

from collections.abc import Sequence
from dataclasses import replace

from akashpy.chain import bank, params
from akashpy.chain.escrow.condense import FIX as DUST
from akashpy.chain.escrow.condense import entered
from akashpy.chain.escrow.grants import drawn
from akashpy.chain.escrow.records import MODULE_ACCOUNT, give_back
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deposit import Deposit, Source
from akashpy.types.escrow import Account, Balance, Depositor
from akashpy.types.market import InvalidDeposit

MAX_REQUEST = 2**63 - 1
"""The largest amount Akash can ask for in one message (int64)."""


def authorize(ctx: Context, payer: Address, deposit: Deposit, scope: int) -> tuple[Depositor, ...]:
    """Who pays a requested deposit: each source gives what it can until the amount is reached.

    A source `grant` draws on the authorizations for `scope` given to the payer, in the order of
    their granters' addresses; an exhausted one stays stored. Whether granters have the money is
    found out when it is fetched.
    Raises market.InvalidDeposit, also for deployments and top-ups.
    """
    denom, remainder = deposit.amount.denom, deposit.amount.amount
    if not 0 <= remainder <= MAX_REQUEST:
        raise InvalidDeposit(after="deposit overflow")
    found: list[Depositor] = []
    for source in deposit.sources:
        if remainder == 0:
            break
        if source is Source.BALANCE:
            part = min(bank.spendable(ctx, payer.raw, denom), remainder)
            if part > 0:
                balance = DecCoin(denom, Dec.of(part))
                found.append(Depositor(payer, ctx.height, source, balance))
                remainder -= part
        elif source is Source.GRANT:
            for granter, part in drawn(ctx, payer, Coin(denom, remainder), scope):
                balance = DecCoin(denom, Dec.of(part))
                found.append(Depositor(granter, ctx.height, source, balance))
                remainder -= part
    if remainder > 0:
        raise InvalidDeposit(after="insufficient balance")
    return tuple(found)


def fetch(ctx: Context, account: Account, deposits: Sequence[Depositor]) -> Account:
    """Move deposits into the module account and enter them in the account's books.

    The first denomination an account ever holds is the one it settles in. A negative fund starts
    again from zero: its debt is kept by the payments. Raises what the bank raises, and with the fix
    "escrow-dust" InvalidDeposit where there is no room for one more.
    """
    one_row_each = params.is_fixed(ctx, DUST)
    for deposit in deposits:
        denom, amount = deposit.balance.denom, deposit.balance.amount
        if all(fund.denom != denom for fund in account.funds):
            account = replace(
                account,
                funds=(*account.funds, Balance(denom, Dec.ZERO)),
                transferred=(*account.transferred, DecCoin(denom, Dec.ZERO)),
            )
        kept, gone = (*account.deposits, deposit), None
        if one_row_each:
            kept, gone = entered(account, deposit)
        coins = Coins.of([Coin(denom, amount.truncate())])
        bank.send_to_module(ctx, deposit.owner.raw, MODULE_ACCOUNT, coins)
        funds = tuple(
            Balance(denom, max(fund.amount, Dec.ZERO) + amount) if fund.denom == denom else fund
            for fund in account.funds
        )
        account = replace(account, funds=funds, deposits=kept)
        if gone is not None:
            account = give_back(ctx, account, gone)
    return account
