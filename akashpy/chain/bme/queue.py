"""Requests that wait, and what becomes of them at the end of a block.

Requests to mint ACT and to burn it wait for the next epoch of their kind, which are counted in
blocks here. A block handles a bounded number of them. What fails for good is cancelled and
refunded, what may succeed later is tried again. It must not know how coins are converted.
Source: node `x/bme/keeper/abci.go`, `keeper.go` cancelBurnMint (v2.1.0).
"""

from itertools import islice

from akashpy.chain import bank
from akashpy.chain import params as chain_params
from akashpy.chain.bme.breaker import QUEUE_FIX, begin_epoch_again, recovered, refresh
from akashpy.chain.bme.convert import execute, no_longer_waiting
from akashpy.chain.bme.records import (
    BURN_EPOCH,
    CANCELED,
    EPOCHS,
    MINT_EPOCH,
    NAME,
    PENDING,
    Key,
    id_of,
    params,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.bme import (
    UACT,
    UAKT,
    BurnFailed,
    CancelReason,
    CircuitBreakerActive,
    Epsilon,
    InsufficientVaultFunds,
    InvalidAmount,
    InvalidDenom,
    MinimumMint,
    MintFailed,
    MintStatus,
    Params,
    ZeroPrice,
)
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import ChainError, InsufficientFunds
from akashpy.types.events import Event, typed
from akashpy.types.oracle import PriceStalled
from akashpy.wire import bme as pb

REASONS_FIX = "bme-cancel-reasons"

WHY = "akashpy.bme_canceled"
"""Our own event beside Akash's: the cancelled request and the error's whole text."""
STUCK = "akashpy.bme_cancel_failed"
"""Our own event: a request could be neither converted nor refunded and stays."""

FATAL = (Epsilon, InvalidDenom, InvalidAmount, MinimumMint)
"""What will not get better: such a request is cancelled at once."""

REASONS: tuple[tuple[type[ChainError], CancelReason], ...] = (
    (Epsilon, CancelReason.EPSILON),
    (ZeroPrice, CancelReason.ZERO_PRICE),
    (InsufficientVaultFunds, CancelReason.INSUFFICIENT_FUNDS),
    (InvalidDenom, CancelReason.INVALID_DENOM),
    (InvalidAmount, CancelReason.INVALID_AMOUNT),
    (MinimumMint, CancelReason.MINIMUM_MINT),
    (MintFailed, CancelReason.MINT_FAILED),
    (BurnFailed, CancelReason.BURN_FAILED),
)
MORE_REASONS: tuple[tuple[type[ChainError], CancelReason], ...] = (
    (PriceStalled, CancelReason.ZERO_PRICE),
    (CircuitBreakerActive, CancelReason.INSUFFICIENT_FUNDS),
    (InsufficientFunds, CancelReason.INSUFFICIENT_FUNDS),
)
"""Causes that Akash has no reason for, and the reason that comes nearest."""


class _Budget:
    """How many more requests this block handles; both queues share it, each gets one at least."""

    __slots__ = ("handled", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.handled = 0

    @property
    def left(self) -> int:
        """Requests the next queue may handle."""
        return max(self.limit - self.handled, 1)


def end_block(ctx: Context) -> None:
    """Convert what is due: burning first, then, if the circuit breaker allows it, minting."""
    rules = params(ctx)
    budget = _Budget(rules.max_endblocker_records)
    if (EPOCHS.get(ctx, BURN_EPOCH) or 0) <= ctx.height:
        EPOCHS.put(ctx, BURN_EPOCH, ctx.height + rules.min_epoch_blocks)
        _convert(ctx, rules, budget, UACT, UAKT)
    now, changed = refresh(ctx)
    if recovered(now, changed):
        begin_epoch_again(ctx, now)
        return
    may_mint = now.status <= MintStatus.WARNING
    if may_mint and _is_due(ctx):
        EPOCHS.put(ctx, MINT_EPOCH, ctx.height + now.epoch_height_diff)
        _convert(ctx, rules, budget, UAKT, UACT)
        refresh(ctx)
    elif not may_mint and _is_due(ctx) and chain_params.is_fixed(ctx, QUEUE_FIX):
        _refuse(ctx, budget, now)


def _is_due(ctx: Context) -> bool:
    """Whether the minting epoch ends. Akash asks for exactly this height and misses later ones."""
    due = EPOCHS.get(ctx, MINT_EPOCH) or 0
    return due <= ctx.height if chain_params.is_fixed(ctx, QUEUE_FIX) else due == ctx.height


def _waiting(ctx: Context, budget: _Budget, denom: str, to_denom: str) -> list[Key]:
    rows = PENDING.under(ctx, denom.encode(), to_denom.encode())
    keys = [key for key, _ in islice(rows, budget.left)]
    budget.handled += len(keys)
    return keys


def _convert(ctx: Context, rules: Params, budget: _Budget, denom: str, to_denom: str) -> None:
    for key in _waiting(ctx, budget, denom, to_denom):
        request = PENDING.get(ctx, key)
        if request is None:
            continue
        try:
            with ctx.branch():
                execute(ctx, rules, key, request)
        except (ChainError, OverflowError) as error:
            _failed(ctx, rules, key, request, error)


def _failed(
    ctx: Context, rules: Params, key: Key, request: pb.LedgerPendingRecord, error: Exception
) -> None:
    """Cancel a request that failed for good or too often; let any other one wait."""
    if isinstance(error, FATAL):
        _cancel(ctx, key, request, _reason(ctx, request, error), error)
        return
    request.attempts += 1
    if request.attempts < rules.max_pending_attempts:
        PENDING.put(ctx, key, request)
        return
    reason = CancelReason.MAX_ATTEMPTS
    if chain_params.is_fixed(ctx, REASONS_FIX):
        reason = _reason(ctx, request, error)
    _cancel(ctx, key, request, reason, error)


def _refuse(ctx: Context, budget: _Budget, now: pb.Status) -> None:
    """Minting is halted when its epoch ends: give the requests' coins back instead of waiting."""
    error: ChainError = CircuitBreakerActive("the vault does not cover the supply")
    if int(now.status) == MintStatus.HALT_ORACLE:
        error = PriceStalled()
    for key in _waiting(ctx, budget, UAKT, UACT):
        request = PENDING.get(ctx, key)
        if request is not None:
            _cancel(ctx, key, request, _reason(ctx, request, error), error)


def _reason(ctx: Context, request: pb.LedgerPendingRecord, error: Exception) -> CancelReason:
    known = REASONS + (MORE_REASONS if chain_params.is_fixed(ctx, REASONS_FIX) else ())
    for kind, reason in known:
        if isinstance(error, kind):
            return reason
    if not chain_params.is_fixed(ctx, REASONS_FIX):
        return CancelReason.UNKNOWN
    minting = request.coins_to_burn.denom == UAKT
    return CancelReason.MINT_FAILED if minting else CancelReason.BURN_FAILED


def _cancel(
    ctx: Context,
    key: Key,
    request: pb.LedgerPendingRecord,
    reason: CancelReason,
    error: Exception,
) -> None:
    """Give a request's coins back to its owner and say why."""
    told = (("error", str(error)), ("id", _text(key)))
    try:
        with ctx.branch():
            _refund(ctx, key, request, reason)
            if chain_params.is_fixed(ctx, REASONS_FIX):
                ctx.emit(Event(WHY, told))
    except ChainError as failure:
        ctx.emit(Event(STUCK, (("error", str(failure)), told[1])))


def _refund(ctx: Context, key: Key, request: pb.LedgerPendingRecord, reason: CancelReason) -> None:
    record = pb.LedgerCanceledRecord(
        owner=request.owner,
        cancel_reason=reason,  # type: ignore[arg-type]  # an enum of ours
        to=request.to,
        coins_to_burn=request.coins_to_burn,
        denom_to_mint=request.denom_to_mint,
    )
    coin = Coin.from_wire(request.coins_to_burn)
    CANCELED.put(ctx, key, record)
    PENDING.remove(ctx, key)
    no_longer_waiting(ctx, coin)
    bank.send_from_module(ctx, NAME, Address.parse(request.owner).raw, Coins.of([coin]))
    ctx.emit(
        typed(
            pb.EventLedgerRecordCanceled(
                id=id_of(key),
                cancel_reason=record.cancel_reason,
                owner=record.owner,
                to=record.to,
                coins_to_burn=record.coins_to_burn,
                denom_to_mint=record.denom_to_mint,
            )
        )
    )


def _text(key: Key) -> str:
    id = id_of(key)
    return f"{id.denom}/{id.to_denom}/{id.source}/{id.height}/{id.sequence}"
