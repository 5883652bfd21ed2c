"""Blocks and their results on disk, by height and by hash.

Exists so that what was announced can be shown again and replayed after a crash. Everything here
is written in one durable transaction per block, before the application commits the same block:
after a crash the store is level with the application or one block ahead, never behind. Must not
know how a block is made or shown. `save` may run in a writer thread; reads are from the loop.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lmdb
import msgspec

from akashpy.node.comet.block import BlockID, Commit, Header, Validator
from akashpy.node.comet.params import ConsensusParams
from akashpy.node.packing import pack, pack_list
from akashpy.types.abci import BlockResult, TxResult
from akashpy.types.events import Event

FORMAT = b"1"
"""Number of the directory's format; another one is refused."""

MAP_SIZE = 16 << 30
"""First size of the memory map in bytes; the file is sparse, and the map doubles when full."""

_KEPT_METAS = 256


class BlockStoreError(Exception):
    """The store cannot be opened or misses what it must hold; the text names the remedy."""


@dataclass(frozen=True)
class BlockMeta:
    """A block without its transactions. `size` is that of the encoded block in bytes.

    `last_commit` is the one inside the block, `seen_commit` the one that made this block final.
    `evidence` is the block's, encoded.
    """

    header: Header
    id: BlockID
    last_commit: Commit
    seen_commit: Commit
    size: int
    num_txs: int
    evidence: tuple[bytes, ...] = ()

    @property
    def height(self) -> int:
        return self.header.height


@dataclass(frozen=True, slots=True)
class BlockOutcome:
    """What executing a block gave, apart from the transactions' results.

    `consensus_params` are the new parameters, or None when the application named none.
    """

    events: tuple[Event, ...]
    validator_updates: tuple[Validator, ...]
    consensus_params: ConsensusParams | None
    app_hash: bytes

    @classmethod
    def of(cls, result: BlockResult) -> BlockOutcome:
        """What the application said of a block."""
        updates = result.consensus_param_updates
        return cls(
            tuple(result.events),
            tuple(Validator(update.pub_key, update.power) for update in result.validator_updates),
            None if updates is None else ConsensusParams.from_message(updates),
            result.app_hash,
        )


_META = msgspec.msgpack.Decoder(BlockMeta)
_OUTCOME = msgspec.msgpack.Decoder(BlockOutcome)
_TXS = msgspec.msgpack.Decoder(list[bytes])
_RESULT = msgspec.msgpack.Decoder(TxResult)
_RESULTS = msgspec.msgpack.Decoder(list[TxResult])
_RAW_RESULTS = msgspec.msgpack.Decoder(list[msgspec.Raw])
_PARAMS = msgspec.msgpack.Decoder(ConsensusParams)
_VALIDATORS = msgspec.msgpack.Decoder(tuple[Validator, ...])


def _key(height: int) -> bytes:
    return height.to_bytes(8, "big")


