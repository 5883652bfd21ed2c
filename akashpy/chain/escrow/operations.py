"""What market and deployment do with escrow: open, fill, draw on and close accounts and payments.

Each operation loads, settles, changes and saves one account; only `MsgAccountDeposit` is a message
of its own. It must not know orders, bids or leases. Source: node `x/escrow/keeper/keeper.go`
(v2.1.0).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from akashpy.chain import params
from akashpy.chain.escrow.deposits import authorize, fetch
from akashpy.chain.escrow.exhaustion import FIX as EXHAUSTION
from akashpy.chain.escrow.exhaustion import (
    due,
    forget,
    overdue,
    payable,
    postpone,
    queued,
    reschedule,
)
from akashpy.chain.escrow.fallback import FIX as FALLBACK
from akashpy.chain.escrow.fallback import agree, agreed_price, end_agreement, fallback_price
from akashpy.chain.escrow.records import (
    ACCOUNTS,
    PAYMENTS,
    save_account,
    save_payment,
    strand,
    withdraw,
)
from akashpy.chain.escrow.settle import Settled, settle
from akashpy.chain.module import Steps
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deposit import Deposit
from akashpy.types.errors import ChainError
from akashpy.types.escrow import (
    Account,
    AccountClosed,
    AccountExists,
    AccountNotFound,
    AccountOverdrawn,
    Depositor,
    EscrowID,
    InvalidDenomination,
    InvalidSettlement,
    Payment,
    PaymentClosed,
    PaymentExists,
    PaymentID,
    PaymentNotFound,
    PaymentRateZero,
    State,
)
from akashpy.types.events import Event
from akashpy.wire import escrow as pb

ACCRUALS = "escrow-accruals"

EXHAUSTED_PER_BLOCK = 200
"""Accounts that one EndBlock ends at most; the others wait for the next block."""

SLICE = 4
"""Accounts ended between two steps of EndBlock: a few milliseconds."""

LOOK_AGAIN = 100
"""Blocks after which an account that AKT pays for is settled again at the latest."""

EXHAUSTION_GAS = 200_000_000
"""Gas of store work after which EndBlock stops earlier: an account may have many leases."""


def create_account(
    ctx: Context, id: EscrowID, owner: Address, deposits: Sequence[Depositor]
) -> None:
    """Open an account and move its first deposits in.

    Raises AccountExists (an id is never used twice), and what the bank raises.
    """
    if ACCOUNTS.has(ctx, str(id)):
        raise AccountExists(str(id))
    empty = Account(id, owner, State.OPEN, settled_at=ctx.height)
    save_account(ctx, fetch(ctx, empty, deposits))


def deposit(ctx: Context, id: EscrowID, deposits: Sequence[Depositor]) -> None:
    """Add money to an account. An overdrawn one pays its debt and, if it can, closes.

    Raises AccountNotFound, AccountClosed.
    """
    account = ACCOUNTS.require(ctx, str(id), AccountNotFound, str(id))
    if account.state is State.CLOSED or _ran_dry(ctx, id) is not None:
        raise AccountClosed(str(id))
    account = fetch(ctx, ACCOUNTS.require(ctx, str(id), AccountNotFound, str(id)), deposits)
    if account.state is State.OPEN:
        if account.funds[0].amount.is_positive:
            end_agreement(ctx, id)
        reschedule(ctx, save_account(ctx, account))
        return
    settled = settle(ctx, account, ctx.height)
    payments = [
        withdraw(ctx, replace(one, state=State.CLOSED)) if one.state is State.OPEN else one
        for one in settled.payments
    ]
    account = settled.account
    if not settled.overdrawn:
        account = replace(account, state=State.CLOSED)
    _save(ctx, account, payments)


def close_account(ctx: Context, id: EscrowID) -> None:
    """Pay every payment, refund the depositors and end the account.

    Raises AccountNotFound, AccountClosed.
    """
    ran_dry_at = _ran_dry(ctx, id)
    account = ACCOUNTS.require(ctx, str(id), AccountNotFound, str(id))
    if ran_dry_at is not None:
        _end(ctx, account, ran_dry_at, out_of_funds=True)
        return
    _end(ctx, account, ctx.height, out_of_funds=False)


def create_payment(ctx: Context, id: PaymentID, payee: Address, rate: DecCoin) -> None:
    """Start paying `payee` `rate` per block from this block on.

    Raises AccountNotFound, AccountClosed, AccountOverdrawn, InvalidDenomination, PaymentRateZero,
    PaymentExists.
    """
    # LOAD
    ran_dry_at = _ran_dry(ctx, id.account)
    account = ACCOUNTS.require(ctx, str(id.account), AccountNotFound, str(id.account))
    if ran_dry_at is not None:
        raise AccountClosed(str(id.account))
    settled = settle(ctx, account, ctx.height)
    account = settled.account
    # CHECK
    if settled.overdrawn:
        raise AccountOverdrawn(str(id.account))
    if not account.funds or account.funds[0].denom != rate.denom:
        raise InvalidDenomination(f"{id.account} does not settle in {rate.denom}")
    if rate.amount.is_zero:
        raise PaymentRateZero(str(id))
    if PAYMENTS.has(ctx, str(id)):
        raise PaymentExists(str(id))
    # APPLY
    none = DecCoin(rate.denom, Dec.ZERO)
    save_account(ctx, account)
    if params.is_fixed(ctx, ACCRUALS):
        for payment in settled.payments:
            save_payment(ctx, payment)
    else:
        _discard(ctx, settled)
    save_payment(
        ctx,
        Payment(
            id,
            payee,
            State.OPEN,
            rate=rate,
            balance=none,
            unsettled=none,
            withdrawn=Coin(rate.denom, 0),
        ),
    )
    reschedule(ctx, account)


def withdraw_payment(ctx: Context, id: PaymentID) -> None:
    """Settle and send one payment's earnings to its payee.

    Raises AccountNotFound, PaymentNotFound, PaymentClosed, AccountClosed; InvalidSettlement when
    the account was settled in this block already and the fix "escrow-same-block" is off.
    """
    _running(ctx, id)
    ran_dry_at = _ran_dry(ctx, id.account)
    account = ACCOUNTS.require(ctx, str(id.account), AccountNotFound, str(id.account))
    if ran_dry_at is not None:
        _end(ctx, account, ran_dry_at, out_of_funds=True)
        return
    settled = settle(ctx, account, ctx.height)
    payments = list(settled.payments)
    if not settled.overdrawn:
        place = _place(payments, id)
        if place is None:
            raise InvalidSettlement(f"{id}: the account was settled at this height already")
        payments[place] = withdraw(ctx, payments[place])
    _save(ctx, settled.account, payments)


def close_payment(ctx: Context, id: PaymentID) -> None:
    """Settle, pay one payment out and end it; the account's other payments keep running.

    Raises AccountNotFound, PaymentNotFound, PaymentClosed, AccountClosed.
    """
    _running(ctx, id)
    ran_dry_at = _ran_dry(ctx, id.account)
    account = ACCOUNTS.require(ctx, str(id.account), AccountNotFound, str(id.account))
    if ran_dry_at is not None:
        _end(ctx, account, ran_dry_at, out_of_funds=True)
        return
    settled = settle(ctx, account, ctx.height)
    payments = list(settled.payments)
    place = _place(payments, id)
    if place is not None and payments[place].state is State.OPEN:
        payments[place] = withdraw(ctx, replace(payments[place], state=State.CLOSED))
    _save(ctx, settled.account, payments)


def is_open(ctx: Context, id: EscrowID) -> bool:
    """Whether there is such an account and it is open."""
    account = ACCOUNTS.get(ctx, str(id))
    return account is not None and account.state is State.OPEN


def is_paying(ctx: Context, id: PaymentID) -> bool:
    """Whether there is such a payment and both it and its account are open."""
    payment = PAYMENTS.get(ctx, str(id))
    return payment is not None and payment.state is State.OPEN and is_open(ctx, id.account)


def close_exhausted(ctx: Context) -> Steps:
    """EndBlock: end every account that cannot pay the next block, as of the height it ran dry.

    Stops after a bounded amount of work; what is left is done in the next block, still as of its
    own height, so no provider is credited with a block that nobody could pay. Yields after each
    few accounts.
    """
    if not params.is_fixed(ctx, EXHAUSTION):
        return
    # Read at once: walking the queue again after each removal would pass all removed entries.
    waiting = list(islice(due(ctx), EXHAUSTED_PER_BLOCK))
    stop_at = ctx.gas.used + EXHAUSTION_GAS
    for number, (id, height) in enumerate(waiting, start=1):
        if queued(ctx, id) == height:
            _run_dry(ctx, id, height)
        if ctx.gas.used >= stop_at:
            return
        if not number % SLICE:
            yield


def _run_dry(ctx: Context, id: EscrowID, height: int) -> None:
    """End one account. A block must not fail on one account: then it falls back to Akash's way,
    in which the next message that touches it settles it, and an event says why."""
    try:
        with ctx.branch():
            account = ACCOUNTS.require(ctx, str(id), AccountNotFound, str(id))
            last = _last_paid(ctx, account, height)
            if last > ctx.height:
                _carry_on(ctx, account, last)
            else:
                _end(ctx, account, last, out_of_funds=True)
    except ChainError as error:
        forget(ctx, id)
        attributes = (("error", str(error)), ("id", str(id)))
        ctx.emit(Event("akashpy.escrow_exhaustion_failed", attributes))


def account_deposit(ctx: Context, msg: pb.MsgAccountDeposit) -> pb.MsgAccountDepositResponse:
    """Anybody adds money to anybody's account.

    Raises AccountNotFound, AccountClosed, market.InvalidDeposit.
    """
    id = EscrowID.from_wire(msg.id)
    wanted = Deposit.from_wire(msg.deposit)
    deposit(ctx, id, authorize(ctx, Address.parse(msg.signer), wanted, id.scope))
    return pb.MsgAccountDepositResponse()


# PARTS OF THE OPERATIONS


def _ran_dry(ctx: Context, id: EscrowID) -> int | None:
    """The past height at which an account ended that EndBlock has not reached yet.

    None for every other account; one that AKT pays for is settled first.
    """
    height = overdue(ctx, id)
    if height is None:
        return None
    account = ACCOUNTS.require(ctx, str(id), AccountNotFound, str(id))
    last = _last_paid(ctx, account, height)
    if last <= ctx.height:
        return last
    _carry_on(ctx, account, last)
    return None


def _last_paid(ctx: Context, account: Account, height: int) -> int:
    """The last height an account can pay in full: `height` by its ACT, more where AKT may pay.

    Blocks up to now are paid at the price that was agreed for them, whatever became of it; only
    those to come need a price of today.
    """
    if not params.is_fixed(ctx, FALLBACK):
        return height
    today, agreed = fallback_price(ctx, account), agreed_price(ctx, account)
    if agreed is not None:
        paid = account.settled_at + payable(ctx, account, agreed)
        if paid < ctx.height or today is None:
            return min(paid, ctx.height)
        return max(account.settled_at + payable(ctx, account, today), ctx.height)
    return height if today is None else account.settled_at + payable(ctx, account, today)


def _carry_on(ctx: Context, account: Account, last: int) -> None:
    """Let AKT pay up to now, and look again when half of it may be used up.

    Prices change, so that `last` is only today's guess; until the next look today's price holds.
    """
    price = fallback_price(ctx, account)
    settled = settle(ctx, account, ctx.height)
    _save(ctx, settled.account, settled.payments)
    if settled.account.state is State.OPEN and price is not None:
        agree(ctx, account, price)
        ahead = min(max((last - ctx.height) // 2, 1), LOOK_AGAIN)
        postpone(ctx, account.id, ctx.height + ahead)


def _end(ctx: Context, account: Account, height: int, *, out_of_funds: bool) -> None:
    """Settle up to `height`, pay and close every payment, refund and close the account."""
    settled = settle(ctx, account, height)
    account = settled.account
    if account.state is State.OPEN:
        account = replace(account, state=State.CLOSED)
    payments = [
        withdraw(ctx, replace(one, state=State.CLOSED)) if one.state is State.OPEN else one
        for one in settled.payments
    ]
    _save(ctx, account, payments, out_of_funds=out_of_funds)


def _save(
    ctx: Context, account: Account, payments: Sequence[Payment], *, out_of_funds: bool = False
) -> None:
    """Store an account, then the payments that took part, then its place in the queue."""
    account = save_account(ctx, account, out_of_funds=out_of_funds)
    if account.state is not State.OPEN:
        end_agreement(ctx, account.id)
    for payment in payments:
        save_payment(ctx, payment)
    for id in dict.fromkeys([account.id, *(payment.id.account for payment in payments)]):
        touched = account if id == account.id else ACCOUNTS.get(ctx, str(id))
        if touched is not None:
            reschedule(ctx, touched)


def _running(ctx: Context, id: PaymentID) -> tuple[Account, Payment]:
    account = ACCOUNTS.require(ctx, str(id.account), AccountNotFound, str(id.account))
    payment = PAYMENTS.require(ctx, str(id), PaymentNotFound, str(id))
    if payment.state is not State.OPEN:
        raise PaymentClosed(str(id))
    return account, payment


def _place(payments: Sequence[Payment], id: PaymentID) -> int | None:
    return next((n for n, payment in enumerate(payments) if payment.id == id), None)


def _discard(ctx: Context, settled: Settled) -> None:
    """Akash forgets what the other payments earned up to a new one; note the money as stranded."""
    for payment in settled.payments:
        before = PAYMENTS.require(ctx, str(payment.id), PaymentNotFound, str(payment.id))
        earned = payment.balance.amount - before.balance.amount
        strand(ctx, payment.balance.denom, earned.truncate())
