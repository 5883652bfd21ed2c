"""Rounds and evidence of a node that makes blocks alone, in CometBFT's forms."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.node.conftest import Parts
from tests.node.rpc.conftest import Client

ROUND_STATE = [
    "height", "round", "step", "start_time", "commit_time", "validators", "proposal",
    "proposal_block", "proposal_block_parts", "locked_round", "locked_block", "locked_block_parts",
    "valid_round", "valid_block", "valid_block_parts", "votes", "commit_round", "last_commit",
    "last_validators", "triggered_timeout_precommit",
]  # fmt: skip
"""Fields of CometBFT 0.38's RoundState, in order."""
VOTE = re.compile(
    r"Vote\{0:([0-9A-F]{12}) 2/00/SIGNED_MSG_TYPE_PRECOMMIT\(Precommit\) ([0-9A-F]{12}) "
    r"([0-9A-F]{12}) 0{12} @ (\S+)\}"
)


async def test_the_full_state_is_the_next_heights_first_round(client: Client, parts: Parts) -> None:
    await parts.blocks(2)
    result = await client.result("dump_consensus_state")
    state = result["round_state"]
    assert list(result) == ["round_state", "peers"]
    assert result["peers"] == []
    assert list(state) == ROUND_STATE
    assert (state["height"], state["round"], state["step"]) == ("3", 0, 1)
    assert (state["locked_round"], state["valid_round"], state["commit_round"]) == (-1, -1, -1)
    (member,) = state["validators"]["validators"]
    assert member["voting_power"] == "10"
    assert state["validators"] == {"validators": [member], "proposer": member}
    assert state["last_validators"] == state["validators"]
    short = await client.result("consensus_state")
    assert state["votes"] == short["round_state"]["height_vote_set"]
    assert short["round_state"]["height/round/step"] == "3/0/1"


async def test_the_last_commit_names_the_vote_for_the_latest_block(
    client: Client, parts: Parts
) -> None:
    await parts.blocks(2)
    commit = (await client.result("dump_consensus_state"))["round_state"]["last_commit"]
    assert list(commit) == ["votes", "votes_bit_array", "peer_maj_23s"]
    assert (commit["votes_bit_array"], commit["peer_maj_23s"]) == ("BA{1:x} 10/10 = 1.00", {})
    seen = parts.core.meta(2).seen_commit
    found = VOTE.fullmatch(commit["votes"][0])
    assert found is not None
    wanted = (
        seen.signatures[0].validator_address,
        seen.block_id.hash,
        seen.signatures[0].signature,
    )
    assert list(found.groups())[:3] == [value[:6].hex().upper() for value in wanted]


async def test_before_the_first_block_there_is_no_commit(client: Client) -> None:
    state = (await client.result("dump_consensus_state"))["round_state"]
    assert (state["height"], state["last_commit"]) == ("1", None)
    assert state["last_validators"] == {"validators": None, "proposer": None}


EMPTY = {"type": "tendermint/DuplicateVoteEvidence", "value": {}}


@pytest.mark.parametrize("params", [{}, {"evidence": None}])
async def test_no_evidence_is_refused_with_comets_text(client: Client, params: Any) -> None:
    error = await client.error("broadcast_evidence", **params)
    assert (error["code"], error["data"]) == (-32603, "no evidence was provided")


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        ({}, "interface type cannot be empty"),
        ({"type": "tendermint/DuplicateVoteEvidence"}, "interface value cannot be empty"),
        ({"type": "tendermint/Gossip", "value": {}}, 'unknown type "tendermint/Gossip"'),
        ("gossip", "json: cannot unmarshal string into Go value of type json.interfaceWrapper"),
        (
            {"type": 5, "value": {}},
            "json: cannot unmarshal number into Go struct field interfaceWrapper.type of type "
            "string",
        ),
    ],
)
async def test_what_is_no_evidence_is_a_wrong_argument(
    client: Client, evidence: Any, text: str
) -> None:
    error = await client.error("broadcast_evidence", evidence=evidence)
    assert error["code"] == -32602
    assert error["data"] == f"error converting json params to arguments: {text}"


async def test_evidence_is_not_taken_and_changes_nothing(client: Client, parts: Parts) -> None:
    await parts.blocks(1)
    error = await client.error("broadcast_evidence", evidence=EMPTY)
    assert error["code"] == -32603
    assert error["data"].startswith("failed to add evidence: this node makes its blocks alone")
    await parts.blocks(1)
    assert (await client.result("block", height="2"))["block"]["evidence"] == {"evidence": []}
