"""How long a tenant waits: from an order to its bid, and from `akashpy up` to a served page.

Runs `akashpy dev` with one provider as a user would, and `akashpy up` and `down` as commands. Three
transactions stand between a file and a lease, and each waits for a block, so what is of interest is
the time beyond these blocks.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any
from urllib.request import urlopen

from akashpy.client.client import Client

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "01-hello-web" / "deploy.yaml"
INTERVAL = 1.0
BLOCKS = 3
"""Blocks that must pass: deployment, bid, lease."""
ROUNDS = 5
TIMEOUT = 120.0
POLL = 0.02

Row = tuple[str, float, str]


def run(rounds: int = ROUNDS) -> list[Row]:
    """Rows of (what, figure, unit)."""
    with TemporaryDirectory() as folder, _dev(Path(folder)) as chain:
        ups = [_up(Path(folder), number) for number in range(rounds)]
        waits = asyncio.run(_waits(chain["grpc"]))
        memory = sorted(_resident(pid) for pid in _tree(chain["pid"]))
        for number in range(rounds):
            _akashpy(Path(folder), "down", f"bench-{number}", "-y")
    ordered = sorted(ups)
    middle = ordered[len(ordered) // 2]
    return [
        ("loop: order to bid, median", float(sorted(waits)[len(waits) // 2]), "blocks"),
        ("loop: order to bid, longest", float(max(waits)), "blocks"),
        (f"loop: `up` to HTTP 200, median, blocks of {INTERVAL:g} s", middle, "s"),
        ("loop: `up` to HTTP 200, median, beyond three blocks", middle - BLOCKS * INTERVAL, "s"),
        ("loop: `up` to HTTP 200, longest", ordered[-1], "s"),
        (f"loop: memory of chain and provider with {rounds} leases", sum(memory) / 1e6, "MB"),
    ]


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AKASH")}
    return kept | {"HOME": str(folder), "PYTHONPATH": str(ROOT)}


@contextmanager
def _dev(folder: Path) -> Iterator[dict[str, Any]]:
    command = [
        sys.executable, "-m", "akashpy.cli", "dev", "--block-interval", str(INTERVAL),
        "--rpc-port", "0", "--grpc-port", "0", "-o", "json",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("`akashpy dev` did not start")
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)
        process.stdout.close()


def _akashpy(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "akashpy.cli", *words],
        env=_environment(folder), capture_output=True, text=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"akashpy {' '.join(words)}: {done.stderr}")
    return done.stdout


def _up(folder: Path, number: int) -> float:
    """Seconds from the command's start to the first answer of the page."""
    began = perf_counter()
    found = json.loads(
        _akashpy(folder, "up", str(EXAMPLE), "--name", f"bench-{number}", "-o", "json")
    )
    _until_served(_url(found))
    return perf_counter() - began


def _until_served(url: str) -> None:
    """Ask until the page answers with 200."""
    until = perf_counter() + TIMEOUT
    while perf_counter() < until:
        try:
            with urlopen(url, timeout=10) as response:
                if response.status == 200:
                    return
        except OSError:
            sleep(POLL)
    raise SystemExit(f"{url} was not served within {TIMEOUT:g} s")


def _url(found: dict[str, Any]) -> str:
    text = json.dumps(found)
    start = text.index("http://")
    return text[start : text.index('"', start)]


async def _waits(grpc: str) -> list[int]:
    """Blocks between each order and its bid."""
    async with Client.connect(grpc) as client:
        orders = {order.id: order.created_at async for order in client.query.market.orders()}
        return [
            view.bid.created_at - orders[view.bid.id.order]
            async for view in client.query.market.bids()
        ]


def _tree(pid: int) -> list[int]:
    """A process and the Python processes below it that are not workloads."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        command = Path(f"/proc/{one}/cmdline").read_bytes()
        if one == pid or b"provider" in command:
            found.append(one)
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
            todo += [int(child) for child in children]
    return found


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    for name, figure, unit in run():
        sys.stdout.write(f"{name:<64}{figure:>10.2f} {unit}\n")
