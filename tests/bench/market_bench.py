"""What the market's rules cost, and whether it stays so when the chain has grown.

Creates deployments on a chain that has none, 100,000 and, with `full`, 1,000,000 already, and lets
20,000 accounts (`full`: 100,000) run dry in one block. The state is seeded with rows copied from
one real lease under other names, several thousand a block. Processor time, the garbage collector
frozen as the daemon freezes it.
"""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from akashpy.chain import auth, bank, escrow, genesis, group
from akashpy.chain.app import App
from akashpy.chain.deployment import DEPLOYMENTS
from akashpy.chain.escrow.exhaustion import QUEUE
from akashpy.chain.market_book import BIDS, LEASES, ORDERS
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.state.context import GENESIS, Context
from akashpy.state.gas import InfiniteGasMeter
from akashpy.state.overlay import Overlay
from akashpy.state.store import Store
from akashpy.state.tree import drained
from akashpy.tx.build import build
from akashpy.types.abci import BlockInput, BlockResult
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import DeploymentID
from akashpy.types.market import OrderID
from akashpy.wire import market as pb_market
from akashpy.wire import provider as pb_provider
from tests.chain.bazaar import deposit, price_of, spec, unit

CHAIN_ID = "bench-1"
TIME = 1_700_000_000_000_000_000
SIZES = (0, 100_000)
FULL = (*SIZES, 1_000_000)
DRY, FULL_DRY = 20_000, 100_000
DRY_BLOCKS = 8
"""Blocks of the queue's work that are measured."""
BATCH = 5_000
"""Deployments seeded in one block."""
PER_BLOCK, ROUNDS = 500, 3
OWNER_HAS = 50
"""Deployments of one owner in the seeded state."""
GAS = 1_000_000
RICH = "1000000000000000uakt"
TENANT = PrivateKey(sha256(b"bench tenant").digest())
PROVIDER = PrivateKey(sha256(b"bench provider").digest())

Row = tuple[str, float, str]


def run(*, full: bool = False) -> list[Row]:
    """Rows of (what, figure, unit)."""
    rows: list[Row] = []
    with TemporaryDirectory() as folder:
        town = Growing(Path(folder))
        for size in FULL if full else SIZES:
            town.grow_to(size)
            rows += town.measure(size)
        town.close()
    with TemporaryDirectory() as folder:
        rows += _run_dry(Path(folder), FULL_DRY if full else DRY)
    return rows


@dataclass(frozen=True)
class Pattern:
    """The records of one real lease, to be copied under other names."""

    deployment: Any
    group: Any
    order: Any
    bid: Any
    lease: Any
    account: Any
    payment: Any
    bid_account: Any


