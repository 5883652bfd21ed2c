"""Finds transactions and blocks by their events: the answers to tx_search and block_search.

Exists beside the core because a search may be long: it is a generator that yields between
candidates, for the caller to drive in slices. Must not know JSON. Conditions on heights bound the
search; string equalities come from the index; everything else is decided on the events.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

from akashpy.node.blockstore import BlockMeta
from akashpy.node.bus import EVENT_TAG, flatten
from akashpy.node.core import Core, Landed
from akashpy.node.eventquery import EQ, GEQ, GT, LEQ, LT, NUMBER, STRING, Condition, Query
from akashpy.node.txindex import BLOCK

DEFAULT_PER_PAGE = 30
MAX_PER_PAGE = 100

Place = tuple[int, int]
P = TypeVar("P")


class SearchError(ValueError):
    """A page or an order that cannot be; the text is CometBFT's."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the results: `number` from 1, or None for the first."""

    number: int | None = None
    size: int | None = None
    order: str = ""

    @property
    def limit(self) -> int:
        """Results on one page, within CometBFT's bounds."""
        if self.size is None or self.size < 1:
            return DEFAULT_PER_PAGE
        return min(self.size, MAX_PER_PAGE)

    def cut(self, items: list[P]) -> list[P]:
        """The items of this page. Raises SearchError for a page that is not there."""
        if self.number is None:
            return items[: self.limit]
        pages = max(1, -(-len(items) // self.limit))
        if not 1 <= self.number <= pages:
            raise SearchError(f"page should be within [1, {pages}] range, given {self.number}")
        return items[(self.number - 1) * self.limit : self.number * self.limit]

    def is_descending(self, default: str) -> bool:
        """Whether newest comes first. Raises SearchError for an unknown order."""
        order = self.order or default
        if order not in ("asc", "desc"):
            raise SearchError("expected order_by to be either `asc` or `desc` or empty")
        return order == "desc"


def search_txs(
    core: Core, query: Query, page: Page
) -> Generator[None, None, tuple[list[Landed], int]]:
    """The page's transactions and the number of all matches. Raises SearchError."""
    descending = page.is_descending("asc")
    places: list[Place] = []
    for place in _matching_txs(core, query):
        if place is not None:
            places.append(place)
        yield
    places.sort(reverse=descending)
    found = []
    for height, index in page.cut(places):
        landed = core.landed(height, index)
        if landed is not None:
            found.append(landed)
        yield
    return found, len(places)


def search_blocks(
    core: Core, query: Query, page: Page
) -> Generator[None, None, tuple[list[tuple[BlockMeta, list[bytes]]], int]]:
    """The page's blocks and the number of all matches. Raises SearchError."""
    descending = page.is_descending("desc")
    rest, low, high = _bounds(query, "block.height", core)
    heights: list[int] = []
    for height, positions in _candidates(core, rest, low, high):
        if (positions is None or BLOCK in positions) and _block_matches(core, height, rest):
            heights.append(height)
        yield
    heights.sort(reverse=descending)
    return [core.block(height) for height in page.cut(heights)], len(heights)


def _matching_txs(core: Core, query: Query) -> Iterable[Place | None]:
    """Places that match, with None in between for the driver to breathe."""
    hash = query.equals("tx.hash")
    rest, low, high = _bounds(query, "tx.height", core)
    rest = Query(tuple(c for c in rest.conditions if c.tag != "tx.hash"))
    if hash is not None:
        yield from _by_hash(core, hash, rest, low, high)
        return
    exact = all(c.operator == EQ and c.kind == STRING for c in rest.conditions)
    for height, positions in _candidates(core, rest, low, high):
        meta = core.store.meta(height)
        if meta is None:
            continue
        chosen = range(meta.num_txs) if positions is None else sorted(positions - {BLOCK})
        if exact:
            yield from ((height, index) for index in chosen)
        else:
            for index, result in core.store.chosen_results(height, chosen):
                yield (height, index) if rest.matches(flatten(result.events)) else None


def _by_hash(core: Core, hash: str, rest: Query, low: int, high: int) -> Iterable[Place | None]:
    try:
        place = core.index.tx(bytes.fromhex(hash))
    except ValueError:
        return
    if place is not None and low <= place[0] <= high and _tx_matches(core, *place, rest):
        yield place


def _candidates(
    core: Core, rest: Query, low: int, high: int
) -> Iterable[tuple[int, set[int] | None]]:
    return core.index.candidates(rest, low, high)


def _tx_matches(core: Core, height: int, index: int, rest: Query) -> bool:
    if not rest.conditions:
        return True
    result = core.store.result(height, index)
    return result is not None and rest.matches(flatten(result.events))


def _block_matches(core: Core, height: int, rest: Query) -> bool:
    if not rest.conditions:
        return True
    outcome = core.store.outcome(height)
    return outcome is not None and rest.matches(flatten(outcome.events))


def _bounds(query: Query, tag: str, core: Core) -> tuple[Query, int, int]:
    """The conditions that are not on heights, and the heights that those on heights leave."""
    low, high = max(1, core.store.base), core.height
    rest = []
    for condition in query.conditions:
        if condition.tag == tag and condition.kind == NUMBER:
            low, high = _narrow(condition, low, high)
        elif condition.tag != EVENT_TAG:
            rest.append(condition)
    return Query(tuple(rest)), low, high


def _narrow(condition: Condition, low: int, high: int) -> tuple[int, int]:
    whole, _, fraction = condition.text.partition(".")
    floor = int(whole)
    is_whole = not fraction.strip("0")
    ceiling = floor if is_whole else floor + 1
    if condition.operator == EQ:
        return (max(low, floor), min(high, floor)) if is_whole else (1, 0)
    if condition.operator == LEQ:
        return low, min(high, floor)
    if condition.operator == LT:
        return low, min(high, ceiling - 1)
    if condition.operator == GEQ:
        return max(low, ceiling), high
    if condition.operator == GT:
        return max(low, floor + 1), high
    return low, high
