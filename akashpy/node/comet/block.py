"""Header, commit, validators and block: CometBFT 0.38's values with their bytes and hashes.

Every hash here is one that a light client or a full node recomputes. Must not know how a block
is executed, stored or shown. Times are unix nanoseconds, hashes are raw bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, lru_cache
from hashlib import sha256

from akashpy.node.comet import merkle
from akashpy.node.comet.encoding import (
    NANOS,
    ZERO_TIME_SECONDS,
    data,
    delimited,
    fixed64,
    message,
    number,
    timestamp,
)

BLOCK_PROTOCOL = 11
"""Version of the block format, part of every header."""

PART_SIZE = 65_536
"""Bytes in one part of the part set that a block ID commits to."""

PRECOMMIT = 2
"""SignedMsgType of the votes a commit is made of."""

ZERO_TIME = ZERO_TIME_SECONDS * NANOS
"""Go's zero time as unix nanoseconds."""


@dataclass(frozen=True, slots=True)
class PartSetHeader:
    """Number of parts of an encoded block and the root over them."""

    total: int = 0
    hash: bytes = b""

    def encode(self) -> bytes:
        return number(1, self.total) + data(2, self.hash)


@dataclass(frozen=True, slots=True)
class BlockID:
    """What a vote is for: the header's hash and the part set that carries the block."""

    hash: bytes = b""
    parts: PartSetHeader = PartSetHeader()

    def encode(self) -> bytes:
        return data(1, self.hash) + message(2, self.parts.encode())


class BlockIDFlag(IntEnum):
    """What a validator said about the block of a commit."""

    ABSENT = 1
    COMMIT = 2
    NIL = 3


@dataclass(frozen=True, slots=True)
class CommitSig:
    """One validator's part of a commit. `timestamp` is the time of its vote, 0 when absent."""

    flag: BlockIDFlag
    validator_address: bytes
    timestamp: int
    signature: bytes

    def encode(self) -> bytes:
        return (
            number(1, self.flag)
            + data(2, self.validator_address)
            + message(3, timestamp(self._time))
            + data(4, self.signature)
        )

    @property
    def _time(self) -> int:
        """Go's zero time stands for an absent vote; it does not fit 64-bit nanoseconds."""
        return ZERO_TIME if self.flag is BlockIDFlag.ABSENT else self.timestamp


@dataclass(frozen=True, slots=True)
class Commit:
    """The precommits that made a block final."""

    height: int = 0
    round: int = 0
    block_id: BlockID = BlockID()
    signatures: tuple[CommitSig, ...] = ()

    def encode(self) -> bytes:
        return (
            number(1, self.height)
            + number(2, self.round)
            + message(3, self.block_id.encode())
            + b"".join(message(4, sig.encode()) for sig in self.signatures)
        )

    def hash(self) -> bytes:
        """What the next header's last_commit_hash holds."""
        return merkle.root([sig.encode() for sig in self.signatures])

    def sign_bytes(self, chain_id: str, index: int) -> bytes:
        """What validator `index` signed to make its part of this commit."""
        voted = self.block_id if self.signatures[index].flag is BlockIDFlag.COMMIT else None
        return vote_sign_bytes(
            chain_id, self.height, self.round, voted, self.signatures[index].timestamp
        )


def vote_sign_bytes(
    chain_id: str, height: int, round: int, block_id: BlockID | None, time: int
) -> bytes:
    """Canonical precommit, framed by its length: the bytes an ed25519 signature covers.

    `block_id` None is a vote for nil. Source: CometBFT 0.38 CanonicalVote.
    """
    voted = b"" if block_id is None else message(4, block_id.encode())
    return delimited(
        number(1, PRECOMMIT)
        + fixed64(2, height)
        + fixed64(3, round)
        + voted
        + message(5, timestamp(time))
        + data(6, chain_id.encode())
    )


@dataclass(frozen=True, slots=True)
class Validator:
    """One validator with an ed25519 key. `power` is its voting power."""

    pub_key: bytes
    power: int
    proposer_priority: int = 0

    @property
    def address(self) -> bytes:
        return sha256(self.pub_key).digest()[:20]

    def encode_simple(self) -> bytes:
        """The form that validators_hash covers: key and power, no priority."""
        return message(1, data(1, self.pub_key)) + number(2, self.power)


def sort_validators(validators: Iterable[Validator]) -> tuple[Validator, ...]:
    """CometBFT's order: power falling, then address rising."""
    return tuple(sorted(validators, key=lambda v: (-v.power, v.address)))


