"""The cgroups of one cluster: a subtree in every hierarchy, by which its processes are found.

Works on cgroup v1, on v2 and on the mix of both. It ends and removes only what is in the subtree
of its name.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.kubernetes.cluster.waiting import wait_for

LIMIT_S = 120
"""For the kernel to end killed processes and give up their groups, on a busy machine too."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One mounted cgroup tree; `controllers` is empty for the unified one."""

    root: Path
    controllers: frozenset[str]
    unified: bool


def mounted() -> tuple[Hierarchy, ...]:
    """Every tree; runc makes groups in the unified one too where it has no controllers."""
    found = []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind in {"cgroup", "cgroup2"}:
            unified = kind == "cgroup2"
            names = frozenset() if unified else frozenset(options.split(","))
            found.append(Hierarchy(Path(place), names, unified))
    return tuple(found)


def hierarchies() -> tuple[Hierarchy, ...]:
    """The trees that have controllers: the unified one only where there are no others."""
    found = mounted()
    old = tuple(each for each in found if not each.unified)
    return old or found


class Cgroups:
    """The subtree of one name in every hierarchy."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def joining(self) -> Path:
        """The file by which a process of the cluster is made findable."""
        trees = hierarchies()
        tracked = next((t for t in trees if "pids" in t.controllers), trees[0])
        return tracked.root / self.name / "system" / "cgroup.procs"

    def make(self) -> None:
        """Create the subtree where it is missing."""
        for tree in hierarchies():
            top = tree.root / self.name
            if tree.unified:
                _delegate(tree.root)
            top.mkdir(exist_ok=True)
            if tree.unified:
                _delegate(top)
            if "cpuset" in tree.controllers:
                for name in ("cpuset.cpus", "cpuset.mems"):
                    (top / name).write_text((tree.root / name).read_text())
        self.joining.parent.mkdir(exist_ok=True)

    def pids(self) -> set[int]:
        """Every process in the subtree, pods included, but not this one."""
        found: set[int] = set()
        for folder in self._folders():
            try:
                found |= {int(each) for each in (folder / "cgroup.procs").read_text().split()}
            except OSError:
                continue  # the group went away between the two calls
        return found - {os.getpid()}

    def kill(self, *, spare: frozenset[int] = frozenset()) -> None:
        """End every process of the subtree but those spared. Raises TimeoutError."""

        def gone() -> bool:
            left = self.pids() - spare
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            return not left

        wait_for(gone, "the cluster's processes to end", limit_s=LIMIT_S)

    def remove(self) -> None:
        """Remove the empty subtree. Raises TimeoutError when the kernel keeps a group busy."""

        def gone() -> bool:
            for folder in list(self._folders()):
                try:
                    folder.rmdir()
                except OSError:
                    continue
            return not list(self._folders())

        wait_for(gone, "the cluster's cgroups to be removed", limit_s=LIMIT_S)

    def _folders(self) -> Iterator[Path]:
        for tree in mounted():
            top = tree.root / self.name
            if top.is_dir():
                for folder, _, _ in os.walk(top, topdown=False):
                    yield Path(folder)


def _delegate(folder: Path) -> None:
    """Let the groups below `folder` use all controllers it has; some may be refused."""
    for name in (folder / "cgroup.controllers").read_text().split():
        try:
            (folder / "cgroup.subtree_control").write_text(f"+{name}")
        except OSError:
            continue
