"""A one-validator chain of the Go node for tests: made in a directory, run, driven by its CLI.

Keys are written by our keyring into the Go program's own directory, so both sides sign with them.
The accounts are written into the genesis file here: the program's `add-account` normalises a
coin into the display unit of its metadata, and coins in two denominations cannot be given at all.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.client.fees import FeePolicy
from akashpy.client.signer import KeySigner
from akashpy.keys.ring import Keyring
from akashpy.keys.secp256k1 import PrivateKey
from tests.conftest import needs
from tests.nodes import key_of
from tests.ports import free_port

CHAIN_ID = "local-1"
FUNDS = 100_000_000_000_000
STAKE = 5_000_000_000_000
NAMES = ("validator", "tenant", "provider", "other", "cli", "house")
PRICES = "0.0025uakt"
START = 60.0
"""Seconds a fresh node has until its third block."""
ENDING = 20.0
FIRST = 3
POLL = 0.1
QUICK = BroadcastSettings(poll=0.05, patience=60.0, fees=FeePolicy(prices=PRICES))


class GoFailed(Exception):
    """A Go program ended with an error; the text is its standard error."""


def program(name: str) -> str:
    """The path of a Go program in AKASH_GO_BIN."""
    found = shutil.which(name, path=os.environ.get("AKASH_GO_BIN", ""))
    needs(found is not None, f"{name} in AKASH_GO_BIN")
    assert found is not None
    return found


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens, all different."""
    return [free_port() for _ in range(count)]


