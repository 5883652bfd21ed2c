"""Reads of rewards and the community pool. Source: SDK 0.53 x/distribution/keeper/grpc_query.go.

What a delegation has earned is computed on a copy of the state, as if its period ended now.
"""

from __future__ import annotations

from akashpy.chain import distribution, staking
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.addresscodec import decoded
from akashpy.types.coin import DecCoins
from akashpy.types.errors import ChainError
from akashpy.types.staking import NoDelegation, NoValidatorFound
from akashpy.wire import distribution as pb
from akashpy.wire.staking import Delegation, Validator


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=distribution.params(ctx).to_wire())


def validator_info(
    ctx: Context, req: pb.QueryValidatorDistributionInfoRequest
) -> pb.QueryValidatorDistributionInfoResponse:
    """A validator's commission, and what its operator's own delegation has earned."""
    operator, validator = _validator(ctx, req.validator_address)
    own = _delegation(ctx, operator, operator)
    return pb.QueryValidatorDistributionInfoResponse(
        operator_address=Address.of(operator),
        self_bond_rewards=_earned(ctx, validator, own).to_wire(),
        commission=distribution.commission(ctx, operator).to_wire(),
    )


def validator_outstanding_rewards(
    ctx: Context, req: pb.QueryValidatorOutstandingRewardsRequest
) -> pb.QueryValidatorOutstandingRewardsResponse:
    """What a validator and its delegators have not withdrawn."""
    operator, _ = _validator(ctx, req.validator_address)
    left = distribution.outstanding(ctx, operator).to_wire()
    return pb.QueryValidatorOutstandingRewardsResponse(
        rewards=pb.ValidatorOutstandingRewards(rewards=left)
    )


def validator_commission(
    ctx: Context, req: pb.QueryValidatorCommissionRequest
) -> pb.QueryValidatorCommissionResponse:
    """A validator's commission that is not withdrawn."""
    operator, _ = _validator(ctx, req.validator_address)
    kept = distribution.commission(ctx, operator).to_wire()
    return pb.QueryValidatorCommissionResponse(
        commission=pb.ValidatorAccumulatedCommission(commission=kept)
    )


def validator_slashes(
    ctx: Context, req: pb.QueryValidatorSlashesRequest
) -> pb.QueryValidatorSlashesResponse:
    """What a validator was slashed between two heights, both included."""
    if not req.validator_address:
        raise invalid("empty validator address")
    if req.ending_height < req.starting_height:
        raise invalid(
            "starting height greater than ending height "
            f"({req.starting_height} > {req.ending_height})"
        )
    try:
        operator = decoded(req.validator_address, prefix=VALOPER)
    except ChainError as error:
        raise invalid("invalid validator address") from error
    first, last = req.starting_height, req.ending_height
    found = stocklist.page(
        ctx,
        distribution.SLASHES,
        req.pagination,
        operator,
        keep=lambda key, value: first <= key[1] <= last,
    )
    return pb.QueryValidatorSlashesResponse(
        slashes=[slash.to_wire() for slash in found.values], pagination=stocklist.response(found)
    )


def delegation_rewards(
    ctx: Context, req: pb.QueryDelegationRewardsRequest
) -> pb.QueryDelegationRewardsResponse:
    """What one delegation has earned."""
    delegator = _required(req.delegator_address)
    operator, validator = _validator(ctx, req.validator_address)
    found = _delegation(ctx, decoded(delegator), operator)
    return pb.QueryDelegationRewardsResponse(rewards=_earned(ctx, validator, found).to_wire())


def delegation_total_rewards(
    ctx: Context, req: pb.QueryDelegationTotalRewardsRequest
) -> pb.QueryDelegationTotalRewardsResponse:
    """What all delegations of one account have earned, by validator and together."""
    answer = pb.QueryDelegationTotalRewardsResponse()
    total = DecCoins.EMPTY
    for found in _delegations(ctx, req.delegator_address):
        _, validator = _validator(ctx, found.validator_address)
        due = _earned(ctx, validator, found)
        answer.rewards.add(validator_address=found.validator_address, reward=due.to_wire())
        total += due
    answer.total.extend(total.to_wire())
    return answer


def delegator_validators(
    ctx: Context, req: pb.QueryDelegatorValidatorsRequest
) -> pb.QueryDelegatorValidatorsResponse:
    """The validators one account delegates to."""
    found = _delegations(ctx, req.delegator_address)
    return pb.QueryDelegatorValidatorsResponse(
        validators=[each.validator_address for each in found]
    )


def delegator_withdraw_address(
    ctx: Context, req: pb.QueryDelegatorWithdrawAddressRequest
) -> pb.QueryDelegatorWithdrawAddressResponse:
    """Where an account's rewards go."""
    delegator = decoded(_required(req.delegator_address))
    to = distribution.withdraw_address(ctx, delegator)
    return pb.QueryDelegatorWithdrawAddressResponse(withdraw_address=Address.of(to))


def community_pool(
    ctx: Context, req: pb.QueryCommunityPoolRequest
) -> pb.QueryCommunityPoolResponse:
    """What belongs to the community."""
    del req
    return pb.QueryCommunityPoolResponse(pool=distribution.pool(ctx).to_wire())


def _required(delegator: str) -> str:
    if not delegator:
        raise invalid("empty delegator address")
    return delegator


def _validator(ctx: Context, text: str) -> tuple[bytes, Validator]:
    if not text:
        raise invalid("empty validator address")
    operator = decoded(text, prefix=VALOPER)
    found = staking.validator(ctx, operator)
    if found is None:
        raise NoValidatorFound
    return operator, found


def _delegation(ctx: Context, delegator: bytes, operator: bytes) -> Delegation:
    found = staking.delegation(ctx, delegator, operator)
    if found is None:
        raise NoDelegation
    return found


def _delegations(ctx: Context, delegator: str) -> list[Delegation]:
    return list(staking.delegations_of(ctx, decoded(_required(delegator))))


def _earned(ctx: Context, validator: Validator, delegation: Delegation) -> DecCoins:
    trial = ctx.fork()
    ended = distribution.end_period(trial, validator)
    return distribution.earned(trial, validator, delegation, ended)


METHODS: Methods = {
    "Params": params,
    "ValidatorDistributionInfo": validator_info,
    "ValidatorOutstandingRewards": validator_outstanding_rewards,
    "ValidatorCommission": validator_commission,
    "ValidatorSlashes": validator_slashes,
    "DelegationRewards": delegation_rewards,
    "DelegationTotalRewards": delegation_total_rewards,
    "DelegatorValidators": delegator_validators,
    "DelegatorWithdrawAddress": delegator_withdraw_address,
    "CommunityPool": community_pool,
}
