"""What a store's directory says about itself: format number, genesis constant, heights.

A directory of a newer format is refused, an older one is brought up step by step. This module must
not know rows or hashes.
"""

from collections.abc import Callable

from akashpy.state.engine import Batch, Engine, Table
from akashpy.state.errors import StoreError, StoreFormatError
from akashpy.state.proof import widths
from akashpy.state.rows import U64

FORMAT = 2
"""Number of the directory's format. Since 2 rows lie under their place, not their bucket's number,
which changed what the app hash covers, so that no way leads up from 1."""
BUCKETS = 2**16
"""Buckets of a new chain; the app hash covers it. Large ones are parted, so it need not grow."""
FORMAT_KEY = b"store/format"
BUCKETS_KEY = b"store/buckets"
HEIGHT_KEY = b"store/height"
OLDEST_KEY = b"store/oldest"
RESTORING_KEY = b"store/restoring"

MIGRATIONS: dict[int, Callable[[Engine, Batch], None]] = {}
"""Format number to the step that makes the next format of it, by adding writes to the batch."""


def number(engine: Engine, key: bytes) -> int:
    """A number of the META table; 0 when absent."""
    data = engine.get(Table.META, key)
    return 0 if data is None else int(U64.unpack(data)[0])


def prepare(engine: Engine, buckets: int | None, where: str) -> int:
    """Check, create or migrate; give the bucket count.

    Raises StoreFormatError for a newer format or one without a way up, StoreError for an unfinished
    restore or another bucket count than `buckets`, ValueError for an impossible one.
    """
    found = number(engine, FORMAT_KEY)
    if not found:
        return _create(engine, BUCKETS if buckets is None else buckets)
    if found > FORMAT:
        raise StoreFormatError(
            f"state directory {where} has format {found}, this program reads up to {FORMAT}: "
            "use the akashpy version that wrote it, or a newer one"
        )
    while found < FORMAT:
        found = _migrate(engine, found, where)
    if engine.get(Table.META, RESTORING_KEY) is not None:
        raise StoreError(
            f"restoring a snapshot into {where} did not finish: delete the directory, restore again"
        )
    own = number(engine, BUCKETS_KEY)
    if buckets is not None and buckets != own:
        raise StoreError(f"state directory {where} has {own} buckets, genesis asks for {buckets}")
    return own


def _create(engine: Engine, buckets: int) -> int:
    widths(buckets)
    batch = Batch()
    batch.put(Table.META, FORMAT_KEY, U64.pack(FORMAT))
    batch.put(Table.META, BUCKETS_KEY, U64.pack(buckets))
    write_now(engine, batch)
    return buckets


def _migrate(engine: Engine, found: int, where: str) -> int:
    step = MIGRATIONS.get(found)
    if step is None:
        raise StoreFormatError(
            f"state directory {where} has format {found}, which this program cannot bring to "
            f"{FORMAT}: export the chain with the release that wrote it, and start from that"
        )
    batch = Batch()
    step(engine, batch)
    batch.put(Table.META, FORMAT_KEY, U64.pack(found + 1))
    write_now(engine, batch)
    return found + 1


def write_now(engine: Engine, batch: Batch) -> None:
    """Write from the owner's thread, making room as needed, and see the result."""
    engine.reserve(batch)
    while not engine.write(batch):
        engine.grow()
    engine.refresh()
