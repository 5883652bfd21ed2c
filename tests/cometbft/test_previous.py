"""Chains of earlier builds go on with this one: their leases live, and go on paying.

A chain of the build before a node could run CometBFT is opened as it lies on disk. One whose state
has the older format goes on from its export. Both then go on under CometBFT, too. Each chain is
there twice: recorded beside these tests, and made now where the history has the build.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from akashpy.chain.app import App
from akashpy.node.blockstore import BlockStore
from akashpy.node.home import Home
from akashpy.state.store import Store
from akashpy.state.tree import drained
from akashpy.types.abci import BlockInput, VoteInfo
from akashpy.wire import market as pb_market
from tests.cometbft.net import Peer, deliver
from tests.cometbft.previous import (
    BEFORE_COMETBFT,
    BEFORE_STAKE,
    CLOSED,
    LIVE,
    OFFERED,
    RATE,
    ROOT,
    Build,
    Chain,
    Program,
    bid_on,
    deploy,
    lease,
    made,
    unpacked,
)
from tests.ports import free_port

HERE = Program(ROOT)
PAGE = ROOT / "docs" / "validator.md"
LATER = 4
"""Number of a deployment that is made with this build."""
LEASE = "/akash.market.v1beta5.Query/Lease"


@pytest.fixture(params=["recorded", "made now"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Where a chain of an earlier build comes from."""
    if request.param == "recorded":
        return unpacked
    return lambda build, folder: _made_now(build, folder, tmp_path_factory.getbasetemp())


def _made_now(build: Build, folder: Path, cache: Path) -> Chain:
    """A copy of the chain that the build made for the first test that asked."""
    if not build.is_here:
        pytest.skip(f"missing: revision {build.revision[:7]} in the history of this clone")
    place = cache / f"chain-{build.revision[:7]}"
    if not (place / "told.json").exists():
        made(build, place)
    leave = shutil.ignore_patterns("source")
    shutil.copytree(place, folder, ignore=leave, dirs_exist_ok=True)
    return Chain.read(folder)


def executed_again(home: Path) -> dict[int, str]:
    """Height -> app hash after it: a state undone to its first block, and its blocks once more.

    The first block is left as it is: a genesis is executed by the release that begins a chain.
    """
    store, blocks = Store.open(home / "data/state"), BlockStore.open(home / "data/blocks")
    try:
        last = store.height
        while store.height > 1:
            store.rollback()
        app = App(store, chain_id=Home(home).load_genesis().chain_id, check_invariants=True)
        found = {1: app.app_hash.hex().upper()}
        for height in range(2, last + 1):
            drained(app.execute_block(_input(blocks, height)))
            app.commit()
            found[height] = app.app_hash.hex().upper()
        return found
    finally:
        blocks.close()
        store.close()


def _input(blocks: BlockStore, height: int) -> BlockInput:
    meta = blocks.meta(height)
    assert meta is not None
    header = meta.header
    votes: tuple[VoteInfo, ...] = ()
    if height > 1:
        before = blocks.validators(height - 1)
        votes = tuple(
            VoteInfo(each.address, each.power, int(sig.flag))
            for each, sig in zip(before, meta.last_commit.signatures, strict=True)
        )
    return BlockInput(
        height, header.time, header.proposer_address, blocks.txs(height), votes, (),
        meta.id.hash, header.next_validators_hash,
    )  # fmt: skip


def test_the_state_of_the_previous_build_is_read_and_made_alike(
    source: Any, tmp_path: Path
) -> None:
    """The same app hash for every block: read from the disk, and computed by this build's rules."""
    chain = source(BEFORE_COMETBFT, tmp_path)
    store = Store.open(chain.home / "data/state")
    try:
        store.check()
        last, root = store.height, store.app_hash_at(store.height).hex().upper()
    finally:
        store.close()
    computed = executed_again(chain.home)
    assert computed[last] == root
    seen = {height - 1: hash for height, hash in chain.heads.items() if height > 1}
    assert len(seen) > 10
    assert {height: computed[height] for height in seen} == seen


