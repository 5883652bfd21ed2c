"""`akashpy node rollback` takes CometBFT's state and blocks back with ours, or says how to."""

from __future__ import annotations

import subprocess
from pathlib import Path

from click.testing import CliRunner, Result

from akashpy.cli.main import main
from akashpy.cli.node.home import COMETBFT, EXTERNAL, Saved
from tests.cometbft.net import Net, Peer, deliver


def rollback(peer: Peer, *words: str) -> Result:
    """The command at a home."""
    return CliRunner().invoke(main, ["node", "rollback", "--home", str(peer.home), *words])


def height_in(done: Result) -> int:
    """Where the state went."""
    assert done.exit_code == 0, done.output
    return int(done.output.split("to height ")[1].split()[0])


def test_a_block_is_executed_again_or_removed(cometbft: str, tmp_path: Path) -> None:
    with Net.running(tmp_path, cometbft, 1) as net:
        peer = net.peers[0]
        with_cometbft = ("--cometbft", cometbft)
        assert rollback(peer, *with_cometbft).exit_code == 1  # the node is running
        peer.reach(4)
        paid = int(deliver(peer, net.accounts["alice"].pay("bob"))["height"])
        peer.reach(paid + 1)
        peer.stop()

        back = height_in(rollback(peer, *with_cometbft))
        assert height_in(rollback(peer, *with_cometbft)) == back  # the block above still waits
        before = rows(peer, back + 1)
        assert rows(peer, back + 1) == before

        while height_in(done := rollback(peer, "--hard", *with_cometbft)) > paid:
            assert "has signed height" in done.output
        last = rollback(peer, "--hard", "--sign-again", *with_cometbft)
        assert height_in(last) == paid - 1
        assert "has signed height" not in last.output
        after = rows(peer, back + 1)
        assert after[: paid - 1] == before[: paid - 1]
        assert after[paid - 1] != before[paid - 1]  # another block, without the payment
        peer.start()
        peer.reach(back + 2)
        assert not peer.ask("block", height=paid)["block"]["data"]["txs"]
        net.accounts["alice"].sequence = 0
        deliver(peer, net.accounts["alice"].pay("bob"))
        assert peer.stop() == 0


def rows(peer: Peer, last: int) -> list[tuple[int, str, str, str]]:
    """Start a node, and stop it when it knows the heads of its blocks up to `last`."""
    peer.start()
    peer.reach(last + 1)
    found = peer.heads(1, last)
    assert peer.stop() == 0
    return found


def test_where_cometbft_is_elsewhere_the_remedy_works(cometbft: str, tmp_path: Path) -> None:
    with Net.running(tmp_path, cometbft, 1) as net:
        peer = net.peers[0]
        peer.reach(5)
        peer.stop()
        Saved(consensus=EXTERNAL).save(peer.home)
        refused = rollback(peer, "--hard")
        assert refused.exit_code == 2
        told = " ".join(refused.output.split())
        assert (
            "`cometbft rollback --hard` with its --home, and then `akashpy node rollback`" in told
        )
        assert rollback(peer, "--cometbft", cometbft).exit_code == 2
        done = subprocess.run(
            [cometbft, "rollback", "--hard", "--home", str(peer.home)],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        back = height_in(rollback(peer, "--sign-again"))
        assert f"to height {back} " in done.stdout
        Saved(consensus=COMETBFT).save(peer.home)
        peer.start()
        peer.reach(back + 3)
        assert peer.stop() == 0
