"""A node under everything at once: websocket subscribers, queries and transactions for a minute.

The node is a process of its own. Queries leave at their moments whatever the answers do, and their
latency counts from that moment, so that a stall is seen by all who would have met it. Every
subscriber must hear of every block, in order.

usage: python tests/bench/load_bench.py [--seconds 60] [--subscribers 200] [--queries 500]
[--txs 500]
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from akashpy.keys.secp256k1 import PrivateKey
from akashpy.wire import auth, bank
from tests.bench import node_bench
from tests.bench.node_bench import CHAIN_ID, CONNECTIONS

BATCH = 10
"""Transactions in one broadcast."""
ACCOUNTS = 500
HEAVY = 10
"""One subscriber of so many hears whole blocks, the others headers."""
HEIGHT = re.compile(r'"height":"([0-9]+)"')
HEAD = 4_096
"""Characters of an event among which the height is."""
SETTLE = 60.0
"""Seconds after the load in which everything must have landed and been told."""


@dataclass(frozen=True)
class Load:
    """How much at once: rates in requests a second."""

    seconds: float = 60.0
    subscribers: int = 200
    queries: int = 500
    txs: int = 500


@dataclass
class Found:
    """What happened; latencies in seconds, memory in bytes, processor time in cores."""

    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    accepted: int = 0
    landed: int = 0
    heard: list[list[int]] = field(default_factory=list)
    first: int = 0
    last: int = 0
    memory_before: int = 0
    memory_peak: int = 0
    memory_after: int = 0
    cpu_of_node: float = 0.0
    cpu_of_load: float = 0.0

    @property
    def missed(self) -> int:
        """Blocks between the first and the last that some subscriber did not hear of."""
        due = set(range(self.first, self.last + 1))
        return sum(len(due - set(heights)) for heights in self.heard)

    @property
    def least(self) -> str:
        """What the subscriber heard who heard least."""
        heights = min(self.heard, key=len)
        return f"one heard {len(heights)}, {heights[:1]} to {heights[-1:]}"

    @property
    def in_order(self) -> bool:
        """Whether everybody heard of the blocks in order, each once."""
        return all(one < next for heights in self.heard for one, next in pairwise(heights))


def run(load: Load | None = None) -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit). Raises SystemExit where something was refused or missed."""
    load = load or Load()
    found = measure(load)
    if found.wrong or found.missed or not found.in_order or found.landed != found.accepted:
        raise SystemExit(
            f"{len(found.wrong)} wrong answers ({found.wrong[:1]}), {found.missed} blocks missed "
            f"between {found.first} and {found.last} ({found.least}), "
            f"{found.landed} of {found.accepted} transactions landed"
        )
    name = f"{load.subscribers} subscribers, {load.queries} queries/s, {load.txs} tx/s"
    at = node_bench.at_share
    return [
        (f"{name}: query p50", at(found.latencies, 0.5) * 1e3, "ms"),
        (f"{name}: query p99", at(found.latencies, 0.99) * 1e3, "ms"),
        (f"{name}: query longest", max(found.latencies) * 1e3, "ms"),
        (f"{name}: queries answered", len(found.latencies) / load.seconds, "per s"),
        (f"{name}: transactions landed", found.landed / load.seconds, "tx/s"),
        (f"{name}: blocks missed by any subscriber", found.missed, "blocks"),
        (f"{name}: CPU of the node", found.cpu_of_node, "cores"),
        (f"{name}: CPU of the load generator", found.cpu_of_load, "cores"),
        (f"{name}: memory before", found.memory_before / 1e6, "MB"),
        (f"{name}: memory at most", found.memory_peak / 1e6, "MB"),
        (f"{name}: memory afterwards", found.memory_after / 1e6, "MB"),
    ]


def measure(load: Load) -> Found:
    """Start a node, load it, see what happened."""
    keys = [PrivateKey(sha256(b"load %d" % n).digest()) for n in range(ACCOUNTS)]
    with TemporaryDirectory() as folder:
        home = node_bench.make_home(Path(folder) / "node", keys)
        port = node_bench.free_port()
        with node_bench.running_node(home, port) as process:
            return asyncio.run(_measure(f"http://127.0.0.1:{port}", keys, load, process.pid))


async def _measure(url: str, keys: list[PrivateKey], load: Load, pid: int) -> Found:
    found = Found()
    timeout = aiohttp.ClientTimeout(total=60)
    rounds = node_bench.signed(keys, int(load.txs * load.seconds), CHAIN_ID)
    async with (
        aiohttp.ClientSession(connector=_connector(), timeout=timeout) as sending,
        aiohttp.ClientSession(connector=_connector(), timeout=timeout) as asking,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as listening,
    ):
        await node_bench.ready(asking, url)
        async with asyncio.TaskGroup() as group:
            ready = [asyncio.Event() for _ in range(load.subscribers)]
            listeners = [
                group.create_task(_listen(listening, url, number, event, found))
                for number, event in enumerate(ready)
            ]
            for event in ready:
                await event.wait()
            found.first = await node_bench.height_of(asking, url) + 2
            found.memory_before = own_memory(pid)
            watch = group.create_task(_watched(pid, found))
            began, spent = time.perf_counter(), (node_bench.cpu_of(pid), time.process_time())
            await asyncio.gather(
                _paced(load.seconds, load.queries, _query(asking, url, keys, found)),
                _send(sending, url, rounds, load, found),
            )
            took = time.perf_counter() - began
            found.cpu_of_node = (node_bench.cpu_of(pid) - spent[0]) / took
            found.cpu_of_load = (time.process_time() - spent[1]) / took
            watch.cancel()
            found.landed = await _landed(asking, url, found)
            found.last = await node_bench.height_of(asking, url)
            found.memory_after = own_memory(pid)
            await _heard_all(found)
            for task in listeners:
                task.cancel()
    return found


