"""Typed tables over the state: Item, Map, IndexedMap, Sequence.

A module declares its tables once, with store name, prefix and codecs, and then reads and writes
values instead of bytes. The physical key is store, a slash, prefix and the encoded key. This module
must not know what is stored or who pays for it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from akashpy.state.codecs import Codec, KeyPart, Parts, Uint64, key_parts
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.errors import ChainError, PlainError

K = TypeVar("K")
V = TypeVar("V")

DEFAULT_LIMIT = 100
"""Items of a page whose request names no limit (SDK query.DefaultLimit)."""


@dataclass(frozen=True, slots=True)
class Page(Generic[K, V]):
    """One page of a table. `next_key` is empty on the last page; `total` is 0 unless counted."""

    items: list[tuple[K, V]]
    next_key: bytes
    total: int

    @property
    def values(self) -> list[V]:
        """The items without their keys."""
        return [value for _, value in self.items]


class Item(Generic[V]):
    """One value."""

    __slots__ = ("_codec", "key")

    def __init__(self, store: str, prefix: bytes, codec: Codec[V]) -> None:
        self.key = store.encode() + b"/" + prefix
        self._codec = codec

    def get(self, ctx: Context) -> V | None:
        """The value, or None."""
        data = ctx.get(self.key)
        return None if data is None else self._codec.decode(data)

    def require(self, ctx: Context, error: type[ChainError], detail: str = "") -> V:
        """The value. Raises `error` when there is none."""
        value = self.get(ctx)
        if value is None:
            raise error(detail)
        return value

    def has(self, ctx: Context) -> bool:
        """Whether there is a value."""
        return ctx.has(self.key)

    def put(self, ctx: Context, value: V) -> None:
        """Store the value."""
        ctx.set(self.key, self._codec.encode(value))

    def remove(self, ctx: Context) -> None:
        """Remove the value."""
        ctx.delete(self.key)


class Sequence:
    """A counter: `next` gives each number once, beginning with `start`."""

    __slots__ = ("_item", "_start")

    def __init__(self, store: str, prefix: bytes, start: int = 0) -> None:
        self._item: Item[int] = Item(store, prefix, Uint64)
        self._start = start

    def peek(self, ctx: Context) -> int:
        """The number that `next` will give."""
        value = self._item.get(ctx)
        return self._start if value is None else value

    def next(self, ctx: Context) -> int:
        """The next number, now taken."""
        value = self.peek(ctx)
        self._item.put(ctx, value + 1)
        return value

    def set(self, ctx: Context, value: int) -> None:
        """Make `value` the next number."""
        self._item.put(ctx, value)


class _Range:
    """Bounds of a walk through one table's keys."""

    __slots__ = ("base", "end", "start")

    def __init__(
        self,
        base: bytes,
        key: Parts[Any],
        prefix: tuple[Any, ...],
        after: bytes | None,
        until: Any,
        reverse: bool,
    ) -> None:
        self.base = base + key.prefix(prefix) if prefix else base
        self.start: bytes = self.base
        self.end = end_of(self.base)
        if until is not None:
            self.end = base + key.prefix(until if isinstance(until, tuple) else (until,))
        if after is not None and reverse:
            self.end = after if self.end is None else min(self.end, after)
        elif after is not None:
            self.start = max(self.start, after + b"\0")


