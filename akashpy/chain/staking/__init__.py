"""Staking: who secures the chain, with whose tokens, and what that costs when they fail.

`parameters` and `records` are the state, `shares` and `pools` the arithmetic and the money,
`standing`, `delegations`, `entries` and `penalty` the rules, `holds` lets modules above stop an
unbonding, `messages` is what people ask for, `block` what every block does, `genesis` how it
begins, `invariants` what always holds. Modules above are told of changes with the values of
`akashpy.types.staking`. It must not know rewards, infractions or votes.
Source: Cosmos SDK 0.53 x/staking.
"""

from akashpy.chain.module import Module
from akashpy.chain.staking.block import (
    HISTORY,
    complete_due,
    end_block,
    remember_set,
    update_validators,
)
from akashpy.chain.staking.delegations import delegate, redelegate, unbond, undelegate
from akashpy.chain.staking.genesis import (
    default_genesis,
    export_genesis,
    init_genesis,
    validate_genesis,
)
from akashpy.chain.staking.holds import put_unbonding_on_hold, unbonding_can_complete
from akashpy.chain.staking.invariants import ALL as INVARIANTS
from akashpy.chain.staking.messages import HANDLERS
from akashpy.chain.staking.parameters import (
    BONDED,
    BONDED_POOL,
    NOT_BONDED_POOL,
    POWER_REDUCTION,
    STORE,
    UNBONDED,
    UNBONDING,
    bond_denom,
    max_validators,
    params,
    put_params,
    unbonding_time,
    validate_params,
)
from akashpy.chain.staking.penalty import slash
from akashpy.chain.staking.pools import bonded_ratio, staking_supply, total_bonded_tokens
from akashpy.chain.staking.records import (
    DELEGATIONS,
    DELEGATIONS_TO,
    REDELEGATIONS,
    REDELEGATIONS_FROM,
    UNBONDINGS,
    UNBONDINGS_FROM,
    VALIDATORS,
    bonded_by_power,
    consensus_address,
    consensus_key,
    delegation,
    delegations_of,
    delegations_to,
    last_validators,
    operator_of,
    power,
    validator,
    validator_by_consensus,
    validators,
)
from akashpy.chain.staking.shares import (
    shares_of,
    tokens_from_shares,
    tokens_from_shares_round_up,
    tokens_from_shares_truncated,
    tokens_of,
)
from akashpy.chain.staking.standing import jail, unjail

power_reduction = POWER_REDUCTION
"""Base units of stake per unit of voting power."""

MODULE = Module(
    name="staking",
    handlers=HANDLERS,
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    begin_block=(remember_set,),
    end_block=(end_block, complete_due),
    invariants=INVARIANTS,
)

__all__ = [
    "BONDED",
    "BONDED_POOL",
    "DELEGATIONS",
    "DELEGATIONS_TO",
    "HISTORY",
    "MODULE",
    "NOT_BONDED_POOL",
    "POWER_REDUCTION",
    "REDELEGATIONS",
    "REDELEGATIONS_FROM",
    "STORE",
    "UNBONDED",
    "UNBONDING",
    "UNBONDINGS",
    "UNBONDINGS_FROM",
    "VALIDATORS",
    "bond_denom",
    "bonded_by_power",
    "bonded_ratio",
    "consensus_address",
    "consensus_key",
    "delegate",
    "delegation",
    "delegations_of",
    "delegations_to",
    "jail",
    "last_validators",
    "max_validators",
    "operator_of",
    "params",
    "power",
    "power_reduction",
    "put_params",
    "put_unbonding_on_hold",
    "redelegate",
    "shares_of",
    "slash",
    "staking_supply",
    "tokens_from_shares",
    "tokens_from_shares_round_up",
    "tokens_from_shares_truncated",
    "tokens_of",
    "total_bonded_tokens",
    "unbond",
    "unbonding_can_complete",
    "unbonding_time",
    "undelegate",
    "unjail",
    "update_validators",
    "validate_genesis",
    "validate_params",
    "validator",
    "validator_by_consensus",
    "validators",
]
