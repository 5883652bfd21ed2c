"""Taking money out of an account's deposits, first in first out.

Pure arithmetic that settlement and the AKT fallback share. It must not know why money is taken.
Source: node `x/escrow/keeper/keeper.go` deductFromBalance (v2.1.0).
"""

from dataclasses import replace

from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.escrow import Account, Balance, Depositor, InvalidDenomination


def deduct(account: Account, denom: str, amount: Dec) -> tuple[Account, Dec]:
    """Take `amount` from an account's deposits of a denomination, first in first out.

    Returns the account and what could be taken. A shortfall makes the fund negative by what is
    missing. Raises InvalidDenomination when the account never held the denomination.
    """
    if all(fund.denom != denom for fund in account.funds):
        raise InvalidDenomination(f"{account.id} holds no {denom}")
    left = amount
    kept: list[Depositor] = []
    for deposit in account.deposits:
        if deposit.balance.denom == denom and left.is_positive:
            part = min(deposit.balance.amount, left)
            left = left - part
            balance = DecCoin(denom, deposit.balance.amount - part)
            deposit = replace(deposit, balance=balance)
        if deposit.balance.amount.is_positive:
            kept.append(deposit)
    taken = amount - left
    funds = tuple(
        Balance(fund.denom, fund.amount - amount) if fund.denom == denom else fund
        for fund in account.funds
    )
    transferred = tuple(
        DecCoin(denom, coin.amount + taken) if coin.denom == denom else coin
        for coin in account.transferred
    )
    changed = replace(account, funds=funds, transferred=transferred, deposits=tuple(kept))
    return changed, taken


def with_funds(account: Account, denom: str, amount: Dec) -> Account:
    """The account with another fund of a denomination, its deposits unchanged."""
    funds = (Balance(denom, amount) if fund.denom == denom else fund for fund in account.funds)
    return replace(account, funds=tuple(funds))
