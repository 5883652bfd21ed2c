"""What the embedded node lands over JSON-RPC: bank sends per second, with queries beside them.

The node is a process of its own, as it is in use; this process signs in advance, offers in
batches over 64 connections and asks for an account every 10 ms: first as fast as it can, then at
a steady rate, because latency at saturation says little. Landed is counted between the headers of
the blocks that hold the transactions, which count in whole block intervals, so a run must be long.

usage: python tests/bench/node_bench.py [--txs 30000] [--accounts 500] [--batch 10] [--rate 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from akashpy.chain import genesis
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.node.comet import times
from akashpy.node.comet.keys import SigningKey
from akashpy.node.home import init_home
from akashpy.tx.build import build
from akashpy.types.coin import Coin, Coins
from akashpy.wire import bank

CHAIN_ID = "bench-1"
CONNECTIONS = 64
PROBE_INTERVAL = 0.01
"""Seconds between two account queries."""
STEADY_SECONDS = 10
"""Length of the steady run."""
LANDING_TIMEOUT = 120.0
"""Seconds after the last offer in which everything must have landed."""

CONFIGURATION = {
    "GRPC_ADDRESS": "",
    "LOG_LEVEL": "warning",
    "MAX_SUBSCRIPTION_CLIENTS": "500",
    "MINIMUM_GAS_PRICES": "0.0025uakt",
}
"""Settings of the node that differ from their defaults."""


@dataclass
class Measured:
    """One run's figures; latencies in seconds."""

    accepted: int = 0
    refused: list[str] = field(default_factory=list)
    offered_in: float = 0.0
    landed_per_second: float = 0.0
    queries: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)
    cpu_per_tx: float = 0.0
    memory: int = 0


def run(
    txs: int = 30_000, accounts: int = 500, batch: int = 10, rate: int = 2_000
) -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit). `rate` is of the steady run, in transactions a second."""
    keys = [PrivateKey(sha256(b"bench %d" % n).digest()) for n in range(accounts)]
    with TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "node", keys)
        port = free_port()
        with running_node(home, port) as process:
            full, steady = asyncio.run(
                _measure(f"http://127.0.0.1:{port}", keys, Plan(txs, batch, rate), process.pid)
            )
    return _rows(full, "saturated") + _rows(steady, f"steady {rate}/s")


def _rows(found: Measured, how: str) -> list[tuple[str, float, str]]:
    if found.refused:
        raise SystemExit(f"{len(found.refused)} transactions refused: {found.refused[0]}")
    return [
        (f"node {how}: bank sends landed", found.landed_per_second, "tx/s"),
        (f"node {how}: bank sends accepted", found.accepted / found.offered_in, "tx/s"),
        (f"node {how}: account query p50", at_share(found.queries, 0.5) * 1e3, "ms"),
        (f"node {how}: account query p99", at_share(found.queries, 0.99) * 1e3, "ms"),
        (f"node {how}: broadcast batch p99", at_share(found.batches, 0.99) * 1e3, "ms"),
        (f"node {how}: CPU of the node", found.cpu_per_tx * 1e6, "us/tx"),
        (f"node {how}: memory afterwards", found.memory / 1e6, "MB"),
    ]


def at_share(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def make_home(path: Path, keys: list[PrivateKey]) -> Path:
    """A node's home at genesis, whose accounts are those of the keys in their order."""
    validator = SigningKey.generate()
    coins = Coins.parse("1000000000000uakt")
    document = genesis.default(
        "default",
        CHAIN_ID,
        time.time_ns(),
        accounts=[(key.address, coins) for key in keys],
        validator=(validator.public, keys[0].address, 5_000_000),
    )
    return init_home(path, document, validator_key=validator).root


def free_port() -> int:
    """A port of this machine that nothing uses."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_node(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A node in a process of its own while inside."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    environment |= {f"AKASHPY_NODE_{name}": value for name, value in CONFIGURATION.items()}
    command = [sys.executable, "-m", "akashpy.cli", "node", "start", "--home", str(home)]
    process = subprocess.Popen(
        [*command, "--rpc-address", f"127.0.0.1:{port}"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@dataclass(frozen=True)
class Plan:
    """What is offered: how many transactions at full speed, in what batches, then at what rate.

    Without a rate there is no second run. `chain_id` is that of the chain they are signed for.
    """

    txs: int
    batch: int
    rate: int
    chain_id: str = CHAIN_ID

    @property
    def steady_txs(self) -> int:
        return self.rate * STEADY_SECONDS


async def _measure(
    url: str, keys: list[PrivateKey], plan: Plan, pid: int
) -> tuple[Measured, Measured]:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=60)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as http,
        aiohttp.ClientSession(timeout=timeout) as side,
    ):
        await ready(side, url)
        rounds = signed(keys, plan.txs + plan.steady_txs, plan.chain_id)
        turn = -(-plan.txs // len(keys))

        async def one(parts: list[list[bytes]], rate: int) -> Measured:
            found = Measured()
            first = await height_of(side, url) + 1
            cpu = cpu_of(pid)
            probe = asyncio.create_task(_probe(side, url, keys[0].address, found))
            began = time.perf_counter()
            await offer_all(http, url, parts, plan.batch, rate, found)
            found.offered_in = time.perf_counter() - began
            probe.cancel()
            await _count(side, url, first, found)
            found.cpu_per_tx = (cpu_of(pid) - cpu) / max(1, found.accepted)
            found.memory = resident(pid)
            return found

        full = await one(rounds[:turn], 0)
        return full, await one(rounds[turn:], plan.rate) if plan.rate else Measured()


async def offer_all(
    http: aiohttp.ClientSession,
    url: str,
    rounds: list[list[bytes]],
    batch: int,
    rate: int,
    found: Measured,
) -> None:
    """Offer round by round; with a rate each batch waits for its moment."""
    began, offered = time.perf_counter(), 0
    for part in rounds:
        sent = []
        for at in range(0, len(part), batch):
            if rate:
                await asyncio.sleep(began + offered / rate - time.perf_counter())
            offered += batch
            group = part[at : at + batch]
            sent.append(asyncio.ensure_future(_offer(http, url, group, found)))
        await asyncio.gather(*sent)


async def call(http: aiohttp.ClientSession, url: str, method: str, **params: Any) -> Any:
    """One JSON-RPC call's answer."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    async with http.post(url, json=body) as response:
        return await response.json()


