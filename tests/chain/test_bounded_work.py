"""What blocks and queries read does not grow with what other people keep on the chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from akashpy.chain import registry
from akashpy.chain.market_book import ORDERS
from akashpy.node.queries.table import QUERIES
from akashpy.state.context import QUERY
from akashpy.state.tree import drained
from akashpy.types.market import OrderID
from akashpy.wire import authz, bank, base, deployment, escrow, feegrant, market
from akashpy.wire import pack as packed
from tests.chain.bazaar import Bazaar, first_order
from tests.chain.conftest import Given
from tests.chain.crowd import SEND, add_dust, add_grants, add_orders, counted, person

FEW, MANY = 130, 3_000
PAGE = base.PageRequest(limit=20)


class City:
    """A chain with so many orders, grants and deposits of others, and one tenant of ours."""

    def __init__(self, crowd: int) -> None:
        self.given = Given("default")
        self.bazaar = Bazaar(self.given)
        self.lease = self.bazaar.leased()
        self.waiting = self.bazaar.deploy(2)
        self.other = self.bazaar.rich("other")
        ctx = self.given.ctx
        add_orders(ctx, self.bazaar.order(first_order(self.waiting)), range(crowd))
        add_grants(ctx, self.bazaar.tenant, self.other, range(crowd))
        add_dust(ctx, self.lease.deployment.escrow, range(crowd))
        for hook in registry.end_block_hooks():
            if hasattr(steps := hook(ctx), "send"):
                drained(steps)
        self.given.advance()

    def rows_read(self, work: Callable[[Any], object], **changes: Any) -> int:
        """How many rows `work` reads; what it writes is forgotten."""
        ctx, count = counted(self.given.ctx, **changes)
        work(ctx)
        return count.rows


@pytest.fixture(scope="module")
def cities() -> tuple[City, City]:
    return City(FEW), City(MANY)


def _block(ctx: Any) -> None:
    for hook in (*registry.pre_block_hooks(), *registry.begin_block_hooks()):
        hook(ctx)
    for hook in registry.end_block_hooks():
        if hasattr(steps := hook(ctx), "send"):
            drained(steps)


def test_an_empty_block(cities: tuple[City, City]) -> None:
    few, many = (city.rows_read(_block) for city in cities)
    assert 0 < many <= few


@pytest.mark.parametrize("what", ["exec", "deposit", "withdraw", "create a deployment", "revoke"])
def test_a_message(cities: tuple[City, City], what: str) -> None:
    def of(city: City) -> int:
        bazaar = city.bazaar
        coins = [base.Coin(denom="uakt", amount="1")]
        send = bank.MsgSend(from_address=bazaar.tenant, to_address=city.other, amount=coins)
        message: Any = {
            "exec": lambda: authz.MsgExec(grantee=person(5), msgs=[packed(send)]),
            "deposit": lambda: escrow.MsgAccountDeposit(
                signer=bazaar.tenant,
                id=city.waiting.escrow.to_wire(),
                deposit={"amount": {"denom": "uakt", "amount": "5"}, "sources": [1]},
            ),
            "withdraw": lambda: market.MsgWithdrawLease(id=city.lease.to_wire()),
            "create a deployment": lambda: bazaar.deployment_message(77),
            "revoke": lambda: feegrant.MsgRevokeAllowance(granter=bazaar.tenant, grantee=person(7)),
        }[what]()
        return city.rows_read(lambda ctx: city.given.router.dispatch(ctx, message))

    few, many = (of(city) for city in cities)
    assert 0 < many <= few


@pytest.mark.parametrize("what", ["deposit", "withdraw", "close"])
def test_who_touches_an_account_with_dust_pays_no_more(
    cities: tuple[City, City], what: str
) -> None:
    """Gas, which goes by the bytes that are read and written."""

    def of(city: City) -> int:
        id = city.lease.deployment
        message: Any = {
            "deposit": lambda: escrow.MsgAccountDeposit(
                signer=city.bazaar.tenant,
                id=id.escrow.to_wire(),
                deposit={"amount": {"denom": "uakt", "amount": "5"}, "sources": [1]},
            ),
            "withdraw": lambda: market.MsgWithdrawLease(id=city.lease.to_wire()),
            "close": lambda: deployment.MsgCloseDeployment(id=id.to_wire()),
        }[what]()
        ctx, _ = counted(city.given.ctx)
        city.given.router.dispatch(ctx, message)
        return ctx.gas.used

    few, many = (of(city) for city in cities)
    assert 0 < many <= 1.05 * few


QUERIES_ASKED: dict[str, tuple[str, Callable[[City], Any]]] = {
    "orders": (
        "/akash.market.v1beta5.Query/Orders",
        lambda city: market.QueryOrdersRequest(pagination=PAGE),
    ),
    "orders of an owner": (
        "/akash.market.v1beta5.Query/Orders",
        lambda city: market.QueryOrdersRequest(
            filters=market.OrderFilters(owner=city.bazaar.tenant), pagination=PAGE
        ),
    ),
    "open orders": (
        "/akash.market.v1beta5.Query/Orders",
        lambda city: market.QueryOrdersRequest(
            filters=market.OrderFilters(state="open"), pagination=PAGE
        ),
    ),
    "an order": (
        "/akash.market.v1beta5.Query/Order",
        lambda city: market.QueryOrderRequest(id=first_order(city.waiting).to_wire()),
    ),
    "grants given": (
        "/cosmos.authz.v1beta1.Query/GranterGrants",
        lambda city: authz.QueryGranterGrantsRequest(granter=city.bazaar.tenant, pagination=PAGE),
    ),
    "grants got": (
        "/cosmos.authz.v1beta1.Query/GranteeGrants",
        lambda city: authz.QueryGranteeGrantsRequest(grantee=city.other, pagination=PAGE),
    ),
    "a grant": (
        "/cosmos.authz.v1beta1.Query/Grants",
        lambda city: authz.QueryGrantsRequest(
            granter=city.bazaar.tenant, grantee=person(3), msg_type_url=SEND
        ),
    ),
    "allowances got": (
        "/cosmos.feegrant.v1beta1.Query/Allowances",
        lambda city: feegrant.QueryAllowancesRequest(grantee=city.other, pagination=PAGE),
    ),
    "allowances given": (
        "/cosmos.feegrant.v1beta1.Query/AllowancesByGranter",
        lambda city: feegrant.QueryAllowancesByGranterRequest(
            granter=city.bazaar.tenant, pagination=PAGE
        ),
    ),
}


@pytest.mark.parametrize("name", QUERIES_ASKED)
def test_a_query(cities: tuple[City, City], name: str) -> None:
    path, request = QUERIES_ASKED[name]

    def of(city: City) -> int:
        asked = request(city)
        return city.rows_read(lambda ctx: QUERIES[path].respond(ctx, asked), mode=QUERY)

    few, many = (of(city) for city in cities)
    assert 0 < many <= few


def test_page_keys_survive_what_is_written_between_pages() -> None:
    """Orders that stay are shown once each, whatever comes and goes before, at and behind a key."""
    city = City(200)
    ctx = city.given.ctx
    pattern = city.bazaar.order(first_order(city.waiting))
    stay = {str(order.id) for _, order in ORDERS.under(ctx)}
    respond = QUERIES["/akash.market.v1beta5.Query/Orders"].respond
    shown: list[str] = []
    key, turn = b"", 0
    while True:
        page = base.PageRequest(key=key, limit=7)
        answer = respond(ctx, market.QueryOrdersRequest(pagination=page))
        shown += [str(OrderID.from_wire(order.id)) for order in answer.orders]
        key = answer.pagination.next_key
        if not key:
            break
        turn += 1
        add_orders(ctx, pattern, range(10_000 + 9 * turn, 10_009 + 9 * turn), per_owner=1)
        coming = [id for id, _ in ORDERS.under(ctx) if str(id) not in shown]
        for id in (coming[0], coming[len(coming) // 2]):
            ORDERS.remove(ctx, id)
            stay.discard(str(id))
        gone = next(id for id, _ in ORDERS.under(ctx) if str(id) in shown)
        ORDERS.remove(ctx, gone)
    assert turn > 20
    assert len(shown) == len(set(shown))
    assert stay <= set(shown)
