"""What evidence and a jailed validator's operator ask of slashing.

It must not know how evidence is found. Source: SDK 0.53 x/slashing/keeper/{keeper,unjail}.go.
"""

from dataclasses import replace

from akashpy.chain import staking
from akashpy.chain.authority import require_authority
from akashpy.chain.slashing.records import PARAMS, SIGNING, fresh
from akashpy.state.context import Context
from akashpy.types.address import VALCONS, VALOPER, Address
from akashpy.types.addresscodec import named
from akashpy.types.dec import Dec
from akashpy.types.events import Event
from akashpy.types.slashing import (
    Params,
    SelfDelegationTooLowToUnjail,
    SigningInfo,
    ValidatorJailed,
    ValidatorNotJailed,
    ValidatorTombstoned,
)
from akashpy.types.staking import NoDelegation, NoValidatorFound
from akashpy.wire import slashing as pb


def slash_double_sign(ctx: Context, consensus: bytes, power: int, height: int) -> None:
    """Slash a validator that had `power` and signed twice; `height` is that of its stake."""
    params = PARAMS.get(ctx)
    share = params.double_sign if params else Dec.ZERO
    burned = staking.slash(ctx, consensus, height, power, share)
    ctx.emit(
        Event(
            "slash",
            (
                ("address", Address.of(consensus, prefix=VALCONS)),
                ("power", str(power)),
                ("reason", "double_sign"),
                ("burned_coins", str(burned)),
            ),
        )
    )


def jail(ctx: Context, consensus: bytes) -> None:
    """Take a validator out of the set. Raises staking's errors."""
    staking.jail(ctx, consensus)
    ctx.emit(Event("slash", (("jailed", Address.of(consensus, prefix=VALCONS)),)))


def signing_info(ctx: Context, consensus: bytes) -> SigningInfo:
    """How a validator signs; one never seen signing begins now."""
    return SIGNING.get(ctx, consensus) or fresh(consensus, ctx.height)


def tombstone(ctx: Context, consensus: bytes, until: int) -> None:
    """Never let a validator come back; it is jailed until `until` (unix nanoseconds) on paper.

    Raises ValidatorTombstoned.
    """
    info = signing_info(ctx, consensus)
    if info.tombstoned:
        raise ValidatorTombstoned("cannot tombstone validator that is already tombstoned")
    SIGNING.put(ctx, consensus, replace(info, jailed_until=until, tombstoned=True))


# MESSAGES


def unjail(ctx: Context, msg: pb.MsgUnjail) -> pb.MsgUnjailResponse:
    """Let the signing operator's validator compete again, its time in jail over.

    Raises InvalidAddress, staking.NoValidatorFound, staking.NoDelegation for one who holds no
    stake in it, SelfDelegationTooLowToUnjail, ValidatorNotJailed, ValidatorJailed.
    """
    # LOAD
    operator = named(msg.validator_addr, "validator input address", prefix=VALOPER)
    validator = staking.validator(ctx, operator)
    if validator is None:
        raise NoValidatorFound
    own = staking.delegation(ctx, operator, operator)
    # CHECK
    if own is None:
        raise NoDelegation
    tokens = staking.tokens_from_shares(validator, Dec.from_wire(own.shares)).truncate()
    least = int(validator.min_self_delegation)
    if tokens < least:
        raise SelfDelegationTooLowToUnjail(f"{tokens} less than {least}")
    if not validator.jailed:
        raise ValidatorNotJailed
    consensus = staking.consensus_address(validator)
    info = SIGNING.get(ctx, consensus)
    if info is not None and (info.tombstoned or ctx.time < info.jailed_until):
        raise ValidatorJailed
    # APPLY
    staking.unjail(ctx, consensus)
    return pb.MsgUnjailResponse()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError, TxDecode."""
    require_authority(msg.authority)
    PARAMS.put(ctx, Params.from_wire(msg.params))
    return pb.MsgUpdateParamsResponse()
