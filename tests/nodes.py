"""Real embedded nodes for tests: a funded chain in a directory, run in this process or another.

`given_home` makes the directory, `Node.start` runs it here, `NodeProcess` runs it as a process of
its own that a test may kill.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from akashpy.chain import genesis
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.node.comet.keys import SigningKey
from akashpy.node.home import init_home
from akashpy.tx.build import build
from akashpy.types.coin import Coin, Coins
from akashpy.wire import bank

CHAIN_ID = "node-test-1"
FUNDS = "1000000000000uakt,1000000000000uact"


def key_of(name: str) -> PrivateKey:
    """The account key that stands for `name`; the same every time."""
    return PrivateKey(sha256(b"node test " + name.encode()).digest())


def given_home(
    root: Path, names: Sequence[str], *, preset: str = "default", funds: str = FUNDS
) -> Path:
    """A home whose chain funds an account for each name, in their order, and one validator."""
    validator = SigningKey(sha256(b"validator").digest())
    operator = key_of("operator").address
    accounts = [(key_of(name).address, Coins.parse(funds)) for name in names]
    document = genesis.default(
        preset, CHAIN_ID, time.time_ns(), accounts, (validator.public, operator, 5_000_000)
    )
    return init_home(root, document, validator_key=validator).root


def send(
    sender: str, to: str, amount: int, *, number: int, sequence: int, gas: int = 200_000
) -> bytes:
    """A signed bank send of uakt. `number` is the account number in the genesis."""
    message = bank.MsgSend(
        from_address=key_of(sender).address,
        to_address=key_of(to).address,
        amount=[Coin("uakt", amount).to_wire()],
    )
    return build(
        [message],
        key_of(sender),
        chain_id=CHAIN_ID,
        account_number=number,
        sequence=sequence,
        fee=[Coin("uakt", 5_000)],
        gas=gas,
    )


@dataclass
class NodeProcess:
    """A node in a process of its own; `rpc` is its address."""

    process: subprocess.Popen[str]
    rpc: str

    def leap(self) -> None:
        """Let the node's clock go on at once by the seconds it was started with."""
        self.process.send_signal(signal.SIGUSR1)

    def kill(self) -> None:
        """End it as a power cut ends a process: SIGKILL."""
        self.process.kill()
        self.process.wait(timeout=60)

    def stop(self) -> int:
        """Ask it to end; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@contextmanager
def node_process(home: Path, *, interval: float = 0.1, leap: int = 0) -> Iterator[NodeProcess]:
    """Run the node of `home` as a process until left; `leap` is in seconds, see NodeProcess."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(home), str(interval), str(leap)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    try:
        rpc = process.stdout.readline().strip()
        assert rpc.startswith("http"), "the node did not start; its error stands above"
        yield NodeProcess(process, rpc)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=60)
        process.stdout.close()


_PROGRAM = """
import asyncio, signal, sys, time
from pathlib import Path
from akashpy.node.daemon import Node, NodeSettings

async def main():
    stop, ahead = asyncio.Event(), 0
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)

    def leap():
        nonlocal ahead
        ahead += int(sys.argv[3]) * 10**9

    loop.add_signal_handler(signal.SIGUSR1, leap)
    settings = NodeSettings(rpc_port=0, block_interval=float(sys.argv[2]))
    async with Node.start(Path(sys.argv[1]), settings) as node:
        node.core.clock = lambda: time.time_ns() + ahead
        # the first block's time is that of the genesis, however long ago that is
        second = asyncio.ensure_future(node.core.reached(2))
        await asyncio.wait((second, node.failed), return_when=asyncio.FIRST_COMPLETED)
        if node.failed.done():
            node.failed.result()
        print(node.rpc, flush=True)
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait((stopped, node.failed), return_when=asyncio.FIRST_COMPLETED)
        if node.failed.done():
            node.failed.result()

asyncio.run(main())
"""
