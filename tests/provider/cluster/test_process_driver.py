"""The process driver: the conformance suite in both ways of isolation, and what is its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest

from provider.cluster.driver import Driver
from provider.cluster.process.driver import ProcessDriver
from provider.cluster.process.settings import ProcessSettings
from provider.cluster.process.spec import Restarts
from tests.provider.cluster.conformance import Conformance, OpenDriver
from tests.provider.cluster.given import AROUND

QUICK = Restarts(first=0.02, longest=0.1)


def opener(root: Path, isolation: Literal["namespaces", "none"]) -> OpenDriver:
    """Opens the driver over one directory."""

    @asynccontextmanager
    async def open_driver() -> AsyncIterator[Driver]:
        settings = ProcessSettings(root, isolation=isolation, restarts=QUICK, grace=2.0)
        async with ProcessDriver.open(settings, AROUND) as driver:
            yield driver

    return open_driver


class TestWithNamespaces(Conformance):
    """Where user namespaces are permitted."""

    @pytest.fixture
    def open_driver(self, tmp_path: Path) -> OpenDriver:
        return opener(tmp_path, "namespaces")


class TestWithoutNamespaces(Conformance):
    """Everywhere else."""

    @pytest.fixture
    def open_driver(self, tmp_path: Path) -> OpenDriver:
        return opener(tmp_path, "none")