class Map(Generic[K, V]):
    """Values by key, walked in key order."""

    __slots__ = ("_codec", "_key", "base")

    def __init__(
        self,
        store: str,
        prefix: bytes,
        key: KeyPart[K] | tuple[KeyPart[Any], ...],
        codec: Codec[V],
    ) -> None:
        self.base = store.encode() + b"/" + prefix
        self._key: Parts[K] = key_parts(key)
        self._codec = codec

    def key(self, key: K) -> bytes:
        """The physical key: what a proof is asked for."""
        return self.base + self._key.encode(key)

    def get(self, ctx: Context, key: K) -> V | None:
        """The value of `key`, or None."""
        data = ctx.get(self.base + self._key.encode(key))
        return None if data is None else self._codec.decode(data)

    def require(self, ctx: Context, key: K, error: type[ChainError], detail: str = "") -> V:
        """The value of `key`. Raises `error(detail)` when there is none."""
        value = self.get(ctx, key)
        if value is None:
            raise error(detail)
        return value

    def has(self, ctx: Context, key: K) -> bool:
        """Whether `key` has a value."""
        return ctx.has(self.base + self._key.encode(key))

    def put(self, ctx: Context, key: K, value: V) -> None:
        """Store `value` under `key`."""
        ctx.set(self.base + self._key.encode(key), self._codec.encode(value))

    def remove(self, ctx: Context, key: K) -> None:
        """Remove `key`; nothing happens when it is absent."""
        ctx.delete(self.base + self._key.encode(key))

    def under(
        self,
        ctx: Context,
        *prefix: Any,
        after: K | None = None,
        until: Any = None,
        reverse: bool = False,
    ) -> Iterator[tuple[K, V]]:
        """Items whose key begins with the parts `prefix`, in key order (or backwards).

        `after` is a whole key: the walk begins behind it. `until` is a key or its first parts: only
        keys below it are given, in either direction.
        """
        raw = None if after is None else self.base + self._key.encode(after)
        bounds = _Range(self.base, self._key, prefix, raw, until, reverse)
        skip, decode, parse = len(self.base), self._codec.decode, self._key.decode
        for key, data in ctx.iterate(bounds.start, bounds.end, reverse=reverse):
            yield parse(key, skip)[0], decode(data)

    def page(
        self,
        ctx: Context,
        *prefix: Any,
        key: bytes = b"",
        offset: int = 0,
        limit: int = 0,
        reverse: bool = False,
        count_total: bool = False,
        keep: Callable[[K, V], bool] | None = None,
    ) -> Page[K, V]:
        """A page as the SDK cuts it; `key` is the `next_key` of the page before.

        `next_key` is relative to `prefix`. With `keep`, offset, limit and total count kept items.
        Raises PlainError when both key and offset are given.
        Source: SDK 0.53 types/query/pagination.go, filtered_pagination.go.
        """
        base = self.base + self._key.prefix(prefix) if prefix else self.base
        skip = len(self.base)

        def load(raw: bytes, data: bytes) -> tuple[K, V]:
            return self._key.decode(raw, skip)[0], self._codec.decode(data)

        return _page(ctx, base, load, key, offset, limit, reverse, count_total, keep)


def _page(
    ctx: Context,
    base: bytes,
    load: Callable[[bytes, bytes], tuple[K, V]],
    key: bytes,
    offset: int,
    limit: int,
    reverse: bool,
    count_total: bool,
    keep: Callable[[K, V], bool] | None,
) -> Page[K, V]:
    if offset and key:
        raise PlainError("invalid request, either offset or key is expected, got both")
    if limit == 0:
        limit, count_total = DEFAULT_LIMIT, True
    start, end = base, end_of(base)
    if key and reverse:
        end = base + key + b"\0"
    elif key:
        start = base + key
    items: list[tuple[K, V]] = []
    rows = ctx.iterate(start, end, reverse=reverse)
    if key:
        for raw, data in rows:
            if len(items) == limit:
                return Page(items, raw[len(base) :], 0)
            item = load(raw, data)
            if keep is None or keep(*item):
                items.append(item)
        return Page(items, b"", 0)
    hits, next_key = 0, b""
    for raw, data in rows:
        wanted = offset <= hits < offset + limit
        if wanted or keep is not None:
            item = load(raw, data)
            if keep is not None and not keep(*item):
                continue
            if wanted:
                items.append(item)
        hits += 1
        if hits == offset + limit + 1:
            next_key = raw[len(base) :]
            if not count_total:
                break
    return Page(items, next_key, hits if count_total else 0)


@dataclass(frozen=True, slots=True)
class Index(Generic[K, V]):
    """A second order of a table: `fn(key, value)` gives the index key, or None to leave it out."""

    prefix: bytes
    key_codec: KeyPart[Any] | tuple[KeyPart[Any], ...]
    fn: Callable[[K, V], Any]


