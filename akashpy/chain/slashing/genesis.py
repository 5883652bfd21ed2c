"""How slashing starts and is written back. Source: SDK 0.53 x/slashing/keeper/genesis.go."""

from akashpy import wire
from akashpy.chain import staking
from akashpy.chain.module import JsonState
from akashpy.chain.slashing.hooks import add_public_key
from akashpy.chain.slashing.records import PARAMS, SIGNING, missed_blocks, set_missed
from akashpy.state.context import Context
from akashpy.types.address import VALCONS, Address
from akashpy.types.dec import Dec
from akashpy.types.errors import PlainError
from akashpy.types.slashing import MINUTE, Params, SigningInfo, check_genesis
from akashpy.wire import slashing as pb

PRESETS = {
    "default": Params(),
    "akash": Params(
        window=30_000,
        min_signed=Dec.of("0.05"),
        jail_duration=MINUTE,
        double_sign=Dec.of("0.05"),
        downtime=Dec.ZERO,
    ),
}
"""Source: SDK defaults; akash prepare-genesis."""


def default_genesis(preset: str) -> JsonState:
    """The preset's parameters; nobody has signed yet."""
    return wire.to_json(pb.GenesisState(params=PRESETS[preset].to_wire()))


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for bad parameters, addresses and places outside the window."""
    parsed = wire.from_json(pb.GenesisState, state)
    check_genesis(parsed.params)
    for info in parsed.signing_infos:
        Address.parse(info.address, prefix=VALCONS)
    for listed in parsed.missed_blocks:
        Address.parse(listed.address, prefix=VALCONS)
        for block in listed.missed_blocks:
            if block.index < 0:
                raise PlainError(f"missed block of {listed.address} has the index {block.index}")


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store parameters and how validators sign; staking's validators are there already."""
    parsed = wire.from_json(pb.GenesisState, state)
    for validator in staking.validators(ctx):
        add_public_key(ctx, validator)
    for given in parsed.signing_infos:
        consensus = Address.parse(given.address, prefix=VALCONS).raw
        SIGNING.put(ctx, consensus, SigningInfo.from_wire(given.validator_signing_info))
    for listed in parsed.missed_blocks:
        consensus = Address.parse(listed.address, prefix=VALCONS).raw
        for block in listed.missed_blocks:
            set_missed(ctx, consensus, block.index, block.missed)
    PARAMS.put(ctx, Params.from_wire(parsed.params))


def export_genesis(ctx: Context) -> JsonState:
    """Parameters and how each validator signs, in order of consensus addresses."""
    params = PARAMS.get(ctx)
    if params is None:
        return {}
    state = pb.GenesisState(params=params.to_wire())
    for consensus, info in SIGNING.under(ctx):
        text = Address.of(consensus, prefix=VALCONS)
        state.signing_infos.add(address=text, validator_signing_info=info.to_wire())
        listed = state.missed_blocks.add(address=text)
        for index in missed_blocks(ctx, consensus):
            listed.missed_blocks.add(index=index, missed=True)
    return wire.to_json(state)
