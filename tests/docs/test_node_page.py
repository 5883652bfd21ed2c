"""docs/node.md: its commands in their order on a real home, its table as the code has it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Cli
from tests.docs.pages import ROOT, commands
from tests.tables import with_settings

PAGE = ROOT / "docs" / "node.md"
TEXT = PAGE.read_text(encoding="utf-8")
SHOWN = [each.words for each in commands() if each.page == "docs/node.md"]
START = ("akashpy", "node", "start")
CURL = re.compile(r"^curl http://127\.0\.0\.1:26660(/\w+)$", re.MULTILINE)
PROGRAM = "from akashpy.cli.main import main; main()"
FREE = {
    f"AKASHPY_NODE_{name}_ADDRESS": "127.0.0.1:0" for name in ("RPC", "GRPC", "METRICS")
} | {"AKASHPY_NODE_BLOCK_INTERVAL": "50ms"}  # fmt: skip


def test_the_table_of_settings_is_what_the_code_says() -> None:
    assert with_settings(TEXT) == TEXT, "run: make docs"


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="are not there"):
        with_settings("nothing")


@contextmanager
def started(variables: dict[str, str]) -> Iterator[dict[str, str]]:
    """The page's node, in a process; ended by SIGTERM, with 0."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *START[1:]],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables},
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(timeout=60)
        process.stdout.close()


def looked_at(metrics: str) -> None:
    """What the page asks the operators' port."""
    paths = CURL.findall(TEXT)
    assert paths == ["/health", "/ready", "/metrics"]
    for path in paths:
        with urlopen(metrics + path, timeout=60) as response:
            text = response.read().decode()
    named = set(re.findall(r"\b(?:cometbft|akashpy|tx)_[a-z_]+\b", TEXT)) - {"akashpy_"}
    known = set(re.findall(r"^(\w+?)(?:_bucket|_count|_sum|_created)?\{", text, re.MULTILINE))
    known |= set(re.findall(r"^(\w+)\{", text, re.MULTILINE))
    missing = {name for name in named if name.rstrip("_") not in known}
    # those are a node's under CometBFT: tests/cometbft/test_operations.py
    assert {name for name in missing if not name.startswith("akashpy_abci_seconds")} == set()


def height_of(node: str) -> int:
    with urlopen(f"{node}/status", timeout=60) as response:
        return int(json.load(response)["result"]["sync_info"]["latest_block_height"])


def test_its_commands_run_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {**FREE, "AKASHPY_NODE_HOME": str(tmp_path / "node")}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    cli = Cli(tmp_path)
    assert START in SHOWN
    for words in SHOWN:
        assert words[0] == "akashpy"
        if words == START:
            with started(variables) as ready:
                while height_of(ready["rpc"]) < 6:
                    pass
                looked_at(ready["metrics"])
            continue
        done = cli(*words[1:], env=variables)
        assert done.code == 0, f"{words}: {done.out}{done.err}"
    with started(variables) as ready:
        assert height_of(ready["rpc"]) >= 1
