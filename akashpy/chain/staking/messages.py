"""What staking's messages do: a validator's life, and stake that comes, moves and goes.

It must not know how shares are computed nor when a block ends. The order of checks is the SDK's,
because it decides which error a client sees.
Source: SDK 0.53 `x/staking/keeper/msg_server.go`, `types/msg.go`.
"""

from typing import Any

from google.protobuf.message import DecodeError

from akashpy.chain import consensus
from akashpy.chain.authority import require_authority
from akashpy.chain.module import Handler
from akashpy.chain.staking import delegations, entries, records, shares, standing
from akashpy.chain.staking.parameters import (
    UNBONDED,
    UNBONDING,
    bond_denom,
    min_commission_rate,
    put_params,
    validate_params,
)
from akashpy.state.context import Context
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coin
from akashpy.types.dec import Dec
from akashpy.types.errors import (
    ChainError,
    InvalidAddress,
    InvalidRequest,
    InvalidType,
    NotFound,
    Panic,
    PlainError,
)
from akashpy.types.events import Event
from akashpy.types.number import integer
from akashpy.types.staking import (
    CommissionChangeRateGTMaxRate,
    CommissionChangeRateNegative,
    CommissionGTMaxRate,
    CommissionHuge,
    CommissionLTMinRate,
    CommissionNegative,
    DelegatorShareExRateInvalid,
    EmptyValidatorPubKey,
    MinSelfDelegationDecreased,
    SelfDelegationBelowMinimum,
    ValidatorCreated,
    ValidatorJailed,
    ValidatorModified,
    ValidatorOwnerExists,
    ValidatorPubKeyExists,
    ValidatorPubKeyTypeNotSupported,
)
from akashpy.wire import staking as pb
from akashpy.wire.base import Coin as WireCoin
from akashpy.wire.crypto import Ed25519PubKey

KEEP = "[do-not-modify]"
"""A field of a description that an edit leaves as it is."""
LENGTHS = (
    ("moniker", "moniker", 70),
    ("identity", "identity", 3000),
    ("website", "website", 140),
    ("security_contact", "security contact", 140),
    ("details", "details", 280),
)
"""Field, its name in a refusal, and the most bytes it may have."""
NIL = "runtime error: invalid memory address or nil pointer dereference"
OUR_KEY = "ed25519"
KEY_TYPES = {
    "cosmos.crypto.ed25519.PubKey": OUR_KEY,
    "cosmos.crypto.secp256k1.PubKey": "secp256k1",
    "cosmos.crypto.secp256r1.PubKey": "secp256r1",
    "cosmos.crypto.multisig.LegacyAminoPubKey": "PubKeyMultisigThreshold",
}
"""What Go calls each kind of public key."""


# A VALIDATOR'S LIFE


def create_validator(ctx: Context, msg: pb.MsgCreateValidator) -> pb.MsgCreateValidatorResponse:
    """Register a validator with its own first stake.

    Raises InvalidAddress, EmptyValidatorPubKey, InvalidRequest, the commission's errors,
    SelfDelegationBelowMinimum, CommissionLTMinRate, ValidatorOwnerExists, InvalidType,
    ValidatorPubKeyExists, ValidatorPubKeyTypeNotSupported, InsufficientFunds.
    """
    # LOAD
    operator = _operator(msg.validator_address, "validator")
    amount = _require_sound(msg)
    # CHECK
    rate, least = Dec.from_wire(msg.commission.rate), min_commission_rate(ctx)
    if rate < least:
        raise CommissionLTMinRate(
            f"cannot set validator commission to less than minimum rate of {least}"
        )
    if records.validator(ctx, operator) is not None:
        raise ValidatorOwnerExists
    kind = _key_type(msg)
    if kind == OUR_KEY and records.BY_CONSENSUS.has(ctx, _consensus_of(msg)):
        raise ValidatorPubKeyExists
    _require_denom(ctx, amount)
    _require_lengths(msg.description)
    _require_kind(ctx, kind)
    # APPLY
    value = _new_validator(ctx, msg)
    records.put_validator(ctx, value)
    records.BY_CONSENSUS.put(ctx, records.consensus_address(value), operator)
    records.rank(ctx, value)
    ctx.notify(ValidatorCreated(operator))
    delegations.delegate(ctx, operator, amount.amount, UNBONDED, value, True)
    # EMIT
    attributes = (("validator", msg.validator_address), ("amount", str(amount)))
    ctx.emit(Event("create_validator", attributes))
    return pb.MsgCreateValidatorResponse()


