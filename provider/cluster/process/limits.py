"""Bounds on a replica's cpu and memory, by control groups where this user may make them.

Version 2 and version 1 hierarchies are tried; where neither is writable, memory is bounded per
process by an rlimit and cpu not at all, and the words for the status say so.
It knows nothing of leases; a group's name is given.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from provider.cluster.process.spec import Limits

PERIOD_MICROSECONDS = 100_000
LEAST_QUOTA = 1_000
"""The kernel refuses a smaller share of a period."""
UNLIMITED_V1 = 1 << 62


@dataclass(frozen=True, slots=True)
class Limiter:
    """Where control groups can be made; `version` 0 means nowhere.

    Without groups, `uses_rlimits` says whether memory is bounded per process at least.
    """

    version: int
    parents: tuple[Path, ...] = ()
    uses_rlimits: bool = True

    @property
    def words(self) -> str:
        """What the tenant should know."""
        if self.version:
            how = f"cpu and memory are bounded by control groups (version {self.version})"
        elif self.uses_rlimits:
            how = "memory is bounded per process by an rlimit; cpu is not bounded"
        else:
            how = "cpu and memory are not bounded"
        return f"{how}; storage is not bounded"

    def apply(self, name: str, *, cpu: int, memory: int) -> Limits:
        """Make the groups of one replica; `cpu` in thousandths of a core, `memory` in bytes."""
        if not self.version:
            return Limits(data=memory if self.uses_rlimits else 0)
        files = []
        for parent in self.parents:
            group = parent / name
            group.mkdir(exist_ok=True)
            for file, value in _values(self.version, cpu, memory):
                if (group / file).exists():
                    (group / file).write_text(value)
            files.append(str(group / "cgroup.procs"))
        return Limits(cgroups=tuple(files))

    def remove(self, name: str) -> bool:
        """Drop the groups of a replica that has ended; False while one still drains."""
        is_clean = True
        for parent in self.parents:
            try:
                (parent / name).rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                is_clean = False
        return is_clean

    def remove_others(self, prefix: str, names: Collection[str]) -> None:
        """Drop the empty groups of a prefix but those named: replicas that were killed with us."""
        for parent in self.parents:
            for group in parent.glob(f"{prefix}-*"):
                if group.name not in names:
                    with suppress(OSError):  # what still runs in it is somebody's to end
                        group.rmdir()


def detect(way: Literal["auto", "rlimits", "none"]) -> Limiter:
    """The best limiter this user and host allow; groups are tried in the way `auto` only."""
    if way != "auto":
        return Limiter(0, uses_rlimits=way == "rlimits")
    for version, parents in _candidates():
        if parents and all(_is_usable(version, parent) for parent in parents):
            return Limiter(version, tuple(parents))
    return Limiter(0)


def _candidates() -> list[tuple[int, list[Path]]]:
    """Our own group in each hierarchy, by version."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return []
    groups = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            groups[controller] = path.lstrip("/")
    v1: dict[str, Path] = {}
    v2: list[Path] = []
    for mount in mounts:
        _, place, kind, options, *_ = mount.split()
        if kind == "cgroup2" and "" in groups:
            v2.append(Path(place, groups[""]))
        if kind == "cgroup":
            for controller in {"cpu", "memory"} & set(options.split(",")):
                v1[controller] = Path(place, groups.get(controller, ""))
    return [(2, v2[:1]), (1, list(dict.fromkeys(v1.values())) if len(v1) == 2 else [])]


def _is_usable(version: int, parent: Path) -> bool:
    """Try it: only a made group tells."""
    if version == 2:
        try:
            enabled = (parent / "cgroup.subtree_control").read_text().split()
        except OSError:
            return False
        if not {"cpu", "memory"} <= set(enabled):
            return False
    probe = parent / "akashpy-probe"
    try:
        probe.mkdir(exist_ok=True)
        probe.rmdir()
    except OSError:
        return False
    return True


def _values(version: int, cpu: int, memory: int) -> list[tuple[str, str]]:
    quota = max(LEAST_QUOTA, cpu * PERIOD_MICROSECONDS // 1000)
    if version == 2:
        return [("cpu.max", f"{quota} {PERIOD_MICROSECONDS}"), ("memory.max", str(memory))]
    return [
        ("cpu.cfs_period_us", str(PERIOD_MICROSECONDS)),
        ("cpu.cfs_quota_us", str(quota)),
        ("memory.limit_in_bytes", str(memory or UNLIMITED_V1)),
    ]