@dataclass
class GoChain:
    """A running Go node: `rpc` is an http URL, `grpc` host:port, `home` also holds the keys."""

    home: Path
    rpc: str
    grpc: str

    @property
    def node(self) -> str:
        """The address as `--node` wants it."""
        return self.rpc.replace("http://", "tcp://")

    @property
    def environment(self) -> dict[str, str]:
        """What a Go program needs to know to work on this chain with these keys."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "AKASH_HOME": str(self.home),
            "AKASH_NODE": self.node,
            "AKASH_CHAIN_ID": CHAIN_ID,
            "AKASH_KEYRING_BACKEND": "test",
            "AKASH_BROADCAST_MODE": "block",
            "AKASH_GAS": "auto",
            "AKASH_GAS_ADJUSTMENT": "1.6",
            "AKASH_GAS_PRICES": PRICES,
            "AKASH_YES": "true",
        }

    def key(self, name: str) -> PrivateKey:
        """A funded account's key."""
        return key_of(name)

    def signer(self, name: str) -> KeySigner:
        """A funded account as a signer of our client."""
        return KeySigner(key_of(name))

    def go(self, tool: str, *arguments: str, timeout: float = 60.0) -> str:
        """Run a Go program; its standard output. Raises GoFailed."""
        done = self.attempt(tool, *arguments, timeout=timeout)
        if done.returncode != 0:
            raise GoFailed(f"{tool} {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def attempt(
        self, tool: str, *arguments: str, timeout: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a Go program to its end, whatever that is."""
        return subprocess.run(
            [program(tool), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env=self.environment,
        )

    async def ago(self, tool: str, *arguments: str, timeout: float = 60.0) -> str:
        """As `go`, beside whatever else runs on the event loop."""
        return await asyncio.to_thread(self.go, tool, *arguments, timeout=timeout)

    def tx(self, *arguments: str) -> dict[str, Any]:
        """A transaction by the Go CLI, included; its JSON. Raises GoFailed."""
        text = self.go("akash", "tx", *arguments, "-o", "json")
        found: dict[str, Any] = json.loads(text[text.index("{") :])
        if found.get("code"):
            raise GoFailed(found["raw_log"])
        return found

    def query(self, *arguments: str) -> Any:
        """A query by the Go CLI, as its JSON. Raises GoFailed."""
        return json.loads(self.go("akash", "query", *arguments, "-o", "json"))

    @asynccontextmanager
    async def client(self, settings: BroadcastSettings = QUICK) -> AsyncIterator[Client]:
        """Our client over gRPC, with events."""
        async with Client.connect(self.grpc, self.rpc, settings=settings) as client:
            yield client


def init_chain(home: Path, names: Sequence[str] = NAMES) -> None:
    """Write a genesis whose accounts hold uakt and uact, and their keys, into `home`."""
    akash = program("akash")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AKASH_HOME": str(home)}

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [akash, *arguments, "--home", str(home)],
            capture_output=True, text=True, timeout=60, check=False, env=environment,
        )  # fmt: skip
        if done.returncode != 0:
            raise GoFailed(done.stderr)

    run("genesis", "init", "node0", "--chain-id", CHAIN_ID)
    ring = Keyring.open(home, "test")
    for name in names:
        ring.add(name, key_of(name))
    _fund(home / "config/genesis.json", names)
    run("genesis", "gentx", "validator", f"{STAKE}uakt", "--keyring-backend", "test",
        "--chain-id", CHAIN_ID, "--min-self-delegation", "1")  # fmt: skip
    run("genesis", "collect")
    run("genesis", "validate")


def _fund(path: Path, names: Sequence[str]) -> None:
    document = json.loads(path.read_text())
    state = document["app_state"]
    for number, name in enumerate(names):
        address = str(key_of(name).address)
        state["auth"]["accounts"].append(
            {
                "@type": "/cosmos.auth.v1beta1.BaseAccount",
                "address": address,
                "pub_key": None,
                "account_number": str(number),
                "sequence": "0",
            }
        )
        coins = [{"denom": denom, "amount": str(FUNDS)} for denom in ("uact", "uakt")]
        state["bank"]["balances"].append({"address": address, "coins": coins})
    state["bank"]["supply"] = [
        {"denom": denom, "amount": str(FUNDS * len(names))} for denom in ("uact", "uakt")
    ]
    path.write_text(json.dumps(document))


def _set_interval(home: Path, interval: str) -> None:
    config = home / "config/config.toml"
    text = re.sub(r"(?m)^timeout_commit = .*", f'timeout_commit = "{interval}"', config.read_text())
    config.write_text(text)


@contextmanager
def go_chain(
    home: Path, *, interval: str = "300ms", ports: Sequence[int] = (), flags: Sequence[str] = ()
) -> Iterator[GoChain]:
    """Run the chain of `home` until left; yields once it makes blocks.

    `interval` is the time between blocks as CometBFT writes it; `ports` are those of RPC, peers and
    gRPC, for a chain that comes back where it was; `flags` are further ones of `akash start`.
    """
    _set_interval(home, interval)
    rpc, p2p, grpc = ports or free_ports(3)
    log = home / "node.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program("akash"), "start", "--home", str(home), "--minimum-gas-prices", PRICES,
             "--rpc.laddr", f"tcp://127.0.0.1:{rpc}", "--p2p.laddr", f"tcp://127.0.0.1:{p2p}",
             "--rpc.pprof_laddr", "", "--grpc.enable", "--grpc.address", f"127.0.0.1:{grpc}",
             "--grpc-web.enable=false", "--api.enable=false", *flags],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "AKASH_HOME": str(home)},
        )  # fmt: skip
        chain = GoChain(home, f"http://127.0.0.1:{rpc}", f"127.0.0.1:{grpc}")
        try:
            _wait_for_blocks(chain, process, log)
            yield chain
        finally:
            _end(process)


def _wait_for_blocks(chain: GoChain, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the third block: before the first, a simulation runs on no committed state."""
    until = time.monotonic() + START
    height = 0
    while height < FIRST:
        assert process.poll() is None, f"the node ended:\n{log.read_text()[-3000:]}"
        assert time.monotonic() < until, f"no blocks:\n{log.read_text()[-3000:]}"
        time.sleep(POLL)
        try:
            with urlopen(f"{chain.rpc}/status", timeout=10) as response:
                found = json.load(response)["result"]
        except OSError:
            continue
        height = int(found["sync_info"]["latest_block_height"])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=ENDING)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=ENDING)
