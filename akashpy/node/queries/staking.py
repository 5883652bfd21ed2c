"""Reads of validators, delegations, and what is unbonding or has moved.

Pages, statuses and words are the SDK's, its inconsistencies included: an unknown delegation is
NotFound in one query and Internal in another. It must not know any transport.
Source: SDK 0.53 `x/staking/keeper/grpc_query.go`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from akashpy.chain import auth, bank, staking
from akashpy.node.queries import stocklist
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import Refused, internal, invalid, missing
from akashpy.state.collections import Map, Page
from akashpy.state.context import Context
from akashpy.types.address import PREFIX, VALOPER, Address
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, InvalidAddress, PlainError, Status
from akashpy.types.staking import NoDelegation, NoValidatorFound
from akashpy.wire import staking as pb
from akashpy.wire.base import Coin as WireCoin
from akashpy.wire.base import PageRequest

K = TypeVar("K")
V = TypeVar("V")

STATUSES = {
    "BOND_STATUS_UNBONDED": staking.UNBONDED,
    "BOND_STATUS_UNBONDING": staking.UNBONDING,
    "BOND_STATUS_BONDED": staking.BONDED,
}


# VALIDATORS


def validators(ctx: Context, req: pb.QueryValidatorsRequest) -> pb.QueryValidatorsResponse:
    """Validators, in one status or all, in order of operators' addresses."""
    if req.status and req.status not in STATUSES:
        raise invalid(f"invalid validator status {req.status}")
    wanted = STATUSES.get(req.status)
    found = _page(
        ctx,
        staking.VALIDATORS,
        req.pagination,
        keep=lambda key, value: wanted is None or value.status == wanted,
    )
    return pb.QueryValidatorsResponse(validators=found.values, pagination=stocklist.response(found))


def validator(ctx: Context, req: pb.QueryValidatorRequest) -> pb.QueryValidatorResponse:
    """One validator."""
    found = staking.validator(ctx, _operator(req.validator_addr))
    if found is None:
        raise missing(f"validator {req.validator_addr} not found")
    return pb.QueryValidatorResponse(validator=found)


def delegator_validators(
    ctx: Context, req: pb.QueryDelegatorValidatorsRequest
) -> pb.QueryDelegatorValidatorsResponse:
    """The validators that one account delegates to."""
    found = _page(ctx, staking.DELEGATIONS, req.pagination, _delegator(req.delegator_addr))
    return pb.QueryDelegatorValidatorsResponse(
        validators=[_known(ctx, key[1]) for key, _ in found.items],
        pagination=stocklist.response(found),
    )


def delegator_validator(
    ctx: Context, req: pb.QueryDelegatorValidatorRequest
) -> pb.QueryDelegatorValidatorResponse:
    """One validator, if the account delegates to it."""
    delegator, operator = _pair(req.delegator_addr, req.validator_addr)
    if staking.delegation(ctx, delegator, operator) is None:
        raise internal(NoDelegation.text)
    return pb.QueryDelegatorValidatorResponse(validator=_known(ctx, operator))


# DELEGATIONS


def validator_delegations(
    ctx: Context, req: pb.QueryValidatorDelegationsRequest
) -> pb.QueryValidatorDelegationsResponse:
    """Who delegates to a validator, in order of delegators' addresses."""
    operator = _operator(req.validator_addr)
    found = _page(ctx, staking.DELEGATIONS_TO, req.pagination, operator)
    shares = (staking.delegation(ctx, key[1], operator) for key, _ in found.items)
    return pb.QueryValidatorDelegationsResponse(
        delegation_responses=_delegations(ctx, shares), pagination=stocklist.response(found)
    )


def delegation(ctx: Context, req: pb.QueryDelegationRequest) -> pb.QueryDelegationResponse:
    """What one account delegates to one validator."""
    found = staking.delegation(ctx, *_pair(req.delegator_addr, req.validator_addr))
    if found is None:
        raise missing(
            f"delegation with delegator {req.delegator_addr} not found for validator "
            f"{req.validator_addr}"
        )
    return pb.QueryDelegationResponse(delegation_response=_delegations(ctx, [found])[0])


def delegator_delegations(
    ctx: Context, req: pb.QueryDelegatorDelegationsRequest
) -> pb.QueryDelegatorDelegationsResponse:
    """What one account delegates, in order of operators' addresses."""
    found = _page(ctx, staking.DELEGATIONS, req.pagination, _delegator(req.delegator_addr))
    return pb.QueryDelegatorDelegationsResponse(
        delegation_responses=_delegations(ctx, found.values), pagination=stocklist.response(found)
    )


