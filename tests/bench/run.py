"""Runs the benchmarks, prints their figures beside the aims, and writes docs/benchmarks.md.

`run.py` measures everything, `run.py PART ...` some of it (and then writes nothing), `--full` the
large sizes as well. Beside a Go node, when AKASH_GO_BIN names its folder, ratios are given.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "benchmarks.md"

AIMS = {
    "bank send: check (verify included)": "below 120",
    "bank send: deliver (verified before)": "below 80",
    "node saturated: bank sends landed": "3,000, and five times the Go node",
    "node steady 2000/s: account query p99": "below 15",
    "loop: order to bid, longest": "1",
    "bid decision, 200 machines of 8 GPUs: p99": "below 10",
    "loop: `up` to HTTP 200, median, beyond three blocks": "below 3",
}
"""What a figure should be on a quiet machine of two cores, in its own unit."""
INTRODUCTION = """# Benchmarks

Written by `make bench`, that is `python tests/bench/run.py`; `make bench ARGS=--full` measures the
large sizes as well. Where `AKASH_GO_BIN` names the folder of Akash's Go programs, a Go node is
measured in the same run, under the same load.

Costs in microseconds are processor time of one core; rates and latencies are by the clock, with the
load generator on the same machine. `load` is the load average when a part began: other work on the
machine only ever makes figures worse. Aims are for a quiet machine of two cores.

Under CometBFT a transaction is checked, more than half of them are checked again while they wait,
and it is executed, all in our one thread; CometBFT spends about as much beside it on its RPC, its
mempool and its blocks. With the load generator as the third, processor time bounds what lands: the
rows of CPU say whose. Four validators on one machine do everything four times.
"""
LANDED = "node saturated: bank sends landed"
PEER = "Go node saturated: bank sends landed"
COMET = "CometBFT, one validator: bank sends landed"
SMALL = "market, 100,000 deployments: create-deployment, block with hash and commit"
LARGE = "market, 1,000,000 deployments: create-deployment, block with hash and commit"


@dataclass(frozen=True)
class Row:
    """One figure; `load` is the machine's load average when its part began."""

    name: str
    value: float
    unit: str
    aim: str
    load: float


def _plain(rows: Iterable[tuple[str, float, str]], load: float) -> list[Row]:
    return [Row(name, value, unit, AIMS.get(name, ""), load) for name, value, unit in rows]


def _state(full: bool) -> list[Row]:
    from tests.bench import state_bench

    found = state_bench.run() if full else state_bench.run(state_bench.SIZES[:2])
    return [Row(r["name"], r["value"], r["unit"], str(r["aim"]), r["load"]) for r in found]


def _chain(full: bool) -> list[Row]:
    from tests.bench import chain_bench

    return _plain(chain_bench.run(), _load())


def _node(full: bool) -> list[Row]:
    from tests.bench import node_bench

    load = _load()
    return _plain(node_bench.run(), load)


def _market(full: bool) -> list[Row]:
    from tests.bench import market_bench

    load = _load()
    return _plain(market_bench.run(full=full), load)


def _economy(full: bool) -> list[Row]:
    from tests.bench import economy_bench

    load = _load()
    return _plain(economy_bench.run(full=full), load)


def _sdl(full: bool) -> list[Row]:
    from tests.bench import sdl_bench

    return _plain(sdl_bench.run(), _load())


def _gpu(full: bool) -> list[Row]:
    from tests.bench import gpu_bench

    return _plain(gpu_bench.run(), _load())


def _loop(full: bool) -> list[Row]:
    from tests.bench import loop_bench

    load = _load()
    return _plain(loop_bench.run(), load)


def _load_at_once(full: bool) -> list[Row]:
    from tests.bench import load_bench

    load = _load()
    return _plain(load_bench.run(), load)


def _bounded(full: bool) -> list[Row]:
    from tests.bench import bounded_bench

    load = _load()
    return _plain(bounded_bench.run(), load)


def _peer(full: bool) -> list[Row]:
    from tests.bench import peer_bench

    load = _load()
    return _plain(peer_bench.run(), load) if peer_bench.is_there() else []


def _comet(full: bool) -> list[Row]:
    from tests.bench import comet_bench

    load = _load()
    return _plain(comet_bench.run(full=full), load) if comet_bench.is_there() else []


PARTS: dict[str, Callable[[bool], list[Row]]] = {
    "state": _state,
    "chain": _chain,
    "node": _node,
    "load": _load_at_once,
    "peer": _peer,
    "comet": _comet,
    "market": _market,
    "economy": _economy,
    "bounded": _bounded,
    "sdl": _sdl,
    "gpu": _gpu,
    "loop": _loop,
}
"""In this order; the peer right after our own node and before ours under CometBFT, so that all meet
the same machine."""


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--full", action="store_true", help="the large sizes as well")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"{sorted(unknown)} not known; there are: {', '.join(PARTS)}")
    began, rows = perf_counter(), list[Row]()
    for name in options.parts or PARTS:
        sys.stderr.write(f"measuring {name} ...\n")
        rows += PARTS[name](options.full)
    rows += _ratios(rows)
    _show(rows)
    if not options.parts:
        PAGE.write_text(_page(rows, perf_counter() - began, full=options.full))
        sys.stderr.write(f"wrote {PAGE.relative_to(ROOT)}\n")


def _ratios(rows: list[Row]) -> list[Row]:
    """Figures of this run over each other: ours and the peer's, a large chain's and a small one's.

    Ten times the rows make a tree deeper by a sixth: a cost that grows as its depth stays below
    that aim.
    """
    found = {row.name: row.value for row in rows}
    ratios = []
    if LANDED in found and PEER in found:
        ratio = found[LANDED] / found[PEER]
        ratios.append(Row("bank sends landed, ours to the Go node's", ratio, "times", "5", _load()))
    if COMET in found and PEER in found:
        name = "bank sends landed, ours under CometBFT to the Go node's"
        ratios.append(Row(name, found[COMET] / found[PEER], "times", "at least 1", _load()))
    if SMALL in found and LARGE in found:
        name = "create-deployment block, 1,000,000 deployments to 100,000"
        ratios.append(Row(name, found[LARGE] / found[SMALL], "times", "below 1.2", _load()))
    return ratios


def _show(rows: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("what", "figure", "unit", "aim", "load", title=_machine())
    table.columns[1].justify = "right"
    for row in rows:
        table.add_row(row.name, _figure(row.value), row.unit, row.aim, f"{row.load:.1f}")
    Console().print(table)


def _page(rows: list[Row], seconds: float, *, full: bool) -> str:
    how = " with all sizes" if full else ""
    when = f"{datetime.now(UTC):%Y-%m-%d}{how}, in {seconds / 60:.0f} minutes"
    lines = [
        INTRODUCTION,
        f"Measured {when}, at revision {_revision()}, on: {_machine()}.",
        "",
        "| what | figure | unit | aim | load |",
        "|---|---:|---|---|---:|",
    ]
    lines += [
        f"| {row.name} | {_figure(row.value)} | {row.unit} | {row.aim} | {row.load:.1f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.1f}" if value >= 10 else f"{value:.2f}"


def _machine() -> str:
    """Processor, cores, memory and interpreter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    version = platform.python_version()
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB, Python {version}"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def _revision() -> str:
    done: Any = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


def _load() -> float:
    return os.getloadavg()[0]


if __name__ == "__main__":
    main()
