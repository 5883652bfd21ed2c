"""Either half of a node is killed at each step of a block; the other half and the chain go on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from akashpy.wire import auth
from tests.cometbft.net import Net, deliver, until
from tests.cometbft.runner import FILE

RUNNER = str(Path(__file__).with_name("runner.py"))
STEPS = [
    ("prepare_proposal", "before"), ("process_proposal", "after"), ("finalize_block", "before"),
    ("finalize_block", "after"), ("commit", "before"), ("commit", "after"), ("check_tx", "before"),
    ("check_tx", "after"),
]  # fmt: skip
AT_ONCE = 4
"""CometBFT's ends in a row that a node bears within a minute."""


@pytest.fixture(scope="module")
def chain(cometbft: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """One validator."""
    with Net.running(tmp_path_factory.mktemp("crash"), cometbft, 1) as net:
        deliver(net.peers[0], net.accounts["alice"].pay("bob"))
        net.peers[0].stop()
        yield net


def test_the_application_is_killed_at_each_step(chain: Net) -> None:
    peer = chain.peers[0]
    for step in [*STEPS, ("info", "after")]:
        _plan(chain, [("application", *step)])
        _launch(chain)
        if step[0] == "check_tx":
            _offered(chain)
        assert peer.wait_end(60) == -9, step
        assert _left(chain) == 0
    _goes_on(chain)


@pytest.mark.parametrize("steps", [STEPS[:AT_ONCE], STEPS[AT_ONCE:]], ids=["first", "then"])
def test_cometbft_is_killed_at_each_step(chain: Net, steps: Sequence[tuple[str, str]]) -> None:
    _plan(chain, [("cometbft", *step) for step in steps])
    _launch(chain)
    for place, step in enumerate(steps, 1):
        left = len(steps) - place
        if step[0] == "check_tx":
            until(lambda: chain.peers[0].height(), "CometBFT is back")
            _offered(chain)
        until(lambda left=left: _left(chain) == left, f"the kill {step}", 60)  # type: ignore[misc]
    until(lambda: chain.peers[0].height(), "CometBFT is back")
    _pays(chain)
    chain.peers[0].stop()
    _goes_on(chain)


def _plan(net: Net, entries: Sequence[tuple[str, ...]]) -> None:
    (net.peers[0].home / FILE).write_text(json.dumps(entries))


def _left(net: Net) -> int:
    with suppress(ValueError):  # read while it was written
        return len(json.loads((net.peers[0].home / FILE).read_text()))
    return -1


def _launch(net: Net) -> None:
    peer = net.peers[0]
    peer.launch(command=(RUNNER, str(peer.home), peer.program))
    peer.wait_ready()


def _offered(net: Net) -> None:
    """Hand over a payment in the block after the next; the node may die of it."""
    peer = net.peers[0]
    peer.reach(until(peer.height, "a height") + 2)
    net.accounts["alice"].sequence = _sequence(net)
    raw = net.accounts["alice"].pay("bob")
    with suppress(OSError):
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


def _sequence(net: Net) -> int:
    asked = auth.QueryAccountInfoRequest(address=net.accounts["alice"].address)
    path = "/cosmos.auth.v1beta1.Query/AccountInfo"
    found = net.peers[0].query(path, asked, auth.QueryAccountInfoResponse)
    return int(found.info.sequence)


def _pays(net: Net) -> None:
    """A payment lands, maybe after one that still waits from before the kill."""
    alice = net.accounts["alice"]

    def paid() -> bool:
        alice.sequence = _sequence(net)
        raw = alice.pay("bob")
        found = net.peers[0].ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")
        return bool(found["code"] == 0)

    until(paid, "a payment is taken")
    sequence = alice.sequence
    until(lambda: _sequence(net) >= sequence, "the payment lands")