def _require_sound(msg: pb.MsgCreateValidator) -> Coin:
    """What a message says without looking at the state. Source: SDK MsgCreateValidator.Validate."""
    if not msg.HasField("pubkey"):
        raise EmptyValidatorPubKey
    amount = _positive(msg.value, "invalid delegation amount")
    if msg.description == pb.Description():
        raise InvalidRequest("empty description")
    rates = msg.commission
    if not (rates.rate or rates.max_rate or rates.max_change_rate):
        raise InvalidRequest("empty commission")
    _require_rates(rates)
    least = _integer(msg.min_self_delegation)
    if least <= 0:
        raise InvalidRequest("minimum self delegation must be a positive integer")
    if amount.amount < least:
        raise SelfDelegationBelowMinimum
    return amount


def _require_rates(rates: pb.CommissionRates) -> None:
    """Source: SDK CommissionRates.Validate."""
    most = _decimal(rates.max_rate)
    if most.is_negative:
        raise CommissionNegative
    if most > Dec.ONE:
        raise CommissionHuge
    rate = _decimal(rates.rate)
    if rate.is_negative:
        raise CommissionNegative
    if rate > most:
        raise CommissionGTMaxRate
    change = _decimal(rates.max_change_rate)
    if change.is_negative:
        raise CommissionChangeRateNegative
    if change > most:
        raise CommissionChangeRateGTMaxRate


def _key_type(msg: pb.MsgCreateValidator) -> str:
    name = msg.pubkey.type_url.rpartition("/")[2]
    kind = KEY_TYPES.get(name)
    if kind is None:
        raise InvalidType("Expecting cryptotypes.PubKey, got <nil>")
    return kind


def _require_kind(ctx: Context, kind: str) -> None:
    """Keys that consensus does not allow are refused, and those that we cannot check."""
    agreed = consensus.get(ctx)
    kinds = list(agreed.validator.pub_key_types) if agreed.HasField("validator") else [OUR_KEY]
    if kind not in kinds or kind != OUR_KEY:
        raise ValidatorPubKeyTypeNotSupported(f"got: {kind}, expected: [{' '.join(kinds)}]")


def _consensus_of(msg: pb.MsgCreateValidator) -> bytes:
    try:
        key = Ed25519PubKey.FromString(msg.pubkey.value).key
    except DecodeError as error:
        raise InvalidType(f"pubkey is no ed25519 key: {error}") from error
    if len(key) != records.KEY_SIZE:
        raise Panic("pubkey is incorrect size")
    return records.address_of_key(key)


def _new_validator(ctx: Context, msg: pb.MsgCreateValidator) -> pb.Validator:
    value = pb.Validator(
        operator_address=msg.validator_address,
        consensus_pubkey=msg.pubkey,
        status=UNBONDED,
        tokens="0",
        delegator_shares=Dec.ZERO.wire(),
        description=msg.description,
        min_self_delegation=str(_integer(msg.min_self_delegation)),
    )
    value.unbonding_time.FromSeconds(0)
    value.commission.commission_rates.CopyFrom(msg.commission)
    value.commission.update_time.FromNanoseconds(ctx.time)
    return value


def edit_validator(ctx: Context, msg: pb.MsgEditValidator) -> pb.MsgEditValidatorResponse:
    """Change a validator's description, commission or least stake of its own.

    Raises InvalidAddress, InvalidRequest, NoValidatorFound, the commission's errors,
    MinSelfDelegationDecreased, SelfDelegationBelowMinimum.
    """
    # LOAD, CHECK
    operator = _operator(msg.validator_address, "validator")
    if msg.description == pb.Description():
        raise InvalidRequest("empty description")
    least = _integer(msg.min_self_delegation) if msg.min_self_delegation else None
    if least is not None and least <= 0:
        raise InvalidRequest("minimum self delegation must be a positive integer")
    rate = _new_rate(ctx, msg.commission_rate) if msg.commission_rate else None
    value = delegations.require_validator(ctx, operator)
    value.description.CopyFrom(_edited(value.description, msg.description))
    if rate is not None:
        standing.change_commission(ctx, value, rate)
    if least is not None and least <= int(value.min_self_delegation):
        raise MinSelfDelegationDecreased
    if least is not None and least > shares.tokens_of(value):
        raise SelfDelegationBelowMinimum
    # APPLY
    if rate is not None:
        ctx.notify(ValidatorModified(operator))
    if least is not None:
        value.min_self_delegation = str(least)
    records.put_validator(ctx, value)
    # EMIT
    attributes = (
        ("commission_rate", commission_text(value.commission)),
        ("min_self_delegation", value.min_self_delegation),
    )
    ctx.emit(Event("edit_validator", attributes))
    return pb.MsgEditValidatorResponse()


def _new_rate(ctx: Context, text: str) -> Dec:
    rate = Dec.from_wire(text)
    if rate > Dec.ONE or rate.is_negative:
        raise InvalidRequest("commission rate must be between 0 and 1 (inclusive)")
    least = min_commission_rate(ctx)
    if rate < least:
        raise InvalidRequest(f"commission rate cannot be less than the min commission rate {least}")
    return rate


