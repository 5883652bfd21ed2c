"""`akashpy query staking`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.staking.v1beta1.Query/"
HEIGHT = click.IntRange(0, 2**63 - 1)


@click.group(cls=LazyGroup)
def staking() -> None:
    """Validators, and stake with them."""


@staking.command()
@query_options
def params(**options: Any) -> None:
    """How many validators there may be, and how long unbonding takes."""
    from akashpy.wire import staking as wire

    request = wire.QueryParamsRequest()
    ask(SERVICE + "Params", request, wire.QueryParamsResponse, options, part="params")


@staking.command()
@query_options
def pool(**options: Any) -> None:
    """All stake, bonded and not."""
    from akashpy.wire import staking as wire

    ask(SERVICE + "Pool", wire.QueryPoolRequest(), wire.QueryPoolResponse, options, part="pool")


@staking.command()
@click.argument("validator_addr")
@query_options
def validator(validator_addr: str, **options: Any) -> None:
    """One validator."""
    from akashpy.wire import staking as wire

    request = wire.QueryValidatorRequest(validator_addr=validator_addr)
    response = wire.QueryValidatorResponse
    ask(SERVICE + "Validator", request, response, options, part="validator")


@staking.command()
@paging_options
@query_options
def validators(**options: Any) -> None:
    """All validators."""
    from akashpy.wire import staking as wire

    request = wire.QueryValidatorsRequest(pagination=page_request(options))
    ask(SERVICE + "Validators", request, wire.QueryValidatorsResponse, options)


@staking.command()
@click.argument("delegator_addr")
@click.argument("validator_addr")
@query_options
def delegation(delegator_addr: str, validator_addr: str, **options: Any) -> None:
    """What an account has staked with a validator."""
    from akashpy.wire import staking as wire

    request = wire.QueryDelegationRequest(
        delegator_addr=delegator_addr, validator_addr=validator_addr
    )
    response = wire.QueryDelegationResponse
    ask(SERVICE + "Delegation", request, response, options, part="delegation_response")


@staking.command()
@click.argument("delegator_addr")
@paging_options
@query_options
def delegations(delegator_addr: str, **options: Any) -> None:
    """What an account has staked."""
    from akashpy.wire import staking as wire

    request = wire.QueryDelegatorDelegationsRequest(
        delegator_addr=delegator_addr, pagination=page_request(options)
    )
    ask(SERVICE + "DelegatorDelegations", request, wire.QueryDelegatorDelegationsResponse, options)


@staking.command("delegations-to")
@click.argument("validator_addr")
@paging_options
@query_options
def delegations_to(validator_addr: str, **options: Any) -> None:
    """What is staked with a validator."""
    from akashpy.wire import staking as wire

    request = wire.QueryValidatorDelegationsRequest(
        validator_addr=validator_addr, pagination=page_request(options)
    )
    ask(SERVICE + "ValidatorDelegations", request, wire.QueryValidatorDelegationsResponse, options)


@staking.command("unbonding-delegation")
@click.argument("delegator_addr")
@click.argument("validator_addr")
@query_options
def unbonding_delegation(delegator_addr: str, validator_addr: str, **options: Any) -> None:
    """What an account is unbonding from a validator."""
    from akashpy.wire import staking as wire

    request = wire.QueryUnbondingDelegationRequest(
        delegator_addr=delegator_addr, validator_addr=validator_addr
    )
    response = wire.QueryUnbondingDelegationResponse
    ask(SERVICE + "UnbondingDelegation", request, response, options, part="unbond")


@staking.command("unbonding-delegations")
@click.argument("delegator_addr")
@paging_options
@query_options
def unbonding_delegations(delegator_addr: str, **options: Any) -> None:
    """What an account is unbonding."""
    from akashpy.wire import staking as wire

    request = wire.QueryDelegatorUnbondingDelegationsRequest(
        delegator_addr=delegator_addr, pagination=page_request(options)
    )
    response = wire.QueryDelegatorUnbondingDelegationsResponse
    ask(SERVICE + "DelegatorUnbondingDelegations", request, response, options)


@staking.command("unbonding-delegations-from")
@click.argument("validator_addr")
@paging_options
@query_options
def unbonding_delegations_from(validator_addr: str, **options: Any) -> None:
    """What is unbonding from a validator."""
    from akashpy.wire import staking as wire

    request = wire.QueryValidatorUnbondingDelegationsRequest(
        validator_addr=validator_addr, pagination=page_request(options)
    )
    response = wire.QueryValidatorUnbondingDelegationsResponse
    ask(SERVICE + "ValidatorUnbondingDelegations", request, response, options)


@staking.command()
@click.argument("delegator_addr")
@click.argument("src_validator_addr")
@click.argument("dst_validator_addr")
@query_options
def redelegation(
    delegator_addr: str, src_validator_addr: str, dst_validator_addr: str, **options: Any
) -> None:
    """What an account moved from one validator to another."""
    from akashpy.wire import staking as wire

    request = wire.QueryRedelegationsRequest(
        delegator_addr=delegator_addr,
        src_validator_addr=src_validator_addr,
        dst_validator_addr=dst_validator_addr,
    )
    ask(SERVICE + "Redelegations", request, wire.QueryRedelegationsResponse, options)


@staking.command()
@click.argument("delegator_addr")
@paging_options
@query_options
def redelegations(delegator_addr: str, **options: Any) -> None:
    """What an account moved between validators."""
    from akashpy.wire import staking as wire

    request = wire.QueryRedelegationsRequest(
        delegator_addr=delegator_addr, pagination=page_request(options)
    )
    ask(SERVICE + "Redelegations", request, wire.QueryRedelegationsResponse, options)


@staking.command("redelegations-from")
@click.argument("validator_addr")
@paging_options
@query_options
def redelegations_from(validator_addr: str, **options: Any) -> None:
    """What moved away from a validator."""
    from akashpy.wire import staking as wire

    request = wire.QueryRedelegationsRequest(
        src_validator_addr=validator_addr, pagination=page_request(options)
    )
    ask(SERVICE + "Redelegations", request, wire.QueryRedelegationsResponse, options)


@staking.command("historical-info")
@click.argument("past", metavar="HEIGHT", type=HEIGHT)
@query_options
def historical_info(past: int, **options: Any) -> None:
    """A past block's header and validators."""
    from akashpy.wire import staking as wire

    request = wire.QueryHistoricalInfoRequest(height=past)
    response = wire.QueryHistoricalInfoResponse
    ask(SERVICE + "HistoricalInfo", request, response, options, part="hist")
