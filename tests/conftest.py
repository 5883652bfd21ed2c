"""What every test shares: the soak option, how a missing program is said, the table at the end.

A test that needs a program or a right of the machine calls `needs(...)`. Where CI is set nothing
may be missing, so the skip becomes a failure there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")

collect_ignore = [] if os.environ.get("AKASH_GO_BIN") else ["parity"]


def needs(present: bool, what: str) -> None:
    """Skip the test when `what` (a program, a kernel feature) is not present; fail under CI."""
    if not present:
        if os.environ.get("CI"):
            pytest.fail(f"missing on this machine: {what}; install it in .ci/setup")
        pytest.skip(f"missing: {what}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--soak` selects the long runs."""
    parser.addoption("--soak", action="store_true", help="run the tests marked soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the soak tests out unless they were asked for."""
    if config.getoption("--soak"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per test that did not run, with the program that is missing."""
    rows = sorted(_missing(terminalreporter))
    if not rows:
        return
    terminalreporter.section("did not run on this machine")
    for name, reason in rows:
        terminalreporter.write_line(f"{reason:<40} {name}")


def _missing(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, str]]:
    for report in reporter.stats.get("skipped", []):
        _, _, reason = report.longrepr
        yield report.nodeid, str(reason).removeprefix("Skipped: ")