def _edited(old: pb.Description, new: pb.Description) -> pb.Description:
    edited = pb.Description()
    for name, _, _ in LENGTHS:
        text = getattr(new, name)
        setattr(edited, name, getattr(old, name) if text == KEEP else text)
    _require_lengths(edited)
    return edited


def _require_lengths(description: pb.Description) -> None:
    for name, called, most in LENGTHS:
        size = len(getattr(description, name).encode())
        if size > most:
            raise InvalidRequest(f"invalid {called} length; got: {size}, max: {most}")


def commission_text(value: pb.Commission) -> str:
    """A commission as Go prints the message, which is what the event carries."""
    rates = value.commission_rates
    moment = value.update_time
    seconds = f"seconds:{moment.seconds} " if moment.seconds else ""
    nanos = f"nanos:{moment.nanos} " if moment.nanos else ""
    return (
        f'commission_rates:<rate:"{rates.rate}" max_rate:"{rates.max_rate}" '
        f'max_change_rate:"{rates.max_change_rate}" > update_time:<{seconds}{nanos}> '
    )


# STAKE


def delegate(ctx: Context, msg: pb.MsgDelegate) -> pb.MsgDelegateResponse:
    """Stake coins with a validator.

    Raises InvalidAddress, InvalidRequest, NoValidatorFound, DelegatorShareExRateInvalid,
    InsufficientFunds.
    """
    # LOAD, CHECK
    operator = _operator(msg.validator_address, "validator")
    delegator = _delegator(msg.delegator_address)
    amount = _positive(msg.amount, "invalid delegation amount")
    value = delegations.require_validator(ctx, operator)
    _require_denom(ctx, amount)
    # APPLY
    issued = delegations.delegate(ctx, delegator, amount.amount, UNBONDED, value, True)
    # EMIT
    attributes = (
        ("validator", msg.validator_address),
        ("delegator", msg.delegator_address),
        ("amount", str(amount)),
        ("new_shares", str(issued)),
    )
    ctx.emit(Event("delegate", attributes))
    return pb.MsgDelegateResponse()


def begin_redelegate(ctx: Context, msg: pb.MsgBeginRedelegate) -> pb.MsgBeginRedelegateResponse:
    """Move stake from one validator to another.

    Raises InvalidAddress, InvalidRequest, NoValidatorFound, NoDelegation, and what
    `delegations.redelegate` raises.
    """
    # LOAD, CHECK
    source = _operator(msg.validator_src_address, "source validator")
    target = _operator(msg.validator_dst_address, "destination validator")
    delegator = _delegator(msg.delegator_address)
    amount = _positive(msg.amount, "invalid shares amount")
    wanted = delegations.shares_to_unbond(ctx, delegator, source, amount.amount)
    _require_denom(ctx, amount)
    # APPLY
    completion = delegations.redelegate(ctx, delegator, source, target, wanted)
    # EMIT
    response = pb.MsgBeginRedelegateResponse()
    _set_time(response.completion_time, completion)
    attributes = (
        ("source_validator", msg.validator_src_address),
        ("destination_validator", msg.validator_dst_address),
        ("amount", str(amount)),
        ("completion_time", _moment(response.completion_time)),
    )
    ctx.emit(Event("redelegate", attributes))
    return response


def undelegate(ctx: Context, msg: pb.MsgUndelegate) -> pb.MsgUndelegateResponse:
    """Begin to take stake back.

    Raises InvalidAddress, InvalidRequest, NoValidatorFound, NoDelegation,
    MaxUnbondingDelegationEntries.
    """
    # LOAD, CHECK
    operator = _operator(msg.validator_address, "validator")
    delegator = _delegator(msg.delegator_address)
    amount = _positive(msg.amount, "invalid shares amount")
    wanted = delegations.shares_to_unbond(ctx, delegator, operator, amount.amount)
    _require_denom(ctx, amount)
    # APPLY
    begun = delegations.undelegate(ctx, delegator, operator, wanted)
    # EMIT
    given = WireCoin(denom=amount.denom, amount=str(begun.amount))
    response = pb.MsgUndelegateResponse(amount=given)
    _set_time(response.completion_time, begun.completion)
    attributes = (
        ("validator", msg.validator_address),
        ("delegator", msg.delegator_address),
        ("amount", f"{begun.amount}{amount.denom}"),
        ("completion_time", _moment(response.completion_time)),
    )
    ctx.emit(Event("unbond", attributes))
    return response