class IndexView(Generic[K, V]):
    """An IndexedMap in the order of one of its indexes."""

    __slots__ = ("_fn", "_key", "_scalar", "_table", "base")

    def __init__(self, table: "IndexedMap[K, V]", base: bytes, index: Index[K, V]) -> None:
        self._table = table
        self.base = base
        self._key: Parts[Any] = key_parts(index.key_codec)
        self._scalar = not isinstance(index.key_codec, tuple)
        self._fn = index.fn

    def entry(self, key: K, value: V) -> bytes | None:
        """The physical key of an item's entry, or None when it has none."""
        return self.entry_at(self._fn(key, value), self._table._key.encode(key))

    def entry_at(self, index_key: Any, primary: bytes) -> bytes | None:
        """The physical key of an item's entry, given its index key and its encoded key."""
        if index_key is None:
            return None
        if self._scalar and isinstance(index_key, tuple) and len(index_key) == 1:
            index_key = index_key[0]
        return self.base + self._key.encode(index_key) + primary

    def under(
        self,
        ctx: Context,
        *prefix: Any,
        after: tuple[Any, K] | None = None,
        until: Any = None,
        reverse: bool = False,
    ) -> Iterator[tuple[K, V]]:
        """Items whose index key begins with `prefix`, in index order, then key order.

        `after` is (index key, key) of the last item seen. `until` bounds the index key.
        """
        raw = None
        if after is not None:
            raw = self.base + self._key.encode(after[0]) + self._table._key.encode(after[1])
        bounds = _Range(self.base, self._key, prefix, raw, until, reverse)
        for entry, _ in ctx.iterate(bounds.start, bounds.end, reverse=reverse):
            yield self._load(ctx, entry)

    def keys(
        self, ctx: Context, *prefix: Any, until: Any = None, reverse: bool = False
    ) -> Iterator[K]:
        """Only the keys, without reading the values."""
        bounds = _Range(self.base, self._key, prefix, None, until, reverse)
        for entry, _ in ctx.iterate(bounds.start, bounds.end, reverse=reverse):
            yield self._primary(entry)

    def page(
        self,
        ctx: Context,
        *prefix: Any,
        key: bytes = b"",
        offset: int = 0,
        limit: int = 0,
        reverse: bool = False,
        count_total: bool = False,
        keep: Callable[[K, V], bool] | None = None,
    ) -> Page[K, V]:
        """As Map.page, in index order; `key` and `next_key` are positions in the index."""
        base = self.base + self._key.prefix(prefix) if prefix else self.base

        def load(raw: bytes, data: bytes) -> tuple[K, V]:
            return self._load(ctx, raw)

        return _page(ctx, base, load, key, offset, limit, reverse, count_total, keep)

    def _primary(self, entry: bytes) -> K:
        _, at = self._key.decode(entry, len(self.base))
        return self._table._key.decode(entry, at)[0]

    def _load(self, ctx: Context, entry: bytes) -> tuple[K, V]:
        key = self._primary(entry)
        value = self._table.get(ctx, key)
        if value is None:
            raise AssertionError(f"index entry {entry.hex()} points at no item")
        return key, value


class IndexedMap(Map[K, V]):
    """A Map that keeps further orders of its items."""

    __slots__ = ("_indexes",)

    def __init__(
        self,
        store: str,
        prefix: bytes,
        key: KeyPart[K] | tuple[KeyPart[Any], ...],
        codec: Codec[V],
        indexes: Mapping[str, Index[K, V]],
    ) -> None:
        super().__init__(store, prefix, key, codec)
        root = store.encode() + b"/"
        self._indexes = {
            name: IndexView(self, root + index.prefix, index) for name, index in indexes.items()
        }

    def index(self, name: str) -> IndexView[K, V]:
        """The items in the order of index `name`."""
        return self._indexes[name]

    def put(self, ctx: Context, key: K, value: V) -> None:
        """Store `value` under `key` and move its index entries."""
        primary = self._key.encode(key)
        physical = self.base + primary
        data = ctx.get(physical)
        old = None if data is None else self._codec.decode(data)
        ctx.set(physical, self._codec.encode(value))
        for view in self._indexes.values():
            index = view._fn
            had, has = None if old is None else index(key, old), index(key, value)
            if had == has:
                continue  # the entry stays as it is
            before, now = view.entry_at(had, primary), view.entry_at(has, primary)
            if before is not None:
                ctx.delete(before)
            if now is not None:
                ctx.set(now, b"")

    def remove(self, ctx: Context, key: K) -> None:
        """Remove `key` and its index entries."""
        primary = self._key.encode(key)
        physical = self.base + primary
        data = ctx.get(physical)
        if data is None:
            return
        old = self._codec.decode(data)
        ctx.delete(physical)
        for view in self._indexes.values():
            before = view.entry_at(view._fn(key, old), primary)
            if before is not None:
                ctx.delete(before)
