"""Networks of real nodes for tests: homes, processes that may be killed, accounts that sign.

Every node is `akashpy node start` with its own CometBFT. All lasting periods of the chain are
seconds, so that what takes weeks elsewhere happens in a test.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.request import urlopen

from akashpy.cli.node.home import COMETBFT, Saved
from akashpy.node.cometbft import files, testnet
from akashpy.tx.build import build
from akashpy.types.coin import Coin, Coins
from tests.nodes import CHAIN_ID, FUNDS, key_of, send

INTERVAL_MS = 250
STARTING_S = 60.0
PEOPLE = ("alice", "bob", "carol", "dave")
STAKE = 5_000_000_000
VALIDATORS = 4
"""Places in the validator set."""
T = TypeVar("T")


class RpcError(Exception):
    """CometBFT's RPC answered with an error."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def quick(document: dict[str, Any]) -> None:
    """Periods of seconds."""
    state = document["app_state"]
    gov = state["gov"]["params"]
    gov.update(voting_period="6s", expedited_voting_period="3s", max_deposit_period="60s")
    state["staking"]["params"]["max_validators"] = VALIDATORS
    state["slashing"]["params"].update(
        signed_blocks_window="60", min_signed_per_window="0.100000000000000000",
        downtime_jail_duration="60s",
    )  # fmt: skip


def until(check: Callable[[], T], what: str, limit_s: float = 60.0) -> T:
    """The first true answer of `check`; fails with `what` after `limit_s`."""
    end = time.monotonic() + limit_s
    while True:
        with suppress(URLError, OSError, RpcError):
            found = check()
            if found:
                return found
        assert time.monotonic() < end, f"not within {limit_s:.0f} s: {what}"
        time.sleep(0.1)


@contextmanager
def within(namespace: str) -> Iterator[None]:
    """Let this thread open sockets in a network namespace; those that are open stay theirs."""
    if not namespace:
        yield
        return
    library = ctypes.CDLL(None, use_errno=True)
    with (
        open("/proc/thread-self/ns/net", "rb") as own,
        open(f"/run/netns/{namespace}", "rb") as other,
    ):
        if library.setns(other.fileno(), 0):
            raise OSError(ctypes.get_errno(), f"cannot enter {other.name}")
        try:
            yield
        finally:
            library.setns(own.fileno(), 0)


