"""What passes between a chain's rules and the node that runs them.

Plain records without protobuf, so that the state machine is the same under CometBFT and in the
embedded node. Times are unix nanoseconds. This module must not know how either side works.
"""

from typing import NamedTuple

from akashpy.types.events import Event


class TxResult(NamedTuple):
    """What became of one transaction in a block."""

    code: int = 0
    codespace: str = ""
    data: bytes = b""
    log: str = ""
    info: str = ""
    gas_wanted: int = 0
    gas_used: int = 0
    events: tuple[Event, ...] = ()


class CheckResult(NamedTuple):
    """Whether a transaction may wait for a block."""

    code: int = 0
    codespace: str = ""
    log: str = ""
    gas_wanted: int = 0
    gas_used: int = 0
    priority: int = 0
    sender: str = ""
    data: bytes = b""
    events: tuple[Event, ...] = ()


class VoteInfo(NamedTuple):
    """One validator's part in the last commit; `flag` is CometBFT's BlockIDFlag."""

    address: bytes
    power: int
    flag: int


class Misbehavior(NamedTuple):
    """Proof that a validator broke the rules of consensus; `kind` is CometBFT's number."""

    kind: int
    address: bytes
    power: int
    height: int
    time: int
    total_power: int


class BlockInput(NamedTuple):
    """A decided block; `time` in unix nanoseconds, `proposer` the 20-byte consensus address."""

    height: int
    time: int
    proposer: bytes
    txs: list[bytes]
    votes: tuple[VoteInfo, ...] = ()
    misbehavior: tuple[Misbehavior, ...] = ()
    hash: bytes = b""
    next_validators_hash: bytes = b""


class BlockFacts(NamedTuple):
    """What the rules of a block may know of it besides height, time and proposer.

    `votes` are the last commit's, `hash` is the block's own, `app_hash` the state's before it.
    """

    votes: tuple[VoteInfo, ...] = ()
    misbehavior: tuple[Misbehavior, ...] = ()
    hash: bytes = b""
    next_validators_hash: bytes = b""
    app_hash: bytes = b""


NO_FACTS = BlockFacts()
"""Outside of a block: checks, queries, genesis."""


class ValidatorUpdate(NamedTuple):
    """A validator's new power; 0 removes it."""

    pub_key_type: str
    pub_key: bytes
    power: int


class BlockResult(NamedTuple):
    """What executing a block gave; `consensus_param_updates` is None when there are none."""

    tx_results: list[TxResult]
    events: tuple[Event, ...] = ()
    validator_updates: tuple[ValidatorUpdate, ...] = ()
    consensus_param_updates: object | None = None
    app_hash: bytes = b""
