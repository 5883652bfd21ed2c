"""The node of a story, as a program of its own: `node_program.py HOME RPC_PORT GRPC_PORT INTERVAL`.

It prints one line of JSON when it serves, and ends when its standard input does, so that it never
outlives the test. A file HOME/kill-at names a moment inside the next block at which it kills
itself as a power cut would; the moments are what a crash can fall between.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from akashpy.node.daemon import Node, NodeSettings

MOMENTS = ("executing", "executed", "block-saved", "state-written")


class PowerCut:
    """Kills this process when the block reaches the moment that the file names."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def at(self, moment: str) -> None:
        if self._file.exists() and self._file.read_text() == moment:
            self._file.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self, node: Node) -> None:
        """Watch the steps of every block of this node."""
        core: Any = node.core
        execute, save, job = core.app.execute_block, core.store.save, core.app.commit_job
        full = False  # whether the block being made has transactions: only such are cut

        def executing(block: Any) -> Generator[None, None, Any]:
            nonlocal full
            steps, count, full = execute(block), 0, bool(block.txs)
            try:
                while True:
                    next(steps)
                    count += 1
                    if count > 1 and full:
                        self.at("executing")
                    yield
            except StopIteration as end:
                if full:
                    self.at("executed")
                return end.value

        def saving(*positional: Any, **named: Any) -> None:
            save(*positional, **named)
            if full:
                self.at("block-saved")

        def writing() -> Callable[[], None]:
            write = job()

            def wrapped() -> None:
                write()
                if full:
                    self.at("state-written")

            return wrapped

        core.app.execute_block = executing
        core.store.save = saving
        core.app.commit_job = writing


async def main() -> None:
    home, rpc, grpc, interval = sys.argv[1:5]
    settings = NodeSettings(
        rpc_port=int(rpc),
        grpc_port=int(grpc),
        block_interval=float(interval),
        check_invariants=True,
        min_gas_prices="0.0025uakt",
        pruning="nothing",
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(sys.stdin.fileno(), _on_input, stop)
    async with Node.start(Path(home), settings) as node:
        PowerCut(Path(home) / "kill-at").install(node)
        sys.stdout.write(json.dumps({"rpc": node.rpc, "grpc": node.grpc}) + "\n")
        sys.stdout.flush()
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait((stopped, node.failed), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if node.failed.done():
            node.failed.result()


def _on_input(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


if __name__ == "__main__":
    asyncio.run(main())
