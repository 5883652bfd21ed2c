"""What the node asks of a state machine.

A protocol, so that the node's parts are tested without the chain and the chain without the node.
Must not import either.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

from akashpy.types.abci import BlockInput, BlockResult, CheckResult, TxResult


class Application(Protocol):
    """A deterministic state machine with a check state beside its committed state."""

    @property
    def height(self) -> int:
        """The last committed height; 0 before the first block."""

    @property
    def app_hash(self) -> bytes:
        """The hash of the committed state."""

    @property
    def consensus_params(self) -> Any:
        """The tendermint.types.ConsensusParams message in force."""

    @property
    def min_gas_prices(self) -> Any:
        """This node's own minimum price of gas, as DecCoins."""

    def init_chain(self, genesis: dict[str, Any]) -> Any:
        """Start from a parsed genesis.json; gives `.validators` and `.app_hash`."""

    def claim(self, raw: bytes) -> tuple[Any, Any] | None:
        """What to verify before `check_tx`: what to give it then as `vouched`, and the claim
        (proof, public key, digest, signature)."""

    def check_tx(self, raw: bytes, *, recheck: bool = False, vouched: Any = None) -> CheckResult:
        """Whether a transaction may wait for a block."""

    def prepare_proposal(self, txs: Sequence[bytes], max_bytes: int) -> list[bytes]:
        """The transactions that a proposer puts into a block of at most so many bytes."""

    def process_proposal(self, txs: Sequence[bytes]) -> bool:
        """Whether a proposed block may be voted for."""

    def simulate(self, raw: bytes) -> tuple[int, TxResult]:
        """Gas used and result of a transaction that is not kept."""

    def execute_block(self, block: BlockInput) -> Generator[None, None, BlockResult]:
        """Execute a block, yielding every few transactions; nothing is kept before commit."""

    def commit_job(self) -> Callable[[], object]:
        """What writes the executed block durably; may be called in a writer thread."""

    def commit(self) -> int:
        """Make the executed block, once written, the committed one and the base of checks."""

    def take_panics(self) -> list[str]:
        """Tracebacks of exceptions that no rule foresaw, since the last call."""

    def read_store(
        self, key: bytes, height: int | None = None, *, prove: bool = False
    ) -> tuple[bytes | None, bytes | None]:
        """A raw row at a committed height and, if asked, its encoded proof."""

    def query_context(self, height: int | None = None) -> Any:
        """A read-only context at a committed height."""