async def ready(http: aiohttp.ClientSession, url: str) -> None:
    """Wait for the node's first block."""
    async with asyncio.timeout(60):
        while True:
            try:
                if await height_of(http, url) > 0:
                    return
            except aiohttp.ClientError:
                pass  # not listening yet; the timeout ends this
            await asyncio.sleep(0.1)


async def height_of(http: aiohttp.ClientSession, url: str) -> int:
    """The node's latest height."""
    status = await call(http, url, "status")
    return int(status["result"]["sync_info"]["latest_block_height"])


def signed(keys: list[PrivateKey], txs: int, chain_id: str) -> list[list[bytes]]:
    """Rounds of one transaction per account, so that no sender has two in flight."""
    rounds = []
    for sequence in range(-(-txs // len(keys))):
        part = []
        for number, key in enumerate(keys):
            to = keys[(number + 1) % len(keys)].address
            message = bank.MsgSend(
                from_address=key.address, to_address=to, amount=[Coin("uakt", 1).to_wire()]
            )
            part.append(
                build(
                    [message],
                    key,
                    chain_id=chain_id,
                    account_number=number,
                    sequence=sequence,
                    fee=[Coin("uakt", 5_000)],
                    gas=200_000,
                )
            )
        rounds.append(part)
    return rounds


async def _offer(
    http: aiohttp.ClientSession, url: str, group: list[bytes], found: Measured
) -> None:
    calls = [
        {"jsonrpc": "2.0", "id": at, "method": "broadcast_tx_sync",
         "params": {"tx": b64encode(raw).decode()}}
        for at, raw in enumerate(group)
    ]  # fmt: skip
    began = time.perf_counter()
    async with http.post(url, json=calls if len(calls) > 1 else calls[0]) as response:
        answers = await response.json()
    found.batches.append(time.perf_counter() - began)
    for answer in answers if isinstance(answers, list) else [answers]:
        result = answer.get("result", {})
        if result.get("code") == 0:
            found.accepted += 1
        else:
            found.refused.append(str(result.get("log") or answer.get("error")))


async def _probe(http: aiohttp.ClientSession, url: str, address: str, found: Measured) -> None:
    from akashpy.wire import auth

    data = auth.QueryAccountRequest(address=address).SerializeToString().hex()
    while True:
        began = time.perf_counter()
        answer = await call(
            http, url, "abci_query", path="/cosmos.auth.v1beta1.Query/Account", data=data
        )
        found.queries.append(time.perf_counter() - began)
        if answer["result"]["response"]["code"]:
            raise SystemExit(f"the account query failed: {answer}")
        await asyncio.sleep(PROBE_INTERVAL)


async def _count(http: aiohttp.ClientSession, url: str, first: int, found: Measured) -> None:
    """Landed per second, between the first block's header and that after the last one."""
    landed, height, began = 0, first, 0
    async with asyncio.timeout(LANDING_TIMEOUT):
        while True:
            answer = await call(http, url, "block", height=str(height))
            if "error" in answer:
                await asyncio.sleep(0.2)
                continue
            block = answer["result"]["block"]
            when = times.parse(block["header"]["time"])
            if landed >= found.accepted:
                found.landed_per_second = landed / ((when - began) / 1e9)
                return
            count = len(block["data"]["txs"])
            began = began or (when if count else 0)
            landed += count
            height += 1


def cpu_of(pid: int) -> float:
    """Seconds of processor time that the process and its living children have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = 0
    for each in (str(pid), *children):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--txs", type=int, default=30_000)
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--rate", type=int, default=2_000)
    options = parser.parse_args()
    rows = run(options.txs, options.accounts, options.batch, options.rate)
    for what, figure, unit in rows:
        print(f"{what:48} {figure:12.1f} {unit}")


if __name__ == "__main__":
    main()
