"""The circuit breaker: how well the vault covers all ACT, and what may be minted therefore.

It must not know requests. Source: node `x/bme/keeper/keeper.go` calculateCR, mintStatusUpdate,
calculateBlocksDiff (v2.1.0).
"""

from akashpy.chain import auth, bank, oracle
from akashpy.chain import params as chain_params
from akashpy.chain.bme.records import EPOCHS, MINT_EPOCH, NAME, STATUS, WAITING, params, status
from akashpy.state.context import Context
from akashpy.types.bme import BPS, UACT, UAKT, MintStatus, Params, ZeroPrice
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, Panic
from akashpy.types.events import typed
from akashpy.types.oracle import ACT, AKT, HealthChanged, PriceStalled
from akashpy.wire import bme as pb

QUEUE_FIX = "bme-mint-queue"
STALENESS_FIX = "oracle-staleness"

MAX_BPS = 2**32 - 1
STEP_BPS = 10
"""The ratio falls by this much from one length of an epoch to the next longer one."""
MAX_EPOCH_BLOCKS = 14_400
"""About a day."""


def collateral_ratio(ctx: Context) -> Dec:
    """The vault's AKT in dollars over all ACT; without any ACT the dollars themselves.

    AKT of requests that wait does not count. Raises PriceStalled, ZeroPrice, Panic.
    """
    akt, act = oracle.price(ctx, AKT), oracle.price(ctx, ACT)
    if akt.is_zero or act.is_zero:
        raise ZeroPrice(f"oracle prices must be non-zero (AKT={akt}, ACT={act})")
    vault = bank.balance(ctx, auth.MODULE_ADDRESSES[NAME], UAKT)
    covered = Dec.of(max(vault - (WAITING.get(ctx, UAKT) or 0), 0)).mul(akt.quo(act))
    supply = bank.supply(ctx, UACT)
    return covered.quo(Dec.of(supply)) if supply > 0 else covered


def refresh(ctx: Context) -> tuple[pb.Status, bool]:
    """Bring the status up to date; the status, and whether it changed."""
    rules, before = params(ctx), status(ctx)
    now, ratio = pb.Status(), Dec.ZERO
    now.CopyFrom(before)
    try:
        ratio = collateral_ratio(ctx)
        bps = min(ratio.mul(Dec.of(BPS)).truncate(), MAX_BPS)
    except (PriceStalled, ZeroPrice):
        now.status = MintStatus.HALT_ORACLE  # type: ignore[assignment]  # an enum of ours
    except ChainError:
        now.status = MintStatus.HALT_CR  # type: ignore[assignment]  # an enum of ours
    else:
        if bps > rules.circuit_breaker_halt_threshold:
            is_warning = bps <= rules.circuit_breaker_warn_threshold
            found = MintStatus.WARNING if is_warning else MintStatus.HEALTHY
            now.status = found  # type: ignore[assignment]  # an enum of ours
            now.epoch_height_diff = epoch_length(rules, bps)
        else:
            now.status = MintStatus.HALT_CR  # type: ignore[assignment]  # an enum of ours
    if now == before:
        return before, False
    now.previous_status = before.status
    STATUS.put(ctx, now)
    ctx.emit(
        typed(
            pb.EventMintStatusChange(
                previous_status=now.previous_status,
                new_status=now.status,
                collateral_ratio=ratio.wire(),
            )
        )
    )
    return now, True


def recovered(now: pb.Status, changed: bool) -> bool:
    """Whether minting has just become possible."""
    return (
        changed and now.previous_status >= MintStatus.HALT_CR and now.status <= MintStatus.WARNING
    )


def begin_epoch_again(ctx: Context, now: pb.Status) -> None:
    """Minting has become possible: the next minting epoch begins to run.

    Akash starts it anew each time, so that a price which fails and recovers again and again keeps
    requests waiting; with the fix an epoch that has not ended yet goes on.
    """
    running = EPOCHS.get(ctx, MINT_EPOCH) or 0
    if running <= ctx.height or not chain_params.is_fixed(ctx, QUEUE_FIX):
        EPOCHS.put(ctx, MINT_EPOCH, ctx.height + now.epoch_height_diff)


def price_health_changed(ctx: Context, value: HealthChanged) -> None:
    """A price became healthy or stopped being so: with the fix minting knows in this block."""
    del value
    if chain_params.is_fixed(ctx, STALENESS_FIX):
        now, changed = refresh(ctx)
        if recovered(now, changed):
            begin_epoch_again(ctx, now)


def epoch_length(rules: Params, bps: int) -> int:
    """Blocks between two minting epochs: the more, the further the ratio is below the warning."""
    least, warn = rules.min_epoch_blocks, rules.circuit_breaker_warn_threshold
    steps = (warn - bps) // STEP_BPS if bps < warn else 0
    if steps == 0 or rules.epoch_blocks_backoff_percent == 0:
        return least
    growth = Dec.of(100 + rules.epoch_blocks_backoff_percent).quo(Dec.of(100))
    try:
        length = min(Dec.of(least).mul(power(growth, steps)), Dec.of(MAX_EPOCH_BLOCKS))
    except Panic:  # too long to write down: Akash's chain stops here
        length = Dec.of(MAX_EPOCH_BLOCKS)
    return max(length.truncate(), least)


def power(base: Dec, exponent: int) -> Dec:
    """`base` to a whole power, rounded after each step as Go does. Raises Panic.

    Source: cosmossdk.io/math LegacyDec.Power.
    """
    if exponent == 0:
        return Dec.ONE
    rest = Dec.ONE
    while exponent > 1:
        if exponent % 2:
            rest = rest.mul(base)
        exponent //= 2
        base = base.mul(base)
    return base.mul(rest)
