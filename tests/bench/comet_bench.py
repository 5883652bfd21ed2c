"""What a chain under CometBFT lands, where its time goes, and what snapshots and a start cost.

One validator, then four of them, all on this machine, are offered bank sends by node_bench's load
through CometBFT's own RPC; how long CometBFT waited for each kind of ABCI answer is read from the
first node's /metrics. A state of many closed orders is then written as a snapshot, built again from
it, and started on. Seeded states are made by blocks, in a node whose blocks also put orders there.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from akashpy.keys.secp256k1 import PrivateKey
from akashpy.node.abci.snapshots import Restoration, Shelf
from akashpy.node.cometbft import testnet
from akashpy.state.store import Store
from akashpy.types.coin import Coins
from tests.bench.node_bench import CHAIN_ID, Measured, Plan, _measure, cpu_of
from tests.cometbft import program
from tests.ports import free_port

ACCOUNTS = 500
BATCH = 10
ONE_TXS, FOUR_TXS = 12_000, 4_000
FEW, MANY = 20_000, 1_000_000
"""Closed orders of the seeded state; the many ones are of a full run."""
PER_BLOCK = 5_000
"""Orders that a seeding block puts there."""
STARTS = 3
READY_S = 3600.0
PHASES = ("check_tx", "prepare_proposal", "process_proposal", "finalize_block", "commit")
SEEDING = str(Path(__file__).with_name("comet_seed.py"))
COINS = Coins.parse("1000000000000uakt")

Row = tuple[str, float, str]


def is_there() -> bool:
    """Whether CometBFT can be had on this machine."""
    return program.go_program() is not None


def run(*, full: bool = False) -> list[Row]:
    """Rows of (what, figure, unit)."""
    rows = landed(1, ONE_TXS) + landed(4, FOUR_TXS)
    return rows + seeded(MANY if full else FEW)


# LANDED


@dataclass
class Running:
    """One node of the bench, as a process; its CometBFT is its child."""

    home: Path
    rpc: str
    process: subprocess.Popen[str]
    metrics: str = ""
    began: float = field(default_factory=time.perf_counter)

    def wait(self) -> None:
        """Until it serves."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.home.name} did not start: see {self.home / 'node.log'}")
        self.metrics = json.loads(line).get("metrics", "")

    def height(self) -> int:
        """CometBFT's height; 0 while it does not answer."""
        try:
            with urlopen(f"{self.rpc}/status", timeout=10) as response:
                found = json.load(response)
        except OSError:
            return 0
        return int(found["result"]["sync_info"]["latest_block_height"])

    def reach(self, height: int) -> None:
        """Wait for a height."""
        end = time.monotonic() + READY_S
        while self.height() < height:
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit(f"{self.home.name} stays below {height}")
            time.sleep(0.02)

    def phases(self) -> dict[str, tuple[float, float]]:
        """Kind of ABCI request -> seconds and number of them so far."""
        with urlopen(f"{self.metrics}/metrics", timeout=10) as response:
            text = response.read().decode()
        found = {}
        for kind in PHASES:
            pair = [
                re.search(rf'^akashpy_abci_seconds_{what}{{.*method="{kind}"}} (\S+)$', text, re.M)
                for what in ("sum", "count")
            ]
            found[kind] = tuple(float(one[1]) if one else 0.0 for one in pair)
        return found  # type: ignore[return-value]  # always two of them

    def comet(self) -> int:
        """The process of its CometBFT."""
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if "cometbft" in Path(f"/proc/{child}/comm").read_text():
                return int(child)
        raise SystemExit(f"{self.home.name} has no CometBFT")


@contextmanager
def running(home: Path, rpc_port: int, *command: str) -> Iterator[Running]:
    """A node in a process of its own while inside."""
    words = ("node", "start", "--home", str(home), "--cometbft", str(program.build()),
             "--grpc-address", "127.0.0.1:0", "--metrics-address", "127.0.0.1:0")  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with (home / "node.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, *(command or ("-m", "akashpy.cli")), *words],
            stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
        )  # fmt: skip
    try:
        yield Running(home, f"http://127.0.0.1:{rpc_port}", process)
    finally:
        process.terminate()
        process.wait(timeout=60)
        if process.stdout is not None:
            process.stdout.close()


def keys_of(count: int) -> list[PrivateKey]:
    """The keys of the accounts that send."""
    return [PrivateKey(sha256(b"comet bench %d" % n).digest()) for n in range(count)]


def make(folder: Path, count: int, interval: int = 1000, accounts: int = ACCOUNTS) -> list[int]:
    """Homes of `count` validators; the ports of their RPC."""
    ports = [free_port() for _ in range(2 * count)]
    members = [
        testnet.Member(
            home=folder / f"node{place}",
            operator=str(PrivateKey(sha256(b"operator %d" % place).digest()).address),
            coins=COINS,
            stake=5_000_000_000,
            rpc_port=ports[place],
            p2p_port=ports[count + place],
        )
        for place in range(count)
    ]
    network = testnet.Network(
        CHAIN_ID,
        time.time_ns(),
        block_interval=interval,
        accounts=[(str(key.address), COINS) for key in keys_of(accounts)],
    )
    for home in testnet.make(network, members):
        (home.root / "config/akashpy.toml").write_text('consensus = "cometbft"\n')
    return ports[:count]


