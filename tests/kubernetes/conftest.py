"""The cluster of the Kubernetes tests: one for the session, gone without a trace afterwards.

With AKASHPY_TEST_CLUSTER set to the name of a cluster that `python -m tests.kubernetes.cluster
--name NAME up` brought up, that one is used and left running: the short way while writing tests.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from akashpy.types.address import Address
from tests.conftest import needs
from tests.kubernetes.cluster import Cluster, binaries
from tests.kubernetes.cluster.layout import Layout
from tests.kubernetes.cluster.single import MACHINE_PROGRAMS, PROGRAMS_PATH
from tests.kubernetes.leaving import Leaving
from tests.provider.cluster import given as giving

REUSED = "AKASHPY_TEST_CLUSTER"
HERE = Path(__file__).resolve().parent
LIMIT_S = 600
SESSION = "session-"
"""How the clusters of test sessions are named, before the number of the session's process."""
TAIL = 12
"""Lines of a program's log that go into the report of a failed test."""

_running: list[Cluster] = []


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Kubernetes with one real node, ready for use."""
    needs(os.geteuid() == 0, "the rights of root, for a Kubernetes of its own")
    needs(binaries.go_program() is not None, "go, which builds Kubernetes")
    for name in MACHINE_PROGRAMS:
        needs(shutil.which(name, path=PROGRAMS_PATH) is not None, f"{name}, for Kubernetes")
    binaries.build()
    _sweep()
    reused = os.environ.get(REUSED)
    whole = Cluster(Layout.of(reused or f"{SESSION}{os.getpid()}"))
    _running.append(whole)
    try:
        whole.up()
        yield whole
    finally:
        _running.remove(whole)
        if not reused:
            _keep_logs(whole, tmp_path_factory.getbasetemp() / "kubernetes-logs")
            whole.down()


@pytest.fixture(scope="session")
def leaving(cluster: Cluster) -> Iterator[Leaving]:
    """What removes the tests' leases while others run; in the end all of them are gone."""
    with Leaving.beside(cluster.kubeconfig) as made:
        yield made


@pytest.fixture(autouse=True)
def tenant_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant of its own for each test: leases of another may still be going."""
    monkeypatch.setattr(giving, "TENANT", Address.of(uuid.uuid4().bytes + bytes(4)))


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace for one test, deleted afterwards with everything in it."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Limit the tests here without what they are given: a cold build is no fault of the first."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LIMIT_S, func_only=True))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add what the cluster said to the report of a test that failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's result of the others
    if report.failed and report.when != "teardown":
        for whole in _running:
            report.sections.append(("the cluster", _state(whole)))


def _sweep() -> None:
    """Take down the clusters of sessions that were killed before they could."""
    for home in Layout.of(SESSION).home.parent.glob(f"{Layout.of(SESSION).home.name}[0-9]*"):
        owner = home.name.rpartition(SESSION)[2]
        if not Path(f"/proc/{owner}").exists():
            Cluster(Layout(home)).down()


def _state(whole: Cluster) -> str:
    parts = []
    for words in (
        ("get", "pods", "--all-namespaces", "--output=wide"),
        ("get", "events", "--all-namespaces", "--sort-by=.lastTimestamp"),
    ):
        try:
            parts.append("\n".join(whole.kubectl(*words, timeout_s=20).splitlines()[-60:]))
        except (RuntimeError, OSError, TimeoutError) as error:
            parts.append(f"{' '.join(words)}: {error}")
    for name, text in whole.logs().items():
        last = text.splitlines()[-TAIL:]
        parts.append(f"-- {name}\n" + "\n".join(line[:300] for line in last))
    return "\n".join(parts)


def _keep_logs(whole: Cluster, target: Path) -> None:
    """The programs' logs outlive the cluster in pytest's own folder."""
    target.mkdir(exist_ok=True)
    for name, text in whole.logs().items():
        (target / f"{name}.log").write_text(text)
