"""Reads of validators and delegations.

Only what the chain's state holds: unbonding and redelegation come with the messages that start
them. Source: SDK 0.53 `x/staking/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain import auth, bank, staking
from akashpy.node.queries import address, stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid, missing
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.dec import Dec
from akashpy.types.errors import InvalidAddress, PlainError
from akashpy.wire import staking as pb
from akashpy.wire.base import Coin as WireCoin

STATUSES = {
    "BOND_STATUS_UNBONDED": pb.BondStatus.BOND_STATUS_UNBONDED,
    "BOND_STATUS_UNBONDING": pb.BondStatus.BOND_STATUS_UNBONDING,
    "BOND_STATUS_BONDED": pb.BondStatus.BOND_STATUS_BONDED,
}


def validators(ctx: Context, req: pb.QueryValidatorsRequest) -> pb.QueryValidatorsResponse:
    """Validators, in one status or all, in order of operators' addresses."""
    if req.status and req.status not in STATUSES:
        raise invalid(f"invalid validator status {req.status}")
    status = STATUSES.get(req.status)
    found = stocklist.page(
        ctx,
        staking.VALIDATORS,
        req.pagination,
        keep=lambda key, value: status is None or value.status == status,
    )
    return pb.QueryValidatorsResponse(validators=found.values, pagination=stocklist.response(found))


def validator(ctx: Context, req: pb.QueryValidatorRequest) -> pb.QueryValidatorResponse:
    """One validator."""
    return pb.QueryValidatorResponse(validator=_validator(ctx, req.validator_addr))


def validator_delegations(
    ctx: Context, req: pb.QueryValidatorDelegationsRequest
) -> pb.QueryValidatorDelegationsResponse:
    """Who delegates to a validator."""
    operator = _operator(req.validator_addr)
    found = stocklist.page(
        ctx, staking.DELEGATIONS, req.pagination, keep=lambda key, value: key[1] == operator
    )
    return pb.QueryValidatorDelegationsResponse(
        delegation_responses=[_delegation(ctx, each) for each in found.values],
        pagination=stocklist.response(found),
    )


def delegation(ctx: Context, req: pb.QueryDelegationRequest) -> pb.QueryDelegationResponse:
    """What one account delegates to one validator."""
    if not req.delegator_addr:
        raise invalid("delegator address cannot be empty")
    delegator, operator = address.account(req.delegator_addr).raw, _operator(req.validator_addr)
    found = staking.DELEGATIONS.get(ctx, (delegator, operator))
    if found is None:
        raise missing(
            f"delegation with delegator {req.delegator_addr} not found for validator "
            f"{req.validator_addr}"
        )
    return pb.QueryDelegationResponse(delegation_response=_delegation(ctx, found))


def delegator_delegations(
    ctx: Context, req: pb.QueryDelegatorDelegationsRequest
) -> pb.QueryDelegatorDelegationsResponse:
    """What one account delegates."""
    if not req.delegator_addr:
        raise invalid("delegator address cannot be empty")
    delegator = address.account(req.delegator_addr).raw
    found = stocklist.page(ctx, staking.DELEGATIONS, req.pagination, delegator)
    return pb.QueryDelegatorDelegationsResponse(
        delegation_responses=[_delegation(ctx, each) for each in found.values],
        pagination=stocklist.response(found),
    )


def delegator_validators(
    ctx: Context, req: pb.QueryDelegatorValidatorsRequest
) -> pb.QueryDelegatorValidatorsResponse:
    """The validators that one account delegates to."""
    if not req.delegator_addr:
        raise invalid("delegator address cannot be empty")
    delegator = address.account(req.delegator_addr).raw
    found = stocklist.page(ctx, staking.DELEGATIONS, req.pagination, delegator)
    return pb.QueryDelegatorValidatorsResponse(
        validators=[_validator(ctx, each.validator_address) for each in found.values],
        pagination=stocklist.response(found),
    )


def delegator_validator(
    ctx: Context, req: pb.QueryDelegatorValidatorRequest
) -> pb.QueryDelegatorValidatorResponse:
    """One validator, if the account delegates to it."""
    asked = pb.QueryDelegationRequest(
        delegator_addr=req.delegator_addr, validator_addr=req.validator_addr
    )
    delegation(ctx, asked)
    return pb.QueryDelegatorValidatorResponse(validator=_validator(ctx, req.validator_addr))


def pool(ctx: Context, req: pb.QueryPoolRequest) -> pb.QueryPoolResponse:
    """Base units of stake that are bonded and that are not."""
    del req
    denom = staking.params(ctx).bond_denom
    held = {
        name: str(bank.balance(ctx, auth.MODULE_ADDRESSES[name], denom))
        for name in (staking.BONDED_POOL, staking.NOT_BONDED_POOL)
    }
    return pb.QueryPoolResponse(
        pool=pb.Pool(
            bonded_tokens=held[staking.BONDED_POOL],
            not_bonded_tokens=held[staking.NOT_BONDED_POOL],
        )
    )


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=staking.params(ctx))


def _operator(text: str) -> bytes:
    if not text:
        raise invalid("validator address cannot be empty")
    try:
        return Address.parse(text, prefix=VALOPER).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


def _validator(ctx: Context, operator: str) -> pb.Validator:
    found = staking.validator(ctx, _operator(operator))
    if found is None:
        raise missing(f"validator {operator} not found")
    return found


def _delegation(ctx: Context, found: pb.Delegation) -> pb.DelegationResponse:
    """A delegation with the stake that its shares are worth, in whole base units."""
    validator = _validator(ctx, found.validator_address)
    shares, total = Dec.from_wire(found.shares), Dec.from_wire(validator.delegator_shares)
    stake = shares.mul_int(int(validator.tokens)).quo(total).truncate() if total.raw else 0
    denom = staking.params(ctx).bond_denom
    return pb.DelegationResponse(delegation=found, balance=WireCoin(denom=denom, amount=str(stake)))


METHODS: Methods = {
    "Validators": validators,
    "Validator": validator,
    "ValidatorDelegations": validator_delegations,
    "Delegation": delegation,
    "DelegatorDelegations": delegator_delegations,
    "DelegatorValidators": delegator_validators,
    "DelegatorValidator": delegator_validator,
    "Pool": pool,
    "Params": params,
}
