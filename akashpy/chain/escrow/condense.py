"""How many rows the deposits of one account take, however many deposits were made.

Whoever touches an account reads all its rows, and on Akash every deposit is a row of its own, so
that strangers' dust makes other people's transactions expensive (the fix "escrow-dust"). Here one
person's deposits from one source are one row, and only so many people have a row beside the owner:
a larger deposit takes the place of the smallest. It must not know how money moves.
"""

from dataclasses import replace

from akashpy.types.coin import DecCoin
from akashpy.types.deposit import Source
from akashpy.types.escrow import Account, Depositor, InvalidDeposit

FIX = "escrow-dust"

OTHERS = 64
"""Rows of one denomination beside what the account's owner paid from its own balance."""

Key = tuple[str, int, str]


def entered(account: Account, deposit: Depositor) -> tuple[tuple[Depositor, ...], Depositor | None]:
    """The account's deposits with one more, and the one that has to go back for it, if any.

    A row keeps its place in the order of spending, and its height, while it grows. Rows that were
    kept apart while the fix was off are put together. Raises InvalidDeposit where a new row is not
    larger than the smallest of so many.
    """
    rows: dict[Key, Depositor] = {}
    for one in (*account.deposits, deposit):
        key = _key(one)
        rows[key] = _joined(rows[key], one) if key in rows else one
    kept = tuple(rows.values())
    if rows[_key(deposit)] is not deposit or _is_own(account, deposit):
        return kept, None
    denom = deposit.balance.denom
    others = [one for one in kept[:-1] if one.balance.denom == denom and not _is_own(account, one)]
    if len(others) < OTHERS:
        return kept, None
    smallest = min(others, key=lambda one: one.balance.amount.raw)
    if smallest.balance.amount >= deposit.balance.amount:
        raise InvalidDeposit(
            f"{account.id} holds {denom} of {OTHERS} others; one more must be larger than the "
            f"smallest of them, {smallest.balance}"
        )
    return tuple(one for one in kept if one is not smallest), smallest


def _key(deposit: Depositor) -> Key:
    return deposit.owner, int(deposit.source), deposit.balance.denom


def _joined(held: Depositor, more: Depositor) -> Depositor:
    amount = held.balance.amount + more.balance.amount
    return replace(held, balance=DecCoin(held.balance.denom, amount))


def _is_own(account: Account, deposit: Depositor) -> bool:
    return deposit.owner == account.owner and deposit.source == Source.BALANCE
