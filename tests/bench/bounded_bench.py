"""Whether other people's rows slow a chain down: blocks and queries, with few of them and many.

100,000 orders, 10,000 authorizations and fee allowances in each direction, and 10,000 dust deposits
on one escrow account are put beside a tenant; the same work is measured there and in a town with
few of them, in turns. Processor time, the best of several; ratios say more than figures.
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
from tests.bench.market_bench import PROVIDER, TENANT, Growing, frozen
from tests.chain import crowd
from tests.chain.bazaar import deposit

ORDERS_KEPT, GRANTS_KEPT, DUST = 100_000, 10_000, 10_000
FEW = 200
"""Of each where there are few: more than a page, so that pages are alike."""
BATCH = 5_000
ROUNDS = 40
PAGE = base.PageRequest(limit=100)
Row = tuple[str, float, str]
Work = Callable[[Growing], object]


def run() -> list[Row]:
    """Rows of (what, figure, unit): with few, with many, and many to few."""
    with TemporaryDirectory() as folder:
        few, many = Growing(Path(folder) / "few"), Growing(Path(folder) / "many")
        _grow(few, FEW, FEW)
        _grow(many, ORDERS_KEPT, GRANTS_KEPT)
        rows: list[Row] = []
        with frozen():
            for name, work in _asked().items():
                less, more = _side_by_side(work, few, many)
                rows.append((f"few orders and grants: {name}", less * 1e6, "us"))
                rows.append((f"100,000 orders, 40,000 grants: {name}", more * 1e6, "us"))
                rows.append((f"many to few: {name}", more / less, "times"))
            rows += _dust(few, many)
        few.close()
        many.close()
    return rows


def _asked() -> dict[str, Work]:
    """Each kind of work, done on a town."""
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
    found: dict[str, Work] = {"empty block": lambda town: town.block([])}
    for name, (path, request) in asked.items():
        if "pagination" in request.DESCRIPTOR.fields_by_name:
            request.pagination.CopyFrom(PAGE)
        found[name] = _query(f"/{path}", request)
    return found


def _query(path: str, request: Any) -> Work:
    query = QUERIES[path]
    return lambda town: query.respond(town.app.query_context(), request)


def _side_by_side(work: Work, *towns: Growing) -> list[float]:
    """Seconds of the work in each town: the least of many turns, in which all of them come."""
    best = [float("inf")] * len(towns)
    for _ in range(ROUNDS):
        for number, town in enumerate(towns):
            began = process_time()
            work(town)
            best[number] = min(best[number], process_time() - began)
    return best


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


def _dust(few: Growing, many: Growing) -> list[Row]:
    """Blocks and the next deposit beside an account that got so many, to one that got as many as
    are kept apart."""
    id = DeploymentID(TENANT.address, 1).escrow
    for town, count in ((few, 2 * OTHERS), (many, DUST)):
        ctx = town.context()
        crowd.add_dust(ctx, id, range(count))
        town.store.commit(town.store.stage(ctx.height, ctx.changes))
        town.app.recheck([])
    raw = few.tx(
        0, escrow_pb.MsgAccountDeposit(signer=TENANT.address, id=id.to_wire(), deposit=deposit(5))
    )
    gas = [_gas(town, raw) for town in (few, many)]
    block = _side_by_side(lambda town: town.block([]), few, many)
    times = _side_by_side(lambda town: town.app.simulate(raw), few, many)
    name = f"{DUST:,} dust deposits on one account"
    return [
        (f"{name}, to {2 * OTHERS}: empty block", block[1] / block[0], "times"),
        (f"{name}, to {2 * OTHERS}: gas of the next deposit", gas[1] / gas[0], "times"),
        (f"{name}, to {2 * OTHERS}: time of the next deposit", times[1] / times[0], "times"),
        (f"{name}: gas of the next deposit", gas[1], "gas"),
        (f"{name}: time of the next deposit", times[1] * 1e3, "ms"),
    ]


def _gas(town: Growing, raw: bytes) -> int:
    used, result = town.app.simulate(raw)
    if result.code:
        raise SystemExit(f"refused: {result.log}")
    return used


def main() -> None:
    """Print the table."""
    for what, figure, unit in run():
        sys.stdout.write(f"{what:<80} {figure:>12,.2f} {unit}\n")


if __name__ == "__main__":
    main()
