"""bme at genesis, and what must hold of its books after every block.

Akash begins every chain with minting halted, forgets what waits by denomination and drops what was
cancelled; with the fix "bme-genesis" a chain goes on where it was exported. What Akash's genesis
has no field for stands in a member of our own. It must not know messages. Source: node
`x/bme/keeper/genesis.go` (v2.1.0); the invariants are ours.
"""

from typing import Any

from akashpy import wire
from akashpy.chain import auth, bank
from akashpy.chain import params as chain_params
from akashpy.chain.bme.records import (
    BURN_EPOCH,
    BURNED,
    CANCELED,
    CREDITS,
    EPOCHS,
    EXECUTED,
    MINT_EPOCH,
    MINTED,
    NAME,
    PARAMS,
    PENDING,
    STATUS,
    WAITING,
    add,
    id_of,
    key_of,
    params,
    status,
)
from akashpy.chain.module import JsonState
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.bme import UACT, UAKT, MintStatus, Params
from akashpy.types.coin import Coin
from akashpy.types.errors import PlainError
from akashpy.types.number import integer
from akashpy.wire import bme as pb
from akashpy.wire.base import Coin as WireCoin

FIX = "bme-genesis"
OURS = "akashpy"
"""Name of the member of app_state.bme that Akash does not have."""


def default_genesis(preset: str) -> JsonState:
    """Akash's parameters and zero sums."""
    del preset
    zeros = [Coin(UACT, 0).to_wire(), Coin(UAKT, 0).to_wire()]
    state = pb.GenesisState(params=Params().to_wire())
    state.state.total_burned.extend(zeros)
    state.state.total_minted.extend(zeros)
    state.state.remint_credits.append(zeros[1])
    return wire.to_json(state)


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for parameters, sums or records that are bad."""
    parsed, ours = _read(state)
    Params.from_wire(parsed.params).validate()
    vault = parsed.state
    for coin in (*vault.total_burned, *vault.total_minted, *vault.remint_credits):
        Coin.from_wire(coin).validate()
    for record in parsed.ledger.records:
        key_of(record.id)
    for pending in parsed.ledger.pending_records:
        key_of(pending.id)
        Coin.from_wire(pending.record.coins_to_burn).validate()
    _canceled(ours), _epochs(ours), _status(ours)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store everything; minting begins halted unless the fix and the document say otherwise.

    Raises PlainError, with the fix also when the vault lacks what it owes.
    """
    parsed, ours = _read(state)
    rules = Params.from_wire(parsed.params)
    rules.validate()
    PARAMS.put(ctx, rules)
    for table, coins in (
        (MINTED, parsed.state.total_minted),
        (BURNED, parsed.state.total_burned),
        (CREDITS, parsed.state.remint_credits),
    ):
        for coin in map(Coin.from_wire, coins):
            table.put(ctx, coin.denom, coin.amount)
    length = rules.min_epoch_blocks
    halted = pb.Status(status=MintStatus.HALT_CR, epoch_height_diff=length)  # type: ignore[arg-type]  # an enum of ours
    STATUS.put(ctx, halted)
    EPOCHS.put(ctx, MINT_EPOCH, length)
    EPOCHS.put(ctx, BURN_EPOCH, length)
    for executed in parsed.ledger.records:
        EXECUTED.put(ctx, key_of(executed.id), executed.record)
    for pending in parsed.ledger.pending_records:
        PENDING.put(ctx, key_of(pending.id), pending.record)
    if chain_params.is_fixed(ctx, FIX):
        _go_on(ctx, parsed, ours)


def _go_on(ctx: Context, parsed: pb.GenesisState, ours: dict[str, Any]) -> None:
    """What Akash forgets: what waits, what was cancelled, status and epochs."""
    for pending in parsed.ledger.pending_records:
        coin = Coin.from_wire(pending.record.coins_to_burn)
        add(ctx, WAITING, coin.denom, coin.amount)
    for id, record in _canceled(ours):
        CANCELED.put(ctx, key_of(id), record)
    for name, height in _epochs(ours).items():
        EPOCHS.put(ctx, name, height)
    for denom in ours.get("waited") or []:
        add(ctx, WAITING, str(denom), 0)
    if (now := _status(ours)) is not None:
        STATUS.put(ctx, now)
    if why := books_are_covered(ctx):
        raise PlainError(why)


