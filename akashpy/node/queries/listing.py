"""Pages of Akash's lists: deployments, orders, bids, leases.

One walk serves them all, because they share their paging and its oddities: the total counts this
page only, an offset needs a state, and the order of the walk depends on the filters. Rows are read
as the messages they are stored as, since a page is made while blocks wait. It must not know what is
listed. Source: facts of the network, "Pagination scheme".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from akashpy.node.queries.bookmark import Bookmark
from akashpy.node.queries.refusal import internal, invalid
from akashpy.node.queries.stocklist import page_limit
from akashpy.state.codecs import U64, Parts
from akashpy.state.collections import IndexedMap
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.wireenum import WireEnum
from akashpy.wire.base import PageRequest, PageResponse

M = TypeVar("M", bound=Message)

STATE, PROVIDER, OWNER = "state", "provider", "owner"
"""The orders in which a list can be walked; the first two are also the names of indexes."""

OFFSET_NEEDS_STATE = "invalid request parameters. if offset is set, filter.state must be provided"


@dataclass(frozen=True, slots=True)
class Listing(Generic[M]):
    """A table as a list of the messages it stores.

    `key` is the codec of the table's keys, `states` the order in which states follow each other,
    `marks` what a page key carries for each order of the walk.
    """

    table: IndexedMap[Any, Any]
    message: type[M]
    key: Parts[Any]
    states: tuple[WireEnum, ...]
    marks: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Filters(Generic[M]):
    """What a request asks for: `accepts` decides on each item, the rest on where to look.

    `dseq` only shortens the walk through an owner's items; 0 means any.
    """

    accepts: Callable[[M], bool]
    state: str = ""
    owner: str = ""
    provider: str = ""
    dseq: int = 0


@dataclass(slots=True)
class Found(Generic[M]):
    """One page; `next_key` is empty on the last one."""

    items: list[M] = field(default_factory=list)
    next_key: bytes = b""

    @property
    def response(self) -> PageResponse:
        """The answer's pagination part. Its total counts this page only."""
        return PageResponse(next_key=self.next_key, total=len(self.items))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where a request's walk begins (a key's bytes) and which way it goes."""

    path: str
    states: tuple[int, ...]
    begin: bytes
    owner: str
    provider: str
    reverse: bool


def page(ctx: Context, listing: Listing[M], request: PageRequest, filters: Filters[M]) -> Found[M]:
    """The page that `request` asks for.

    Raises Refused with InvalidArgument for an offset without a state, an unknown state or a page
    key that is none of ours.
    """
    if request.offset and not filters.state:
        raise invalid(OFFSET_NEEDS_STATE)
    walk = _resumed(listing, request) if request.key else _begun(listing, request, filters)
    limit, skip = page_limit(request.limit), request.offset
    found: Found[M] = Found()
    for at, key, value in _items(ctx, listing, walk, filters.dseq):
        if not filters.accepts(value):
            continue
        if skip:
            skip -= 1
        elif len(found.items) < limit:
            found.items.append(value)
        else:
            states = bytes(walk.states[at:])
            mark = Bookmark(states, states[:1], key, listing.marks[walk.path])
            found.next_key = mark.encode()
            break
    return found


def point(ctx: Context, listing: Listing[M], id: Any, accepts: Callable[[M], bool]) -> Found[M]:
    """The page of a request that names one item wholly."""
    row = ctx.get(listing.table.key(id))
    value = None if row is None else listing.message.FromString(row)
    return Found([value] if value is not None and accepts(value) else [])


def named_state(listing: Listing[M], text: str) -> int:
    """The number of a state. Raises Refused with InvalidArgument."""
    wanted = type(listing.states[0]).named(text)
    if not wanted:
        raise invalid("invalid state value")
    return int(wanted)


def _begun(listing: Listing[M], request: PageRequest, filters: Filters[M]) -> _Walk:
    states = tuple(int(state) for state in listing.states)
    if filters.state:
        states = (named_state(listing, filters.state),)
    path = STATE
    if filters.owner:
        path = OWNER
    elif filters.provider and PROVIDER in listing.marks:
        path = PROVIDER
    if path == STATE and request.reverse:
        states = states[::-1]
    return _Walk(path, states, b"", filters.owner, filters.provider, request.reverse)


def _resumed(listing: Listing[M], request: PageRequest) -> _Walk:
    """The walk goes on as the key says, whatever the filters now say."""
    mark = Bookmark.decode(request.key)
    path = next((path for path, extra in listing.marks.items() if extra == mark.extra), None)
    if path is None or not mark.states:
        raise invalid("invalid pagination key")
    try:
        id, end = listing.key.decode(mark.key, 0)
    except (ValueError, IndexError) as error:
        raise internal(f"pagination: invalid key: {error}") from error
    if end != len(mark.key):
        raise internal("pagination: invalid key: trailing bytes")
    provider = id.provider if path == PROVIDER else ""
    return _Walk(path, tuple(mark.states), mark.key, id.owner, provider, request.reverse)


def _items(
    ctx: Context, listing: Listing[M], walk: _Walk, dseq: int
) -> Iterator[tuple[int, bytes, M]]:
    """Items from the walk's beginning on: place among the states to walk, key, message."""
    table, parse = listing.table, listing.message.FromString
    if walk.path == STATE:
        base = table.index(STATE).base
        for at, state in enumerate(walk.states):
            begin = walk.begin if at == 0 else b""
            for key, row in _entries(ctx, table, base + bytes((state,)), begin, walk.reverse):
                yield at, key, parse(row)
        return
    if walk.path == PROVIDER:
        base = table.index(PROVIDER).base + _text(walk.provider)
        rows = _entries(ctx, table, base, walk.begin, walk.reverse)
    else:
        prefix = _text(walk.owner) + (U64.encode(dseq) if dseq else b"")
        rows = _rows(ctx, table, prefix, walk.begin, walk.reverse)
    states = frozenset(walk.states)
    for key, row in rows:
        value = parse(row)
        if value.state in states:  # type: ignore[attr-defined]  # every listed message has one
            yield 0, key, value


def _rows(
    ctx: Context, table: IndexedMap[Any, Any], prefix: bytes, begin: bytes, reverse: bool
) -> Iterator[tuple[bytes, bytes]]:
    """Keys and rows of a table under `prefix`, from `begin` (included) on."""
    base = table.base + prefix
    low, high = base, end_of(base)
    if begin and reverse:
        high = table.base + begin + b"\x00"
    elif begin:
        low = max(base, table.base + begin)
    skip = len(table.base)
    for key, row in ctx.iterate(low, high, reverse=reverse):
        yield key[skip:], row


def _entries(
    ctx: Context, table: IndexedMap[Any, Any], base: bytes, begin: bytes, reverse: bool
) -> Iterator[tuple[bytes, bytes]]:
    """Keys and rows of a table in an index's order under `base`, from `begin` (included) on."""
    low, high = base + begin, end_of(base)
    if begin and reverse:
        low, high = base, base + begin + b"\x00"
    skip = len(base)
    for entry, _ in ctx.iterate(low, high, reverse=reverse):
        key = entry[skip:]
        row = ctx.get(table.base + key)
        if row is None:
            raise AssertionError(f"index entry {entry.hex()} points at no item")
        yield key, row


def _text(value: str) -> bytes:
    """A text as the first part of a key. Raises Refused with InvalidArgument."""
    if "\0" in value:
        raise invalid("invalid address")
    return value.encode() + b"\x00"
