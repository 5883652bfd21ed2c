"""Up and down: a cluster comes up beside another one, is found again, and leaves nothing."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

import pytest

from tests.kubernetes.cluster import Cluster, layout, shared
from tests.kubernetes.cluster.cgroups import mounted
from tests.kubernetes.cluster.layout import Layout
from tests.kubernetes.cluster.single import SHARED


def traces(cluster: Cluster) -> list[str]:
    """Everything of a cluster that the machine still shows."""
    name = cluster.place.id
    namespaces = [cluster.place.node_namespace, cluster.place.outside_namespace]
    groups = [tree.root / name for tree in mounted()]
    kept = [str(path) for path in (*namespaces, *groups, cluster.place.home) if path.exists()]
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    kept += [line for line in mounts if f"{cluster.place.home}/" in line]
    return kept + processes(str(cluster.place.home))


def processes(text: str) -> list[str]:
    """The command lines of the machine that name a path."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        if text in words:
            found.append(words)
    return found


def filters() -> str:
    """The packet filter rules of the machine itself."""
    asked = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, timeout=30)
    return asked.stdout


def links() -> list[str]:
    """The network links of the machine itself."""
    return sorted(path.name for path in Path("/sys/class/net").iterdir())


@pytest.mark.slow
def test_a_second_cluster_leaves_nothing_behind(cluster: Cluster) -> None:
    """Beside the session's own, with a pod in it, brought up twice and taken down twice."""
    before = (filters(), links())
    second = Cluster(Layout.of(uuid.uuid4().hex[:8]))
    try:
        second.up()
        assert second.node_ready()
        assert cluster.node_ready()
        second.stop("kube-scheduler", kill=True)
        proxy = second.processes.pid("kube-proxy")
        again = Cluster(second.place)
        again.up()
        assert again.processes.pid("kube-proxy") == proxy
        assert again.processes.pid("kube-scheduler") is not None
        assert again.fetch("nobody.example.test").status == 404
        assert traces(second) != []
    finally:
        second.down()
    assert traces(second) == []
    assert (filters(), links()) == before
    second.down()
    assert cluster.node_ready(layout.NODE)
    assert all(folder.exists() for folder in SHARED)
    assert cluster._ctr("version")


def test_a_shared_folder_goes_with_its_last_user(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    shared.take(folder, "one")
    shared.take(folder, "two")
    shared.leave(folder, "one")
    assert folder.exists()
    shared.leave(folder, "two")
    assert not folder.exists()
    shared.leave(folder, "two")


def test_a_folder_of_the_machine_stays(tmp_path: Path) -> None:
    shared.take(tmp_path, "one")
    shared.leave(tmp_path, "one")
    assert list(tmp_path.iterdir()) == []
    new = tmp_path / "used"
    shared.take(new, "one")
    (new / "by-somebody").touch()
    shared.leave(new, "one")
    assert (new / "by-somebody").exists()


def test_a_folder_must_leave_room_for_sockets(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="longer than 60 characters"):
        Layout(tmp_path / ("long" * 20))
