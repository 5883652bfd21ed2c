"""What slashing does when staking changes something. Source: SDK 0.53 x/slashing hooks.go."""

from collections.abc import Mapping
from dataclasses import replace

from akashpy.chain import staking
from akashpy.chain.module import Subscriber
from akashpy.chain.slashing.records import PUBLIC_KEYS, SIGNING, fresh
from akashpy.state.context import Context
from akashpy.types.staking import ValidatorBonded, ValidatorCreated, ValidatorRemoved
from akashpy.wire import staking as pb


def validator_bonded(ctx: Context, value: ValidatorBonded) -> None:
    """The validator is expected to sign from now on."""
    known = SIGNING.get(ctx, value.consensus)
    info = replace(known, start_height=ctx.height) if known else fresh(value.consensus, ctx.height)
    SIGNING.put(ctx, value.consensus, info)


def validator_created(ctx: Context, value: ValidatorCreated) -> None:
    """Remember the key behind the consensus address."""
    validator = staking.validator(ctx, value.operator)
    if validator is not None:
        add_public_key(ctx, validator)


def validator_removed(ctx: Context, value: ValidatorRemoved) -> None:
    """Forget the key; how it signed is kept, so that a tombstone outlives the validator."""
    PUBLIC_KEYS.remove(ctx, value.consensus)


def add_public_key(ctx: Context, validator: pb.Validator) -> None:
    """Remember a validator's key."""
    key = validator.consensus_pubkey.SerializeToString(deterministic=True)
    PUBLIC_KEYS.put(ctx, staking.consensus_address(validator), key)


SUBSCRIBERS: Mapping[type, Subscriber] = {
    ValidatorBonded: validator_bonded,
    ValidatorCreated: validator_created,
    ValidatorRemoved: validator_removed,
}