def changed_validators(
    validators: Iterable[Validator], updates: Iterable[Validator]
) -> tuple[Validator, ...]:
    """The set after updates, in CometBFT's order: power 0 removes a validator."""
    by_key = {each.pub_key: each for each in validators}
    for update in updates:
        if update.power:
            by_key[update.pub_key] = update
        else:
            by_key.pop(update.pub_key, None)
    return sort_validators(by_key.values())


def validators_hash(validators: Sequence[Validator]) -> bytes:
    """Root over the set, which must already be in CometBFT's order."""
    return merkle.root([v.encode_simple() for v in validators])


def consensus_hash(*, max_bytes: int, max_gas: int) -> bytes:
    """Hash of the consensus params a header commits to: block bytes and block gas only."""
    return sha256(number(1, max_bytes) + number(2, max_gas)).digest()


SMALL = 256
"""Bytes of a result's data up to which its leaf is remembered."""


def result_leaf(code: int, result_data: bytes, gas_wanted: int, gas_used: int) -> bytes:
    """The deterministic part of one transaction's result."""
    make = _small_leaf if len(result_data) < SMALL else _leaf
    return make(code, result_data, gas_wanted, gas_used)


def _leaf(code: int, result_data: bytes, gas_wanted: int, gas_used: int) -> bytes:
    return number(1, code) + data(2, result_data) + number(5, gas_wanted) + number(6, gas_used)


_small_leaf = lru_cache(maxsize=4096)(_leaf)
"""Remembered, because most results of a block are alike."""


def tx_hash(tx: bytes) -> bytes:
    """A transaction's identity: sha256 of its bytes."""
    return sha256(tx).digest()


def data_hash(tx_hashes: Sequence[bytes]) -> bytes:
    """Root over the transactions' hashes, in block order."""
    return merkle.root(tx_hashes)


@dataclass(frozen=True)
class Header:
    """A block's header. `app_hash` and `last_results_hash` are those after the previous block."""

    chain_id: str
    height: int
    time: int
    last_block_id: BlockID
    last_commit_hash: bytes
    data_hash: bytes
    validators_hash: bytes
    next_validators_hash: bytes
    consensus_hash: bytes
    app_hash: bytes
    last_results_hash: bytes
    evidence_hash: bytes
    proposer_address: bytes
    app_version: int = 0

    def encode(self) -> bytes:
        return (
            message(1, self._version())
            + data(2, self.chain_id.encode())
            + number(3, self.height)
            + message(4, timestamp(self.time))
            + message(5, self.last_block_id.encode())
            + b"".join(data(6 + i, value) for i, value in enumerate(self._hashes()))
        )

    @cached_property
    def hash(self) -> bytes:
        """Root over the fourteen fields, each in its own encoding."""
        return merkle.root(
            [
                self._version(),
                data(1, self.chain_id.encode()),
                number(1, self.height),
                timestamp(self.time),
                self.last_block_id.encode(),
                *(data(1, value) for value in self._hashes()),
            ]
        )

    def _version(self) -> bytes:
        return number(1, BLOCK_PROTOCOL) + number(2, self.app_version)

    def _hashes(self) -> tuple[bytes, ...]:
        return (
            self.last_commit_hash,
            self.data_hash,
            self.validators_hash,
            self.next_validators_hash,
            self.consensus_hash,
            self.app_hash,
            self.last_results_hash,
            self.evidence_hash,
            self.proposer_address,
        )


@dataclass(frozen=True)
class Block:
    """A header with its transactions and the commit of the block before it.

    `evidence` holds encoded `tendermint.types.Evidence`, with which misbehaviour is proved.
    """

    header: Header
    txs: tuple[bytes, ...]
    last_commit: Commit = field(default_factory=Commit)
    evidence: tuple[bytes, ...] = ()

    @cached_property
    def encoded(self) -> bytes:
        """The protobuf form that is cut into parts."""
        return (
            message(1, self.header.encode())
            + message(2, b"".join([message(1, tx) for tx in self.txs]))
            + message(3, b"".join([message(1, each) for each in self.evidence]))
            + message(4, self.last_commit.encode())
        )

    @cached_property
    def id(self) -> BlockID:
        """The block ID that validators vote for."""
        parts = [self.encoded[at : at + PART_SIZE] for at in range(0, len(self.encoded), PART_SIZE)]
        return BlockID(self.header.hash, PartSetHeader(len(parts), merkle.root(parts)))