def landed(count: int, txs: int) -> list[Row]:
    """Bank sends through a network of `count` validators, and where its time goes."""
    name = "one validator" if count == 1 else f"{count} validators"
    with TemporaryDirectory() as folder, ExitStack() as stack:
        ports = make(Path(folder), count)
        nodes = [
            stack.enter_context(running(Path(folder) / f"node{place}", port))
            for place, port in enumerate(ports)
        ]
        for node in nodes:
            node.wait()
        for node in nodes:
            node.reach(2)
        first = nodes[0]
        before, comet = first.phases(), cpu_of(first.comet())
        plan = Plan(txs, BATCH, 0, CHAIN_ID)
        found, _ = asyncio.run(_measure(first.rpc, keys_of(ACCOUNTS), plan, first.process.pid))
        comet = cpu_of(first.comet()) - comet
        return _rows(f"CometBFT, {name}", found, before, first.phases(), comet)


def _rows(
    name: str,
    found: Measured,
    before: dict[str, tuple[float, float]],
    after: dict[str, tuple[float, float]],
    comet: float,
) -> list[Row]:
    if found.refused:
        raise SystemExit(f"{len(found.refused)} transactions refused: {found.refused[0]}")
    ours = found.cpu_per_tx * found.accepted - comet
    rows: list[Row] = [
        (f"{name}: bank sends landed", found.landed_per_second, "tx/s"),
        (f"{name}: CPU of our process", ours / found.accepted * 1e6, "us/tx"),
        (f"{name}: CPU of its CometBFT", comet / found.accepted * 1e6, "us/tx"),
    ]
    for kind in PHASES:
        seconds = after[kind][0] - before[kind][0]
        calls = after[kind][1] - before[kind][1]
        rows.append((f"{name}: {kind}", seconds / found.accepted * 1e6, "us/tx"))
        if kind == "check_tx":
            rows.append((f"{name}: check_tx asked", calls / found.accepted, "times/tx"))
    return rows


# SEEDED


def seeded(orders: int) -> list[Row]:
    """Snapshot, restoration and start of a node whose state has so many closed orders."""
    with TemporaryDirectory() as folder:
        (port,) = make(Path(folder), 1, interval=1, accounts=1)
        home = Path(folder) / "node0"
        with running(home, port, SEEDING, str(orders), str(PER_BLOCK)) as node:
            node.wait()
            node.reach(-(-orders // PER_BLOCK) + 3)
        return _starts(home, port, orders) + _snapshot(home, orders)


def _starts(home: Path, port: int, orders: int) -> list[Row]:
    ready, blocks = [], []
    for _ in range(STARTS):
        with running(home, port) as node:
            node.wait()
            ready.append(time.perf_counter() - node.began)
            node.reach(1)
            node.reach(node.height() + 1)
            blocks.append(time.perf_counter() - node.began)
    return [
        (f"start at {orders:,} closed orders: until it serves", min(ready), "s"),
        (f"start at {orders:,} closed orders: until a new block", min(blocks), "s"),
    ]


def _snapshot(home: Path, orders: int) -> list[Row]:
    name = f"{orders:,} closed orders"
    store = Store.open(home / "data/state")
    try:
        began = time.perf_counter()
        shelf = Shelf(home / "bench-snapshots")
        for _ in shelf.take(store):
            pass
        taken = time.perf_counter() - began
        (manifest,) = shelf.manifests()
        rows = sum(1 for _ in store.iterate(b"\x00", b"\xff" * 9))
        app_hash = store.app_hash_at(manifest.height)
    finally:
        store.close()
    restoration = Restoration(manifest, app_hash, home / "bench-restoring")
    size = 0
    began = time.perf_counter()
    for index in range(len(manifest.chunk_hashes)):
        chunk = shelf.chunk(manifest.height, index)
        assert chunk is not None
        size += len(chunk)
        restoration.add(chunk)
    restoration.build(pruning="default")
    built = time.perf_counter() - began
    restoration.close()
    return [
        (f"snapshot of {name}: rows", rows, "rows"),
        (f"snapshot of {name}: size", size / 1e6, "MB"),
        (f"snapshot of {name}: taken", size / 1e6 / taken, "MB/s"),
        (f"snapshot of {name}: taken", rows / taken, "rows/s"),
        (f"snapshot of {name}: restored", size / 1e6 / built, "MB/s"),
        (f"snapshot of {name}: restored", rows / built, "rows/s"),
    ]


if __name__ == "__main__":
    for what, figure, unit in run(full="--full" in sys.argv[1:]):
        sys.stdout.write(f"{what:<72}{figure:>12.1f} {unit}\n")