async def _watched(pid: int, found: Found) -> None:
    """Note the most memory that the node ever holds."""
    while True:
        found.memory_peak = max(found.memory_peak, own_memory(pid))
        await asyncio.sleep(0.2)


def own_memory(pid: int) -> int:
    """Bytes that a process holds by itself, without pages of files, which come and go."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (kib,) = (line.split()[1] for line in lines if line.startswith("RssAnon:"))
    return int(kib) * 1024


def _connector() -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(limit=CONNECTIONS)


async def _listen(
    http: aiohttp.ClientSession, url: str, number: int, ready: asyncio.Event, found: Found
) -> None:
    """Subscribe; note the height of every block told."""
    heights: list[int] = []
    found.heard.append(heights)
    kind = "NewBlockHeader" if number % HEAVY else "NewBlock"
    async with http.ws_connect(f"{url}/websocket", max_msg_size=0) as socket:
        query = {"query": f"tm.event='{kind}'"}
        await socket.send_json({"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": query})
        async for message in socket:
            told = HEIGHT.search(message.data, 0, HEAD)
            if told is None:
                if ready.is_set() or '"error"' in message.data:
                    found.wrong.append(message.data[:200])
                ready.set()
            else:
                heights.append(int(told[1]))


async def _paced(
    seconds: float, rate: int, ask: Callable[[int, float], Coroutine[None, None, None]]
) -> None:
    """Ask so often, each at its moment, without waiting for the one before."""
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(seconds * rate)):
            due = began + number / rate
            await asyncio.sleep(due - time.perf_counter())
            group.create_task(ask(number, due))


def _query(
    http: aiohttp.ClientSession, url: str, keys: list[PrivateKey], found: Found
) -> Callable[[int, float], Coroutine[None, None, None]]:
    """Asks for accounts, balances, blocks and the status in turn."""
    methods = [
        ("/cosmos.auth.v1beta1.Query/Account", auth.QueryAccountRequest),
        ("/cosmos.bank.v1beta1.Query/AllBalances", bank.QueryAllBalancesRequest),
    ]

    async def ask(number: int, due: float) -> None:
        key = keys[number % len(keys)]
        name: str
        params: dict[str, Any]
        if number % 4 < 2:
            path, kind = methods[number % 2]
            data = kind(address=key.address).SerializeToString().hex()
            name, params = "abci_query", {"path": path, "data": data}
        else:
            name, params = ("status", {}) if number % 4 == 2 else ("header", {})
        body = {"jsonrpc": "2.0", "id": number, "method": name, "params": params}
        async with http.post(url, json=body) as response:
            answer = await response.json()
        found.latencies.append(time.perf_counter() - due)
        if "error" in answer or answer["result"].get("response", {}).get("code"):
            found.wrong.append(str(answer)[:200])

    return ask


async def _send(
    http: aiohttp.ClientSession, url: str, rounds: list[list[bytes]], load: Load, found: Found
) -> None:
    """Broadcast in batches at their moments; a round ends before the next one begins."""
    sent = node_bench.Measured()
    await node_bench.offer_all(http, url, rounds, BATCH, load.txs, sent)
    found.accepted = sent.accepted
    found.wrong += sent.refused


async def _landed(http: aiohttp.ClientSession, url: str, found: Found) -> int:
    """Transactions in the blocks so far, once there are no fewer than were accepted."""
    total = 0
    async with asyncio.timeout(SETTLE):
        height = found.first - 1
        while total < found.accepted:
            answer = await node_bench.call(http, url, "header", height=str(height))
            if "error" in answer:
                await asyncio.sleep(0.1)
                continue
            block = await node_bench.call(http, url, "block", height=str(height))
            total += len(block["result"]["block"]["data"]["txs"])
            height += 1
    return total


async def _heard_all(found: Found) -> None:
    """Wait until every subscriber has heard of the last block, or is not going to."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE):
            while True:
                if all(heights and heights[-1] >= found.last for heights in found.heard):
                    return
                await asyncio.sleep(0.05)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--subscribers", type=int, default=200)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--txs", type=int, default=500)
    asked = parser.parse_args()
    for what, figure, unit in run(Load(**vars(asked))):
        print(f"{what:<70} {figure:>12,.2f} {unit}")


if __name__ == "__main__":
    main()
