"""The same 500 random blocks, embedded and through ABCI's bytes, in processes of two hash seeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from akashpy.wire import abci as pb
from tests.node.abci.calls import Caller
from tests.node.abci.random_blocks import embedded, request_of, row_of

BLOCKS = 500
PROGRAM = Path(__file__).with_name("random_blocks.py")


@pytest.mark.slow
async def test_random_blocks_give_the_same_everywhere(tmp_path: Path, caller: Caller) -> None:
    others = [_elsewhere(seed) for seed in ("1", "77")]
    inputs, rows = await embedded(tmp_path / "embedded", BLOCKS)
    assert len(rows) == BLOCKS
    assert sum(row.txs for row in rows) > BLOCKS
    assert sum(row.failed for row in rows) > BLOCKS // 20

    await caller.init()
    for block, row in zip(inputs, rows, strict=True):
        sent = request_of(block).SerializeToString()
        answer = await caller.application.answer(
            "finalize_block", pb.RequestFinalizeBlock.FromString(sent)
        )
        await caller.call("commit")
        told = pb.ResponseFinalizeBlock.FromString(answer.SerializeToString())
        assert row_of(block.height, told) == row

    digest = sha256(repr(rows).encode()).hexdigest()
    for process in others:
        out, _ = process.communicate(timeout=200)
        assert json.loads(out)["digest"] == digest


def _elsewhere(seed: str) -> subprocess.Popen[str]:
    path = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(BLOCKS)],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