def test_a_chain_of_the_previous_build_goes_on(source: Any, tmp_path: Path) -> None:
    chain = source(BEFORE_COMETBFT, tmp_path)
    with HERE.running(chain.home) as peer:
        _require_life(peer, chain)
        last = max(chain.heads)
        assert {row[0]: row[2] for row in peer.heads(1, last)} == chain.heads
        old = peer.ask("tx", hash=f"0x{chain.lease_tx}")
        assert not old["tx_result"]["code"]
        assert peer.stop() == 0


def test_a_chain_of_the_previous_build_goes_on_under_cometbft(
    cometbft: str, tmp_path: Path
) -> None:
    chain = unpacked(BEFORE_COMETBFT, tmp_path)
    chain.exported.write_text(HERE.run("node", "export", "--home", str(chain.home)))
    with _under_cometbft(chain, chain.exported, cometbft) as peer:
        _require_life(peer, chain)


def test_a_state_of_format_1_is_refused_and_goes_on_from_its_export(
    source: Any, cometbft: str, tmp_path: Path
) -> None:
    chain = source(BEFORE_STAKE, tmp_path)
    refused = subprocess.run(
        [sys.executable, "-m", "akashpy.cli", "node", "start", "--home", str(chain.home)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    words = "has format 1, which this program cannot bring to 2: export the chain with the release"
    assert words in re.sub(r"\s+", " ", refused.stderr)
    assert "akashpy genesis migrate exported.json > genesis.json" in PAGE.read_text().splitlines()
    genesis = tmp_path / "genesis.json"
    genesis.write_text(HERE.run("genesis", "migrate", str(chain.exported)))
    with _under_cometbft(chain, genesis, cometbft) as peer:
        _require_life(peer, chain)


@contextmanager
def _under_cometbft(chain: Chain, genesis: Path, cometbft: str) -> Iterator[Peer]:
    """A node under CometBFT that takes a chain over at the height after its export."""
    home = chain.home.parent / "many"
    HERE.run(
        "node", "init", "--home", str(home), "--join", str(genesis), "--block-interval", "250ms",
        "--validator-key", str(chain.home / "config/priv_validator_key.json"),
    )  # fmt: skip
    config = home / "config/config.toml"
    place = f"127.0.0.1:{free_port()}"
    config.write_text(config.read_text().replace("0.0.0.0:26656", place))
    with HERE.running(home, "--cometbft", cometbft) as peer:
        before = int(json.loads(genesis.read_text())["initial_height"])
        peer.reach(before + 1)
        assert int(peer.ask("status")["sync_info"]["earliest_block_height"]) == before
        yield peer
        assert peer.stop() == 0


def _require_life(peer: Peer, chain: Chain) -> None:
    """The old lease lives and has paid for each block; the old bid can be taken; more can come."""
    people = chain.accounts()
    states = pb_market.Lease.State
    assert _lease(peer, LIVE).lease.state == states.active
    assert _lease(peer, CLOSED).lease.state == states.closed
    settle = pb_market.MsgWithdrawLease(id=bid_on(LIVE).lease.to_wire())
    height = int(deliver(peer, people["bob"].sign(settle))["height"])
    found = _lease(peer, LIVE)
    # the withdrawal is the newest settlement, so all blocks since the lease began are paid
    paid = int(found.escrow_payment.state.withdrawn.amount)
    assert paid == RATE * (height - found.lease.created_at), (height, found)
    lease(people, peer, OFFERED)
    assert _lease(peer, OFFERED).lease.state == states.active
    deploy(people, peer, LATER)
    lease(people, peer, LATER)
    close = pb_market.MsgCloseLease(id=bid_on(LIVE).lease.to_wire())
    deliver(peer, people["alice"].sign(close))
    assert _lease(peer, LIVE).lease.state == states.closed


def _lease(peer: Peer, dseq: int) -> Any:
    request = pb_market.QueryLeaseRequest(id=bid_on(dseq).lease.to_wire())
    return peer.query(LEASE, request, pb_market.QueryLeaseResponse)
