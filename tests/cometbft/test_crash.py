"""Either half of a node is killed at each call of ABCI; the other half and the chain go on.

CometBFT does not call ExtendVote and VerifyVoteExtension, because our genesis leaves vote
extensions off; tests/node/abci calls them. A node that is killed while it takes over a snapshot
begins to do so again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cometbft.net import Net, Peer, RpcError, deliver, sequence_at, state_sync, until
from tests.cometbft.runner import FILE

RUNNER = str(Path(__file__).with_name("runner.py"))
STEPS = [
    ("prepare_proposal", "before"), ("process_proposal", "after"), ("finalize_block", "before"),
    ("finalize_block", "after"), ("commit", "before"), ("commit", "after"), ("check_tx", "before"),
    ("check_tx", "after"),
]  # fmt: skip
AT_ONCE = 4
"""CometBFT's ends in a row that a node bears within a minute."""
BEGINNING = [("init_chain", "before"), ("init_chain", "after")]
GIVING = [
    ("application", "list_snapshots", "before"), ("cometbft", "list_snapshots", "after"),
    ("application", "load_snapshot_chunk", "after"), ("cometbft", "load_snapshot_chunk", "before"),
]  # fmt: skip
TAKING = [
    ("offer_snapshot", "before"), ("apply_snapshot_chunk", "before"),
    ("apply_snapshot_chunk", "after"),
]  # fmt: skip
SNAPSHOT_INTERVAL = "20"


@pytest.fixture(scope="module")
def chain(cometbft: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """One validator."""
    with Net.running(tmp_path_factory.mktemp("crash"), cometbft, 1) as net:
        deliver(net.peers[0], net.accounts["alice"].pay("bob"))
        net.peers[0].stop()
        yield net


def test_either_is_killed_at_the_beginning(cometbft: str, tmp_path: Path) -> None:
    with Net.made(tmp_path, cometbft, 1) as net:
        peer = net.peers[0]
        for step in BEGINNING:
            _plan(peer, [("application", *step)])
            _launch(peer)
            assert peer.wait_end() == -9, step
            assert _left(peer) == 0
        _plan(peer, [("cometbft", *step) for step in BEGINNING])
        _launch(peer)
        until(lambda: _left(peer) == 0, "the kills")
        peer.reach(2)
        peer.stop()
        _goes_on(net)


def test_the_application_is_killed_at_each_step(chain: Net) -> None:
    peer = chain.peers[0]
    for step in [*STEPS, ("info", "after")]:
        _plan(peer, [("application", *step)])
        _launch(peer)
        if step[0] == "check_tx":
            _offered(chain)
        assert peer.wait_end() == -9, step
        assert _left(peer) == 0
    _goes_on(chain)


@pytest.mark.parametrize("steps", [STEPS[:AT_ONCE], STEPS[AT_ONCE:]], ids=["first", "then"])
def test_cometbft_is_killed_at_each_step(chain: Net, steps: Sequence[tuple[str, str]]) -> None:
    peer = chain.peers[0]
    _plan(peer, [("cometbft", *step) for step in steps])
    _launch(peer)
    for place, step in enumerate(steps, 1):
        left = len(steps) - place
        if step[0] == "check_tx":
            until(peer.height, "CometBFT is back")
            _offered(chain)
        until(lambda left=left: _left(peer) == left, f"the kill {step}")  # type: ignore[misc]
    until(peer.height, "CometBFT is back")
    _pays(chain)
    peer.stop()
    _goes_on(chain)


def test_either_side_is_killed_while_a_snapshot_is_taken_over(chain: Net) -> None:
    giver = chain.peers[0]
    _plan(giver, [])
    _launch(giver, SNAPSHOT_INTERVAL)
    taker = chain.joiner("taker")
    state_sync(taker, of=giver, other=giver)
    giver.stop()
    for who, *step in GIVING:
        _plan(giver, [(who, *step)])
        _plan(taker, [])
        _launch(giver, SNAPSHOT_INTERVAL)
        until(giver.height, "the giver is there")
        _launch(taker)
        if who == "application":
            assert giver.wait_end() == -9, step
        else:
            until(lambda: _left(giver) == 0, f"the kill {step}")
            giver.stop()
        assert _left(giver) == 0
        taker.kill()
    _plan(giver, [])
    _launch(giver, SNAPSHOT_INTERVAL)
    until(giver.height, "the giver is there")
    for place in TAKING:
        _plan(taker, [("application", *place)])
        _launch(taker)
        assert taker.wait_end() == -9, place
        assert _left(taker) == 0
    _plan(taker, [("cometbft", *TAKING[0]), ("cometbft", *TAKING[-1])])
    _launch(taker)
    until(lambda: _left(taker) == 0, "the kills")
    taker.reach(giver.height() + 2)
    first = int(taker.ask("status")["sync_info"]["earliest_block_height"])
    assert first > 1  # by a snapshot, not block by block
    chain.require_same([giver, taker], first)
    taker.stop()
    taker.start()
    taker.reach(giver.height() + 2)
    chain.require_same([giver, taker], first)
    taker.kill()
    giver.stop()
    _goes_on(chain)


def _plan(peer: Peer, entries: Sequence[tuple[str, ...]]) -> None:
    (peer.home / FILE).write_text(json.dumps(entries))


def _left(peer: Peer) -> int:
    with suppress(ValueError):  # read while it was written
        return len(json.loads((peer.home / FILE).read_text()))
    return -1


def _launch(peer: Peer, *words: str) -> None:
    peer.launch(command=(RUNNER, str(peer.home), peer.program, *words))


def _offered(net: Net) -> None:
    """Hand over a payment in the block after the next; the node may die of it."""
    peer = net.peers[0]
    peer.reach(until(peer.height, "a height") + 2)
    alice = net.accounts["alice"]
    alice.sequence = sequence_at(peer, alice)
    raw = alice.pay("bob")
    with suppress(OSError, RpcError):
        peer.ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")


def _goes_on(net: Net) -> None:
    """The stopped node starts as ever, with the same past, and takes payments."""
    peer = net.peers[0]
    peer.start()
    peer.reach(until(peer.height, "a height") + 2)
    _pays(net)
    heads = peer.heads(1, peer.height())
    assert [row[0] for row in heads] == list(range(1, len(heads) + 1))
    peer.stop()


def _pays(net: Net) -> None:
    """A payment lands, maybe after one that still waits from before the kill."""
    peer, alice = net.peers[0], net.accounts["alice"]

    def paid() -> bool:
        alice.sequence = sequence_at(peer, alice)
        raw = alice.pay("bob")
        found = peer.ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")
        return bool(found["code"] == 0)

    until(paid, "a payment is taken")
    sequence = alice.sequence
    until(lambda: sequence_at(peer, alice) >= sequence, "the payment lands")
