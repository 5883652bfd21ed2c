"""The Go node on the same machine, in the same run, under the same load: what a ratio needs.

Runs only when AKASH_GO_BIN names the folder of its programs. The load is node_bench's own.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.node_bench import Plan, _measure
from tests.nodes import key_of
from tests.parity.gonode.gochain import CHAIN_ID, go_chain, init_chain
from tests.stories.processes import processes_under

ACCOUNTS = 200
TXS = 8_000
BATCH = 10

Row = tuple[str, float, str]


def is_there() -> bool:
    """Whether there is a peer to compare with."""
    return bool(os.environ.get("AKASH_GO_BIN"))


def run(txs: int = TXS) -> list[Row]:
    """Rows of (what, figure, unit)."""
    names = [f"bench{number}" for number in range(ACCOUNTS)]
    with TemporaryDirectory() as folder:
        home = Path(folder) / "go"
        home.mkdir()
        init_chain(home, [*names, "validator"])
        config = home / "config" / "config.toml"
        config.write_text(re.sub(r"(?m)^size = 5000$", "size = 50000", config.read_text()))
        with go_chain(home, interval="1s") as chain:
            (pid,) = processes_under(home)[:1]
            keys = [key_of(name) for name in names]
            plan = Plan(txs, BATCH, 0, CHAIN_ID)
            found, _ = asyncio.run(_measure(chain.rpc, keys, plan, pid))
    if found.refused:
        raise SystemExit(f"{len(found.refused)} transactions refused: {found.refused[0]}")
    return [
        ("Go node saturated: bank sends landed", found.landed_per_second, "tx/s"),
        ("Go node saturated: CPU of the node", found.cpu_per_tx * 1e6, "us/tx"),
        ("Go node saturated: memory afterwards", found.memory / 1e6, "MB"),
    ]


if __name__ == "__main__":
    for name, figure, unit in run():
        sys.stdout.write(f"{name:<64}{figure:>10.1f} {unit}\n")
