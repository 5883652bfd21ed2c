"""Random blocks made by the embedded node, and the same blocks through ABCI's bytes.

As a program, `random_blocks.py COUNT`, it prints what the blocks gave, for a comparison between
processes of different hash seeds. The blocks hold payments, delegations and their ends,
deployments that open and close, and much that fails.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from akashpy.chain import auth
from akashpy.node.solo import results_hash
from akashpy.tx.build import build
from akashpy.types.abci import BlockInput, TxResult
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coin
from akashpy.wire import abci as pb
from akashpy.wire import bank, deployment, staking
from tests.chain.app.replay import order
from tests.node.realchain import CHAIN, RealChain, address, key

PEOPLE = ("tenant", "provider", "provider2", "other")
MOST = 5
"""Transactions that one block may be offered."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a block gave."""

    height: int
    app_hash: bytes
    results_hash: bytes
    txs: int
    failed: int


class Maker:
    """Makes transactions; what it makes depends on the seed and the chain alone."""

    def __init__(self, chain: RealChain, seed: int) -> None:
        self._chain = chain
        self._dice = random.Random(seed)
        self._open: list[int] = []
        self._dseq = 0
        self._operator = str(Address.of(address("validator").raw, prefix=VALOPER))
        self._ahead: dict[str, int] = {}

    def begin(self) -> None:
        """Before a block's transactions."""
        self._ahead = dict.fromkeys(PEOPLE, 0)

    def taken(self, who: str) -> None:
        """A transaction waits for the block."""
        self._ahead[who] += 1

    def some(self) -> tuple[str, bytes]:
        """Who signs what."""
        dice = self._dice
        who, other = dice.sample(PEOPLE, 2)
        coin = Coin("uakt", dice.choice((1, 10**6, 10**9, 10**13))).to_wire()
        stake = {"delegator_address": address(who), "validator_address": self._operator}
        match dice.randrange(6):
            case 0 | 1:
                message: Message = bank.MsgSend(
                    from_address=address(who), to_address=address(other), amount=[coin]
                )
            case 2:
                message = staking.MsgDelegate(**stake, amount=coin)
            case 3:
                message = staking.MsgUndelegate(**stake, amount=coin)
            case 4 if self._open:
                who = "tenant"
                message = deployment.MsgCloseDeployment()
                dseq = self._open.pop(dice.randrange(len(self._open)))
                message.id.owner, message.id.dseq = address(who), dseq
            case _:
                who = "tenant"
                self._dseq += 1
                self._open.append(self._dseq)
                message = order(self._dseq)
                message.id.owner = address(who)  # type: ignore[attr-defined]
        return who, self._signed(who, [message])

    def count(self) -> int:
        """How many transactions the next block is offered."""
        return self._dice.randrange(MOST + 1)

    def _signed(self, who: str, messages: Iterable[Message]) -> bytes:
        account = auth.require(self._chain.app.query_context(), address(who).raw)
        return build(
            messages, key(who), chain_id=CHAIN, account_number=account.number,
            sequence=account.sequence + self._ahead[who], fee=[Coin("uakt", 20_000)], gas=900_000,
        )  # fmt: skip


async def embedded(root: Path, count: int, seed: int = 8) -> tuple[list[BlockInput], list[Row]]:
    """Blocks as the embedded node decided and executed them."""
    chain = RealChain(root, pruning="everything")
    inputs: list[BlockInput] = []
    execute = chain.app.execute_block

    def watched(block: BlockInput) -> Any:
        inputs.append(block)
        return execute(block)

    chain.app.execute_block = watched  # type: ignore[method-assign]  # sees what is decided
    try:
        await chain.producer.recover()
        maker = Maker(chain, seed)
        rows = []
        for _ in range(count):
            maker.begin()
            for _ in range(maker.count()):
                who, raw = maker.some()
                if (await chain.core.broadcast(raw)).check.code == 0:
                    maker.taken(who)
            await chain.blocks()
            results = chain.core.store.results(chain.core.height) or []
            rows.append(_row(chain.core.height, chain.app.app_hash, results))
        return inputs, rows
    finally:
        chain.close()


def _row(height: int, app_hash: bytes, results: Iterable[TxResult]) -> Row:
    every = list(results)
    failed = sum(1 for each in every if each.code)
    return Row(height, app_hash, results_hash(every), len(every), failed)


def request_of(block: BlockInput) -> pb.RequestFinalizeBlock:
    """The request by which CometBFT hands this block over."""
    request = pb.RequestFinalizeBlock(
        height=block.height,
        txs=block.txs,
        hash=block.hash,
        proposer_address=block.proposer,
        next_validators_hash=block.next_validators_hash,
    )
    request.time.FromNanoseconds(block.time)
    for vote in block.votes:
        told = request.decided_last_commit.votes.add(block_id_flag=vote.flag)
        told.validator.address, told.validator.power = vote.address, vote.power
    return request


def row_of(height: int, answer: pb.ResponseFinalizeBlock) -> Row:
    """What an answer says of its block."""
    results = [
        TxResult(code=each.code, data=each.data, gas_wanted=each.gas_wanted, gas_used=each.gas_used)
        for each in answer.tx_results
    ]
    return _row(height, answer.app_hash, results)


def main() -> None:
    """Print a digest of all blocks."""
    with tempfile.TemporaryDirectory() as root:
        _, rows = asyncio.run(embedded(Path(root), int(sys.argv[1])))
    told = {
        "digest": sha256(repr(rows).encode()).hexdigest(),
        "txs": sum(row.txs for row in rows),
        "failed": sum(row.failed for row in rows),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
