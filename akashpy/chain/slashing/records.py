"""The state of slashing: how validators sign, which blocks they missed, their keys.

Missed blocks are bits, one a block of the window, in chunks of 1,024, so that a block changes one
short row whatever the window. It must not know what is done about them.
Source: SDK 0.53 x/slashing/keeper/signing_info.go.
"""

from collections.abc import Iterator

from akashpy.state.codecs import U64, Raw, RawBytes, record
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.address import VALCONS, Address
from akashpy.types.slashing import Params, SigningInfo

STORE = "slashing"
CHUNK_BITS = 1024
CHUNK_BYTES = CHUNK_BITS // 8

PARAMS = Item(STORE, b"\x00", record(Params))
SIGNING = Map(STORE, b"\x01", Raw, record(SigningInfo))
"""Consensus address -> how it signs; kept when the validator is gone."""
MISSED: Map[tuple[bytes, int], bytes] = Map(STORE, b"\x02", (Raw, U64), RawBytes)
"""(consensus address, number of the chunk) -> its bits, the lowest first."""
PUBLIC_KEYS = Map(STORE, b"\x03", Raw, RawBytes)
"""Consensus address -> the Any of the validator's key."""


def fresh(consensus: bytes, height: int) -> SigningInfo:
    """What is known of a validator that begins to sign at `height`."""
    return SigningInfo(Address.of(consensus, prefix=VALCONS), height)


def is_missed(ctx: Context, consensus: bytes, index: int) -> bool:
    """Whether the block at a place of the window was missed."""
    chunk, bit = divmod(index, CHUNK_BITS)
    row = MISSED.get(ctx, (consensus, chunk))
    return row is not None and bool(row[bit >> 3] >> (bit & 7) & 1)


def set_missed(ctx: Context, consensus: bytes, index: int, missed: bool) -> None:
    """Mark the block at a place of the window."""
    chunk, bit = divmod(index, CHUNK_BITS)
    row = bytearray(MISSED.get(ctx, (consensus, chunk)) or bytes(CHUNK_BYTES))
    mask = 1 << (bit & 7)
    row[bit >> 3] = row[bit >> 3] | mask if missed else row[bit >> 3] & ~mask
    MISSED.put(ctx, (consensus, chunk), bytes(row))


def missed_blocks(ctx: Context, consensus: bytes) -> Iterator[int]:
    """The places of the window whose blocks were missed, in order."""
    for (_, chunk), row in MISSED.under(ctx, consensus):
        bits = int.from_bytes(row, "little")
        while bits:
            lowest = bits & -bits
            yield chunk * CHUNK_BITS + lowest.bit_length() - 1
            bits ^= lowest


def forget_missed(ctx: Context, consensus: bytes) -> None:
    """Begin a validator's window anew."""
    for key, _ in list(MISSED.under(ctx, consensus)):
        MISSED.remove(ctx, key)
