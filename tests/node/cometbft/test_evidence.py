"""Evidence as RPC tells it becomes the bytes that the block holds, or is refused."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from akashpy.node.comet import merkle, times
from akashpy.node.comet.block import Block, BlockID, Commit, Header, PartSetHeader
from akashpy.node.cometbft import evidence
from akashpy.wire import tendermint as pb

AT = times.parse("2026-11-23T02:03:04.000000005Z")
HASH, PARTS, ADDRESS = b"\x01" * 32, b"\x02" * 32, b"\x03" * 20
KEY = b"\x04" * 32


def block_id(hash: bytes = HASH) -> dict[str, Any]:
    parts = {"total": 1, "hash": PARTS.hex().upper()} if hash else {"total": 0, "hash": ""}
    return {"hash": hash.hex().upper(), "parts": parts}


def vote(hash: bytes) -> dict[str, Any]:
    return {
        "type": 2, "height": "12", "round": 3, "block_id": block_id(hash),
        "timestamp": times.show(AT), "validator_address": ADDRESS.hex().upper(),
        "validator_index": 1, "signature": b64encode(b"s" * 64).decode(),
        "extension": None, "extension_signature": None,
    }  # fmt: skip


def vote_message(hash: bytes) -> pb.Vote:
    found = pb.Vote(
        type=2, height=12, round=3, validator_address=ADDRESS, validator_index=1,
        signature=b"s" * 64,
    )  # fmt: skip
    found.block_id.hash = hash
    found.block_id.part_set_header.SetInParent()
    if hash:
        found.block_id.part_set_header.total, found.block_id.part_set_header.hash = 1, PARTS
    found.timestamp.FromNanoseconds(AT)
    return found


DUPLICATE = {
    "type": "tendermint/DuplicateVoteEvidence",
    "value": {
        "vote_a": vote(b""), "vote_b": vote(HASH), "TotalVotingPower": "400",
        "ValidatorPower": "100", "Timestamp": times.show(AT),
    },
}  # fmt: skip


def duplicate() -> pb.DuplicateVoteEvidence:
    found = pb.DuplicateVoteEvidence(
        vote_a=vote_message(b""), vote_b=vote_message(HASH), total_voting_power=400,
        validator_power=100,
    )  # fmt: skip
    found.timestamp.FromNanoseconds(AT)
    return found


def validator(priority: int) -> dict[str, Any]:
    return {
        "address": ADDRESS.hex().upper(),
        "pub_key": {"type": "tendermint/PubKeyEd25519", "value": b64encode(KEY).decode()},
        "voting_power": "100",
        "proposer_priority": str(priority),
    }


HEADER = {
    "version": {"block": "11", "app": "1"}, "chain_id": "c-1", "height": "12",
    "time": times.show(AT), "last_block_id": block_id(), "proposer_address": ADDRESS.hex(),
    **{f"{name}_hash": HASH.hex() for name in (
        "last_commit", "data", "validators", "next_validators", "consensus", "app",
        "last_results", "evidence")},
}  # fmt: skip
ATTACK = {
    "type": "tendermint/LightClientAttackEvidence",
    "value": {
        "ConflictingBlock": {
            "signed_header": {
                "header": HEADER,
                "commit": {
                    "height": "12", "round": 0, "block_id": block_id(),
                    "signatures": [{
                        "block_id_flag": 2, "validator_address": ADDRESS.hex(),
                        "timestamp": times.show(AT), "signature": b64encode(b"s" * 64).decode(),
                    }],
                },
            },
            "validator_set": {"validators": [validator(-7)], "proposer": validator(5)},
        },
        "CommonHeight": "9", "ByzantineValidators": [validator(0)], "TotalVotingPower": "300",
        "Timestamp": times.show(AT),
    },
}  # fmt: skip


def attack() -> pb.LightClientAttackEvidence:
    found = pb.LightClientAttackEvidence(common_height=9, total_voting_power=300)
    found.timestamp.FromNanoseconds(AT)
    signed = found.conflicting_block.signed_header
    header = signed.header
    header.version.block, header.version.app = 11, 1
    header.chain_id, header.height, header.proposer_address = "c-1", 12, ADDRESS
    header.time.FromNanoseconds(AT)
    for name in ("last_commit", "data", "validators", "next_validators", "consensus", "app",
                 "last_results", "evidence"):  # fmt: skip
        setattr(header, f"{name}_hash", HASH)
    for of in (header.last_block_id, signed.commit.block_id):
        of.hash, of.part_set_header.total, of.part_set_header.hash = HASH, 1, PARTS
    signed.commit.height = 12
    signature = signed.commit.signatures.add(
        block_id_flag=2, validator_address=ADDRESS, signature=b"s" * 64
    )
    signature.timestamp.FromNanoseconds(AT)
    known = found.conflicting_block.validator_set
    for target, priority in ((known.validators.add(), -7), (known.proposer, 5),
                             (found.byzantine_validators.add(), 0)):  # fmt: skip
        target.address, target.voting_power, target.proposer_priority = ADDRESS, 100, priority
        target.pub_key.ed25519 = KEY
    return found


def test_each_kind_is_written_as_protobuf_writes_it() -> None:
    expected = [
        pb.Evidence(duplicate_vote_evidence=duplicate()),
        pb.Evidence(light_client_attack_evidence=attack()),
    ]
    promised = merkle.root([duplicate().SerializeToString(), attack().SerializeToString()])
    found = evidence.read([DUPLICATE, ATTACK], promised)
    assert [pb.Evidence.FromString(each) for each in found] == expected
    assert found == tuple(each.SerializeToString() for each in expected)


def test_a_block_without_evidence_has_none() -> None:
    assert evidence.read([], merkle.EMPTY) == ()


def test_what_does_not_hash_as_promised_is_refused() -> None:
    promised = merkle.root([duplicate().SerializeToString()])
    assert evidence.read([DUPLICATE], promised)
    for found in ([], [DUPLICATE, DUPLICATE], [ATTACK]):
        with pytest.raises(ValueError, match="does not hash to"):
            evidence.read(found, promised)


@pytest.mark.parametrize("found", [{"type": "tendermint/Other", "value": {}}, {"value": {}}])
def test_an_unknown_kind_is_refused(found: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        evidence.read([found], merkle.EMPTY)


def test_a_block_holds_its_evidence() -> None:
    header = Header("c-1", 2, AT, BlockID(HASH, PartSetHeader(1, PARTS)), *([HASH] * 9))
    plain = Block(header, (b"tx",), Commit())
    proving = replace(plain, evidence=(pb.Evidence(duplicate_vote_evidence=duplicate())
                                       .SerializeToString(),))  # fmt: skip
    assert proving.id.parts != plain.id.parts
    read = pb.Block.FromString(proving.encoded)
    assert [each.duplicate_vote_evidence for each in read.evidence.evidence] == [duplicate()]
