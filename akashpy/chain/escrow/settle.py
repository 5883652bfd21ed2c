"""Settlement: what an account owes its payments up to a height, to the base unit.

The arithmetic is Akash's: each payment is billed trunc(rate x blocks) at every settlement, the
fraction is dropped, earlier keys are paid in full before later ones, and a shortage makes the
account overdrawn. This module must not know messages, leases or the exhaustion queue. Source: node
`x/escrow/keeper/keeper.go` accountSettle (v2.1.0).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from akashpy.chain import params
from akashpy.chain.escrow.deduct import deduct
from akashpy.chain.escrow.fallback import pay_in_akt
from akashpy.chain.escrow.records import payments_under, withdraw
from akashpy.state.context import Context
from akashpy.types.coin import DecCoin
from akashpy.types.dec import Dec
from akashpy.types.escrow import (
    Account,
    AccountClosed,
    InvalidDenomination,
    Payment,
    Scope,
    State,
)

SAME_BLOCK = "escrow-same-block"
ACCOUNT_PREFIX = "escrow-prefix"


@dataclass(frozen=True, slots=True)
class Settled:
    """An account after settlement with the payments that took part, neither stored yet.

    `overdrawn` is true when the money did not reach, now or before.
    """

    account: Account
    payments: tuple[Payment, ...]
    overdrawn: bool


def settle(ctx: Context, account: Account, height: int) -> Settled:
    """Bill every running payment of an account up to `height`.

    Pays an overdrawn account's payments out at once; otherwise only moves money between books and
    leaves storing to the caller. Raises AccountClosed, InvalidDenomination.
    """
    if account.state is State.CLOSED:
        raise AccountClosed(str(account.id))
    if not account.funds:
        return Settled(replace(account, settled_at=height), (), overdrawn=False)
    if account.funds[0].amount.is_negative:
        return Settled(account, (), overdrawn=True)
    blocks = 0
    if account.state is State.OPEN:
        blocks = height - account.settled_at
        account = replace(account, settled_at=height)
    payments = _taking_part(ctx, account, blocks)
    denom = account.funds[0].denom
    for payment in payments:
        if payment.rate.denom != denom:
            raise InvalidDenomination(f"{payment.id} runs in {payment.rate.denom}, not in {denom}")
    account, billed = _bill_all(account, payments, blocks)
    if any(payment.state is State.OVERDRAWN for payment in billed):
        account, billed = pay_in_akt(ctx, account, billed)
    if all(payment.state is State.OPEN for payment in billed):
        return Settled(account, billed, overdrawn=False)
    account = replace(account, state=State.OVERDRAWN)
    broke = tuple(withdraw(ctx, replace(payment, state=State.OVERDRAWN)) for payment in billed)
    return Settled(account, broke, overdrawn=True)


def dry_after(funds: Dec, rates: Sequence[Dec]) -> int | None:
    """How many blocks `funds` pay in full at these rates per block; None when none is charged.

    The largest d with sum(trunc(rate x d)) <= funds.
    """
    total = sum(rate.raw for rate in rates)
    if total <= 0:
        return None
    enough = max(funds.raw, 0) // total
    too_many = (max(funds.raw, 0) + len(rates) * Dec.ONE.raw) // total + 1
    while too_many - enough > 1:
        middle = (enough + too_many) // 2
        due = sum(rate.mul_int(middle).truncate() for rate in rates)
        if Dec.of(due) <= funds:
            enough = middle
        else:
            too_many = middle
    return enough


def _taking_part(ctx: Context, account: Account, blocks: int) -> list[Payment]:
    """Overdrawn payments, then open ones, each in key order; a bid's deposit has none."""
    if account.id.scope is Scope.BID:
        return []
    fixes = params.fixes(ctx)
    states = [State.OVERDRAWN]
    if blocks or (account.state is State.OPEN and SAME_BLOCK in fixes):
        states.append(State.OPEN)
    # Akash looks up without the closing slash, so account o/12 also bills payments of o/120.
    text = f"{account.id}/" if ACCOUNT_PREFIX in fixes else str(account.id)
    return [payment for state in states for payment in payments_under(ctx, text, state)]


def _bill_all(
    account: Account, payments: Sequence[Payment], blocks: int
) -> tuple[Account, tuple[Payment, ...]]:
    billed: list[Payment] = []
    for payment in payments:
        if payment.state is State.OVERDRAWN:
            due, debt = payment.unsettled.amount, Dec.ZERO
        else:
            debt = payment.unsettled.amount
            due = Dec.of(payment.rate.amount.mul_int(blocks).truncate())
        account, taken = deduct(account, payment.rate.denom, due)
        missing = due - taken
        billed.append(
            replace(
                payment,
                state=State.OVERDRAWN if missing.is_positive else State.OPEN,
                balance=DecCoin(payment.balance.denom, payment.balance.amount + taken),
                unsettled=DecCoin(payment.unsettled.denom, debt + missing),
            )
        )
    return account, tuple(billed)
