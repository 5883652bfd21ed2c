"""Who gets the fees and the new coins: validators, their delegators, the community.

Each block shares out what the fee collector holds by voting power; delegations are paid when they
ask, or when their stake changes. `rewards` is the rule itself, `allocation` what blocks do,
`hooks` what staking tells, `messages` what people send. It must not know who mints or slashes.
Source of rules, texts and events: Cosmos SDK 0.53 x/distribution.
"""

from akashpy.chain.distribution.allocation import begin_block
from akashpy.chain.distribution.genesis import (
    default_genesis,
    export_genesis,
    init_genesis,
    validate_genesis,
)
from akashpy.chain.distribution.hooks import SUBSCRIBERS
from akashpy.chain.distribution.invariants import INVARIANTS
from akashpy.chain.distribution.messages import HANDLERS
from akashpy.chain.distribution.pool import distribute_from_pool, fund_community_pool
from akashpy.chain.distribution.records import (
    SLASHES,
    commission,
    outstanding,
    params,
    pool,
    withdraw_address,
)
from akashpy.chain.distribution.rewards import earned, end_period
from akashpy.chain.module import Module

__all__ = [
    "MODULE",
    "SLASHES",
    "commission",
    "distribute_from_pool",
    "earned",
    "end_period",
    "fund_community_pool",
    "outstanding",
    "params",
    "pool",
    "withdraw_address",
]

MODULE = Module(
    name="distribution",
    handlers=HANDLERS,
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    begin_block=(begin_block,),
    subscribers=SUBSCRIBERS,
    invariants=INVARIANTS,
)
