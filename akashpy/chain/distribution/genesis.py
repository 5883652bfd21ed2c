"""How distribution starts and is written back. Source: SDK 0.53 x/distribution/keeper/genesis.go.

It must not know how the records are used.
"""

from akashpy import wire
from akashpy.chain import auth, bank
from akashpy.chain.distribution.records import (
    COMMISSION,
    CURRENT,
    HISTORICAL,
    MODULE_NAME,
    OUTSTANDING,
    PARAMS,
    POOL,
    PREVIOUS_PROPOSER,
    SLASHES,
    STARTING,
    WITHDRAW_ADDRESS,
    params,
    pool,
)
from akashpy.chain.module import JsonState
from akashpy.state.context import Context
from akashpy.types.address import VALCONS, VALOPER, Address
from akashpy.types.coin import DecCoins
from akashpy.types.dec import Dec
from akashpy.types.distribution import (
    CurrentRewards,
    HistoricalRewards,
    Params,
    SlashEvent,
    StartingInfo,
)
from akashpy.types.errors import PlainError
from akashpy.wire import distribution as pb

TAXES = {"default": Params().community_tax, "akash": Dec.ZERO}
"""The community's share of all fees, by preset. Source: SDK defaults, akash prepare-genesis."""


def default_genesis(preset: str) -> JsonState:
    """Nothing earned yet; the community gets 2 % of all fees, in the preset "akash" nothing."""
    tax = TAXES[preset]
    return wire.to_json(pb.GenesisState(params=Params(community_tax=tax).to_wire()))


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for bad parameters, InvalidCoins for a negative or unsorted pool."""
    parsed = wire.from_json(pb.GenesisState, state)
    Params.from_wire(parsed.params)
    for coin in parsed.fee_pool.community_pool:
        if Dec.from_wire(coin.amount).is_negative:
            raise PlainError(
                "negative CommunityPool in distribution fee pool, is "
                f"{Dec.from_wire(coin.amount)}{coin.denom}"
            )
    DecCoins.from_wire(parsed.fee_pool.community_pool)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store all of it. Raises PlainError when the account does not hold exactly what is owed."""
    parsed = wire.from_json(pb.GenesisState, state)
    POOL.put(ctx, DecCoins.from_wire(parsed.fee_pool.community_pool))
    PARAMS.put(ctx, Params.from_wire(parsed.params))
    for given in parsed.delegator_withdraw_infos:
        delegator = Address.parse(given.delegator_address).raw
        WITHDRAW_ADDRESS.put(ctx, delegator, Address.parse(given.withdraw_address).raw)
    if parsed.previous_proposer:
        proposer = Address.parse(parsed.previous_proposer, prefix=VALCONS).raw
        PREVIOUS_PROPOSER.put(ctx, proposer)
    _init_validators(ctx, parsed)
    for start in parsed.delegator_starting_infos:
        key = _operator(start.validator_address), Address.parse(start.delegator_address).raw
        STARTING.put(ctx, key, StartingInfo.from_wire(start.starting_info))
    for slash in parsed.validator_slash_events:
        at = _operator(slash.validator_address), slash.height, slash.period
        SLASHES.put(ctx, at, SlashEvent.from_wire(slash.validator_slash_event))
    _require_backed(ctx)


def _init_validators(ctx: Context, parsed: pb.GenesisState) -> None:
    for left in parsed.outstanding_rewards:
        rewards = DecCoins.from_wire(left.outstanding_rewards)
        OUTSTANDING.put(ctx, _operator(left.validator_address), rewards)
    for kept in parsed.validator_accumulated_commissions:
        coins = DecCoins.from_wire(kept.accumulated.commission)
        COMMISSION.put(ctx, _operator(kept.validator_address), coins)
    for past in parsed.validator_historical_rewards:
        key = _operator(past.validator_address), past.period
        HISTORICAL.put(ctx, key, HistoricalRewards.from_wire(past.rewards))
    for running in parsed.validator_current_rewards:
        operator = _operator(running.validator_address)
        CURRENT.put(ctx, operator, CurrentRewards.from_wire(running.rewards))


def _require_backed(ctx: Context) -> None:
    owed = pool(ctx)
    for _, rewards in OUTSTANDING.under(ctx):
        owed += rewards
    held = bank.balances(ctx, auth.module_account(ctx, MODULE_NAME).address)
    if held != owed.split()[0]:
        raise PlainError(
            "distribution module balance does not match the module holdings: "
            f"{held} <-> {owed.split()[0]}"
        )


def export_genesis(ctx: Context) -> JsonState:
    """Pool, parameters, and every record in order of addresses."""
    state = pb.GenesisState(params=params(ctx).to_wire())
    state.fee_pool.community_pool.extend(pool(ctx).to_wire())
    for delegator, to in WITHDRAW_ADDRESS.under(ctx):
        state.delegator_withdraw_infos.add(
            delegator_address=Address.of(delegator), withdraw_address=Address.of(to)
        )
    proposer = PREVIOUS_PROPOSER.get(ctx)
    if proposer:
        state.previous_proposer = Address.of(proposer, prefix=VALCONS)
    _export_validators(ctx, state)
    for (operator, delegator), start in STARTING.under(ctx):
        state.delegator_starting_infos.add(
            delegator_address=Address.of(delegator),
            validator_address=_text(operator),
            starting_info=start.to_wire(),
        )
    for (operator, height, period), slash in SLASHES.under(ctx):
        state.validator_slash_events.add(
            validator_address=_text(operator),
            height=height,
            period=period,
            validator_slash_event=slash.to_wire(),
        )
    return wire.to_json(state)


def _export_validators(ctx: Context, state: pb.GenesisState) -> None:
    for operator, rewards in OUTSTANDING.under(ctx):
        state.outstanding_rewards.add(
            validator_address=_text(operator), outstanding_rewards=rewards.to_wire()
        )
    for operator, kept in COMMISSION.under(ctx):
        accumulated = pb.ValidatorAccumulatedCommission(commission=kept.to_wire())
        state.validator_accumulated_commissions.add(
            validator_address=_text(operator), accumulated=accumulated
        )
    for (operator, period), past in HISTORICAL.under(ctx):
        state.validator_historical_rewards.add(
            validator_address=_text(operator), period=period, rewards=past.to_wire()
        )
    for operator, running in CURRENT.under(ctx):
        state.validator_current_rewards.add(
            validator_address=_text(operator), rewards=running.to_wire()
        )


def _operator(text: str) -> bytes:
    return Address.parse(text, prefix=VALOPER).raw


def _text(operator: bytes) -> str:
    return Address.of(operator, prefix=VALOPER)
