"""An application behind ABCI for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.abci.calls import Caller


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    """An application without a chain yet."""
    found = Caller(tmp_path / "one")
    yield found
    await found.close()


@pytest.fixture
async def giver(tmp_path: Path) -> AsyncIterator[Caller]:
    """An application that takes a snapshot at every third height."""
    found = Caller(tmp_path / "giver", snapshot_interval=3)
    yield found
    await found.close()
