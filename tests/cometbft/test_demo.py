"""The whole demonstration, on a chain under CometBFT."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_the_whole_demo_runs_under_cometbft(cometbft: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples/00-demo/demo.py")],
        env={
            **os.environ,
            "CONSENSUS": "cometbft",
            "PATH": f"{Path(cometbft).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "done: deployed, served, updated, paid and closed" in done.stdout
