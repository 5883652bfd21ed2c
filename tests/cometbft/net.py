"""Networks of real nodes for tests: homes, processes that may be killed, accounts that sign.

Every node is `akashpy node start` with its own CometBFT. All lasting periods of the chain are
seconds, so that what takes weeks elsewhere happens in a test.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.request import urlopen

from akashpy.cli.node.home import COMETBFT, Saved
from akashpy.node.cometbft import files, testnet
from akashpy.tx.build import build
from akashpy.types.coin import Coin, Coins
from akashpy.wire import auth
from tests.nodes import CHAIN_ID, FUNDS, key_of, send
from tests.ports import free_port

INTERVAL_MS = 250
LIMIT_S = 180.0
"""Seconds for what takes a few on an idle machine; a wait ends as soon as it can."""
ANSWER_S = 60
WORDS = 12
"""Last lines of each log that a failure shows."""
PEOPLE = ("alice", "bob", "carol", "dave", "erin")
STAKE = 5_000_000_000
VALIDATORS = 4
"""Places in the validator set."""
WRONG_SEQUENCE = ("sdk", 32)
T = TypeVar("T")


class RpcError(Exception):
    """CometBFT's RPC answered with an error."""


def quick(document: dict[str, Any]) -> None:
    """Periods of seconds."""
    state = document["app_state"]
    gov = state["gov"]["params"]
    gov.update(voting_period="6s", expedited_voting_period="3s", max_deposit_period="60s")
    state["staking"]["params"]["max_validators"] = VALIDATORS
    # four votes within the window are enough, so that only one that is gone is ever jailed
    state["slashing"]["params"].update(
        signed_blocks_window="80", min_signed_per_window="0.050000000000000000",
        downtime_jail_duration="60s",
    )  # fmt: skip


def until(check: Callable[[], T], what: str, limit_s: float = LIMIT_S) -> T:
    """The first true answer of `check`; fails with `what` and the last answer after `limit_s`."""
    end = time.monotonic() + limit_s
    last: Any = None
    while True:
        try:
            found = check()
            if found:
                return found
            last = found
        except (OSError, RpcError) as error:
            last = error
        assert time.monotonic() < end, f"not within {limit_s:.0f} s: {what}; at last: {last!r}"
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
    environment: dict[str, str] = field(default_factory=dict)
    """Put over this process' own."""
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

    def launch(
        self, *words: str, command: Sequence[str] | None = None, program: str = sys.executable
    ) -> None:
        """Start the process; `wait_ready` waits for it. `command` is what `program` is given."""
        asked = command or ("-m", "akashpy.cli", *start_words(self), *self.words, *words)
        prefix = ("ip", "netns", "exec", self.namespace) if self.namespace else ()
        with (self.home / "node.log").open("a") as log:
            self.process = subprocess.Popen(
                [*prefix, program, *asked],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **self.environment},
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until the node serves."""
        assert self.process is not None
        assert self.process.stdout is not None
        heard, _, _ = select.select([self.process.stdout], [], [], LIMIT_S)
        line = self.process.stdout.readline() if heard else ""
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
        return self.wait_end()

    def wait_end(self, limit_s: float = LIMIT_S) -> int:
        """The exit status, once it ended by itself; its CometBFT has gone, too."""
        assert self.process is not None
        try:
            return self.process.wait(timeout=limit_s)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"{error}\n{self.told()}") from None
        finally:
            self.kill()

    def _gone(self, process: subprocess.Popen[str]) -> None:
        process.wait(timeout=LIMIT_S)
        if process.stdout is not None:
            process.stdout.close()
        self.process = None

    def last_words(self) -> str:
        """The ends of the logs."""
        found = []
        for path in (self.home / "node.log", self.home / "data/cometbft.log"):
            if path.exists():
                lines = path.read_text(errors="replace").splitlines()
                found += [f"--- {path.name}", *lines[-WORDS:]]
        return "\n".join(line[:400] for line in found)

    def told(self) -> str:
        """What a failure wants to know of this node."""
        running = "runs" if self.process is not None else "does not run"
        return f"{self.home.name} {running}, height {self.height()}\n{self.last_words()}"

    # ASK

    def ask(self, method: str, **words: Any) -> Any:
        """CometBFT's answer. Raises RpcError, OSError."""
        query = "&".join(f"{name}={value}" for name, value in words.items())
        try:
            with (
                within(self.namespace),
                urlopen(f"{self.rpc}/{method}?{query}", timeout=ANSWER_S) as response,
            ):
                found = json.load(response)
        except URLError as error:
            if hasattr(error, "read"):
                raise RpcError(error.read().decode(errors="replace")) from error
            raise
        except (HTTPException, ValueError) as error:  # it was killed while it answered
            raise OSError(f"{self.rpc}: {error!r}") from error
        if "error" in found:
            raise RpcError(str(found["error"]))
        return found["result"]

    def height(self) -> int:
        """The latest height; 0 while nothing answers."""
        try:
            return int(self.ask("status")["sync_info"]["latest_block_height"])
        except (OSError, RpcError):
            return 0

    def reach(self, height: int, limit_s: float = LIMIT_S) -> int:
        """Wait for a height; gives the present one."""
        found = 0

        def there() -> bool:
            nonlocal found
            found = self.height()
            return found >= height

        try:
            until(there, f"{self.home.name} at {height}", limit_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.told()}") from None
        return found

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


