"""The rows of staking: validators, delegations, what is unbonding, and how to find each.

Keys are the SDK's, so that a proof of a row is asked for as on any Cosmos chain, except for the
queues, which hold one row for each operation instead of one growing row for each moment. Every
function here keeps a record and its index together. It must not know any rule. Addresses are raw
bytes; a record read is the caller's to change and to put back.
Source: SDK 0.53 `x/staking/types/keys.go`, `keeper/{validator,delegation}.go`.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice

from akashpy.chain.staking.parameters import BONDED, POWER_REDUCTION, STORE, max_validators
from akashpy.state.codecs import U64, Bytes, Int, Presence, Raw, RawBytes, message
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.abci import ValidatorUpdate
from akashpy.types.address import VALOPER, Address
from akashpy.types.errors import Panic, PlainError
from akashpy.types.staking import DelegationRemoving
from akashpy.wire import crypto
from akashpy.wire import staking as pb

ED25519_URL = "/cosmos.crypto.ed25519.PubKey"
KEY_SIZE = 32
MAX_POWER = 2**63 - 1


class _Inverted:
    """An address whose order is turned round, so that a walk backwards gives it forwards."""

    __slots__ = ()

    def encode(self, value: bytes) -> bytes:
        return bytes((len(value),)) + bytes(byte ^ 0xFF for byte in value)

    def decode(self, data: bytes, at: int) -> tuple[bytes, int]:
        end = at + 1 + data[at]
        return bytes(byte ^ 0xFF for byte in data[at + 1 : end]), end


LAST_POWER = Map(STORE, b"\x11", Raw, Int)
"""Operator -> voting power it has in the set that CometBFT was told last."""
LAST_TOTAL_POWER = Item(STORE, b"\x12", Int)
VALIDATORS = Map(STORE, b"\x21", Raw, message(pb.Validator))
"""Operator -> validator."""
BY_CONSENSUS = Map(STORE, b"\x22", Raw, RawBytes)
"""Consensus address -> operator."""
BY_POWER: Map[tuple[int, bytes], bytes] = Map(STORE, b"\x23", (U64, _Inverted()), RawBytes)
"""(power, operator) -> operator, of validators that are not jailed."""
DELEGATIONS: Map[tuple[bytes, bytes], pb.Delegation] = Map(
    STORE, b"\x31", (Raw, Raw), message(pb.Delegation)
)
"""(delegator, operator) -> shares."""
DELEGATIONS_TO: Map[tuple[bytes, bytes], bool] = Map(STORE, b"\x71", (Raw, Bytes), Presence)
"""(operator, delegator)."""
UNBONDINGS: Map[tuple[bytes, bytes], pb.UnbondingDelegation] = Map(
    STORE, b"\x32", (Raw, Raw), message(pb.UnbondingDelegation)
)
"""(delegator, operator) -> what is unbonding."""
UNBONDINGS_FROM: Map[tuple[bytes, bytes], bool] = Map(STORE, b"\x33", (Raw, Raw), Presence)
"""(operator, delegator)."""
REDELEGATIONS: Map[tuple[bytes, bytes, bytes], pb.Redelegation] = Map(
    STORE, b"\x34", (Raw, Raw, Raw), message(pb.Redelegation)
)
"""(delegator, source operator, destination operator) -> what has moved lately."""
REDELEGATIONS_FROM: Map[tuple[bytes, bytes, bytes], bool] = Map(
    STORE, b"\x35", (Raw, Raw, Raw), Presence
)
"""(source operator, delegator, destination operator)."""
REDELEGATIONS_TO: Map[tuple[bytes, bytes, bytes], bool] = Map(
    STORE, b"\x36", (Raw, Raw, Raw), Presence
)
"""(destination operator, delegator, source operator)."""


# VALIDATORS


def operator_of(value: pb.Validator) -> bytes:
    """The operator's address of a validator."""
    return Address.parse(value.operator_address, prefix=VALOPER).raw


def validator(ctx: Context, operator: bytes) -> pb.Validator | None:
    """The validator of an operator, or None."""
    return VALIDATORS.get(ctx, operator)


def validator_by_consensus(ctx: Context, consensus: bytes) -> pb.Validator | None:
    """The validator whose key has this address, or None."""
    operator = BY_CONSENSUS.get(ctx, consensus)
    return None if operator is None else validator(ctx, operator)


def validators(ctx: Context) -> Iterator[pb.Validator]:
    """Every validator, in order of operators' addresses."""
    for _, value in VALIDATORS.under(ctx):
        yield value


def bonded_by_power(ctx: Context) -> Iterator[pb.Validator]:
    """Bonded validators, the most powerful first, at most as many as may be bonded."""
    found = (stored(ctx, operator) for _, operator in BY_POWER.under(ctx, reverse=True))
    return islice((value for value in found if value.status == BONDED), max_validators(ctx))


def last_validators(ctx: Context) -> Iterator[tuple[pb.Validator, int]]:
    """The set that CometBFT was told last, with powers, in order of operators' addresses."""
    for operator, amount in LAST_POWER.under(ctx):
        yield stored(ctx, operator), amount


def stored(ctx: Context, operator: bytes) -> pb.Validator:
    """The validator of an operator that an index names."""
    value = validator(ctx, operator)
    if value is None:
        raise Panic(f"validator record not found for address: {operator.hex().upper()}")
    return value


