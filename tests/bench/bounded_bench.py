"""Whether other people's rows slow a chain down: blocks and queries, with few of them and many.

100,000 orders, 10,000 authorizations and fee allowances in each direction, and 10,000 dust deposits
on one escrow account are put beside a tenant; the same work is measured before and after. Processor
time, the best of several; ratios say more than figures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from akashpy.chain.escrow.condense import OTHERS
from akashpy.chain.market_book import ORDERS
from akashpy.node.queries.table import QUERIES
from akashpy.types.deployment import DeploymentID
from akashpy.types.market import OrderID
from akashpy.wire import authz, base, feegrant, market
from akashpy.wire import escrow as escrow_pb
from tests.bench.market_bench import PROVIDER, TENANT, Growing
from tests.chain import crowd
from tests.chain.bazaar import deposit

ORDERS_KEPT, GRANTS_KEPT, DUST = 100_000, 10_000, 10_000
FEW = 200
"""Of each before: more than a page, so that pages are alike."""
BATCH = 5_000
ROUNDS = 20
PAGE = base.PageRequest(limit=100)
Row = tuple[str, float, str]


def run() -> list[Row]:
    """Rows of (what, figure, unit): before, after, and after to before."""
    with TemporaryDirectory() as folder:
        town = Growing(Path(folder))
        _grow(town, FEW, FEW)
        before = _measured(town)
        _grow(town, ORDERS_KEPT, GRANTS_KEPT)
        after = _measured(town)
        dusty = _dust(town)
        town.close()
    rows: list[Row] = []
    for name, figure in before.items():
        rows.append((f"few orders and grants: {name}", figure * 1e6, "us"))
        rows.append((f"100,000 orders, 40,000 grants: {name}", after[name] * 1e6, "us"))
        rows.append((f"many to few: {name}", after[name] / figure, "times"))
    return rows + dusty


def _measured(town: Growing) -> dict[str, float]:
    """Seconds of each kind of work."""
    found = {"empty block": _best(lambda: town.block([]))}
    ctx = town.app.query_context()
    tenant, provider = str(TENANT.address), str(PROVIDER.address)
    asked: dict[str, tuple[str, Any]] = {
        "page of orders": ("akash.market.v1beta5.Query/Orders", market.QueryOrdersRequest()),
        "orders of an owner": (
            "akash.market.v1beta5.Query/Orders",
            market.QueryOrdersRequest(filters=market.OrderFilters(owner=tenant)),
        ),
        "an order": (
            "akash.market.v1beta5.Query/Order",
            market.QueryOrderRequest(
                id=OrderID.of(DeploymentID(tenant, 1).with_gseq(1), 1).to_wire()
            ),
        ),
        "page of grants given": (
            "cosmos.authz.v1beta1.Query/GranterGrants",
            authz.QueryGranterGrantsRequest(granter=tenant),
        ),
        "page of grants got": (
            "cosmos.authz.v1beta1.Query/GranteeGrants",
            authz.QueryGranteeGrantsRequest(grantee=provider),
        ),
        "page of allowances got": (
            "cosmos.feegrant.v1beta1.Query/Allowances",
            feegrant.QueryAllowancesRequest(grantee=provider),
        ),
    }
    for name, (path, request) in asked.items():
        if "pagination" in request.DESCRIPTOR.fields_by_name:
            request.pagination.CopyFrom(PAGE)
        query = QUERIES[f"/{path}"]
        found[name] = _best(lambda query=query, request=request: query.respond(ctx, request))
    return found


def _grow(town: Growing, orders: int, grants: int) -> None:
    pattern = ORDERS.get(
        town.context(), OrderID.of(DeploymentID(TENANT.address, 1).with_gseq(1), 1)
    )
    assert pattern is not None
    for at in range(0, max(orders, grants), BATCH):
        ctx = town.context()
        crowd.add_orders(ctx, pattern, range(at, min(orders, at + BATCH)))
        given = range(at, min(grants, at + BATCH))
        crowd.add_grants(ctx, TENANT.address, PROVIDER.address, given)
        town.store.commit(town.store.stage(ctx.height, ctx.changes))
    town.app.recheck([])


def _dust(town: Growing) -> list[Row]:
    """Blocks and the next deposit beside an account that got so many, to one that got as many as
    are kept apart."""
    id = DeploymentID(TENANT.address, 1).escrow
    message = escrow_pb.MsgAccountDeposit(
        signer=TENANT.address, id=id.to_wire(), deposit=deposit(5)
    )
    found: list[tuple[float, int, float]] = []
    for count in (2 * OTHERS, DUST):
        ctx = town.context()
        crowd.add_dust(ctx, id, count)
        town.store.commit(town.store.stage(ctx.height, ctx.changes))
        town.app.recheck([])
        raw = town.tx(0, message)
        gas, _ = town.app.simulate(raw)
        empty = _best(lambda: town.block([]))
        found.append((empty, gas, _best(lambda raw=raw: town.app.simulate(raw))))
    few, many = found
    name = f"{DUST:,} dust deposits on one account, to {2 * OTHERS}:"
    return [
        (f"{name} empty block", many[0] / few[0], "times"),
        (f"{name} gas of the next deposit", many[1] / few[1], "times"),
        (f"{name} time of the next deposit", many[2] / few[2], "times"),
        (f"{DUST:,} dust deposits on one account: gas of the next deposit", many[1], "gas"),
        (f"{DUST:,} dust deposits on one account: time of the next deposit", many[2] * 1e3, "ms"),
    ]


def _best(work: Callable[[], object]) -> float:
    found = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        found.append(process_time() - began)
    return min(found)


def main() -> None:
    """Print the table."""
    for what, figure, unit in run():
        sys.stdout.write(f"{what:<80} {figure:>12,.2f} {unit}\n")


if __name__ == "__main__":
    main()
