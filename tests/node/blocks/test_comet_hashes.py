"""A real node's block, recomputed: every hash and signature must come out as recorded.

Covers: header hash, block ID and part set, data hash, last commit hash, validators hash, consensus
hash, addresses, transaction proofs, canonical sign bytes, and that a changed field is noticed.
"""

import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from akashpy.node.comet import keys, merkle, times
from akashpy.node.comet.block import (
    Block,
    BlockID,
    BlockIDFlag,
    Commit,
    CommitSig,
    Header,
    PartSetHeader,
    Validator,
    data_hash,
    tx_hash,
    validators_hash,
)
from akashpy.node.comet.params import ConsensusParams
from akashpy.node.rpc import render

VECTOR = json.loads(
    (Path(__file__).parents[2] / "vectors" / "node" / "comet_block.json").read_text()
)
CHAIN = "local-1"


def block_id(shown: Any) -> BlockID:
    parts = PartSetHeader(shown["parts"]["total"], bytes.fromhex(shown["parts"]["hash"]))
    return BlockID(bytes.fromhex(shown["hash"]), parts)


def header(shown: Any) -> Header:
    names = (
        "last_commit_hash", "data_hash", "validators_hash", "next_validators_hash",
        "consensus_hash", "app_hash", "last_results_hash", "evidence_hash", "proposer_address",
    )  # fmt: skip
    return Header(
        shown["chain_id"],
        int(shown["height"]),
        times.parse(shown["time"]),
        block_id(shown["last_block_id"]),
        *(bytes.fromhex(shown[name]) for name in names),
    )


def commit(shown: Any) -> Commit:
    return Commit(
        int(shown["height"]),
        shown["round"],
        block_id(shown["block_id"]),
        tuple(
            CommitSig(
                BlockIDFlag(sig["block_id_flag"]),
                bytes.fromhex(sig["validator_address"]),
                times.parse(sig["timestamp"]),
                b64decode(sig["signature"]),
            )
            for sig in shown["signatures"]
        ),
    )


@pytest.fixture
def block() -> Block:
    shown = VECTOR["block"]["block"]
    txs = tuple(b64decode(tx) for tx in shown["data"]["txs"])
    return Block(header(shown["header"]), txs, commit(shown["last_commit"]))


@pytest.fixture
def validator() -> Validator:
    shown = VECTOR["validators"][0]
    return Validator(b64decode(shown["pub_key"]["value"]), int(shown["voting_power"]))


def test_header_hash_is_the_recorded_block_hash(block: Block) -> None:
    assert block.header.hash.hex().upper() == VECTOR["block"]["block_id"]["hash"]


def test_block_id_covers_the_encoded_block(block: Block) -> None:
    assert block.id == block_id(VECTOR["block"]["block_id"])
    assert len(block.encoded) == int(VECTOR["block_size"])


def test_data_hash_covers_the_transactions(block: Block) -> None:
    assert data_hash([tx_hash(tx) for tx in block.txs]) == block.header.data_hash


def test_last_commit_hash_covers_the_signatures(block: Block) -> None:
    assert block.last_commit.hash() == block.header.last_commit_hash


def test_validators_hash_and_address(block: Block, validator: Validator) -> None:
    assert validators_hash([validator]) == block.header.validators_hash
    assert validator.address == block.header.proposer_address


def test_consensus_hash_covers_block_limits(block: Block) -> None:
    params = ConsensusParams.from_genesis({"consensus_params": VECTOR["consensus_params"]})
    assert params.hash == block.header.consensus_hash
    assert render.consensus_params(params) == VECTOR["consensus_params"]


def test_recorded_commits_verify(block: Block, validator: Validator) -> None:
    for of in (commit(VECTOR["commit"]), block.last_commit):
        assert keys.verify(validator.pub_key, of.sign_bytes(CHAIN, 0), of.signatures[0].signature)


def test_a_commit_for_another_block_does_not_verify(validator: Validator) -> None:
    of = commit(VECTOR["commit"])
    changed = replace(of, block_id=replace(of.block_id, hash=b"\x00" * 32))
    assert not keys.verify(
        validator.pub_key, changed.sign_bytes(CHAIN, 0), of.signatures[0].signature
    )


@pytest.mark.parametrize("name", ["app_hash", "time", "chain_id", "proposer_address"])
def test_a_changed_field_changes_the_header_hash(block: Block, name: str) -> None:
    value = getattr(block.header, name)
    changed = replace(block.header, **{name: value + (1 if isinstance(value, int) else value[:1])})
    assert changed.hash != block.header.hash


def test_shown_block_is_the_recorded_one(block: Block) -> None:
    assert render.header(block.header) == VECTOR["block"]["block"]["header"]
    assert render.commit(block.last_commit) == VECTOR["block"]["block"]["last_commit"]


def test_transaction_proof_is_the_recorded_one(block: Block) -> None:
    hashes = [tx_hash(tx) for tx in block.txs]
    shown = render.proof(merkle.root(hashes), block.txs[0], merkle.prove(hashes, 0))
    assert shown == VECTOR["tx_proof"]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 33])
def test_every_leaf_is_proved(count: int) -> None:
    leaves = [bytes([i]) * 3 for i in range(count)]
    for index in range(count):
        proof = merkle.prove(leaves, index)
        assert proof.root() == merkle.root(leaves)
        assert merkle.Proof(count, index, merkle.leaf_hash(b"x"), proof.aunts).root() != (
            merkle.root(leaves)
        )


def test_the_root_is_that_of_a_split_at_the_largest_power_of_two() -> None:
    def split(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return merkle.leaf_hash(leaves[0])
        at = 1 << (len(leaves) - 1).bit_length() - 1
        return merkle.inner_hash(split(leaves[:at]), split(leaves[at:]))

    for count in range(1, 40):
        leaves = [bytes([i]) for i in range(count)]
        assert merkle.root(leaves) == split(leaves)
