"""What bme keeps: its ledger of requests, what it burned and minted, its status and epochs.

Only tables and their keys. It must not know prices or how anything is converted. Source: node
`x/bme/keeper/key.go`, `codec.go` (v2.1.0).
"""

from akashpy.state.codecs import U64, Int, Raw, Str, message, record
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.bme import Params
from akashpy.wire import bme as pb

NAME = "bme"

Key = tuple[bytes, bytes, bytes, int, int]
"""Denomination burned, denomination minted, owner, height, number in its block."""

LEDGER_KEY = (Raw, Raw, Raw, U64, U64)

CREDITS: Map[str, int] = Map(NAME, b"\x01\x00", Str, Int)
"""Denomination -> units that were burned into the vault and may be issued again."""
BURNED: Map[str, int] = Map(NAME, b"\x02\x01", Str, Int)
MINTED: Map[str, int] = Map(NAME, b"\x02\x02", Str, Int)

PENDING: Map[Key, pb.LedgerPendingRecord] = Map(
    NAME, b"\x03\x01", LEDGER_KEY, message(lambda: pb.LedgerPendingRecord())
)
EXECUTED: Map[Key, pb.LedgerRecord] = Map(
    NAME, b"\x03\x02", LEDGER_KEY, message(lambda: pb.LedgerRecord())
)
WAITING: Map[str, int] = Map(NAME, b"\x03\x03", Str, Int)
"""Denomination -> units that wait in pending records."""
CANCELED: Map[Key, pb.LedgerCanceledRecord] = Map(
    NAME, b"\x03\x04", LEDGER_KEY, message(lambda: pb.LedgerCanceledRecord())
)

STATUS = Item(NAME, b"\x04\x00", message(lambda: pb.Status()))
EPOCHS: Map[str, int] = Map(NAME, b"\x04\x01", Str, Int)
"""MINT_EPOCH, BURN_EPOCH -> the height at which such requests are converted next."""
PARAMS = Item(NAME, b"\x09\x00", record(Params))

MINT_EPOCH, BURN_EPOCH = "mint", "burn"


def params(ctx: Context) -> Params:
    """The module's parameters."""
    return PARAMS.get(ctx) or Params()


def status(ctx: Context) -> pb.Status:
    """What may be minted and burned now."""
    return STATUS.get(ctx) or pb.Status()


def key_of(id: pb.LedgerRecordID) -> Key:
    """The key of a record. Raises InvalidAddress for a bad source."""
    source = Address.parse(id.source).raw
    return id.denom.encode(), id.to_denom.encode(), source, id.height, id.sequence


def id_of(key: Key) -> pb.LedgerRecordID:
    """The id that a key stands for."""
    denom, to_denom, source, height, sequence = key
    return pb.LedgerRecordID(
        denom=denom.decode(),
        to_denom=to_denom.decode(),
        source=Address.of(source),
        height=height,
        sequence=sequence,
    )


def next_number(ctx: Context) -> int:
    """The next request's number in this block, beginning with 1."""
    number: int = ctx.transient.get(NAME, 0) + 1
    ctx.transient[NAME] = number
    return number


def add(ctx: Context, table: Map[str, int], denom: str, amount: int) -> None:
    """Add to a table of sums; a sum that was never stored counts as zero."""
    table.put(ctx, denom, (table.get(ctx, denom) or 0) + amount)
