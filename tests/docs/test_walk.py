"""The README's walk, command by command as the page shows it, beside a running `akashpy dev`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devchain import AKASHPY, dev_chain
from tests.docs.pages import ROOT
from tests.docs.walk import WALK

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user with an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AKASH")}
    return kept | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Where the reader stands: a directory with the examples."""
    place = tmp_path / "checkout"
    shutil.copytree(ROOT / "examples", place / "examples")
    return place


@pytest.fixture
def dev(environment: dict[str, str], checkout: Path) -> Iterator[dict[str, object]]:
    """`akashpy dev` in the other terminal, ended by Ctrl-C."""
    with dev_chain(environment, checkout) as ready:
        yield ready


@pytest.mark.usefixtures("dev")
def test_every_command_of_the_walk_succeeds(environment: dict[str, str], checkout: Path) -> None:
    said = {}
    for words in WALK:
        done = subprocess.run(
            [*AKASHPY, *words[1:]],
            env=environment, cwd=checkout, timeout=200, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
        said[words[1]] = done.stdout
    assert "http://127.0.0.1:" in said["up"]
    assert "01-hello-web" in said["ps"]
    assert "site" in said["exec"]
