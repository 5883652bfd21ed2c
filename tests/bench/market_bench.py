"""What the market costs: one message of each kind in states of different size, and many accounts
running dry in one block.

States are made by copying one lease under other numbers, and then stored and committed; messages
and EndBlock read them from the store as in a node. Microseconds of processor time on one thread,
the garbage collector frozen; other work on the machine only ever makes a figure worse.
"""

import gc
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from akashpy.chain import bank, escrow, group, market, registry
from akashpy.chain.deployment import DEPLOYMENTS
from akashpy.chain.escrow_exhaustion import reschedule
from akashpy.state.context import Context
from akashpy.state.store import Store
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import DeploymentID, DeploymentNotFound
from akashpy.types.escrow import AccountNotFound, PaymentNotFound
from akashpy.types.market import (
    BidNotFound,
    LeaseID,
    LeaseNotFound,
    LeaseState,
    OrderNotFound,
)
from tests.chain.bazaar import Bazaar, first_order, spec, unit
from tests.chain.conftest import Given

SIZES = (0, 10_000, 100_000)
MESSAGES = 300
PRICE, DEPOSIT, BID_DEPOSIT = 50_000, 500_000, 500_000
DRY_AT = 1 + DEPOSIT // PRICE

Row = tuple[str, float, str]


def run(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """Rows of (what, figure, unit)."""
    rows: list[Row] = []
    for size in sizes:
        with TemporaryDirectory() as folder:
            store = Store.open(Path(folder), pruning="everything")
            try:
                rows += _measure(store, size)
            finally:
                store.close()
    return rows


def _measure(store: Store, size: int) -> list[Row]:
    town = Town(store, size)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        rows = [(f"{size:,} leases: {name}", cost, "us") for name, cost in town.messages()]
        if size:
            rows += [(f"{size:,} run dry: {name}", cost, kind) for name, cost, kind in town.dry()]
        return rows
    finally:
        gc.enable()
        gc.unfreeze()


class Town:
    """A stored state with `size` leases that all run dry at one height."""

    def __init__(self, store: Store, size: int) -> None:
        self.store, self.size = store, size
        given = Given("default")
        bazaar = Bazaar(given)
        self.provider = bazaar.provider("provider")
        pattern = bazaar.deploy(1, groups=[spec(unit(PRICE))], amount=DEPOSIT)
        lease = bazaar.lease(bazaar.bid(first_order(pattern), self.provider, PRICE))
        self.tenant = bazaar.tenant
        _copies(given.ctx, lease, size)
        store.commit(store.stage(1, given.ctx.changes))

    def context(self) -> Context:
        """The next block."""
        return Context.scratch(
            self.store, height=self.store.height + 1, time=10**18, bus=registry.router()
        )

    def commit(self, ctx: Context) -> None:
        self.store.commit(self.store.stage(ctx.height, ctx.changes))

    def messages(self) -> list[tuple[str, float]]:
        """Microseconds of each kind of message, a few hundred of them in one block each."""
        given = Given("default")
        bazaar = Bazaar(given)
        dseqs = range(self.size + 10, self.size + 10 + MESSAGES)
        ids = [DeploymentID(self.tenant, dseq) for dseq in dseqs]
        bids = [first_order(id).with_provider(self.provider) for id in ids]
        steps: list[tuple[str, Callable[[int], Any]]] = [
            ("MsgCreateDeployment", lambda n: bazaar.deploy(dseqs[n])),
            ("MsgCreateBid", lambda n: bazaar.bid(bids[n].order, self.provider)),
            ("MsgCreateLease", lambda n: bazaar.lease(bids[n])),
            ("MsgWithdrawLease", lambda n: bazaar.withdraw(bids[n].lease)),
            ("MsgCloseDeployment", lambda n: bazaar.close(ids[n])),
        ]
        costs = []
        for name, step in steps:
            given.ctx = self.context()
            began = process_time()
            for n in range(MESSAGES):
                step(n)
            costs.append((name, (process_time() - began) / MESSAGES * 1e6))
            self.commit(given.ctx)
        return costs

    def dry(self) -> list[tuple[str, float, str]]:
        """All accounts end: per account, the dearest block, and how many blocks it took."""
        while self.store.height + 1 < DRY_AT:
            self.commit(self.context())
        spent, blocks, dearest, left = 0.0, 0, 0.0, self.size
        while left > 0:
            ctx = self.context()
            began = process_time()
            escrow.close_exhausted(ctx)
            cost = process_time() - began
            ended = sum(1 for event in ctx.events if event.type.endswith("EventLeaseClosed"))
            if not ended:
                raise SystemExit(f"{left} accounts are left at height {ctx.height}")
            left -= ended
            spent, blocks, dearest = spent + cost, blocks + 1, max(dearest, cost)
            self.commit(ctx)
        alive = next(market.LEASES.index("state").under(self.context(), LeaseState.ACTIVE), None)
        if alive is not None:
            raise SystemExit(f"{alive[0]} is still active")
        return [
            ("per account", spent / self.size * 1e6, "us"),
            ("dearest block", dearest * 1e3, "ms"),
            ("blocks", float(blocks), ""),
        ]


def _copies(ctx: Context, lease: LeaseID, count: int) -> None:
    """The first lease under other numbers, with the money that goes with each."""
    pattern = lease.deployment
    deployment = DEPLOYMENTS.require(ctx, pattern, DeploymentNotFound)
    part = group.require(ctx, lease.group)
    order = market.ORDERS.require(ctx, lease.order, OrderNotFound)
    bid = market.BIDS.require(ctx, lease.bid, BidNotFound)
    made = market.LEASES.require(ctx, lease, LeaseNotFound)
    account = escrow.ACCOUNTS.require(ctx, str(pattern.escrow), AccountNotFound)
    held = escrow.ACCOUNTS.require(ctx, str(lease.bid.escrow), AccountNotFound)
    payment = escrow.PAYMENTS.require(ctx, str(lease.payment), PaymentNotFound)
    for dseq in range(2, count + 1):
        id = replace(lease, dseq=dseq)
        DEPLOYMENTS.put(ctx, id.deployment, replace(deployment, id=id.deployment))
        group.GROUPS.put(ctx, id.group, replace(part, id=id.group))
        market.ORDERS.put(ctx, id.order, replace(order, id=id.order))
        market.BIDS.put(ctx, id.bid, replace(bid, id=id.bid))
        market.LEASES.put(ctx, id, replace(made, id=id))
        escrow.PAYMENTS.put(ctx, str(id.payment), replace(payment, id=id.payment))
        for copy in (replace(account, id=id.deployment.escrow), replace(held, id=id.bid.escrow)):
            escrow.ACCOUNTS.put(ctx, str(copy.id), copy)
            reschedule(ctx, copy)
    coins = Coins.of([Coin("uakt", max(count - 1, 0) * (DEPOSIT + BID_DEPOSIT))])
    if coins:
        bank.mint(ctx, "mint", coins)
        bank.send_between_modules(ctx, "mint", "escrow", coins)
    ctx.events.clear()


def main() -> None:
    """Print the rows and the load beside which they were taken; arguments are other sizes."""
    sizes = tuple(int(argument) for argument in sys.argv[1:]) or SIZES
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f}\n")
    for name, figure, kind in run(sizes):
        sys.stdout.write(f"{name:<50}{figure:>10.1f} {kind}\n")


if __name__ == "__main__":
    main()
