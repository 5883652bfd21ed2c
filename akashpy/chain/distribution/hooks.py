"""What distribution does when staking changes something. Source: SDK x/distribution hooks.go."""

from collections.abc import Mapping

from akashpy.chain import bank
from akashpy.chain.distribution.records import (
    COMMISSION,
    CURRENT,
    HISTORICAL,
    MODULE_NAME,
    OUTSTANDING,
    SLASHES,
    add_to_pool,
    commission,
    outstanding,
    withdraw_address,
)
from akashpy.chain.distribution.rewards import (
    begin_delegation,
    begin_validator,
    end_period,
    record_slash,
    require_delegation,
    require_validator,
    withdraw,
)
from akashpy.chain.module import Subscriber
from akashpy.state.context import Context
from akashpy.types.staking import (
    DelegationCreating,
    DelegationModified,
    SharesModifying,
    ValidatorCreated,
    ValidatorRemoved,
    ValidatorSlashing,
)


def validator_created(ctx: Context, value: ValidatorCreated) -> None:
    """Begin the validator's first period."""
    begin_validator(ctx, value.operator)


def validator_removed(ctx: Context, value: ValidatorRemoved) -> None:
    """Pay the commission out; what rounding left goes to the community; forget the validator."""
    operator = value.operator
    left, due = outstanding(ctx, operator), commission(ctx, operator)
    if due:
        left = left.subtract(due)
        coins, rest = due.split()
        add_to_pool(ctx, rest)
        if coins:
            bank.send_from_module(ctx, MODULE_NAME, withdraw_address(ctx, operator), coins)
    add_to_pool(ctx, left)
    OUTSTANDING.remove(ctx, operator)
    COMMISSION.remove(ctx, operator)
    for slash, _ in list(SLASHES.under(ctx, operator)):
        SLASHES.remove(ctx, slash)
    for period, _ in list(HISTORICAL.under(ctx, operator)):
        HISTORICAL.remove(ctx, period)
    CURRENT.remove(ctx, operator)


def delegation_creating(ctx: Context, value: DelegationCreating) -> None:
    """End the period before the stake changes."""
    end_period(ctx, require_validator(ctx, value.operator))


def shares_modifying(ctx: Context, value: SharesModifying) -> None:
    """Pay out what was earned with the old stake; that ends the period as well."""
    validator = require_validator(ctx, value.operator)
    withdraw(ctx, validator, require_delegation(ctx, value.delegator, value.operator))


def delegation_modified(ctx: Context, value: DelegationModified) -> None:
    """Let the new stake earn."""
    begin_delegation(ctx, value.delegator, value.operator)


def validator_slashing(ctx: Context, value: ValidatorSlashing) -> None:
    """Remember the slash before the tokens go."""
    record_slash(ctx, value.operator, value.fraction)


SUBSCRIBERS: Mapping[type, Subscriber] = {
    ValidatorCreated: validator_created,
    ValidatorRemoved: validator_removed,
    DelegationCreating: delegation_creating,
    SharesModifying: shares_modifying,
    DelegationModified: delegation_modified,
    ValidatorSlashing: validator_slashing,
}
