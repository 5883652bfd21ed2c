"""Chains that earlier builds of this program left behind, and what makes them.

`python -m tests.cometbft.previous` makes the two archives beside this file again from the history:
each build is taken out of it, runs a chain of its own and lives through leases on it. The archives
lie here because a clone without history must show the same.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from akashpy.types.deployment import DeploymentID
from akashpy.types.market import BidID, OrderID
from akashpy.wire import bank as pb_bank
from akashpy.wire import deployment as pb_deployment
from akashpy.wire import market as pb_market
from akashpy.wire import provider as pb_provider
from tests.chain.bazaar import deposit, price_of, spec, unit
from tests.cometbft.net import Account, Peer, deliver
from tests.nodes import CHAIN_ID, FUNDS, key_of
from tests.ports import free_port

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
NAMES = ("alice", "bob", "carol", "operator")
RATE = 500
"""Base units of uakt that every lease pays a block."""
LIVE, CLOSED, OFFERED = 1, 2, 3
"""Sequence numbers of alice's deployments: with a lease, with an ended one, with a bid."""


@dataclass(frozen=True)
class Build:
    """A revision of this program whose chains must go on."""

    revision: str
    what: str
    exports: bool = False
    """Its chains go on from an export: what it leaves on disk cannot be read any more."""

    @property
    def archive(self) -> Path:
        return HERE / f"{self.revision[:7]}.tar.xz"

    @property
    def is_here(self) -> bool:
        """Whether this checkout's history has the revision."""
        asked = ["git", "-C", str(ROOT), "cat-file", "-e", f"{self.revision}^{{commit}}"]
        return subprocess.run(asked, capture_output=True, timeout=30, check=False).returncode == 0


BEFORE_COMETBFT = Build(
    "94ba8ca3485ba33537d07f3ad9dd0695f02c9db4", "the last one before a node could run CometBFT"
)
BEFORE_STAKE = Build(
    "d9c3a6bc31e28153ebf7bf6b1e19d3e626f8afdb",
    "the last one that knew no rewards and no absence; its state has format 1",
    exports=True,
)
BUILDS = (BEFORE_COMETBFT, BEFORE_STAKE)


@dataclass
class Chain:
    """A chain that a build left: its home, its export where that is needed, what was seen of it."""

    home: Path
    heads: dict[int, str] = field(default_factory=dict)
    """Height -> app hash in that block's header."""
    sequences: dict[str, int] = field(default_factory=dict)
    lease_tx: str = ""

    @property
    def exported(self) -> Path:
        return self.home.parent / "exported.json"

    def accounts(self) -> dict[str, Account]:
        """The people of the chain, who sign on."""
        return {
            name: Account(name, number, self.sequences[name]) for number, name in enumerate(NAMES)
        }

    def save(self) -> None:
        """Write down what was seen."""
        told = {"heads": self.heads, "sequences": self.sequences, "lease_tx": self.lease_tx}
        (self.home.parent / "told.json").write_text(json.dumps(told, indent=1))

    @classmethod
    def read(cls, folder: Path) -> Chain:
        """What `save` wrote."""
        told = json.loads((folder / "told.json").read_text())
        heads = {int(height): hash for height, hash in told["heads"].items()}
        return cls(folder / "home", heads, told["sequences"], told["lease_tx"])


def unpacked(build: Build, folder: Path) -> Chain:
    """The recorded chain of a build."""
    with tarfile.open(build.archive) as archive:
        archive.extractall(folder, filter="data")
    return Chain.read(folder)


def made(build: Build, folder: Path) -> Chain:
    """A new chain of a build that is taken out of the history."""
    source = folder / "source"
    source.mkdir(parents=True)
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", build.revision],
        capture_output=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    subprocess.run(["tar", "-x", "-C", str(source)], input=packed, timeout=120, check=True)
    chain = Chain(folder / "home")
    program = Program(source)
    _init(program, chain.home)
    with program.running(chain.home) as peer:
        _live(peer, chain)
        assert peer.stop() == 0
    if build.exports:
        chain.exported.write_text(program.run("node", "export", "--home", str(chain.home)))
    chain.save()
    return chain