class Growing:
    """A chain whose state is made larger between measurements."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "state", pruning="everything")
        self.app = App(self.store)
        people = [(key.address, Coins.parse(RICH)) for key in (TENANT, PROVIDER)]
        staked = (bytes(range(32)), str(TENANT.address), 5_000_000_000)
        self.app.init_chain(genesis.default("default", CHAIN_ID, TIME, people, staked))
        self.sequences = [0, 0]
        self.dseq = 10_000_000
        self.seeded = 0
        self.pattern = self._live_through()

    def close(self) -> None:
        """Release the store."""
        self.store.close()

    def _live_through(self) -> Pattern:
        """One deployment, bid and lease by real transactions; gives their records."""
        id = DeploymentID(TENANT.address, 1)
        order = OrderID.of(id.with_gseq(1), 1)
        bid = order.with_provider(PROVIDER.address)
        self.block([
            self.tx(1, pb_provider.MsgCreateProvider(
                owner=PROVIDER.address, host_uri="https://p.example.com:8443")),
            self.tx(0, self.deployment(1)),
        ])  # fmt: skip
        self.block([
            self.tx(1, pb_market.MsgCreateBid(
                id=bid.to_wire(), price=price_of(500, "uakt").to_wire(), deposit=deposit(500_000))),
            self.tx(0, pb_market.MsgCreateLease(bid_id=bid.to_wire())),
        ])  # fmt: skip
        ctx = self.context()
        account = escrow.ACCOUNTS.get(ctx, str(id.escrow))
        return Pattern(
            DEPLOYMENTS.get(ctx, id),
            group.GROUPS.get(ctx, id.with_gseq(1)),
            ORDERS.get(ctx, order),
            BIDS.get(ctx, bid),
            LEASES.get(ctx, bid.lease),
            account,
            escrow.PAYMENTS.get(ctx, str(bid.lease.payment)),
            escrow.ACCOUNTS.get(ctx, str(bid.escrow)),
        )

    # Building

    def deployment(self, dseq: int) -> Any:
        """MsgCreateDeployment of one small group."""
        from akashpy.wire import deployment as pb

        return pb.MsgCreateDeployment(
            id=DeploymentID(TENANT.address, dseq).to_wire(),
            groups=[spec(unit())],
            hash=bytes(range(32)),
            deposit=deposit(5_000_000),
        )

    def tx(self, who: int, *msgs: Any) -> bytes:
        """A signed transaction of the tenant (0) or the provider (1)."""
        raw = build(
            list(msgs), (TENANT, PROVIDER)[who], chain_id=CHAIN_ID, account_number=who,
            sequence=self.sequences[who], fee=[Coin("uakt", 25_000)], gas=GAS,
        )  # fmt: skip
        self.sequences[who] += 1
        return raw

    def context(self) -> Context:
        """A context to seed the next height with."""
        return Context(
            Overlay(self.store), height=self.store.height + 1, time=self.app.time,
            chain_id=CHAIN_ID, mode=GENESIS, gas=InfiniteGasMeter(),
        )  # fmt: skip

    def block(self, txs: list[bytes]) -> BlockResult:
        """Execute and commit a block in which everything must succeed."""
        height = self.store.height + 1
        block = BlockInput(height, TIME + height * 10**9, b"p" * 20, txs)
        result = drained(self.app.execute_block(block))
        self.app.commit()
        if bad := [each.log for each in result.tx_results if each.code]:
            raise SystemExit(f"{len(bad)} transactions failed: {bad[0]}")
        return result

    # Growing

    def grow_to(self, size: int, *, leased: bool = False, due: int = 0) -> None:
        """Seed until there are `size` deployments, with leases that run dry at `due` if asked."""
        while self.seeded < size:
            ctx = self.context()
            batch = range(self.seeded, min(size, self.seeded + BATCH))
            for number in batch:
                self._copy(ctx, number, leased=leased, due=due)
            self.seeded = batch.stop
            self.store.commit(self.store.stage(ctx.height, ctx.changes))
        self.app.recheck([])

    def _copy(self, ctx: Context, number: int, *, leased: bool, due: int) -> None:
        pattern = self.pattern
        owner = Address.of(sha256(b"owner %d" % (number // OWNER_HAS)).digest()[:20])
        id = DeploymentID(owner, 1_000 + number % OWNER_HAS)
        order = OrderID.of(id.with_gseq(1), 1)
        state = pattern.order.state if leased else type(pattern.order.state).OPEN
        DEPLOYMENTS.put(ctx, id, replace(pattern.deployment, id=id))
        group.GROUPS.put(ctx, id.with_gseq(1), replace(pattern.group, id=id.with_gseq(1)))
        ORDERS.put(ctx, order, replace(pattern.order, id=order, state=state))
        deposits = tuple(replace(one, owner=owner) for one in pattern.account.deposits)
        account = replace(pattern.account, id=id.escrow, owner=owner, deposits=deposits)
        escrow.ACCOUNTS.put(ctx, str(id.escrow), account)
        if not leased:
            return
        bid = order.with_provider(PROVIDER.address)
        BIDS.put(ctx, bid, replace(pattern.bid, id=bid))
        LEASES.put(ctx, bid.lease, replace(pattern.lease, id=bid.lease))
        locked = replace(pattern.bid_account, id=bid.escrow)
        escrow.ACCOUNTS.put(ctx, str(bid.escrow), locked)
        payment = bid.lease.payment
        escrow.PAYMENTS.put(ctx, str(payment), replace(pattern.payment, id=payment))
        QUEUE.put(ctx, str(id.escrow), due)

    # Measuring

    def measure(self, size: int) -> list[Row]:
        """Cost of creating deployments and of an empty block at this size."""
        name = f"market, {size:,} deployments:"
        with frozen():
            empty = min(self._timed(lambda: self.block([])) for _ in range(ROUNDS))
            figures = [self._create() for _ in range(ROUNDS)]
        check, deliver, whole = (min(column) for column in zip(*figures, strict=True))
        return [
            (f"{name} create-deployment, check", check * 1e6, "us"),
            (f"{name} create-deployment, block with hash and commit", deliver * 1e6, "us"),
            (f"{name} create-deployment, both", 1 / whole, "tx/s"),
            (f"{name} empty block", empty * 1e3, "ms"),
            (f"{name} memory", _resident() / 1e6, "MB"),
        ]

    def _create(self) -> tuple[float, float, float]:
        """Seconds per transaction: check, block, and both."""
        txs = []
        for _ in range(PER_BLOCK):
            self.dseq += 1
            txs.append(self.tx(0, self.deployment(self.dseq)))
        check = self._timed(lambda: self._check(txs)) / PER_BLOCK
        block = self._timed(lambda: self.block(txs)) / PER_BLOCK
        return check, block, check + block

    def _check(self, txs: list[bytes]) -> None:
        for raw in txs:
            if self.app.check_tx(raw).code:
                raise SystemExit(f"refused: {self.app.check_tx(raw).log}")

    @staticmethod
    def _timed(work: Callable[[], object]) -> float:
        began = process_time()
        work()
        return process_time() - began


def _run_dry(folder: Path, count: int) -> list[Row]:
    """`count` accounts with a lease each, all of which can pay up to the same block."""
    town = Growing(folder)
    batches = -(-count // BATCH)
    due = town.store.height + batches + 2
    paid = due - town.pattern.account.settled_at
    price = town.pattern.payment.rate.amount.truncate()
    funds = price * paid + price // 2
    account = town.pattern.account
    left = replace(account.funds[0], amount=type(account.funds[0].amount).of(funds))
    purse = replace(
        account.deposits[0], balance=replace(account.deposits[0].balance, amount=left.amount)
    )
    town.pattern = replace(town.pattern, account=replace(account, funds=(left,), deposits=(purse,)))
    _fund_escrow(town, count * (funds + 500_000))
    town.grow_to(count, leased=True, due=due)
    while town.store.height < due - 1:
        town.block([])
    blocks: list[float] = []
    with frozen():
        for _ in range(DRY_BLOCKS):
            blocks.append(Growing._timed(lambda: town.block([])))
    closed = count - _waiting(town, due)
    town.close()
    name = f"escrow, {count:,} accounts dry at once:"
    return [
        (f"{name} longest block", max(blocks) * 1e3, "ms"),
        (f"{name} cost of closing one with its lease", sum(blocks) / closed * 1e6, "us"),
        (f"{name} blocks until all are closed", -(-count * len(blocks) // closed), "blocks"),
    ]


def _fund_escrow(town: Growing, amount: int) -> None:
    """Give the module account what the seeded accounts will say they hold."""
    ctx = town.context()
    coins = Coins.of([Coin("uakt", amount)])
    bank.send(ctx, TENANT.address.raw, auth.MODULE_ADDRESSES["escrow"], coins)
    town.store.commit(town.store.stage(ctx.height, ctx.changes))
    town.app.recheck([])


def _waiting(town: Growing, due: int) -> int:
    ctx = town.context()
    return sum(1 for _ in QUEUE.index("height").under(ctx, due))


def _resident() -> int:
    """Bytes of memory at most, of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class frozen:
    """Garbage collection as the daemon has it, while inside."""

    def __enter__(self) -> None:
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 1_000_000)

    def __exit__(self, *_: object) -> None:
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)


def _parts(rows: list[Row]) -> Iterator[str]:
    for name, figure, unit_name in rows:
        yield f"{name:<76}{figure:>12.1f} {unit_name}\n"


if __name__ == "__main__":
    sys.stdout.writelines(_parts(run(full="--full" in sys.argv)))