# WHAT IS UNBONDING


def validator_unbonding_delegations(
    ctx: Context, req: pb.QueryValidatorUnbondingDelegationsRequest
) -> pb.QueryValidatorUnbondingDelegationsResponse:
    """What is unbonding from a validator, in order of delegators' addresses."""
    operator = _operator(req.validator_addr)
    found = _page(ctx, staking.UNBONDINGS_FROM, req.pagination, operator)
    unbonding = (staking.UNBONDINGS.get(ctx, (key[1], operator)) for key, _ in found.items)
    return pb.QueryValidatorUnbondingDelegationsResponse(
        unbonding_responses=[each for each in unbonding if each is not None],
        pagination=stocklist.response(found),
    )


def unbonding_delegation(
    ctx: Context, req: pb.QueryUnbondingDelegationRequest
) -> pb.QueryUnbondingDelegationResponse:
    """What one account unbonds from one validator."""
    found = staking.UNBONDINGS.get(ctx, _pair(req.delegator_addr, req.validator_addr))
    if found is None:
        raise missing(
            f"unbonding delegation with delegator {req.delegator_addr} not found for validator "
            f"{req.validator_addr}"
        )
    return pb.QueryUnbondingDelegationResponse(unbond=found)


def delegator_unbonding_delegations(
    ctx: Context, req: pb.QueryDelegatorUnbondingDelegationsRequest
) -> pb.QueryDelegatorUnbondingDelegationsResponse:
    """What one account unbonds, in order of operators' addresses."""
    found = _page(ctx, staking.UNBONDINGS, req.pagination, _delegator(req.delegator_addr))
    return pb.QueryDelegatorUnbondingDelegationsResponse(
        unbonding_responses=found.values, pagination=stocklist.response(found)
    )


# WHAT HAS MOVED


def redelegations(ctx: Context, req: pb.QueryRedelegationsRequest) -> pb.QueryRedelegationsResponse:
    """Redelegations: one, all that left a validator, or all of an account.

    As on the SDK, one or two validators beside an account do not narrow its list.
    """
    source, target = req.src_validator_addr, req.dst_validator_addr
    if req.delegator_addr and source and target:
        return pb.QueryRedelegationsResponse(redelegation_responses=[_redelegation(ctx, req)])
    if source and not req.delegator_addr and not target:
        operator = _inside(source, VALOPER)
        left = _page(ctx, staking.REDELEGATIONS_FROM, req.pagination, operator)
        moved = [staking.REDELEGATIONS.get(ctx, (k[1], k[0], k[2])) for k, _ in left.items]
        answered = stocklist.response(left)
    else:
        delegator = _inside(req.delegator_addr, PREFIX)
        own = _page(ctx, staking.REDELEGATIONS, req.pagination, delegator)
        moved, answered = list(own.values), stocklist.response(own)
    return pb.QueryRedelegationsResponse(
        redelegation_responses=[_moved(ctx, each) for each in moved if each is not None],
        pagination=answered,
    )


def _redelegation(ctx: Context, req: pb.QueryRedelegationsRequest) -> pb.RedelegationResponse:
    key = (
        _inside(req.delegator_addr, PREFIX),
        _inside(req.src_validator_addr, VALOPER),
        _inside(req.dst_validator_addr, VALOPER),
    )
    found = staking.REDELEGATIONS.get(ctx, key)
    if found is None:
        raise internal(
            "rpc error: code = NotFound desc = redelegation not found for delegator address "
            f"{req.delegator_addr} from validator address {req.src_validator_addr}"
        )
    return _moved(ctx, found)


def _moved(ctx: Context, found: pb.Redelegation) -> pb.RedelegationResponse:
    """A redelegation, each entry with what its shares are worth now."""
    target = _known(ctx, Address.parse(found.validator_dst_address, prefix=VALOPER).raw)
    answer = pb.RedelegationResponse(
        redelegation=pb.Redelegation(
            delegator_address=found.delegator_address,
            validator_src_address=found.validator_src_address,
            validator_dst_address=found.validator_dst_address,
        )
    )
    for entry in found.entries:
        shown = answer.entries.add(balance=str(_worth(target, entry.shares_dst)))
        shown.redelegation_entry.CopyFrom(entry)
        shown.redelegation_entry.unbonding_on_hold_ref_count = 0  # the SDK leaves it out here
    return answer


