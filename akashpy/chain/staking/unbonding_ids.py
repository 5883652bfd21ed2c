"""Numbers of unbonding operations, and which record each belongs to.

Every unbonding of a delegation, a redelegation or a validator has a number of its own, by which a
module above may hold it back. It must not know what any of the records means.
Source: SDK 0.53 `x/staking/keeper/unbonding.go`.
"""

from akashpy.chain.staking.parameters import STORE
from akashpy.state.codecs import U64, RawBytes, Uint64
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.staking import NoUnbondingType

DELEGATION, REDELEGATION, VALIDATOR = 1, 2, 3
"""The SDK's numbers of the kinds of unbonding."""

LAST_ID = Item(STORE, b"\x37", Uint64)
INDEX = Map(STORE, b"\x38", U64, RawBytes)
"""Number -> key of the record, without the store's name."""
KINDS = Map(STORE, b"\x39", U64, Uint64)

_SKIP = len(STORE) + 1


def next_id(ctx: Context) -> int:
    """The next number; the first is 1."""
    id = (LAST_ID.get(ctx) or 0) + 1
    LAST_ID.put(ctx, id)
    return id


def index(ctx: Context, id: int, kind: int, key: bytes) -> None:
    """Note that operation `id` belongs to the record at the physical `key`."""
    INDEX.put(ctx, id, key[_SKIP:])
    KINDS.put(ctx, id, kind)


def forget(ctx: Context, id: int) -> None:
    """Operation `id` is over."""
    INDEX.remove(ctx, id)
    KINDS.remove(ctx, id)


def kind_of(ctx: Context, id: int) -> int:
    """What operation `id` unbonds. Raises NoUnbondingType."""
    return KINDS.require(ctx, id, NoUnbondingType)


def record_of(ctx: Context, id: int) -> bytes | None:
    """The physical key of the record that operation `id` belongs to, or None."""
    key = INDEX.get(ctx, id)
    return None if key is None else STORE.encode() + b"/" + key
