"""An upgrade plan halts a node, leaves the file that supervisors read, and a newer one goes on."""

from __future__ import annotations

import json
from pathlib import Path

from akashpy import wire
from akashpy.chain.authority import AUTHORITY
from akashpy.types.coin import Coins
from akashpy.wire import gov
from akashpy.wire.upgrade import MsgSoftwareUpgrade, Plan
from tests.cometbft.net import Net, deliver, landing, offer, start_words

NEWER = str(Path(__file__).with_name("newer.py"))
AHEAD = 60
"""Blocks between proposing and upgrading: more than a vote of six seconds takes."""


def plan_upgrade(net: Net, name: str) -> int:
    """Let the only validator propose and vote for an upgrade; gives its height."""
    peer, operator = net.peers[0], net.accounts["operator0"]
    height = peer.height() + AHEAD
    plan = Plan(name=name, height=height, info="see the release notes")
    submit = gov.MsgSubmitProposal(
        messages=[wire.pack(MsgSoftwareUpgrade(authority=AUTHORITY, plan=plan))],
        initial_deposit=Coins.parse("20000000uakt").to_wire(),
        proposer=operator.address,
        title="Upgrade",
        summary=f"To {name}",
    )
    yes = gov.VoteOption.VOTE_OPTION_YES
    vote = gov.MsgVote(proposal_id=1, voter=operator.address, option=yes)
    # at once, and in this order: a vote lasts a few seconds
    for hash in [offer(peer, operator.sign(message)) for message in (submit, vote)]:
        assert not landing(peer, hash)["tx_result"].get("code")
    return height


def test_a_plan_halts_and_the_newer_program_goes_on(cometbft: str, tmp_path: Path) -> None:
    with Net.running(tmp_path, cometbft, 1) as net:
        peer = net.peers[0]
        height = plan_upgrade(net, "v2")
        assert peer.wait_end() == 1
        assert f'UPGRADE "v2" NEEDED at height: {height}' in (peer.home / "node.log").read_text()
        noted = json.loads((peer.home / "data/upgrade-info.json").read_text())
        assert (noted["name"], noted["height"]) == ("v2", height)

        peer.launch()
        assert peer.wait_end() == 1  # the old program does not go on however often it is started

        peer.launch(command=(NEWER, *start_words(peer)))
        peer.wait_ready()
        peer.reach(height + 3)
        deliver(peer, net.accounts["alice"].pay("bob"))
        assert peer.stop() == 0
