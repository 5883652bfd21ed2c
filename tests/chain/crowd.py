"""Crowds on a chain: rows as many accounts would leave them, and a count of what a look reads.

Copies of real records under other names are put in at once, so that a crowd takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

from akashpy import wire
from akashpy.chain import authz, bank, escrow, feegrant
from akashpy.chain.market_book import ORDERS
from akashpy.state.context import Context
from akashpy.state.overlay import Overlay, Reader
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import DeploymentID
from akashpy.types.deposit import Source
from akashpy.types.escrow import Depositor, EscrowID
from akashpy.types.market import Order, OrderID
from akashpy.wire import authz as authz_pb
from akashpy.wire import feegrant as feegrant_pb

SEND = "/cosmos.bank.v1beta1.MsgSend"


class Counting:
    """A reader that counts the rows it gave."""

    def __init__(self, below: Reader) -> None:
        self._below = below
        self.rows = 0

    def get(self, key: bytes) -> bytes | None:
        """One row."""
        self.rows += 1
        return self._below.get(key)

    def iterate(
        self, start: bytes, end: bytes | None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """The rows of a range, counted as they are taken."""
        for row in self._below.iterate(start, end, reverse=reverse):
            self.rows += 1
            yield row


def counted(ctx: Context, **changes: Any) -> tuple[Context, Counting]:
    """A context over what `ctx` holds, and the count of rows read through it."""
    below = Overlay(_Rows(ctx))
    reader = Counting(below)
    surroundings = {"height": ctx.height, "time": ctx.time, "chain_id": ctx.chain_id,
                    "bus": ctx.bus, "mode": ctx.mode, **changes}  # fmt: skip
    return Context(Overlay(reader), **surroundings), reader


class _Rows:
    """A context's state as a reader, without its gas."""

    def __init__(self, ctx: Context) -> None:
        free = ctx.fork()
        self.get = free.get
        self.iterate = free.iterate


def person(number: int) -> Address:
    """One of the crowd."""
    return Address.of(sha256(b"crowd %d" % number).digest()[:20])


def add_orders(ctx: Context, pattern: Order, numbers: range, *, per_owner: int = 50) -> None:
    """Open orders, a few of each owner."""
    for number in numbers:
        id = DeploymentID(person(number // per_owner), 1 + number % per_owner)
        order = OrderID.of(id.with_gseq(1), 1)
        ORDERS.put(ctx, order, replace(pattern, id=order))


def add_grants(ctx: Context, granter: Address, grantee: Address, numbers: range) -> None:
    """Authorizations and fee allowances: `granter` gives to all, and all give to `grantee`."""
    send = wire.pack(authz_pb.GenericAuthorization(msg=SEND))
    allowance = wire.pack(feegrant_pb.BasicAllowance())
    for number in numbers:
        for one, other in ((granter, person(number)), (person(number), grantee)):
            grant = authz_pb.Grant(authorization=send)
            authz.GRANTS.put(ctx, (one.raw, other.raw, SEND.encode()), grant)
            fees = feegrant_pb.Grant(granter=one, grantee=other, allowance=allowance)
            feegrant.GRANTS.put(ctx, (other.raw, one.raw), fees)


def add_dust(ctx: Context, id: EscrowID, numbers: range, denom: str = "uakt") -> None:
    """A deposit on an account for each number, of one unit more: every other one of one person,
    the rest of somebody else each."""
    for number in numbers:
        owner, amount = person(number if number % 2 else 0), number + 1
        coins = Coins.of([Coin(denom, amount)])
        bank.mint(ctx, "mint", coins)
        bank.send_from_module(ctx, "mint", owner.raw, coins)
        given = Depositor(owner, ctx.height, Source.BALANCE, DecCoin(denom, Dec.of(amount)))
        escrow.deposit(ctx, id, [given])
    ctx.events.clear()
