"""What this chain does unlike Akash: settlement denominations and the named fixes.

It exists because every difference that changes a transaction's outcome is one named flag in these
parameters (akashpy.chain.v1), on in our own genesis, off in the preset "akash", and changeable by
governance. It must not know what any fix does; the module concerned asks `is_fixed`.
"""

from functools import lru_cache

from akashpy import wire
from akashpy.chain.authority import require_authority
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import RawBytes
from akashpy.state.collections import Item
from akashpy.state.context import Context
from akashpy.types.chainparams import FIXES, PRESETS, Params
from akashpy.types.errors import PlainError
from akashpy.wire import chain as pb

PARAMS = Item("chain", b"\x00", RawBytes)


def get(ctx: Context) -> Params:
    """The chain's own parameters."""
    return _params(PARAMS.get(ctx) or b"")


def fixes(ctx: Context) -> frozenset[str]:
    """Names of the fixes that are on."""
    return _fixes(PARAMS.get(ctx) or b"")


def is_fixed(ctx: Context, name: str) -> bool:
    """True when the fix `name` is on. A name nobody declared is a mistake: KeyError."""
    if name not in FIXES:
        raise KeyError(name)
    return name in fixes(ctx)


def settlement_denoms(ctx: Context) -> tuple[str, ...]:
    """Denominations in which deployments, bids and leases may settle, in the order given."""
    return get(ctx).settlement_denoms


@lru_cache(maxsize=16)
def _params(row: bytes) -> Params:
    return Params.from_wire(pb.Params.FromString(row))


@lru_cache(maxsize=16)
def _fixes(row: bytes) -> frozenset[str]:
    return frozenset(_params(row).fixes)


def validate_update(msg: pb.MsgUpdateParams) -> None:
    """Raises PlainError for no, unknown or repeated names."""
    Params.from_wire(msg.params).validate()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError."""
    require_authority(msg.authority)
    validate_update(msg)
    PARAMS.put(ctx, msg.params.SerializeToString(deterministic=True))
    return pb.MsgUpdateParamsResponse()


def default_genesis(preset: str) -> JsonState:
    """The parameters of `preset`. Raises PlainError for an unknown preset."""
    if preset not in PRESETS:
        raise PlainError(f"unknown genesis preset {preset!r}; there are: {', '.join(PRESETS)}")
    return wire.to_json(pb.GenesisState(params=Params.preset(preset).to_wire()))


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for no, unknown or repeated names."""
    Params.from_wire(wire.from_json(pb.GenesisState, state).params).validate()


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store the parameters."""
    row = wire.from_json(pb.GenesisState, state).params.SerializeToString(deterministic=True)
    PARAMS.put(ctx, row)


def export_genesis(ctx: Context) -> JsonState:
    """The parameters as genesis carries them."""
    return wire.to_json(pb.GenesisState(params=get(ctx).to_wire()))


MODULE = Module(
    name="chain",
    handlers={"/akashpy.chain.v1.MsgUpdateParams": Handler(validate_update, update_params)},
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
)