def start_words(peer: Peer) -> tuple[str, ...]:
    """The command that runs a node, behind the program's name."""
    return ("node", "start", "--home", str(peer.home), "--cometbft", peer.program,
            "--grpc-address", "127.0.0.1:0", "--pruning", "nothing")  # fmt: skip


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
    """Hand a transaction to a node; its hash. Fails when it is refused.

    A node that is a block behind does not know the sender's last sequence yet, and is asked again.
    """
    found: Any = {}

    def taken() -> bool:
        nonlocal found
        found = peer.ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")
        return (found["codespace"], found["code"]) != WRONG_SEQUENCE

    until(taken, f"{peer.home.name} knows the sequence")
    assert not found["code"], found
    return str(found["hash"])


def deliver(peer: Peer, raw: bytes) -> Any:
    """Hand a transaction to a node and wait for its block; fails when it fails."""
    landed = landing(peer, offer(peer, raw))
    assert not landed["tx_result"].get("code"), landed["tx_result"]
    return landed


def landing(peer: Peer, hash: str) -> Any:
    """Wait for an offered transaction's block; what became of it."""
    return until(lambda: peer.ask("tx", hash=f"0x{hash}"), f"transaction {hash} in a block")


def sequence_at(peer: Peer, account: Account) -> int:
    """An account's next sequence as a node knows it: how many of its transactions have landed."""
    asked = auth.QueryAccountInfoRequest(address=account.address)
    path = "/cosmos.auth.v1beta1.Query/AccountInfo"
    return int(peer.query(path, asked, auth.QueryAccountInfoResponse).info.sequence)


def state_sync(peer: Peer, *, of: Peer, other: Peer) -> None:
    """Let a node that was never started begin with a snapshot of another one."""
    taken = of.home / "data/snapshots"
    until(lambda: list(taken.glob("*/manifest")), "a snapshot")
    trusted = min(int(each.parent.name) for each in taken.glob("*/manifest"))
    for server in (of, other):  # they are asked for two blocks above the snapshot
        server.reach(trusted + 3)
    block = of.ask("commit", height=trusted)["signed_header"]["commit"]["block_id"]["hash"]
    path = peer.home / "config/config.toml"
    path.write_text(
        path.read_text() + f'\n[statesync]\nenable = true\nrpc_servers = "{of.rpc},{other.rpc}"\n'
        f'trust_height = {trusted}\ntrust_hash = "{block}"\ntrust_period = "24h"\n'
        'discovery_time = "5s"\nchunk_request_timeout = "30s"\n'
    )


def command(home: Path, *words: str) -> str:
    """What `akashpy node ...` answers, or else says, of a stopped node; fails when it fails."""
    from click.testing import CliRunner

    from akashpy.cli.main import main

    done = CliRunner().invoke(main, ["node", *words, "--home", str(home)])
    assert done.exit_code == 0, done.output
    return done.stdout or done.stderr


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
        preset: str = "default",
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
            preset=preset,
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
        except BaseException as error:
            error.add_note(net.told())
            raise
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
            peer.reach(2)

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
        last = min(peer.reach(first) for peer in asked)
        found = [peer.heads(first, last) for peer in asked]
        assert [row[0] for row in found[0]] == list(range(first, last + 1))
        for rows in found[1:]:
            assert rows == found[0]
        return last

    def told(self) -> str:
        """What a failure wants to know of all nodes."""
        return "\n\n".join(peer.told() for peer in self.peers)


def _ports(own_network: bool) -> tuple[int, int]:
    return (26657, 26656) if own_network else (free_port(), free_port())


QUICKER = """\
timeout_propose = "600ms"
timeout_propose_delta = "400ms"
timeout_prevote = "400ms"
timeout_precommit = "400ms"
peer_gossip_sleep_duration = "20ms"
"""
"""Rounds that fail soon when a proposer is away, and last longer each time on a slow machine; word
of proposals and votes goes on at once, not every tenth of a second."""


def _finish(peer: Peer) -> None:
    """Consensus recorded, and rounds of their length."""
    Saved(INTERVAL_MS * 10**6, COMETBFT).save(peer.home)
    path = peer.home / "config/config.toml"
    text = path.read_text().replace("[consensus]\n", "[consensus]\n" + QUICKER)
    path.write_text(text.replace("[p2p]\n", '[p2p]\nflush_throttle_timeout = "10ms"\n'))
