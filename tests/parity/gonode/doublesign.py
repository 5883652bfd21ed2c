"""Proof that a validator signed two blocks at one height, made with its key and told to a Go node.

It must not know what the chain does with it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.request import Request, urlopen

from akashpy.node.comet.block import BlockID, PartSetHeader, vote_sign_bytes
from akashpy.node.comet.keys import SigningKey
from tests.parity.gonode.retold import ask, nanoseconds

PRECOMMIT = 2


def accuse(rpc: str, chain_id: str, key: SigningKey, height: int) -> dict[str, Any]:
    """Send proof against a validator of that height; the node's answer, its hash or an error."""
    seated = ask(rpc, f"validators?height={height}&per_page=100")["validators"]
    powers = {each["address"]: int(each["voting_power"]) for each in seated}
    address = key.address.hex().upper()
    time = ask(rpc, f"block?height={height}")["block"]["header"]["time"]
    votes = sorted(
        (
            _vote(key, chain_id, height, time, list(powers).index(address), name)
            for name in (b"one", b"two")
        ),
        key=lambda vote: str(vote["block_id"]["hash"]),
    )
    value = {
        "vote_a": votes[0],
        "vote_b": votes[1],
        "TotalVotingPower": str(sum(powers.values())),
        "ValidatorPower": str(powers[address]),
        "Timestamp": time,
    }
    proof = {"type": "tendermint/DuplicateVoteEvidence", "value": value}
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "broadcast_evidence",
        "params": {"evidence": proof},
    }
    request = Request(rpc, json.dumps(call).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as response:
        found: dict[str, Any] = json.load(response)
    return found


def _vote(
    key: SigningKey, chain_id: str, height: int, time: str, index: int, name: bytes
) -> dict[str, Any]:
    block, parts = sha256(name).digest(), sha256(name + b" parts").digest()
    voted = BlockID(block, PartSetHeader(1, parts))
    signed = vote_sign_bytes(chain_id, height, 0, voted, nanoseconds(time))
    return {
        "type": PRECOMMIT,
        "height": str(height),
        "round": 0,
        "block_id": {
            "hash": block.hex().upper(),
            "parts": {"total": 1, "hash": parts.hex().upper()},
        },
        "timestamp": time,
        "validator_address": key.address.hex().upper(),
        "validator_index": index,
        "signature": b64encode(key.sign(signed)).decode(),
    }
