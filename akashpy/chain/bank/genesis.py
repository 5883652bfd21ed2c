"""The bank at genesis and in an export: balances, supply, metadata, parameters."""

from akashpy import wire
from akashpy.chain.bank.moves import give
from akashpy.chain.bank.records import (
    METADATA,
    NO,
    PARAMS,
    SEND_ENABLED,
    SUPPLY,
    YES,
    holdings,
    params,
    set_supply,
    validate_params,
)
from akashpy.chain.module import JsonState
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.bank import validate_metadata
from akashpy.types.coin import Coin, Coins, validate_denom
from akashpy.types.errors import PlainError
from akashpy.wire import bank as pb

SUPPLY_BITS = 128
"""So that no sum of shares, each with 18 decimals, outgrows a decimal of 315 bits."""
UNITS: dict[str, tuple[tuple[str, int], ...]] = {
    "uakt": (("uakt", 0), ("akt", 6)),
    "uact": (("uact", 0), ("mact", 3), ("act", 6)),
}
"""Base denomination -> its units and their exponents, as `akash genesis init` declares them."""
DISPLAYS = {"uakt": "akt", "uact": "uact"}
"""Base denomination -> the unit that clients show; for uact it is the base unit itself."""
NAMES: dict[str, tuple[str, str, str]] = {
    "uakt": ("The native token of Akash", "Akash Native Token", "AKT"),
    "uact": ("Akash Compute Token", "Akash Compute Token", "ACT"),
}


def default_genesis(preset: str) -> JsonState:
    """No balances; uakt may be sent by message, uact may not; metadata of both."""
    del preset
    state = pb.GenesisState()
    state.params.default_send_enabled = True
    for denom in ("uact", "uakt"):
        description, name, symbol = NAMES[denom]
        metadata = state.denom_metadata.add(
            description=description,
            base=denom,
            display=DISPLAYS[denom],
            name=name,
            symbol=symbol,
        )
        for unit, exponent in UNITS[denom]:
            metadata.denom_units.add(denom=unit, exponent=exponent)
    state.send_enabled.add(denom="uakt", enabled=True)
    state.send_enabled.add(denom="uact", enabled=False)
    return wire.to_json(state)


def validate_genesis(state: JsonState) -> None:
    """Raises PlainError for repeated entries, bad coins or a supply that does not add up."""
    parsed = wire.from_json(pb.GenesisState, state)
    validate_params(parsed.params)
    _require_unique(
        "duplicate send enabled found: '{}'", [entry.denom for entry in parsed.send_enabled]
    )
    for entry in parsed.send_enabled:
        validate_denom(entry.denom)
    _require_unique(
        "duplicate balance for address {}", [entry.address for entry in parsed.balances]
    )
    _require_unique(
        "duplicate client metadata for denom {}", [entry.base for entry in parsed.denom_metadata]
    )
    for metadata in parsed.denom_metadata:
        validate_metadata(metadata)
    total: dict[str, int] = {}
    for held in parsed.balances:
        Address.parse(held.address)
        for coin in Coins.from_wire(held.coins):
            total[coin.denom] = total.get(coin.denom, 0) + coin.amount
    _require_supply(parsed, total)


def _require_unique(what: str, keys: list[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise PlainError(what.format(key))
        seen.add(key)


def _require_supply(state: pb.GenesisState, total: dict[str, int]) -> None:
    found = Coins.of(Coin(denom, amount) for denom, amount in total.items())
    if state.supply and Coins.from_wire(state.supply) != found:
        raise PlainError(
            f"genesis supply is incorrect, expected {Coins.from_wire(state.supply)}, got {found}"
        )
    for coin in found:
        if coin.amount.bit_length() > SUPPLY_BITS:
            raise PlainError(
                f"genesis supply of {coin.denom} is {coin.amount}; at most 2^{SUPPLY_BITS} - 1 can "
                "be shared out among delegators for ever"
            )


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store parameters, balances, metadata; supply is the sum of the balances.

    Raises PlainError when a supply is given and differs.
    """
    parsed = wire.from_json(pb.GenesisState, state)
    PARAMS.put(ctx, parsed.params.SerializeToString(deterministic=True))
    for entry in parsed.send_enabled:
        SEND_ENABLED.put(ctx, entry.denom, YES if entry.enabled else NO)
    total: dict[str, int] = {}
    for held in parsed.balances:
        owner = Address.parse(held.address).raw
        coins = Coins.from_wire(held.coins)
        give(ctx, owner, coins)
        for coin in coins:
            total[coin.denom] = total.get(coin.denom, 0) + coin.amount
    _require_supply(parsed, total)
    for denom in sorted(total):
        set_supply(ctx, denom, total[denom])
    for metadata in parsed.denom_metadata:
        METADATA.put(ctx, metadata.base, metadata)


def export_genesis(ctx: Context) -> JsonState:
    """All of it, balances in order of owners, supply included."""
    state = pb.GenesisState(params=params(ctx))
    current: pb.Balance | None = None
    for owner, denom, amount in holdings(ctx):
        address = Address.of(owner)
        if current is None or current.address != address:
            current = state.balances.add(address=address)
        current.coins.add(denom=denom, amount=str(amount))
    for denom, total in SUPPLY.under(ctx):
        state.supply.add(denom=denom, amount=str(total))
    for _, metadata in METADATA.under(ctx):
        state.denom_metadata.append(metadata)
    for denom, enabled in SEND_ENABLED.under(ctx):
        state.send_enabled.add(denom=denom, enabled=enabled == YES)
    return wire.to_json(state)
