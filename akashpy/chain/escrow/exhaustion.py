"""When does each account run dry, and closing it in that very block.

Akash finds an empty account only when somebody touches it; until then a provider serves unpaid.
Here every open account with running payments stands in a queue ordered by the last height it can
pay in full, and EndBlock closes those whose time has come (the fix "escrow-exhaustion"). A queue
entry is rewritten in O(log n) whenever funds or rates change. This module must not know leases.
"""

from collections.abc import Iterator

from akashpy.chain import params
from akashpy.chain.escrow.fallback import worth_in_act
from akashpy.chain.escrow.records import payments_of
from akashpy.chain.escrow.settle import dry_after
from akashpy.state.codecs import U64, Str, Uint64
from akashpy.state.collections import Index, IndexedMap
from akashpy.state.context import Context
from akashpy.types.dec import Dec
from akashpy.types.escrow import Account, EscrowID, Scope, State

FIX = "escrow-exhaustion"

FAR_FUTURE = 2**63 - 1
"""Heights above this are never reached and not queued."""

QUEUE: IndexedMap[str, int] = IndexedMap(
    "escrow",
    b"\x21",
    Str,
    Uint64,
    indexes={"height": Index(b"\x22", U64, lambda key, height: height)},
)
"""Account id text -> the last height the account pays in full; index `height` is the queue."""


def reschedule(ctx: Context, account: Account) -> None:
    """Bring an account's queue entry up to date with its funds, rates and settlement height.

    The queue is kept whether or not the fix is on, so that governance can turn it on at any time.
    """
    if account.id.scope is not Scope.DEPLOYMENT:
        return
    due = _dry_at(ctx, account) if account.state is State.OPEN else None
    key = str(account.id)
    if due is not None:
        if QUEUE.get(ctx, key) != due:
            QUEUE.put(ctx, key, due)
    else:
        QUEUE.remove(ctx, key)


def overdue(ctx: Context, id: EscrowID) -> int | None:
    """The past height at which an account ran dry while EndBlock has not reached it yet.

    None for every other account, and always while the fix is off.
    """
    if id.scope is not Scope.DEPLOYMENT or not params.is_fixed(ctx, FIX):
        return None
    height = queued(ctx, id)
    return height if height is not None and height < ctx.height else None


def due(ctx: Context) -> Iterator[tuple[EscrowID, int]]:
    """Accounts that have run dry by now, earliest first, with the heights at which they did."""
    for key, height in QUEUE.index("height").under(ctx):
        if height > ctx.height:
            return
        yield EscrowID.parse(key), height


def queued(ctx: Context, id: EscrowID) -> int | None:
    """The last height an account can pay in full, or None when it is not in the queue."""
    return QUEUE.get(ctx, str(id))


def postpone(ctx: Context, id: EscrowID, height: int) -> None:
    """Look at an account again at `height`, whatever its funds say: something else pays for it."""
    QUEUE.put(ctx, str(id), min(height, FAR_FUTURE))


def payable(ctx: Context, account: Account, price: Dec) -> int:
    """Blocks since its settlement that an account can pay when its AKT counts for `price`."""
    rates = [payment.rate.amount for payment in payments_of(ctx, account.id, State.OPEN)]
    worth = max(account.funds[0].amount, Dec.ZERO) + worth_in_act(account, price, len(rates))
    blocks = dry_after(worth, rates)
    return FAR_FUTURE if blocks is None else blocks


def forget(ctx: Context, id: EscrowID) -> None:
    """Take an account out of the queue for good; the next change of its money enters it again."""
    QUEUE.remove(ctx, str(id))


def _dry_at(ctx: Context, account: Account) -> int | None:
    payments = payments_of(ctx, account.id, State.OPEN)
    if not payments or not account.funds:
        return None
    blocks = dry_after(account.funds[0].amount, [payment.rate.amount for payment in payments])
    if blocks is None or account.settled_at + blocks > FAR_FUTURE:
        return None
    return account.settled_at + blocks
