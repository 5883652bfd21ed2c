"""The same blocks give the same hashes in another process with another hash seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

REPLAY = Path(__file__).with_name("replay.py")
ROOT = Path(__file__).parents[3]


def replay(seed: str) -> dict[str, object]:
    """What a fresh interpreter with this PYTHONHASHSEED says of the blocks."""
    done = subprocess.run(
        [sys.executable, str(REPLAY)],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_two_processes_agree_on_every_block() -> None:
    first, second = replay("1"), replay("4242")
    assert first == second
    assert first["blocks"]
    assert first["failed"]
    assert first["succeeded"]