class BlockStore:
    """All blocks of one chain. `height` is 0 while there is none."""

    def __init__(self, env: lmdb.Environment) -> None:
        self._env = env
        self._meta = env.open_db(b"meta")
        self._txs = env.open_db(b"txs")
        self._results = env.open_db(b"results")
        self._outcomes = env.open_db(b"outcomes")
        self._hashes = env.open_db(b"hashes")
        self._validators = env.open_db(b"validators")
        self._params = env.open_db(b"params")
        self._cache: OrderedDict[int, BlockMeta] = OrderedDict()
        self.base, self.height = self._ends()

    @classmethod
    def open(cls, path: Path, *, map_size: int = MAP_SIZE) -> BlockStore:
        """Open or create the store in directory `path`. Raises BlockStoreError."""
        path.mkdir(parents=True, exist_ok=True)
        env = lmdb.open(str(path), map_size=map_size, max_dbs=16, metasync=True)
        env.reader_check()
        with env.begin(write=True) as txn:
            found = txn.get(b"format")
            if found is None:
                txn.put(b"format", FORMAT)
        if found not in (None, FORMAT):
            env.close()
            raise BlockStoreError(
                f"{path}: format {found.decode()}, this program knows {FORMAT.decode()}; "
                "use the program that wrote it"
            )
        return cls(env)

    def bind(self, genesis: bytes) -> None:
        """Tie the store to a genesis by its hash. Raises BlockStoreError when it has another."""
        with self._env.begin(write=True) as txn:
            found = txn.get(b"genesis")
            if found is None:
                txn.put(b"genesis", genesis)
        if found not in (None, genesis):
            raise BlockStoreError(
                f"{self._env.path()}: the blocks belong to another genesis; use another home, or "
                "remove data/ to begin anew"
            )

    def close(self) -> None:
        """Release the files."""
        self._env.close()

    def save(
        self,
        meta: BlockMeta,
        txs: Sequence[bytes],
        results: Iterable[TxResult],
        outcome: BlockOutcome,
        *,
        next_validators: Sequence[Validator] | None = None,
        next_params: ConsensusParams | None = None,
    ) -> None:
        """Write one block durably.

        `next_validators` is the set from height + 2 on and `next_params` what holds from
        height + 1 on, when they changed.
        """
        key = _key(meta.height)
        rows = [
            (self._meta, key, pack(meta)),
            (self._txs, key, pack(list(txs))),
            (self._results, key, pack_list(results)),
            (self._outcomes, key, pack(outcome)),
            (self._hashes, meta.id.hash, key),
        ]
        if next_validators is not None:
            rows.append(self._validator_row(meta.height + 2, next_validators))
        if next_params is not None:
            rows.append(self._params_row(meta.height + 1, next_params))
        self._write(rows)
        self.height = meta.height
        self.base = self.base or meta.height

    def save_genesis(
        self, height: int, validators: Sequence[Validator], params: ConsensusParams
    ) -> None:
        """Write what holds from the first block, at `height`, on."""
        self._write([self._validator_row(height, validators), self._params_row(height, params)])

    def meta(self, height: int) -> BlockMeta | None:
        """The block at `height` without its transactions."""
        found = self._cache.get(height)
        if found is None:
            raw = self._get(self._meta, _key(height))
            if raw is None:
                return None
            found = self._cache[height] = _META.decode(raw)
            if len(self._cache) > _KEPT_METAS:
                self._cache.popitem(last=False)
        return found

    def txs(self, height: int) -> list[bytes]:
        """The transactions of the block at `height`; empty when there is no such block."""
        raw = self._get(self._txs, _key(height))
        return [] if raw is None else _TXS.decode(raw)

    def results(self, height: int) -> list[TxResult] | None:
        """The results of the transactions at `height`."""
        raw = self._get(self._results, _key(height))
        return None if raw is None else _RESULTS.decode(raw)

    def iterate_results(self, height: int) -> Iterator[TxResult]:
        """The results at `height`, decoded one at a time; nothing when there is no such block."""
        raw = self._get(self._results, _key(height))
        if raw is not None:
            for row in _RAW_RESULTS.decode(raw):
                yield _RESULT.decode(row)

    def chosen_results(self, height: int, indexes: Iterable[int]) -> Iterator[tuple[int, TxResult]]:
        """Some of the results at `height` with their indexes, decoding no others."""
        raw = self._get(self._results, _key(height))
        rows = [] if raw is None else _RAW_RESULTS.decode(raw)
        for index in indexes:
            if index < len(rows):
                yield index, _RESULT.decode(rows[index])

    def result(self, height: int, index: int) -> TxResult | None:
        """One transaction's result, without reading its neighbours'."""
        raw = self._get(self._results, _key(height))
        if raw is None:
            return None
        rows = _RAW_RESULTS.decode(raw)
        return _RESULT.decode(rows[index]) if index < len(rows) else None

    def outcome(self, height: int) -> BlockOutcome | None:
        """What the block at `height` did besides its transactions."""
        raw = self._get(self._outcomes, _key(height))
        return None if raw is None else _OUTCOME.decode(raw)

    def height_of(self, hash: bytes) -> int | None:
        """Height of the block with this header hash."""
        raw = self._get(self._hashes, hash) if hash else None
        return None if raw is None else int.from_bytes(raw, "big")

    def validators(self, height: int) -> tuple[Validator, ...]:
        """The set at `height`. Raises BlockStoreError when none was ever saved."""
        return _VALIDATORS.decode(self._latest(self._validators, height, "validators"))

    def params(self, height: int) -> ConsensusParams:
        """The consensus parameters at `height`. Raises BlockStoreError when none were saved."""
        return _PARAMS.decode(self._latest(self._params, height, "consensus params"))

    def drop_last(self) -> None:
        """Forget the newest block (rollback of the application by one)."""
        meta = self.meta(self.height)
        if meta is None:
            return
        with self._env.begin(write=True) as txn:
            for db in (self._meta, self._txs, self._results, self._outcomes):
                txn.delete(_key(meta.height), db=db)
            txn.delete(meta.id.hash, db=self._hashes)
            txn.delete(_key(meta.height + 2), db=self._validators)
            txn.delete(_key(meta.height + 1), db=self._params)
        self._cache.pop(meta.height, None)
        self.base, self.height = self._ends()

    def prune(self, below: int) -> int:
        """Forget the blocks below a height, not the newest one; gives how many went.

        Which validators and parameters hold from just before `below` on stays known: the block
        there names who voted for the one before.
        """
        below = min(below, self.height)
        heights = range(self.base, below) if self.base else range(0)
        if not heights:
            return 0
        with self._env.begin(write=True) as txn:
            for height in heights:
                raw = txn.get(_key(height), db=self._meta)
                if raw is not None:
                    txn.delete(_META.decode(raw).id.hash, db=self._hashes)
                for db in (self._meta, self._txs, self._results, self._outcomes):
                    txn.delete(_key(height), db=db)
            for db in (self._validators, self._params):
                _drop_superseded(txn, db, below - 1)
        for height in heights:
            self._cache.pop(height, None)
        self.base = below
        return len(heights)

    def _validator_row(
        self, height: int, validators: Sequence[Validator]
    ) -> tuple[Any, bytes, bytes]:
        return self._validators, _key(height), pack(list(validators))

    def _params_row(self, height: int, params: ConsensusParams) -> tuple[Any, bytes, bytes]:
        return self._params, _key(height), pack(params)

    def _latest(self, db: Any, height: int, what: str) -> bytes:
        """The row written for `height` or for the nearest height before it."""
        with self._env.begin(db=db) as txn, txn.cursor() as cursor:
            after = cursor.set_range(_key(height + 1))
            if not (cursor.prev() if after else cursor.last()):
                raise BlockStoreError(f"no {what} saved for height {height}")
            found: bytes = cursor.value()
            return found

    def _get(self, db: Any, key: bytes) -> bytes | None:
        with self._env.begin(db=db) as txn:
            found: bytes | None = txn.get(key)
            return found

    def _write(self, rows: Sequence[tuple[Any, bytes, bytes]]) -> None:
        while True:
            try:
                with self._env.begin(write=True) as txn:
                    for db, key, value in rows:
                        txn.put(key, value, db=db)
                return
            except lmdb.MapFullError:
                self._env.set_mapsize(self._env.info()["map_size"] * 2)

    def _ends(self) -> tuple[int, int]:
        with self._env.begin(db=self._meta) as txn, txn.cursor() as cursor:
            if not cursor.first():
                return 0, 0
            base = int.from_bytes(cursor.key(), "big")
            cursor.last()
            return base, int.from_bytes(cursor.key(), "big")


def _drop_superseded(txn: Any, db: Any, height: int) -> None:
    """Delete the rows before the one that holds at `height`."""
    with txn.cursor(db=db) as cursor:
        after = cursor.set_range(_key(height + 1))
        if not (cursor.prev() if after else cursor.last()):
            return
        while cursor.prev():
            # the cursor stands on the row after the deleted one, which `prev` leaves again
            cursor.delete()
