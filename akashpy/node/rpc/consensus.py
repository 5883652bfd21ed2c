"""CometBFT's view of consensus for a node that makes blocks alone: rounds, votes, evidence.

Exists because monitors ask for rounds that an embedded node does not have: between two blocks it
waits for the next height, as a validator of CometBFT does. Must not know HTTP.
Source: CometBFT 0.38 `rpc/core/consensus.go`, `consensus/types`, `types/vote_set.go`.
"""

from __future__ import annotations

from typing import Any

from akashpy.node.blockstore import BlockMeta
from akashpy.node.comet import times
from akashpy.node.comet.block import BlockIDFlag, Commit, Validator
from akashpy.node.core import Core
from akashpy.node.rpc import render

NEW_HEIGHT = 1
"""The step between a commit and the next proposal."""
NO_ROUND = -1
FINGERPRINT = 6
"""Bytes of an address, hash or signature that a vote's short text shows."""
NIL_VOTE = "nil-Vote"


class EvidenceRefused(Exception):
    """Evidence that is not taken; the text is for the client."""


async def consensus_state(core: Core) -> Any:
    """The round in short."""
    return {
        "round_state": {
            "height/round/step": f"{core.height + 1}/0/{NEW_HEIGHT}",
            "start_time": _begun(core),
            "proposal_block_hash": "",
            "locked_block_hash": "",
            "valid_block_hash": "",
            "height_vote_set": [_no_votes(core)],
            "proposer": {"address": render.upper_hex(core.info.validator.address), "index": 0},
        }
    }


async def dump_consensus_state(core: Core) -> Any:
    """The round in full; there are no peers."""
    latest = core.latest
    return {
        "round_state": {
            "height": str(core.height + 1),
            "round": 0,
            "step": NEW_HEIGHT,
            "start_time": _begun(core),
            "commit_time": times.show(latest.header.time if latest else 0),
            "validators": _validators(core, core.height + 1),
            "proposal": None,
            "proposal_block": None,
            "proposal_block_parts": None,
            "locked_round": NO_ROUND,
            "locked_block": None,
            "locked_block_parts": None,
            "valid_round": NO_ROUND,
            "valid_block": None,
            "valid_block_parts": None,
            "votes": [_no_votes(core)],
            "commit_round": NO_ROUND,
            "last_commit": _last_commit(core, latest) if latest else None,
            "last_validators": _validators(core, core.height),
            "triggered_timeout_precommit": False,
        },
        "peers": [],
    }


async def broadcast_evidence(core: Core, evidence: dict[str, Any] | None) -> Any:
    """Refuses: there is nobody to tell, and no pool that keeps evidence for a block."""
    del core
    if evidence is None:
        raise EvidenceRefused("no evidence was provided")
    raise EvidenceRefused(
        "failed to add evidence: this node makes its blocks alone and keeps no evidence; "
        "send it to a node of a chain that several validators make"
    )


def _begun(core: Core) -> str:
    return times.show(core.latest.header.time if core.latest else core.clock())


def _no_votes(core: Core) -> dict[str, Any]:
    """Round 0 of the next height, in which nobody voted yet."""
    members = core.store.validators(core.height + 1)
    marks = f"BA{{{len(members)}:{'_' * len(members)}}} 0/{_power(members)} = 0.00"
    nobody = [NIL_VOTE] * len(members)
    return {
        "round": 0,
        "prevotes": nobody,
        "prevotes_bit_array": marks,
        "precommits": nobody,
        "precommits_bit_array": marks,
    }


def _power(members: tuple[Validator, ...]) -> int:
    return sum(member.power for member in members)


def _validators(core: Core, height: int) -> dict[str, Any]:
    """The set at a height; an empty one before the first block."""
    members = core.store.validators(height) if height else ()
    if not members:
        return {"validators": None, "proposer": None}
    own = core.info.validator.address
    proposer = next((member for member in members if member.address == own), members[0])
    return {
        "validators": [render.validator(member) for member in members],
        "proposer": render.validator(proposer),
    }


def _last_commit(core: Core, latest: BlockMeta) -> dict[str, Any]:
    """The precommits that made the latest block final."""
    commit = latest.seen_commit
    powers = {member.address: member.power for member in core.store.validators(latest.height)}
    voted = [sig.flag is not BlockIDFlag.ABSENT for sig in commit.signatures]
    present = sum(
        powers.get(sig.validator_address, 0)
        for sig, has_voted in zip(commit.signatures, voted, strict=True)
        if has_voted
    )
    total = sum(powers.values())
    marks = "".join("x" if has_voted else "_" for has_voted in voted)
    hundredths = (200 * present + total) // (2 * total) if total else 0
    return {
        "votes": [
            _vote_text(commit, at) if has_voted else NIL_VOTE for at, has_voted in enumerate(voted)
        ],
        "votes_bit_array": (
            f"BA{{{len(voted)}:{marks}}} {present}/{total} = "
            f"{hundredths // 100}.{hundredths % 100:02d}"
        ),
        "peer_maj_23s": {},
    }


def _vote_text(commit: Commit, at: int) -> str:
    sig = commit.signatures[at]
    block = commit.block_id.hash if sig.flag is BlockIDFlag.COMMIT else b""
    return (
        f"Vote{{{at}:{_short(sig.validator_address)} {commit.height}/{commit.round:02d}/"
        f"SIGNED_MSG_TYPE_PRECOMMIT(Precommit) {_short(block)} {_short(sig.signature)} "
        f"{_short(b'')} @ {times.show(sig.timestamp)}}}"
    )


def _short(value: bytes) -> str:
    return render.upper_hex(value[:FINGERPRINT].ljust(FINGERPRINT, b"\x00"))
