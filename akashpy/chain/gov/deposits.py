"""Deposits on proposals: taken, given back, burned, or charged when a proposal is cancelled.

It must not know votes or what a proposal contains. Source: Cosmos SDK 0.53 x/gov/keeper/deposit.go.
"""

from akashpy.chain import auth, bank
from akashpy.chain.gov.records import (
    ACTIVE,
    ADDRESS,
    DEPOSIT_PERIOD,
    DEPOSITS,
    GOV,
    INACTIVE,
    VOTING_PERIOD,
    min_deposit,
    params,
    put,
    require,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.duration import nanoseconds
from akashpy.types.errors import InvalidCoins
from akashpy.types.events import Event
from akashpy.types.gov import (
    DepositMade,
    InactiveProposal,
    InvalidDepositDenom,
    MinDepositTooSmall,
)
from akashpy.wire import gov as pb
from akashpy.wire.distribution import MsgFundCommunityPool


def require_initial(value: pb.Params, coins: Coins, *, expedited: bool) -> None:
    """Raises MinDepositTooSmall, InvalidDepositDenom for what a submission deposits."""
    ratio = Dec.of(value.min_initial_deposit_ratio)
    if not ratio.is_zero:
        whole = value.expedited_min_deposit if expedited else value.min_deposit
        needed = [Coin(coin.denom, Dec.of(int(coin.amount)).mul(ratio).round()) for coin in whole]
        if needed and not (coins and coins.covers(needed)):
            shown = ",".join(map(str, needed))
            raise MinDepositTooSmall(f"was ({coins}), need ({shown})")
    require_denoms(value, coins)


def require_denoms(value: pb.Params, coins: Coins) -> None:
    """Raises InvalidDepositDenom for a coin that is not among the minimum deposit's."""
    accepted = [coin.denom for coin in value.min_deposit]
    for coin in coins:
        if coin.denom not in accepted:
            raise InvalidDepositDenom(
                f"deposited {coins}, but gov accepts only the following denom(s): "
                f"[{' '.join(accepted)}]"
            )


def add(ctx: Context, number: int, depositor: bytes, coins: Coins) -> bool:
    """Add to a proposal's deposit; True when that starts its voting period.

    Raises PlainError, InactiveProposal, InvalidDepositDenom, MinDepositTooSmall,
    InsufficientFunds.
    """
    # LOAD
    proposal = require(ctx, number)
    value = params(ctx)
    # CHECK
    if proposal.status not in (DEPOSIT_PERIOD, VOTING_PERIOD):
        raise InactiveProposal(str(number))
    needed = min_deposit(proposal, value)
    require_denoms(value, coins)
    _require_share(needed, Dec.of(value.min_deposit_ratio), coins)
    # APPLY
    bank.send_to_module(ctx, depositor, GOV, coins)
    total = Coins.from_wire(proposal.total_deposit) + coins
    del proposal.total_deposit[:]
    proposal.total_deposit.extend(total.to_wire())
    started = proposal.status == DEPOSIT_PERIOD and total.covers(needed)
    if started:
        _activate(ctx, proposal, value)
    else:
        put(ctx, proposal)
    deposit = DEPOSITS.get(ctx, (number, depositor))
    if deposit is None:
        deposit = pb.Deposit(proposal_id=number, depositor=Address.of(depositor))
    amount = Coins.from_wire(deposit.amount) + coins
    del deposit.amount[:]
    deposit.amount.extend(amount.to_wire())
    ctx.notify(DepositMade(number, depositor))
    # EMIT
    ctx.emit(
        Event(
            "proposal_deposit",
            (
                ("depositor", Address.of(depositor)),
                ("amount", str(coins)),
                ("proposal_id", str(number)),
            ),
        )
    )
    DEPOSITS.put(ctx, (number, depositor), deposit)
    return started


def _require_share(needed: Coins, ratio: Dec, coins: Coins) -> None:
    """At least one denomination must reach `ratio` of what is needed of it."""
    if ratio.is_zero:
        return
    thresholds = []
    for coin in needed:
        threshold = Coin(coin.denom, Dec.of(coin.amount).mul(ratio).truncate())
        thresholds.append(str(threshold))
        found = coins.amount_of(coin.denom)
        if found and found >= threshold.amount:
            return
    raise MinDepositTooSmall(
        f"received {coins} but need at least one of the following: {','.join(thresholds)}"
    )


def _activate(ctx: Context, proposal: pb.Proposal, value: pb.Params) -> None:
    """Start the voting period. Source: ActivateVotingPeriod."""
    period = value.expedited_voting_period if proposal.expedited else value.voting_period
    end = ctx.time + nanoseconds(period)
    proposal.voting_start_time.FromNanoseconds(ctx.time)
    proposal.voting_end_time.FromNanoseconds(end)
    proposal.status = VOTING_PERIOD
    put(ctx, proposal)
    INACTIVE.remove(ctx, (proposal.deposit_end_time.ToNanoseconds(), proposal.id))
    ACTIVE.put(ctx, (end, proposal.id), True)


def refund(ctx: Context, number: int) -> None:
    """Give every deposit on a proposal back. Source: RefundAndDeleteDeposits."""
    for key, deposit in list(DEPOSITS.under(ctx, number)):
        # not send_from_module: gov itself may have deposited, and its own coins may come back
        bank.send(ctx, ADDRESS, key[1], Coins.from_wire(deposit.amount))
        DEPOSITS.remove(ctx, key)


def burn(ctx: Context, number: int) -> None:
    """Burn every deposit on a proposal. Source: DeleteAndBurnDeposits."""
    total = Coins.EMPTY
    for key, deposit in list(DEPOSITS.under(ctx, number)):
        total = total + Coins.from_wire(deposit.amount)
        DEPOSITS.remove(ctx, key)
    bank.burn(ctx, GOV, total)


def charge(ctx: Context, number: int, value: pb.Params) -> None:
    """Give deposits back, less the share a cancelled proposal costs; burn or send that share.

    Raises Unauthorized where a module's account would receive. Source: ChargeDeposit.
    """
    rate = Dec.of(value.proposal_cancel_ratio)
    charges = Coins.EMPTY
    for key, deposit in list(DEPOSITS.under(ctx, number)):
        held = Coins.from_wire(deposit.amount)
        cost = Coins.of(Coin(coin.denom, Dec.of(coin.amount).mul(rate).truncate()) for coin in held)
        charges = charges + cost
        rest = held.subtract(cost)
        if rest:
            bank.send_from_module(ctx, GOV, key[1], rest)
        DEPOSITS.remove(ctx, key)
    if not charges:
        return
    destination = value.proposal_cancel_dest
    if not destination:
        bank.burn(ctx, GOV, charges)
    elif destination == Address.of(auth.MODULE_ADDRESSES["distribution"]):
        ctx.dispatch(MsgFundCommunityPool(depositor=Address.of(ADDRESS), amount=charges.to_wire()))
    else:
        bank.send_from_module(ctx, GOV, Address.parse(destination).raw, charges)


def amount_of(repeated: object) -> Coins:
    """A message's deposit. Raises InvalidCoins when there is none or it is malformed."""
    coins = Coins.from_wire(repeated)  # type: ignore[arg-type]  # any repeated field of coins
    if not coins:
        raise InvalidCoins.around("")
    return coins