@dataclass(frozen=True)
class Program:
    """This program as it lies in some checkout; only the libraries are shared."""

    source: Path

    def _command(self, *words: str) -> list[str]:
        first = f"import sys; sys.path.insert(0, {str(self.source)!r}); "
        return ["-c", f"{first}from akashpy.cli.main import main; main()", *words]

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.source)}

    def run(self, *words: str) -> str:
        """A command to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, *self._command(*words)], cwd=self.source, env=self._environment,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self, home: Path, *words: str, **how: Any) -> Iterator[Peer]:
        """A node of a home until left; killed when it still runs then."""
        rpc = free_port()
        peer = Peer(home, how.get("cometbft", ""), rpc, 0, environment=self._environment)
        ports = ("--rpc-address", f"127.0.0.1:{rpc}", "--grpc-address", "127.0.0.1:0")
        start = ("node", "start", "--home", str(home), "--pruning", "nothing", *ports, *words)
        peer.launch(command=self._command(*start))
        try:
            peer.wait_ready()
            yield peer
        finally:
            peer.kill()


def _init(program: Program, home: Path) -> None:
    accounts = [word for name in NAMES for word in ("--account", f"{key_of(name).address}={FUNDS}")]
    program.run(
        "node", "init", "--home", str(home), "--chain-id", CHAIN_ID, "--block-interval", "100ms",
        "--operator", str(key_of("operator").address), *accounts,
    )  # fmt: skip


def bid_on(dseq: int) -> BidID:
    """Bob's bid on alice's deployment."""
    group = DeploymentID(key_of("alice").address, dseq).with_gseq(1)
    return OrderID.of(group, 1).with_provider(str(key_of("bob").address))


def deploy(people: dict[str, Account], peer: Peer, dseq: int) -> None:
    """Alice's deployment and bob's bid on it."""
    alice, bob = people["alice"], people["bob"]
    create = pb_deployment.MsgCreateDeployment(
        id=DeploymentID(key_of("alice").address, dseq).to_wire(),
        groups=[spec(unit())],
        hash=bytes(range(32)),
        deposit=deposit(5_000_000),
    )
    bid = pb_market.MsgCreateBid(
        id=bid_on(dseq).to_wire(),
        price=price_of(RATE, "uakt").to_wire(),
        deposit=deposit(500_000),
    )
    deliver(peer, alice.sign(create))
    deliver(peer, bob.sign(bid))


def lease(people: dict[str, Account], peer: Peer, dseq: int) -> str:
    """Alice takes the bid; the transaction's hash."""
    take = pb_market.MsgCreateLease(bid_id=bid_on(dseq).to_wire())
    return str(deliver(peer, people["alice"].sign(take))["hash"])


def _live(peer: Peer, chain: Chain) -> None:
    """A lease that lives, one that has ended, a bid that waits; each block's app hash."""
    people = {name: Account(name, number) for number, name in enumerate(NAMES)}
    bob = people["bob"]
    peer.reach(2)
    register = pb_provider.MsgCreateProvider(owner=bob.address, host_uri="https://p.example:8443")
    deliver(peer, bob.sign(register))
    for dseq in (LIVE, CLOSED, OFFERED):
        deploy(people, peer, dseq)
    chain.lease_tx = lease(people, peer, LIVE)
    lease(people, peer, CLOSED)
    close = pb_market.MsgCloseLease(id=bid_on(CLOSED).lease.to_wire())
    deliver(peer, people["alice"].sign(close))
    paid = pb_bank.MsgSend(
        from_address=people["carol"].address, to_address=bob.address,
        amount=[deposit(7).amount],
    )  # fmt: skip
    last = int(deliver(peer, people["carol"].sign(paid))["height"])
    peer.reach(last + 2)
    chain.heads = {height: app_hash for height, _, app_hash, _ in peer.heads(1, last + 2)}
    chain.sequences = {name: each.sequence for name, each in people.items()}


def pack(build: Build, folder: Path) -> None:
    """Make a build's archive from a new chain of it."""
    chain = made(build, folder)
    wanted = ["home", "told.json", *(["exported.json"] if build.exports else [])]
    with tarfile.open(build.archive, "w:xz") as archive:
        for name in wanted:
            archive.add(chain.home.parent / name, arcname=name)