# THE REST


def historical_info(
    ctx: Context, req: pb.QueryHistoricalInfoRequest
) -> pb.QueryHistoricalInfoResponse:
    """A past block's header and the validators bonded when it began."""
    if req.height < 0:
        raise invalid("height cannot be negative")
    found = staking.HISTORY.get(ctx, req.height)
    if found is None:
        raise missing(f"historical info for height {req.height} not found")
    return pb.QueryHistoricalInfoResponse(hist=found)


def pool(ctx: Context, req: pb.QueryPoolRequest) -> pb.QueryPoolResponse:
    """Base units of stake that are bonded and that are not."""
    del req
    denom = staking.bond_denom(ctx)
    bonded, not_bonded = (
        str(bank.balance(ctx, auth.MODULE_ADDRESSES[name], denom))
        for name in (staking.BONDED_POOL, staking.NOT_BONDED_POOL)
    )
    return pb.QueryPoolResponse(pool=pb.Pool(bonded_tokens=bonded, not_bonded_tokens=not_bonded))


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=staking.params(ctx))


# INSIDE


def _page(
    ctx: Context, table: Map[K, V], request: PageRequest, *prefix: Any, **more: Any
) -> Page[K, V]:
    """A page; whatever is wrong with the request is Internal here."""
    try:
        return stocklist.page(ctx, table, request, *prefix, **more)
    except Refused as error:
        raise internal(str(error)) from error


def _pair(delegator: str, operator: str) -> tuple[bytes, bytes]:
    """Delegator and operator, both named."""
    if not delegator:
        raise invalid("delegator address cannot be empty")
    if not operator:
        raise invalid("validator address cannot be empty")
    return _delegator(delegator), _operator(operator)


def _operator(text: str) -> bytes:
    if not text:
        raise invalid("validator address cannot be empty")
    return _address(text, VALOPER)


def _delegator(text: str) -> bytes:
    if not text:
        raise invalid("delegator address cannot be empty")
    return _address(text, PREFIX)


def _address(text: str, prefix: str) -> bytes:
    try:
        return Address.by_codec(text, prefix=prefix).raw
    except InvalidAddress as error:
        raise PlainError(error.detail) from error


def _inside(text: str, prefix: str) -> bytes:
    """An address whose faults the query calls Internal."""
    try:
        return _address(text, prefix)
    except PlainError as error:
        raise internal(str(error)) from error


def _known(ctx: Context, operator: bytes) -> pb.Validator:
    """The validator that a record names."""
    found = staking.validator(ctx, operator)
    if found is None:
        raise internal(NoValidatorFound.text)
    return found


def _delegations(
    ctx: Context, found: Iterable[pb.Delegation | None]
) -> list[pb.DelegationResponse]:
    """Delegations with the stake that their shares are worth, in whole base units."""
    denom = staking.bond_denom(ctx)
    known: dict[str, pb.Validator] = {}
    answers = []
    for each in found:
        if each is None:
            continue
        where = each.validator_address
        if where not in known:
            known[where] = _known(ctx, Address.parse(where, prefix=VALOPER).raw)
        balance = WireCoin(denom=denom, amount=str(_worth(known[where], each.shares)))
        answers.append(pb.DelegationResponse(delegation=each, balance=balance))
    return answers


def _worth(value: pb.Validator, shares: str) -> int:
    """What shares of a validator are worth, in whole base units."""
    try:
        return staking.tokens_from_shares(value, Dec.from_wire(shares)).truncate()
    except ChainError as error:  # the shares of a validator that has none left: Go panics
        raise Refused(Status.INTERNAL, str(error)) from error


METHODS: Methods = {
    "Validators": validators,
    "Validator": validator,
    "ValidatorDelegations": validator_delegations,
    "ValidatorUnbondingDelegations": validator_unbonding_delegations,
    "Delegation": delegation,
    "UnbondingDelegation": unbonding_delegation,
    "DelegatorDelegations": delegator_delegations,
    "DelegatorUnbondingDelegations": delegator_unbonding_delegations,
    "Redelegations": redelegations,
    "DelegatorValidators": delegator_validators,
    "DelegatorValidator": delegator_validator,
    "HistoricalInfo": historical_info,
    "Pool": pool,
    "Params": params,
}
