"""`akashpy query distribution`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.distribution.v1beta1.Query/"
HEIGHT = click.IntRange(0, 2**64 - 1)


@click.group(cls=LazyGroup)
def distribution() -> None:
    """Rewards, commission and the community pool."""


@distribution.command()
@query_options
def params(**options: Any) -> None:
    """The community's share, and whether rewards may go to other accounts."""
    from akashpy.wire import distribution as wire

    request = wire.QueryParamsRequest()
    ask(SERVICE + "Params", request, wire.QueryParamsResponse, options, part="params")


@distribution.command("validator-distribution-info")
@click.argument("validator")
@query_options
def validator_distribution_info(validator: str, **options: Any) -> None:
    """A validator's commission and what its own stake has earned."""
    from akashpy.wire import distribution as wire

    request = wire.QueryValidatorDistributionInfoRequest(validator_address=validator)
    response = wire.QueryValidatorDistributionInfoResponse
    ask(SERVICE + "ValidatorDistributionInfo", request, response, options)


@distribution.command("validator-outstanding-rewards")
@click.argument("validator")
@query_options
def validator_outstanding_rewards(validator: str, **options: Any) -> None:
    """What a validator and its delegators have not withdrawn."""
    from akashpy.wire import distribution as wire

    request = wire.QueryValidatorOutstandingRewardsRequest(validator_address=validator)
    response = wire.QueryValidatorOutstandingRewardsResponse
    ask(SERVICE + "ValidatorOutstandingRewards", request, response, options, part="rewards")


@distribution.command()
@click.argument("validator")
@query_options
def commission(validator: str, **options: Any) -> None:
    """A validator's commission that is not withdrawn."""
    from akashpy.wire import distribution as wire

    request = wire.QueryValidatorCommissionRequest(validator_address=validator)
    response = wire.QueryValidatorCommissionResponse
    ask(SERVICE + "ValidatorCommission", request, response, options, part="commission")


@distribution.command()
@click.argument("validator")
@click.argument("start_height", type=HEIGHT)
@click.argument("end_height", type=HEIGHT)
@paging_options
@query_options
def slashes(validator: str, start_height: int, end_height: int, **options: Any) -> None:
    """What a validator was slashed between two heights."""
    from akashpy.wire import distribution as wire

    request = wire.QueryValidatorSlashesRequest(
        validator_address=validator,
        starting_height=start_height,
        ending_height=end_height,
        pagination=page_request(options),
    )
    ask(SERVICE + "ValidatorSlashes", request, wire.QueryValidatorSlashesResponse, options)


@distribution.command()
@click.argument("delegator_addr")
@click.argument("validator_addr", default="")
@query_options
def rewards(delegator_addr: str, validator_addr: str, **options: Any) -> None:
    """What a delegator has earned, of all its validators or of one."""
    from akashpy.wire import distribution as wire

    if validator_addr:
        single = wire.QueryDelegationRewardsRequest(
            delegator_address=delegator_addr, validator_address=validator_addr
        )
        ask(SERVICE + "DelegationRewards", single, wire.QueryDelegationRewardsResponse, options)
        return
    every = wire.QueryDelegationTotalRewardsRequest(delegator_address=delegator_addr)
    response = wire.QueryDelegationTotalRewardsResponse
    ask(SERVICE + "DelegationTotalRewards", every, response, options)


@distribution.command("community-pool")
@query_options
def community_pool(**options: Any) -> None:
    """What belongs to the community."""
    from akashpy.wire import distribution as wire

    request = wire.QueryCommunityPoolRequest()
    ask(SERVICE + "CommunityPool", request, wire.QueryCommunityPoolResponse, options)