@dataclass
class Peer:
    """One node: its home and, while it runs, its process."""

    home: Path
    program: str
    rpc_port: int
    p2p_port: int
    words: tuple[str, ...] = ()
    namespace: str = ""
    """The network namespace in which it runs; empty: the machine's own."""
    process: subprocess.Popen[str] | None = None
    ready: dict[str, str] = field(default_factory=dict)

    @property
    def rpc(self) -> str:
        return f"http://127.0.0.1:{self.rpc_port}"

    @property
    def id(self) -> str:
        """The node's id and place, as peers name it."""
        from akashpy.node.comet.keys import load_node_key

        node_id = load_node_key(self.home / "config/node_key.json").address.hex()
        return f"{node_id}@127.0.0.1:{self.p2p_port}"

    def launch(self, *words: str, command: Sequence[str] | None = None) -> None:
        """Start the process; `wait_ready` waits for it."""
        asked = command or ("-m", "akashpy.cli", "node", "start", "--home", str(self.home),
                            "--cometbft", self.program, "--grpc-address", "127.0.0.1:0",
                            "--pruning", "nothing", *self.words, *words)  # fmt: skip
        prefix = ("ip", "netns", "exec", self.namespace) if self.namespace else ()
        with (self.home / "node.log").open("a") as log:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, *asked],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until the node serves."""
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"{self.home.name} did not start:\n{self.last_words()}"
        self.ready = json.loads(line)

    def start(self, *words: str) -> None:
        """Run it until it serves."""
        self.launch(*words)
        self.wait_ready()

    def kill(self) -> None:
        """End the node and its CometBFT as a power cut does."""
        process = self.process
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self._gone(process)

    def stop(self) -> int:
        """Ask it to end; gives the exit status."""
        process = self.process
        assert process is not None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=30)
        finally:
            self.kill()

    def wait_end(self, limit_s: float = 60.0) -> int:
        """The exit status, once it ended by itself; its CometBFT has gone, too."""
        assert self.process is not None
        try:
            return self.process.wait(timeout=limit_s)
        finally:
            self.kill()

    def _gone(self, process: subprocess.Popen[str]) -> None:
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()
        self.process = None

    def last_words(self) -> str:
        """The ends of the logs."""
        found = []
        for path in (self.home / "node.log", self.home / "data/cometbft.log"):
            if path.exists():
                found += [f"--- {path.name}", *path.read_text(errors="replace").splitlines()[-8:]]
        return "\n".join(line[:400] for line in found)

    # ASK

    def ask(self, method: str, **words: Any) -> Any:
        """CometBFT's answer. Raises RpcError, OSError."""
        query = "&".join(f"{name}={value}" for name, value in words.items())
        try:
            with (
                within(self.namespace),
                urlopen(f"{self.rpc}/{method}?{query}", timeout=10) as response,
            ):
                found = json.load(response)
        except URLError as error:
            if hasattr(error, "read"):
                raise RpcError(error.read().decode(errors="replace")) from error
            raise
        if "error" in found:
            raise RpcError(str(found["error"]))
        return found["result"]

    def height(self) -> int:
        """The latest height; 0 while nothing answers."""
        try:
            return int(self.ask("status")["sync_info"]["latest_block_height"])
        except (OSError, RpcError):
            return 0

    def reach(self, height: int, limit_s: float = 60.0) -> None:
        """Wait for a height."""
        try:
            until(lambda: self.height() >= height, f"{self.home.name} at {height}", limit_s)
        except AssertionError as error:
            raise AssertionError(f"{error} (is at {self.height()})\n{self.last_words()}") from None

    def heads(self, first: int, last: int) -> list[tuple[int, str, str, str]]:
        """Height, block hash, app hash and results hash of a range of blocks."""
        found = []
        for low in range(first, last + 1, 20):
            high = min(low + 19, last)
            for meta in self.ask("blockchain", minHeight=low, maxHeight=high)["block_metas"]:
                head = meta["header"]
                row = (int(head["height"]), meta["block_id"]["hash"], head["app_hash"],
                       head["last_results_hash"])  # fmt: skip
                found.append(row)
        return sorted(found)

    def powers(self) -> dict[str, int]:
        """The present validators' powers by address."""
        found = self.ask("validators", per_page=100)["validators"]
        return {each["address"]: int(each["voting_power"]) for each in found}

    @property
    def consensus(self) -> str:
        """Its validator's address, as CometBFT writes it."""
        key = json.loads((self.home / "config/priv_validator_key.json").read_text())
        address: str = key["address"]
        return address

    def query(self, path: str, request: Any, response: Any) -> Any:
        """A gRPC query by abci_query."""
        data = request.SerializeToString().hex()
        asked = {"path": f'"{path}"', "data": f"0x{data}"}
        found = self.ask("abci_query", **asked)["response"]
        assert not found.get("code"), found
        return response.FromString(b64decode(found.get("value") or ""))


@dataclass
class Account:
    """A funded account that counts its own sequence."""

    name: str
    number: int
    sequence: int = 0

    @property
    def address(self) -> str:
        return str(key_of(self.name).address)

    def sign(self, *messages: Any, gas: int = 600_000) -> bytes:
        """A signed transaction with the next sequence."""
        raw = build(
            messages, key_of(self.name), chain_id=CHAIN_ID, account_number=self.number,
            sequence=self.sequence, fee=[Coin("uakt", 20_000)], gas=gas,
        )  # fmt: skip
        self.sequence += 1
        return raw

    def pay(self, to: str, amount: int = 1) -> bytes:
        """A signed payment."""
        raw = send(self.name, to, amount, number=self.number, sequence=self.sequence)
        self.sequence += 1
        return raw


def offer(peer: Peer, raw: bytes) -> str:
    """Hand a transaction to a node; its hash. Raises RpcError; fails when it is refused."""
    found = peer.ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")
    assert not found["code"], found
    return str(found["hash"])


