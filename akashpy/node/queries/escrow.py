"""Reads of escrow accounts and payments by state and a prefix of their id.

It must not change anything. Offset and reverse are ignored, as Akash does.
Source: node v2.1 `x/escrow/keeper/grpc_query.go`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import Message

from akashpy.chain.escrow.records import ACCOUNTS, PAYMENTS
from akashpy.node.queries.bookmark import Bookmark
from akashpy.node.queries.listing import Found
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid
from akashpy.node.queries.stocklist import page_limit
from akashpy.state.collections import IndexedMap
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.errors import ChainError
from akashpy.types.escrow import EscrowID, PaymentID, State
from akashpy.wire import escrow as pb

M = TypeVar("M", bound=Message)

STATES = bytes((State.OPEN, State.CLOSED, State.OVERDRAWN))


def accounts(ctx: Context, req: pb.QueryAccountsRequest) -> pb.QueryAccountsResponse:
    """Accounts in one state or all; `xid` is a prefix that begins with the scope's name."""
    found = _page(ctx, ACCOUNTS, pb.Account, req, EscrowID.parse)
    return pb.QueryAccountsResponse(accounts=found.items, pagination=found.response)


def payments(ctx: Context, req: pb.QueryPaymentsRequest) -> pb.QueryPaymentsResponse:
    """Payments in one state or all; `xid` is a prefix that begins with the scope's name."""
    found = _page(ctx, PAYMENTS, pb.Payment, req, PaymentID.parse)
    return pb.QueryPaymentsResponse(payments=found.items, pagination=found.response)


def _page(
    ctx: Context,
    table: IndexedMap[str, Any],
    message: type[M],
    req: pb.QueryAccountsRequest | pb.QueryPaymentsRequest,
    parse: Callable[[str], object],
) -> Found[M]:
    request = req.pagination
    if request.key:
        states, prefix, begin = _resumed(request.key, parse)
    else:
        states, prefix, begin = _states(req.state), req.xid.encode(), b""
    found: Found[M] = Found()
    left = page_limit(request.limit)
    base = table.index("state").base
    for at, number in enumerate(states):
        row = base + bytes((number,)) + prefix
        for key, _ in ctx.iterate(row + (begin if at == 0 else b""), end_of(row)):
            id = key[len(base) + 1 :]
            if left == 0:
                search = bytes((number,)) + prefix
                mark = Bookmark(states[at:], search, id[len(prefix) : -1])  # without the NUL
                found.next_key = mark.encode()
                return found
            stored = ctx.get(table.base + id)
            if stored is None:
                raise AssertionError(f"index entry {key.hex()} points at no item")
            found.items.append(message.FromString(stored))
            left -= 1
    return found


def _states(text: str) -> bytes:
    if not text:
        return STATES
    state = State.named(text)
    if not state:
        raise invalid("invalid state value")
    return bytes((state,))


def _resumed(data: bytes, parse: Callable[[str], object]) -> tuple[bytes, bytes, bytes]:
    mark = Bookmark.decode(data)
    if not mark.states or mark.prefix[:1] != mark.states[:1]:
        raise invalid("pagination: invalid key: invalid state length")
    prefix = mark.prefix[1:]
    try:
        parse((prefix + mark.key).decode())
    except (ChainError, ValueError) as error:
        raise invalid(str(error)) from error
    return mark.states, prefix, mark.key


METHODS: Methods = {"Accounts": accounts, "Payments": payments}
