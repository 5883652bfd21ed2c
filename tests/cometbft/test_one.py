"""One validator under CometBFT: blocks, transactions, reads, restarts, both transports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from akashpy.wire import bank
from tests.cometbft.net import Net, command, deliver, offer, until
from tests.nodes import key_of


def balance(net: Net, name: str) -> int:
    request = bank.QueryBalanceRequest(address=str(key_of(name).address), denom="uakt")
    path = "/cosmos.bank.v1beta1.Query/Balance"
    found = net.peers[0].query(path, request, bank.QueryBalanceResponse)
    return int(found.balance.amount)


def test_a_payment_lands_and_is_read(one: Net) -> None:
    before = balance(one, "bob")
    landed = deliver(one.peers[0], one.accounts["alice"].pay("bob", 7))
    assert int(landed["height"]) > 1
    assert balance(one, "bob") == before + 7


def test_a_bad_transaction_is_refused_by_its_check(one: Net) -> None:
    alice = one.accounts["alice"]
    alice.sequence += 5
    raw = alice.pay("bob")
    alice.sequence -= 6
    found = one.peers[0].ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")
    assert (found["codespace"], found["code"]) == ("sdk", 32)
    assert "account sequence mismatch" in found["log"]


def test_it_goes_on_after_sigterm_and_after_sigkill(one: Net) -> None:
    peer = one.peers[0]
    for end in (peer.stop, peer.kill):
        height = peer.height()
        end()
        peer.start()
        peer.reach(height + 3)
        deliver(peer, one.accounts["alice"].pay("bob"))


def test_grpc_carries_the_same(one: Net) -> None:
    peer = one.peers[0]
    height = peer.height()
    peer.stop()
    peer.start("--abci-transport", "grpc")
    peer.reach(height + 3)
    deliver(peer, one.accounts["alice"].pay("bob"))
    offer(peer, one.accounts["alice"].pay("carol"))
    peer.stop()
    peer.start()
    peer.reach(height + 6)


def test_a_program_that_does_not_run_is_told(cometbft: str, tmp_path: Path) -> None:
    with Net.made(tmp_path, "/no/such/program", 1) as net:
        peer = net.peers[0]
        peer.launch()
        assert peer.wait_end() == 1
        assert "go install github.com/cometbft" in peer.last_words()


@pytest.mark.parametrize("words", [("--block-interval", "1s")])
def test_wrong_flags_are_told(one: Net, words: tuple[str, ...], tmp_path: Path) -> None:
    with Net.made(tmp_path, one.program, 1) as net:
        peer = net.peers[0]
        peer.launch(*words)
        assert peer.wait_end() == 2
        assert "timeout_commit" in peer.last_words()


def test_the_state_can_be_rolled_back_exported_and_restored(one: Net) -> None:
    peer = one.peers[0]
    peer.stop()
    taken = json.loads(command(peer.home, "snapshot", "take"))
    listed = json.loads(command(peer.home, "snapshot", "list"))
    assert taken in listed
    exported = json.loads(command(peer.home, "export"))
    assert int(exported["initial_height"]) == taken["height"] + 1
    command(peer.home, "rollback", "--cometbft", peer.program)
    peer.start()
    peer.reach(taken["height"] + 3)
    peer.stop()
    command(peer.home, "snapshot", "restore", str(taken["height"]))
    peer.start()
    peer.reach(taken["height"] + 6)
    heads = {row[0]: row[2] for row in peer.heads(taken["height"], taken["height"] + 1)}
    assert heads[taken["height"] + 1] == taken["app_hash"]
    until(lambda: peer.height() > taken["height"] + 8, "blocks after a restoration")
