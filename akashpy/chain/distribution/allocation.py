"""How each block's fees and new coins become rewards of those who voted for the block before.

It must not know delegations: a validator's share waits until somebody withdraws it.
Source: SDK 0.53 x/distribution/keeper/{abci,allocation}.go.
"""

from akashpy.chain import auth, bank, staking
from akashpy.chain.distribution.records import (
    COMMISSION,
    CURRENT,
    MODULE_NAME,
    OUTSTANDING,
    PREVIOUS_PROPOSER,
    add_to_pool,
    commission,
    current,
    outstanding,
    params,
)
from akashpy.state.context import Context
from akashpy.types.coin import DecCoins
from akashpy.types.dec import Dec
from akashpy.types.distribution import CurrentRewards
from akashpy.types.events import Event
from akashpy.wire import staking as pb


def begin_block(ctx: Context) -> None:
    """Share out what was collected since the last block, and remember who proposes this one."""
    if ctx.height > 1:
        allocate(ctx)
    PREVIOUS_PROPOSER.put(ctx, ctx.proposer)


def allocate(ctx: Context) -> None:
    """Share the fee collector's coins among validators by their power in the last commit.

    All who are in the commit share, whether they voted or not; the tax and what rounding leaves
    go to the community, and so does the share of a validator that is gone by now.
    """
    # LOAD
    collected = bank.balances(ctx, auth.MODULE_ADDRESSES[auth.FEE_COLLECTOR])
    fees = DecCoins.whole(collected)
    total = sum(vote.power for vote in ctx.votes)
    # APPLY, EMIT
    bank.send_between_modules(ctx, auth.FEE_COLLECTOR, MODULE_NAME, collected)
    remaining = fees
    if total:
        shared = fees.mul_truncate(Dec.ONE - params(ctx).community_tax)
        whole = Dec.of(total)
        for vote in ctx.votes:
            validator = staking.validator_by_consensus(ctx, vote.address)
            if validator is None:
                continue
            reward = shared.mul_truncate(Dec.of(vote.power).quo_truncate(whole))
            allocate_to(ctx, validator, reward)
            remaining = remaining.subtract(reward)
    add_to_pool(ctx, remaining)


def allocate_to(ctx: Context, validator: pb.Validator, tokens: DecCoins) -> None:
    """Give a validator and its delegators `tokens`, which the module's account holds already."""
    operator, text = staking.operator_of(validator), validator.operator_address
    kept = tokens.mul(Dec.from_wire(validator.commission.commission_rates.rate))
    ctx.emit(Event("commission", (("amount", str(kept)), ("validator", text))))
    COMMISSION.put(ctx, operator, commission(ctx, operator) + kept)
    running = current(ctx, operator)
    rewards = running.rewards + tokens.subtract(kept)
    CURRENT.put(ctx, operator, CurrentRewards(rewards, running.period))
    ctx.emit(Event("rewards", (("amount", str(tokens)), ("validator", text))))
    OUTSTANDING.put(ctx, operator, outstanding(ctx, operator) + tokens)
