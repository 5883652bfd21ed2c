"""Pages of Akash's lists: deployments, orders, bids, leases.

One walk serves them all, because they share their paging and its oddities: the total counts this
page only, an offset needs a state, and the order of the walk depends on the filters. It must not
know what is listed. Source: facts of the network, "Pagination scheme".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, TypeVar

from akashpy.node.queries.bookmark import Bookmark
from akashpy.node.queries.refusal import internal, invalid
from akashpy.state.codecs import Parts
from akashpy.state.collections import DEFAULT_LIMIT, IndexedMap
from akashpy.state.context import Context
from akashpy.types.wireenum import WireEnum
from akashpy.wire.base import PageRequest, PageResponse

K = TypeVar("K")
V = TypeVar("V")

STATE, PROVIDER, OWNER = "state", "provider", "owner"
"""The orders in which a list can be walked; also the names of the tables' indexes."""

OFFSET_NEEDS_STATE = (
    "invalid request parameters. if offset is set, filter.state must be provided"
)


@dataclass(frozen=True, slots=True)
class Listing(Generic[K, V]):
    """A table as a list.

    `key` is the table's key codec, `states` the order in which states follow each other, `marks`
    what a page key carries for each order of the walk.
    """

    table: IndexedMap[K, V]
    key: Parts[K]
    states: tuple[WireEnum, ...]
    marks: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Filters(Generic[V]):
    """What a request asks for: `accepts` decides on each item, the rest on where to look."""

    accepts: Callable[[V], bool]
    state: str = ""
    owner: str = ""
    provider: str = ""


@dataclass(slots=True)
class Found(Generic[V]):
    """One page; `next_key` is empty on the last one."""

    items: list[V] = field(default_factory=list)
    next_key: bytes = b""

    @property
    def response(self) -> PageResponse:
        """The answer's pagination part. Its total counts this page only."""
        return PageResponse(next_key=self.next_key, total=len(self.items))


@dataclass(frozen=True, slots=True)
class _Walk(Generic[K]):
    """Where a request's walk begins and which way it goes."""

    path: str
    states: tuple[int, ...]
    begin: K | None
    owner: str
    provider: str
    reverse: bool


def page(
    ctx: Context, listing: Listing[K, V], request: PageRequest, filters: Filters[V]
) -> Found[V]:
    """The page that `request` asks for.

    Raises Refused with InvalidArgument for an offset without a state, an unknown state or a page
    key that is none of ours.
    """
    if request.offset and not filters.state:
        raise invalid(OFFSET_NEEDS_STATE)
    walk = _resumed(listing, request) if request.key else _begun(listing, request, filters)
    limit, skip = request.limit or DEFAULT_LIMIT, request.offset
    found: Found[V] = Found()
    for at, key, value in _items(ctx, listing, walk):
        if not filters.accepts(value):
            continue
        if skip:
            skip -= 1
        elif len(found.items) < limit:
            found.items.append(value)
        else:
            found.next_key = _mark(listing, walk, at, key)
            break
    return found


def point(value: V | None, accepts: Callable[[V], bool]) -> Found[V]:
    """The page of a request that names one item wholly."""
    return Found([value] if value is not None and accepts(value) else [])


def _begun(listing: Listing[K, V], request: PageRequest, filters: Filters[V]) -> _Walk[K]:
    states = tuple(int(state) for state in listing.states)
    if filters.state:
        kind = type(listing.states[0])
        wanted = kind.named(filters.state)
        if not wanted:
            raise invalid("invalid state value")
        states = (int(wanted),)
    path = STATE
    if filters.owner:
        path = OWNER
    elif filters.provider and PROVIDER in listing.marks:
        path = PROVIDER
    if path == STATE and request.reverse:
        states = states[::-1]
    return _Walk(path, states, None, filters.owner, filters.provider, request.reverse)


def _resumed(listing: Listing[K, V], request: PageRequest) -> _Walk[K]:
    """The walk goes on as the key says, whatever the filters now say."""
    mark = Bookmark.decode(request.key)
    path = next((path for path, extra in listing.marks.items() if extra == mark.extra), None)
    if path is None or not mark.states:
        raise invalid("invalid pagination key")
    try:
        key, end = listing.key.decode(mark.key, 0)
    except (ValueError, IndexError) as error:
        raise internal(f"pagination: invalid key: {error}") from error
    if end != len(mark.key):
        raise internal("pagination: invalid key: trailing bytes")
    id: Any = key
    provider = id.provider if path == PROVIDER else ""
    return _Walk(path, tuple(mark.states), key, id.owner, provider, request.reverse)


def _mark(listing: Listing[K, V], walk: _Walk[K], at: int, key: K) -> bytes:
    states = bytes(walk.states[at:])
    return Bookmark(
        states, states[:1], listing.key.encode(key), listing.marks[walk.path]
    ).encode()


def _items(
    ctx: Context, listing: Listing[K, V], walk: _Walk[K]
) -> Iterator[tuple[int, K, V]]:
    """The items from the walk's beginning on, each with its place among the states to walk."""
    table = listing.table
    if walk.path == STATE:
        for at, state in enumerate(walk.states):
            begin = walk.begin if at == 0 else None
            for key, value in _indexed(ctx, table, STATE, state, begin, walk.reverse):
                yield at, key, value
        return
    if walk.path == PROVIDER:
        rows = _indexed(ctx, table, PROVIDER, walk.provider, walk.begin, walk.reverse)
    else:
        rest = table.under(ctx, walk.owner, after=walk.begin, reverse=walk.reverse)
        rows = chain(_first(ctx, table, walk.begin), rest)
    states = frozenset(walk.states)
    for key, value in rows:
        if value.state in states:  # type: ignore[attr-defined]  # every listed record has one
            yield 0, key, value


def _indexed(
    ctx: Context,
    table: IndexedMap[K, V],
    name: str,
    part: Any,
    begin: K | None,
    reverse: bool,
) -> Iterator[tuple[K, V]]:
    index = table.index(name)
    after = None if begin is None else (part, begin)
    rest = index.under(ctx, part, after=after, reverse=reverse)
    here = (
        (key, value)
        for key, value in _first(ctx, table, begin)
        if name != STATE or value.state == part  # type: ignore[attr-defined]  # as above
    )
    return chain(here, rest)


def _first(ctx: Context, table: IndexedMap[K, V], begin: K | None) -> Iterator[tuple[K, V]]:
    """The item a page key names, if it is still there."""
    if begin is not None:
        value = table.get(ctx, begin)
        if value is not None:
            yield begin, value