def put_validator(ctx: Context, value: pb.Validator) -> None:
    """Store a validator; its place in the order of power is the caller's business."""
    VALIDATORS.put(ctx, operator_of(value), value)


def rank(ctx: Context, value: pb.Validator) -> None:
    """Put a validator into the order of power, unless it is jailed."""
    if not value.jailed:
        BY_POWER.put(ctx, _place(value), operator_of(value))


def unrank(ctx: Context, value: pb.Validator) -> None:
    """Take a validator, as it stands now, out of the order of power."""
    BY_POWER.remove(ctx, _place(value))


def _place(value: pb.Validator) -> tuple[int, bytes]:
    return potential_power(value), operator_of(value)


def potential_power(value: pb.Validator) -> int:
    """The voting power a validator has once bonded. Raises Panic beyond 63 bits, as Go does."""
    amount = int(value.tokens) // POWER_REDUCTION
    if amount > MAX_POWER:
        raise Panic("Int64() out of bound")
    return amount


def power(value: pb.Validator) -> int:
    """The voting power of a validator: none unless it is bonded."""
    return potential_power(value) if value.status == BONDED else 0


def consensus_key(value: pb.Validator) -> bytes:
    """The 32 bytes of a validator's ed25519 key. Raises PlainError for other kinds of keys."""
    if value.consensus_pubkey.type_url != ED25519_URL:
        raise PlainError(
            f"consensus key of {value.operator_address} is {value.consensus_pubkey.type_url}; "
            f"use {ED25519_URL}"
        )
    key = crypto.Ed25519PubKey.FromString(value.consensus_pubkey.value).key
    if len(key) != KEY_SIZE:
        raise PlainError(f"consensus key of {value.operator_address} has {len(key)} bytes, not 32")
    return key


def consensus_address(value: pb.Validator) -> bytes:
    """The 20 bytes CometBFT knows a validator by: the head of its key's hash."""
    return address_of_key(consensus_key(value))


def address_of_key(key: bytes) -> bytes:
    """The consensus address of an ed25519 key."""
    return sha256(key).digest()[:20]


def update_of(value: pb.Validator, amount: int) -> ValidatorUpdate:
    """What CometBFT is told of a validator."""
    return ValidatorUpdate("ed25519", consensus_key(value), amount)


# DELEGATIONS


def delegation(ctx: Context, delegator: bytes, operator: bytes) -> pb.Delegation | None:
    """What an account delegates to a validator, or None."""
    return DELEGATIONS.get(ctx, (delegator, operator))


def delegations_of(ctx: Context, delegator: bytes) -> Iterator[pb.Delegation]:
    """What an account delegates, in order of operators' addresses."""
    for _, value in DELEGATIONS.under(ctx, delegator):
        yield value


def delegations_to(ctx: Context, operator: bytes) -> Iterator[pb.Delegation]:
    """What is delegated to a validator, in order of delegators' addresses."""
    for key, _ in DELEGATIONS_TO.under(ctx, operator):
        value = delegation(ctx, key[1], operator)
        if value is None:
            raise Panic(f"delegation of {key[1].hex().upper()} to {operator.hex().upper()} is gone")
        yield value


def put_delegation(ctx: Context, delegator: bytes, operator: bytes, value: pb.Delegation) -> None:
    """Store a delegation."""
    DELEGATIONS.put(ctx, (delegator, operator), value)
    DELEGATIONS_TO.put(ctx, (operator, delegator), True)


def remove_delegation(ctx: Context, delegator: bytes, operator: bytes) -> None:
    """Remove a delegation that has no shares left, after telling so."""
    ctx.notify(DelegationRemoving(delegator, operator))
    DELEGATIONS.remove(ctx, (delegator, operator))
    DELEGATIONS_TO.remove(ctx, (operator, delegator))


def put_unbonding(ctx: Context, value: pb.UnbondingDelegation) -> None:
    """Store what is unbonding, or remove the record when nothing is."""
    delegator = Address.parse(value.delegator_address).raw
    operator = Address.parse(value.validator_address, prefix=VALOPER).raw
    if value.entries:
        UNBONDINGS.put(ctx, (delegator, operator), value)
        UNBONDINGS_FROM.put(ctx, (operator, delegator), True)
    else:
        UNBONDINGS.remove(ctx, (delegator, operator))
        UNBONDINGS_FROM.remove(ctx, (operator, delegator))


def redelegation_key(value: pb.Redelegation) -> tuple[bytes, bytes, bytes]:
    """Delegator, source and destination of a redelegation."""
    return (
        Address.parse(value.delegator_address).raw,
        Address.parse(value.validator_src_address, prefix=VALOPER).raw,
        Address.parse(value.validator_dst_address, prefix=VALOPER).raw,
    )


def put_redelegation(ctx: Context, value: pb.Redelegation) -> None:
    """Store a redelegation, or remove the record when no entry is left."""
    delegator, source, target = redelegation_key(value)
    if value.entries:
        REDELEGATIONS.put(ctx, (delegator, source, target), value)
        REDELEGATIONS_FROM.put(ctx, (source, delegator, target), True)
        REDELEGATIONS_TO.put(ctx, (target, delegator, source), True)
    else:
        REDELEGATIONS.remove(ctx, (delegator, source, target))
        REDELEGATIONS_FROM.remove(ctx, (source, delegator, target))
        REDELEGATIONS_TO.remove(ctx, (target, delegator, source))
