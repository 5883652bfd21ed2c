"""How evidence starts and is written back. Source: cosmossdk.io/x/evidence/genesis.go."""

from akashpy import wire
from akashpy.chain.evidence.records import EVIDENCE, put
from akashpy.chain.module import JsonState
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.types.evidence import Equivocation
from akashpy.wire import evidence as pb


def default_genesis(preset: str) -> JsonState:
    """No evidence."""
    del preset
    return wire.to_json(pb.GenesisState())


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for impossible or doubled evidence, TxDecode for an unknown kind."""
    seen: set[bytes] = set()
    for value in _read(state):
        value.validate()
        if value.hash in seen:
            raise PlainError(f"evidence with hash {value.hash.hex().upper()} already exists")
        seen.add(value.hash)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store all evidence. Raises what `validate_genesis` raises."""
    validate_genesis(state)
    for value in _read(state):
        put(ctx, value)


def _read(state: JsonState) -> list[Equivocation]:
    parsed = wire.from_json(pb.GenesisState, state)
    return [Equivocation.from_any(packed) for packed in parsed.evidence]


def export_genesis(ctx: Context) -> JsonState:
    """All evidence, in order of hashes."""
    return wire.to_json(pb.GenesisState(evidence=[packed for _, packed in EVIDENCE.under(ctx)]))