def cancel_unbonding(
    ctx: Context, msg: pb.MsgCancelUnbondingDelegation
) -> pb.MsgCancelUnbondingDelegationResponse:
    """Delegate again what is unbonding since a height.

    Raises InvalidAddress, InvalidRequest, NoValidatorFound, DelegatorShareExRateInvalid,
    ValidatorJailed, PlainError without such an unbonding, NotFound without such an entry.
    """
    # LOAD
    operator = _operator(msg.validator_address, "validator")
    delegator = _delegator(msg.delegator_address)
    amount = _positive(msg.amount, "invalid amount")
    # CHECK
    if msg.creation_height <= 0:
        raise InvalidRequest("invalid height")
    _require_denom(ctx, amount)
    value = delegations.require_validator(ctx, operator)
    if shares.has_invalid_rate(value):
        raise DelegatorShareExRateInvalid
    if value.jailed:
        raise ValidatorJailed
    unbonding = records.UNBONDINGS.get(ctx, (delegator, operator))
    if unbonding is None:
        raise PlainError(
            "rpc error: code = NotFound desc = unbonding delegation with delegator "
            f"{msg.delegator_address} not found for validator {msg.validator_address}"
        )
    entry = _entry_to_cancel(ctx, unbonding, msg.creation_height, amount.amount)
    # APPLY
    delegations.delegate(ctx, delegator, amount.amount, UNBONDING, value, False)
    entries.lower(ctx, unbonding, entry, amount.amount)
    # EMIT
    attributes = (
        ("amount", str(amount)),
        ("validator", msg.validator_address),
        ("delegator", msg.delegator_address),
        ("creation_height", str(msg.creation_height)),
    )
    ctx.emit(Event("cancel_unbonding_delegation", attributes))
    return pb.MsgCancelUnbondingDelegationResponse()


def _entry_to_cancel(
    ctx: Context, value: pb.UnbondingDelegation, height: int, amount: int
) -> pb.UnbondingDelegationEntry:
    for entry in value.entries:
        if entry.creation_height == height:
            break
    else:
        raise NotFound(f"unbonding delegation entry is not found at block height {height}")
    if int(entry.balance) < amount:
        raise InvalidRequest("amount is greater than the unbonding delegation entry balance")
    if entry.completion_time.ToNanoseconds() < ctx.time:
        raise InvalidRequest("unbonding delegation is already processed")
    return entry


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError."""
    require_authority(msg.authority)
    validate_params(msg.params)
    put_params(ctx, msg.params)
    return pb.MsgUpdateParamsResponse()


# READING FIELDS


def _operator(text: str, which: str) -> bytes:
    try:
        return Address.by_codec(text, prefix=VALOPER).raw
    except InvalidAddress as error:
        raise InvalidAddress(f"invalid {which} address: {error.detail}") from error


def _delegator(text: str) -> bytes:
    try:
        return Address.by_codec(text).raw
    except InvalidAddress as error:
        raise InvalidAddress(f"invalid delegator address: {error.detail}") from error


def _positive(value: WireCoin, refusal: str) -> Coin:
    """A valid coin above zero. Raises InvalidRequest with `refusal`."""
    coin = Coin.from_wire(value)
    try:
        coin.validate()
    except ChainError as error:
        raise InvalidRequest(refusal) from error
    if coin.amount <= 0:
        raise InvalidRequest(refusal)
    return coin


def _require_denom(ctx: Context, coin: Coin) -> None:
    wanted = bond_denom(ctx)
    if coin.denom != wanted:
        raise InvalidRequest(f"invalid coin denomination: got {coin.denom}, expected {wanted}")


def _decimal(text: str) -> Dec:
    """A decimal that Go would not find to be nil. Raises Panic."""
    if not text:
        raise Panic(NIL)
    return Dec.from_wire(text)


def _integer(text: str) -> int:
    """A whole number that Go would not find to be nil. Raises Panic, TxDecode."""
    if not text:
        raise Panic(NIL)
    return integer(text)


def _set_time(target: Any, moment: int) -> None:
    seconds, nanos = divmod(moment, 10**9)
    target.seconds, target.nanos = seconds, nanos


def _moment(value: Any) -> str:
    """RFC 3339 in whole seconds."""
    whole = type(value)(seconds=value.seconds)
    return str(whole.ToJsonString())


_URL = "/cosmos.staking.v1beta1."
HANDLERS = {
    f"{_URL}MsgCreateValidator": Handler(None, create_validator),
    f"{_URL}MsgEditValidator": Handler(None, edit_validator),
    f"{_URL}MsgDelegate": Handler(None, delegate),
    f"{_URL}MsgBeginRedelegate": Handler(None, begin_redelegate),
    f"{_URL}MsgUndelegate": Handler(None, undelegate),
    f"{_URL}MsgCancelUnbondingDelegation": Handler(None, cancel_unbonding),
    f"{_URL}MsgUpdateParams": Handler(None, update_params),
}
