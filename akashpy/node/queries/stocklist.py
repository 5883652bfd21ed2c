"""The SDK's own paging, over a table or over a sequence that is already in memory.

It must not know what is listed. Source: SDK 0.53 `types/query`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from akashpy.node.queries.refusal import invalid
from akashpy.state.collections import DEFAULT_LIMIT, IndexView, Map, Page
from akashpy.state.context import Context
from akashpy.types.errors import PlainError
from akashpy.wire.base import PageRequest, PageResponse

K = TypeVar("K")
V = TypeVar("V")


MAX_LIMIT = 5_000
"""Items on one page, whatever a request asks for: blocks wait while a page is made. A request for
more gets the rest by page key."""


def page_limit(asked: int) -> int:
    """How many items the page of a request holds at most."""
    return min(asked or DEFAULT_LIMIT, MAX_LIMIT)


def page(
    ctx: Context,
    table: Map[K, V] | IndexView[K, V],
    request: PageRequest,
    *prefix: Any,
    before: str = "",
    **more: Any,
) -> Page[K, V]:
    """One page of the rows under `prefix`; `before` is what a refusal's text begins with.

    Raises Refused with InvalidArgument when both offset and key are given.
    """
    try:
        return table.page(
            ctx,
            *prefix,
            key=request.key,
            offset=request.offset,
            limit=min(request.limit, MAX_LIMIT),
            reverse=request.reverse,
            count_total=request.count_total,
            **more,
        )
    except PlainError as error:
        raise invalid(f"{before}{error}") from error


def response(found: Page[Any, Any]) -> PageResponse:
    """The answer's pagination part."""
    return PageResponse(next_key=found.next_key, total=found.total)


def cut(items: Sequence[V], request: PageRequest) -> tuple[list[V], PageResponse]:
    """A page of a short list that is read wholly; its page keys are positions."""
    begin = int.from_bytes(request.key, "big") if request.key else request.offset
    ordered = list(reversed(items)) if request.reverse else list(items)
    end = begin + page_limit(request.limit)
    next_key = end.to_bytes(8, "big") if end < len(ordered) else b""
    counted = not request.key and (request.count_total or not request.limit)
    return ordered[begin:end], PageResponse(next_key=next_key, total=len(ordered) if counted else 0)
