"""CometBFT for the tests here: the real program, built once; what nodes said before a failure."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cometbft import program
from tests.cometbft.net import Net
from tests.conftest import needs

HERE = Path(__file__).resolve().parent
LIMIT_S = 600
"""Far above what any test takes: every wait in it has a limit of its own and says what it saw."""


@pytest.fixture(scope="session")
def cometbft() -> str:
    """The path of CometBFT's program."""
    needs(program.go_program() is not None, "go, which builds CometBFT")
    return str(program.build())


@pytest.fixture(scope="module")
def four(cometbft: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """Four validators of one chain, running."""
    with Net.running(tmp_path_factory.mktemp("four"), cometbft, 4) as net:
        yield net


@pytest.fixture(scope="module")
def one(cometbft: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    """One validator, running."""
    with Net.running(tmp_path_factory.mktemp("one"), cometbft, 1) as net:
        yield net


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Limit the tests here without what they are given: a cold build is no fault of the first."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LIMIT_S, func_only=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure where the nodes are that the test was given, and their last words."""
    report = yield
    if report.failed and call.when == "call":
        given: dict[str, Any] = getattr(item, "funcargs", {})
        for name, value in given.items():
            for net in value if isinstance(value, tuple) else (value,):
                if isinstance(net, Net):
                    report.sections.append((f"nodes of {name}", net.told()))
    return report
