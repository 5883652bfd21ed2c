"""The misbehaviour that a block proves, from RPC's JSON to CometBFT's own bytes.

Exists because RPC is the only place where CometBFT tells it, and blocks are shown as protobuf. What
is read is compared with the hash in the header, so that nothing is shown that is not in the block.
It must not know what a chain does about misbehaviour. Source: CometBFT 0.38 types/evidence.go.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any

from akashpy.node.comet import merkle, times
from akashpy.node.comet.encoding import data, message, number, timestamp
from akashpy.node.cometbft.reading import read_block_id, read_commit, read_header


def read(found: Sequence[dict[str, Any]], promised: bytes) -> tuple[bytes, ...]:
    """Each item of a block's evidence as the message `tendermint.types.Evidence`.

    `promised` is the header's evidence_hash. Raises ValueError when the items do not hash to it,
    KeyError or TypeError when one is none.
    """
    items = [(*KINDS[each["type"]], each["value"]) for each in found]
    encoded = [(field, encode(value)) for field, encode, value in items]
    if merkle.root([content for _, content in encoded]) != promised:
        raise ValueError(f"evidence does not hash to {promised.hex()}")
    return tuple(message(field, content) for field, content in encoded)


def _duplicate_vote(found: dict[str, Any]) -> bytes:
    return (
        message(1, _vote(found["vote_a"]))
        + message(2, _vote(found["vote_b"]))
        + number(3, int(found["TotalVotingPower"]))
        + number(4, int(found["ValidatorPower"]))
        + message(5, timestamp(times.parse(found["Timestamp"])))
    )


def _vote(found: dict[str, Any]) -> bytes:
    return (
        number(1, int(found["type"]))
        + number(2, int(found["height"]))
        + number(3, int(found["round"]))
        + message(4, read_block_id(found["block_id"]).encode())
        + message(5, timestamp(times.parse(found["timestamp"])))
        + data(6, bytes.fromhex(found["validator_address"]))
        + number(7, int(found["validator_index"]))
        + data(8, b64decode(found["signature"] or ""))
        + data(9, b64decode(found.get("extension") or ""))
        + data(10, b64decode(found.get("extension_signature") or ""))
    )


def _light_client_attack(found: dict[str, Any]) -> bytes:
    block = found["ConflictingBlock"]
    signed = block["signed_header"]
    validators = block["validator_set"]
    header = message(1, read_header(signed["header"]).encode())
    return (
        message(
            1,
            message(1, header + message(2, read_commit(signed["commit"]).encode()))
            + message(2, _each(1, validators["validators"])
                      + message(2, _validator(validators["proposer"]))),
        )
        + number(2, int(found["CommonHeight"]))
        + _each(3, found["ByzantineValidators"])
        + number(4, int(found["TotalVotingPower"]))
        + message(5, timestamp(times.parse(found["Timestamp"])))
    )  # fmt: skip


def _each(field: int, found: Sequence[dict[str, Any]] | None) -> bytes:
    return b"".join(message(field, _validator(each)) for each in found or ())


def _validator(found: dict[str, Any]) -> bytes:
    return (
        data(1, bytes.fromhex(found["address"]))
        + message(2, data(1, b64decode(found["pub_key"]["value"])))
        + number(3, int(found["voting_power"]))
        + number(4, int(found["proposer_priority"]))
    )


KINDS: dict[str, tuple[int, Callable[[dict[str, Any]], bytes]]] = {
    "tendermint/DuplicateVoteEvidence": (1, _duplicate_vote),
    "tendermint/LightClientAttackEvidence": (2, _light_client_attack),
}
"""CometBFT's name of a kind -> its field in `Evidence`, and how it is written."""
