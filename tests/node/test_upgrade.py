"""A node comes to an upgrade it does not know: it says so, stops, and a newer one goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from akashpy import wire
from akashpy.chain import upgrade, upgrades
from akashpy.chain.authority import AUTHORITY
from akashpy.node.core import Core
from akashpy.node.daemon import Node, NodeSettings
from akashpy.tx.build import build
from akashpy.types.coin import Coin, Coins
from akashpy.types.upgrade import UpgradeNeeded
from akashpy.wire import gov
from akashpy.wire.upgrade import MsgSoftwareUpgrade, Plan
from tests.nodes import CHAIN_ID, given_home, key_of

QUICK = NodeSettings(rpc_port=None, block_interval=0.02)
AHEAD = 40
"""Blocks between proposing and upgrading: enough for a vote of a fifth of a second."""


@pytest.fixture
def _known() -> Iterator[None]:
    yield
    upgrades.UPGRADES.clear()


def voting_home(root: Path, voting: str = "0.2s", expedited: str = "0.1s") -> Path:
    """A home whose votes take no longer than this."""
    home = given_home(root, ["operator"])
    path = home / "config/genesis.json"
    document = json.loads(path.read_text())
    params = document["app_state"]["gov"]["params"]
    params["voting_period"], params["expedited_voting_period"] = voting, expedited
    path.write_text(json.dumps(document))
    return home


async def propose(core: Core, height: int) -> None:
    """Let the only validator's operator propose and accept an upgrade at this height."""
    operator = key_of("operator")
    plan = Plan(name="v2", height=height, info="see the release notes")
    submit = gov.MsgSubmitProposal(
        messages=[wire.pack(MsgSoftwareUpgrade(authority=AUTHORITY, plan=plan))],
        initial_deposit=Coins.parse("10000000uakt").to_wire(),
        proposer=operator.address,
        title="Upgrade",
        summary="To v2",
    )
    vote = gov.MsgVote(proposal_id=1, voter=operator.address, option=gov.VoteOption.VOTE_OPTION_YES)
    raw = build(  # as one, so that no vote comes late
        [submit, vote],
        operator,
        chain_id=CHAIN_ID,
        account_number=0,
        sequence=0,
        fee=[Coin("uakt", 50_000)],
        gas=2_000_000,
    )
    done = await core.broadcast(raw, "commit")
    assert done.landed is not None
    assert done.landed.result.code == 0, done.landed.result.log


@pytest.mark.usefixtures("_known")
async def test_stops_at_the_height_and_the_next_program_goes_on(tmp_path: Path) -> None:
    home = voting_home(tmp_path)
    async with Node.start(home, QUICK) as node:
        await node.core.reached(1)
        height = node.core.height + AHEAD
        await propose(node.core, height)
        with pytest.raises(UpgradeNeeded, match='UPGRADE "v2" NEEDED at height: '):
            await node.failed
        assert node.core.height == height - 1
    noted = json.loads((home / "data/upgrade-info.json").read_text())
    assert noted == {
        "name": "v2",
        "time": "0001-01-01T00:00:00Z",
        "height": height,
        "info": "see the release notes",
    }
    async with Node.start(home, QUICK) as node:  # the old program again: the same end
        with pytest.raises(UpgradeNeeded):
            await node.failed
        assert node.core.height == height - 1
    upgrades.UPGRADES["v2"] = upgrades.Upgrade()
    async with Node.start(home, QUICK) as node:
        await node.core.reached(height + 2)
        assert upgrade.done_height(node.core.app.query_context(), "v2") == height


async def test_an_operator_may_skip_it(tmp_path: Path) -> None:
    home = voting_home(tmp_path)
    skipping = NodeSettings(
        rpc_port=None, block_interval=0.02, skip_upgrades=tuple(range(AHEAD, 3 * AHEAD))
    )
    async with Node.start(home, skipping) as node:
        await node.core.reached(1)
        height = node.core.height + AHEAD
        await propose(node.core, height)
        await node.core.reached(height + 1)
        assert upgrade.plan(node.core.app.query_context()) is None