def export_genesis(ctx: Context) -> JsonState:
    """Everything that Akash exports and, with the fix, the rest."""
    state = pb.GenesisState(params=params(ctx).to_wire())
    state.state.total_burned.extend(coins_of(ctx, BURNED))
    state.state.total_minted.extend(coins_of(ctx, MINTED))
    state.state.remint_credits.extend(coins_of(ctx, CREDITS))
    state.ledger.SetInParent()
    for key, record in EXECUTED.under(ctx):
        state.ledger.records.add(id=id_of(key), record=record)
    for key, pending in PENDING.under(ctx):
        state.ledger.pending_records.add(id=id_of(key), record=pending)
    if not chain_params.is_fixed(ctx, FIX):
        return wire.to_json(state)
    ours = {
        "status": wire.to_json(status(ctx)),
        "epochs": {name: str(height) for name, height in EPOCHS.under(ctx)},
        "waited": [denom for denom, _ in WAITING.under(ctx)],
        "canceled_records": [
            {"id": wire.to_json(id_of(key)), "record": wire.to_json(record)}
            for key, record in CANCELED.under(ctx)
        ],
    }
    return {**wire.to_json(state), OURS: ours}


def coins_of(ctx: Context, table: Map[str, int]) -> list[WireCoin]:
    """A table of sums as coins, zeros included."""
    return [Coin(denom, amount).to_wire() for denom, amount in table.under(ctx)]


def _read(state: JsonState) -> tuple[pb.GenesisState, dict[str, Any]]:
    """Akash's part and ours."""
    theirs = {name: value for name, value in state.items() if name != OURS}
    ours = state.get(OURS) or {}
    if not isinstance(ours, dict):
        raise PlainError(f"{OURS} must be an object, not {type(ours).__name__}")
    return wire.from_json(pb.GenesisState, theirs), ours


def _canceled(
    ours: dict[str, Any],
) -> list[tuple[pb.LedgerRecordID, pb.LedgerCanceledRecord]]:
    return [
        (
            wire.from_json(pb.LedgerRecordID, one["id"]),
            wire.from_json(pb.LedgerCanceledRecord, one["record"]),
        )
        for one in ours.get("canceled_records") or []
    ]


def _epochs(ours: dict[str, Any]) -> dict[str, int]:
    return {name: integer(text) for name, text in (ours.get("epochs") or {}).items()}


def _status(ours: dict[str, Any]) -> pb.Status | None:
    found = ours.get("status")
    return None if found is None else wire.from_json(pb.Status, found)


# INVARIANTS


def books_are_covered(ctx: Context) -> str | None:
    """Invariant: the module account holds all that waits and all remint credits."""
    address = auth.MODULE_ADDRESSES[NAME]
    for denom in (UACT, UAKT):
        owed = (WAITING.get(ctx, denom) or 0) + (CREDITS.get(ctx, denom) or 0)
        held = bank.balance(ctx, address, denom)
        if held < owed:
            return f"bme: the vault holds {held}{denom} and owes {owed}{denom}"
    return None


def queue_adds_up(ctx: Context) -> str | None:
    """Invariant: what waits by denomination is the sum of the pending requests."""
    if not chain_params.is_fixed(ctx, FIX):
        return None  # Akash loses these sums at genesis
    sums: dict[str, int] = {}
    for _, pending in PENDING.under(ctx):
        coin = Coin.from_wire(pending.coins_to_burn)
        sums[coin.denom] = sums.get(coin.denom, 0) + coin.amount
    booked = {denom: amount for denom, amount in WAITING.under(ctx) if amount}
    return None if booked == sums else f"bme: {booked} are booked as waiting, {sums} wait"
