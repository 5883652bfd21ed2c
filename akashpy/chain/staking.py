"""Validators as genesis names them: their records, their stake, their consensus keys.

It exists so that a chain has validators from its first block and queries about them answer.
Delegating, unbonding and everything that changes a validator is built here later; until then such
messages have no handler and are refused. It must not know rewards or slashing.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from akashpy import wire
from akashpy.chain import auth, bank
from akashpy.chain.authority import require_authority
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import Int, Raw, RawBytes, message
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.abci import ValidatorUpdate
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import validate_denom
from akashpy.types.errors import PlainError
from akashpy.wire import crypto
from akashpy.wire import staking as pb

STORE = "staking"
VALIDATORS = Map(STORE, b"\x21", Raw, message(pb.Validator))
"""Operator's address -> validator."""
DELEGATIONS: Map[tuple[bytes, bytes], pb.Delegation] = Map(
    STORE, b"\x31", (Raw, Raw), message(pb.Delegation)
)
"""(delegator, operator) -> shares."""
LAST_POWER = Map(STORE, b"\x11", Raw, Int)
LAST_TOTAL_POWER = Item(STORE, b"\x12", Int)
PARAMS = Item(STORE, b"\x51", RawBytes)

POWER_REDUCTION = 1_000_000
"""Base units of stake per unit of voting power."""
BONDED_POOL = "bonded_tokens_pool"
NOT_BONDED_POOL = "not_bonded_tokens_pool"
BONDED = pb.BondStatus.BOND_STATUS_BONDED
ED25519_URL = "/cosmos.crypto.ed25519.PubKey"
UNBONDING_SECONDS = 21 * 24 * 3600


def params(ctx: Context) -> pb.Params:
    """The staking parameters. Do not change the answer."""
    return _params(PARAMS.get(ctx) or b"")


@lru_cache(maxsize=16)
def _params(row: bytes) -> pb.Params:
    return pb.Params.FromString(row)


def validators(ctx: Context) -> Iterator[pb.Validator]:
    """Every validator, in order of operators' addresses."""
    for _, validator in VALIDATORS.under(ctx):
        yield validator


def validator(ctx: Context, operator: bytes) -> pb.Validator | None:
    """The validator of an operator, or None."""
    return VALIDATORS.get(ctx, operator)


def consensus_key(value: pb.Validator) -> bytes:
    """The 32 bytes of a validator's ed25519 key. Raises PlainError for other kinds of keys."""
    if value.consensus_pubkey.type_url != ED25519_URL:
        raise PlainError(
            f"consensus key of {value.operator_address} is {value.consensus_pubkey.type_url}; "
            f"use {ED25519_URL}"
        )
    return crypto.Ed25519PubKey.FromString(value.consensus_pubkey.value).key


def consensus_address(value: pb.Validator) -> bytes:
    """The 20 bytes CometBFT knows a validator by: the head of its key's hash."""
    return sha256(consensus_key(value)).digest()[:20]


def power(value: pb.Validator) -> int:
    """Voting power of a bonded validator."""
    return int(value.tokens) // POWER_REDUCTION


