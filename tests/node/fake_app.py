"""A small state machine in place of the chain: counters per sender, so that order shows.

A transaction is `sender:sequence[:gas]`; `bad` anywhere in it is refused at the check, `fail` in
the block. State lives in a dict that a test may hand to a second app, as a disk would be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from akashpy.types.abci import BlockInput, BlockResult, CheckResult, TxResult, ValidatorUpdate
from akashpy.types.events import Event


class Disk:
    """What survives the application's process."""

    def __init__(self) -> None:
        self.height = 0
        self.state: dict[str, int] = {}
        self.app_hash = b""


class FakeApp:
    """Counts transactions per sender and insists on their order."""

    consensus_params = None

    def __init__(self, disk: Disk, validator: bytes) -> None:
        self.disk = disk
        self.validator = validator
        self._check: dict[str, int] = dict(disk.state)
        self._state: dict[str, int] = dict(disk.state)
        self._staged: tuple[int, dict[str, int], bytes] | None = None
        self.updates: tuple[ValidatorUpdate, ...] = ()
        self.before_write: Callable[[], None] = lambda: None
        self.blocks: list[BlockInput] = []

    @property
    def height(self) -> int:
        return self.disk.height

    @property
    def app_hash(self) -> bytes:
        return self.disk.app_hash

    def init_chain(self, genesis: dict[str, Any]) -> Any:
        del genesis
        return SimpleNamespace(
            validators=(ValidatorUpdate("ed25519", self.validator, 10),), app_hash=_hash({})
        )

    def claim(self, raw: bytes) -> None:
        return None

    def check_tx(self, raw: bytes, *, recheck: bool = False, vouched: Any = None) -> CheckResult:
        del recheck, vouched
        text = raw.decode()
        if "bad" in text:
            return CheckResult(code=2, codespace="sdk", log="bad transaction")
        return self._step(self._check, text)

    def _step(self, state: dict[str, int], text: str) -> CheckResult:
        sender, sequence, *gas = text.split(":")
        if int(sequence) != state.get(sender, 0):
            wanted = state.get(sender, 0)
            return CheckResult(code=32, codespace="sdk", log=f"expected {wanted}, got {sequence}")
        state[sender] = state.get(sender, 0) + 1
        return CheckResult(gas_wanted=int(gas[0]) if gas and gas[0].isdigit() else 1)

    def simulate(self, raw: bytes) -> tuple[int, TxResult]:
        return 5, TxResult(log=raw.decode())

    def execute_block(self, block: BlockInput) -> Generator[None, None, BlockResult]:
        self.blocks.append(block)
        state = dict(self._state)
        results = []
        for raw in block.txs:
            text = raw.decode()
            check = self._step(state, text)
            code = 1 if "fail" in text else check.code
            sender = text.split(":")[0]
            events = (Event("transfer", (("sender", sender), ("amount", "7uakt"))),)
            results.append(TxResult(code=code, data=b"ok", gas_wanted=1, gas_used=1, events=events))
            yield
        events = (Event("coinbase", (("amount", str(block.height)),)),)
        app_hash = _hash(state)
        self._staged = (block.height, state, app_hash)
        return BlockResult(results, events, self.updates, None, app_hash)

    def commit_job(self) -> Callable[[], None]:
        staged = self._staged
        assert staged is not None

        def write() -> None:
            self.before_write()
            self.disk.height, self.disk.state, self.disk.app_hash = staged

        return write

    def commit(self) -> int:
        assert self._staged is not None
        self._state = self._staged[1]
        self._check = dict(self._state)
        self._staged = None
        return self.disk.height

    def take_panics(self) -> list[str]:
        return []

    def read_store(
        self, key: bytes, height: int | None = None, *, prove: bool = False
    ) -> tuple[bytes | None, bytes | None]:
        del height
        value = self._state.get(key.decode().partition("/")[2])
        return None if value is None else str(value).encode(), b"proof" if prove else None

    def query_context(self, height: int | None = None) -> Any:
        return SimpleNamespace(height=height or self.disk.height)


def _hash(state: dict[str, int]) -> bytes:
    return sha256(json.dumps(state, sort_keys=True).encode()).digest()
