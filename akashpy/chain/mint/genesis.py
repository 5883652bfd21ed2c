"""How minting starts and is written back."""

from akashpy import wire
from akashpy.chain import auth
from akashpy.chain.mint.minting import MINTER, MODULE_NAME, PARAMS
from akashpy.chain.module import JsonState
from akashpy.state.context import Context
from akashpy.types.mint import Minter, Params
from akashpy.wire import mint as pb


def default_genesis(preset: str) -> JsonState:
    """The SDK's inflation of 7 to 20 % a year, in uakt, in both presets.

    Akash's own preset leaves these parameters at zero in its code, which no node accepts.
    """
    del preset
    return wire.to_json(pb.GenesisState(minter=Minter().to_wire(), params=Params().to_wire()))


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for bad parameters or negative inflation."""
    parsed = wire.from_json(pb.GenesisState, state)
    Params.from_wire(parsed.params)
    Minter.from_wire(parsed.minter).validate()


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store minter and parameters, and make the module's account. Raises PlainError."""
    parsed = wire.from_json(pb.GenesisState, state)
    MINTER.put(ctx, Minter.from_wire(parsed.minter))
    PARAMS.put(ctx, Params.from_wire(parsed.params))
    auth.module_account(ctx, MODULE_NAME)


def export_genesis(ctx: Context) -> JsonState:
    """Minter and parameters; nothing of a chain that has none."""
    minter, params = MINTER.get(ctx), PARAMS.get(ctx)
    if minter is None or params is None:
        return {}
    return wire.to_json(pb.GenesisState(minter=minter.to_wire(), params=params.to_wire()))