# MESSAGES


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError."""
    require_authority(msg.authority)
    validate_params(msg.params)
    PARAMS.put(ctx, msg.params.SerializeToString(deterministic=True))
    return pb.MsgUpdateParamsResponse()


def validate_params(value: pb.Params) -> None:
    """Raises PlainError. Source: SDK x/staking Params.Validate."""
    if value.unbonding_time.ToNanoseconds() < 0:
        raise PlainError(f"unbonding time must be positive: {value.unbonding_time.ToSeconds()}s")
    if not value.max_validators:
        raise PlainError(f"max validators must be positive: {value.max_validators}")
    if not value.max_entries:
        raise PlainError(f"max entries must be positive: {value.max_entries}")
    if not value.bond_denom.strip():
        raise PlainError("bond denom cannot be blank")
    validate_denom(value.bond_denom)
    rate = int(value.min_commission_rate or 0)
    if rate < 0:
        raise PlainError(f"minimum commission rate cannot be negative: {rate}")
    if rate > 10**18:
        raise PlainError(f"minimum commission rate cannot be greater than 100%: {rate}")


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """The SDK's default parameters with uakt as bond denomination, and no validators."""
    del preset
    state = pb.GenesisState(last_total_power=b"0")
    value = state.params
    value.unbonding_time.FromSeconds(UNBONDING_SECONDS)
    value.max_validators, value.max_entries, value.historical_entries = 100, 7, 10_000
    value.bond_denom, value.min_commission_rate = "uakt", "0"
    return wire.to_json(state)


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for bad parameters, doubled or unbonded validators, foreign records."""
    parsed = wire.from_json(pb.GenesisState, state)
    validate_params(parsed.params)
    if parsed.unbonding_delegations or parsed.redelegations:
        raise PlainError(
            "staking genesis holds unbonding delegations or redelegations, which this version "
            "cannot carry; export after they have ended"
        )
    operators: set[str] = set()
    keys: set[bytes] = set()
    for value in parsed.validators:
        Address.parse(value.operator_address, prefix=VALOPER)
        key = consensus_key(value)
        if value.operator_address in operators or key in keys:
            raise PlainError(f"duplicate validator in genesis state: {value.operator_address}")
        if value.status != BONDED or value.jailed:
            raise PlainError(
                f"validator {value.operator_address} is not bonded, which this version cannot carry"
            )
        operators.add(value.operator_address)
        keys.add(key)


def init_genesis(ctx: Context, state: JsonState) -> list[ValidatorUpdate]:
    """Store validators and delegations; the pools must hold exactly what is staked.

    Raises PlainError when the bonded pool's balance differs from the validators' tokens.
    """
    parsed = wire.from_json(pb.GenesisState, state)
    PARAMS.put(ctx, parsed.params.SerializeToString(deterministic=True))
    pools = [auth.module_account(ctx, name) for name in (BONDED_POOL, NOT_BONDED_POOL)]
    updates, tokens = [], 0
    for value in parsed.validators:
        operator = Address.parse(value.operator_address, prefix=VALOPER).raw
        VALIDATORS.put(ctx, operator, value)
        LAST_POWER.put(ctx, operator, power(value))
        tokens += int(value.tokens)
        updates.append(ValidatorUpdate("ed25519", consensus_key(value), power(value)))
    LAST_TOTAL_POWER.put(ctx, sum(update.power for update in updates))
    for share in parsed.delegations:
        delegator = Address.parse(share.delegator_address).raw
        operator = Address.parse(share.validator_address, prefix=VALOPER).raw
        DELEGATIONS.put(ctx, (delegator, operator), share)
    held = bank.balance(ctx, pools[0].address, parsed.params.bond_denom)
    if held != tokens:
        raise PlainError(f"bonded pool balance is different from bonded coins: {held} <-> {tokens}")
    return updates


def export_genesis(ctx: Context) -> JsonState:
    """Parameters, validators and delegations."""
    state = pb.GenesisState(params=params(ctx), exported=True)
    state.last_total_power = b"%d" % (LAST_TOTAL_POWER.get(ctx) or 0)
    for operator, amount in LAST_POWER.under(ctx):
        state.last_validator_powers.add(address=Address.of(operator, prefix=VALOPER), power=amount)
    state.validators.extend(validators(ctx))
    state.delegations.extend(share for _, share in DELEGATIONS.under(ctx))
    return wire.to_json(state)


def _pool_backs_validators(ctx: Context) -> str | None:
    """Invariant: the bonded pool holds the tokens of all bonded validators."""
    tokens = sum(int(value.tokens) for value in validators(ctx))
    pool = auth.MODULE_ADDRESSES[BONDED_POOL]
    held = bank.balance(ctx, pool, params(ctx).bond_denom)
    return None if held == tokens else f"staking: pool holds {held}, validators have {tokens}"


MODULE = Module(
    name="staking",
    handlers={"/cosmos.staking.v1beta1.MsgUpdateParams": Handler(None, update_params)},
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    invariants=(_pool_backs_validators,),
)