def deliver(peer: Peer, raw: bytes) -> Any:
    """Hand a transaction to a node and wait for its block; fails when it fails."""
    hash = offer(peer, raw)
    landed = until(lambda: peer.ask("tx", hash=f"0x{hash}"), f"transaction {hash}")
    assert not landed["tx_result"].get("code"), landed["tx_result"]
    return landed


@dataclass
class Net:
    """The nodes of one chain."""

    folder: Path
    program: str
    peers: list[Peer]
    accounts: dict[str, Account]

    @classmethod
    @contextmanager
    def made(
        cls,
        folder: Path,
        program: str,
        count: int,
        *,
        adjust: Callable[[dict[str, Any]], None] = quick,
        hosts: Sequence[str] = (),
    ) -> Iterator[Net]:
        """Homes of `count` validators; what runs at the end is killed."""
        peers = [
            Peer(folder / f"node{place}", program, *_ports(bool(hosts))) for place in range(count)
        ]
        names = [*PEOPLE, *(f"operator{place}" for place in range(count))]
        network = testnet.Network(
            chain_id=CHAIN_ID,
            time=time.time_ns(),
            block_interval=INTERVAL_MS,
            accounts=[(str(key_of(name).address), Coins.parse(FUNDS)) for name in PEOPLE],
            adjust=adjust,
        )
        members = [
            testnet.Member(
                home=peer.home,
                operator=str(key_of(f"operator{place}").address),
                coins=Coins.parse(FUNDS),
                stake=STAKE - place * 1_000_000,
                host=hosts[place] if hosts else "127.0.0.1",
                rpc_port=peer.rpc_port,
                p2p_port=peer.p2p_port,
            )
            for place, peer in enumerate(peers)
        ]
        testnet.make(network, members)
        for peer in peers:
            _finish(peer)
        accounts = {name: Account(name, number) for number, name in enumerate(names)}
        net = cls(folder, program, peers, accounts)
        try:
            yield net
        finally:
            for peer in net.peers:
                peer.kill()

    @classmethod
    @contextmanager
    def running(cls, folder: Path, program: str, count: int, **how: Any) -> Iterator[Net]:
        """The same, running and past their second block."""
        with cls.made(folder, program, count, **how) as net:
            net.start()
            yield net

    def start(self) -> None:
        """Start all at once and wait for blocks."""
        for peer in self.peers:
            peer.launch()
        for peer in self.peers:
            peer.wait_ready()
        for peer in self.peers:
            peer.reach(2, STARTING_S)

    def joiner(self, name: str, *words: str) -> Peer:
        """The home of a node that joins, with the others as its peers; not started."""
        peer = Peer(self.folder / name, self.program, *_ports(False), words=words)
        config = files.CometConfig(
            moniker=name,
            rpc=f"tcp://127.0.0.1:{peer.rpc_port}",
            p2p=f"tcp://127.0.0.1:{peer.p2p_port}",
            peers=tuple(each.id for each in self.peers if each.process is not None),
            block_interval=INTERVAL_MS,
            private_network=True,
        )
        testnet.join(peer.home, self.peers[0].home / "config/genesis.json", config)
        _finish(peer)
        self.peers.append(peer)
        return peer

    def require_same(self, peers: Iterable[Peer] = (), first: int = 1) -> int:
        """All nodes hold the same blocks and app hashes; the last height compared."""
        asked = list(peers) or [peer for peer in self.peers if peer.process is not None]
        last = min(peer.height() for peer in asked)
        assert last >= first
        found = [peer.heads(first, last) for peer in asked]
        assert len(found[0]) == last - first + 1
        for rows in found[1:]:
            assert rows == found[0]
        return last


def _ports(own_network: bool) -> tuple[int, int]:
    return (26657, 26656) if own_network else (free_port(), free_port())


def _finish(peer: Peer) -> None:
    """Consensus recorded; rounds that fail soon when a proposer is away."""
    Saved(INTERVAL_MS * 10**6, COMETBFT).save(peer.home)
    path = peer.home / "config/config.toml"
    text = path.read_text()
    quicker = 'timeout_propose = "600ms"\ntimeout_propose_delta = "200ms"\n'
    path.write_text(text.replace("[consensus]\n", "[consensus]\n" + quicker))
