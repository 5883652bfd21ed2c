"""Runs the tests by part and says at the end what did not run.

`run.py` runs every part this machine can, `run.py PART` one of them, `run.py --fast` the ones for
every commit, `run.py --soak` the long runs. The parts are the units in which time is budgeted; this
module knows only which folders belong to which part.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent

PARTS: dict[str, tuple[str, ...]] = {
    "sdl": ("sdl",),
    "chain": (
        "wire",
        "types",
        "keys",
        "tx",
        "state",
        "match",
        "chain",
        "incidents",
        "node",
        "client",
        "fuzz",
    ),
    "stories": (
        "provider/bid",
        "provider/daemon",
        "provider/inventory",
        "provider/lease",
        "provider/manifest",
        "stories",
    ),
    "cometbft": ("cometbft",),
    "docker": ("docker",),
    "gateway": ("provider/cluster", "provider/gateway", "provider/operator"),
    "people": ("cli", "docs"),
    "kubernetes": ("kubernetes",),
}
"""Part -> folders of tests/, in the order they run: Kubernetes, which is built meanwhile, last.
A part without a folder has no tests yet."""

PARITY = "parity"
"""Beside the Go programs; collected only when AKASH_GO_BIN names their folder."""


def folders(part: str) -> list[str]:
    """The folders of a part that exist and hold at least one test module."""
    found = [HERE / name for name in PARTS[part]]
    return [str(folder) for folder in found if any(folder.rglob("test_*.py"))]


def choose(arguments: Sequence[str]) -> list[str]:
    """The pytest arguments for what was asked; raises SystemExit with a sentence for a bad part."""
    have = {part: paths for part in PARTS if (paths := folders(part))}
    match arguments:
        case []:
            everything = [path for paths in have.values() for path in paths]
            return everything + ([str(HERE / PARITY)] if os.environ.get("AKASH_GO_BIN") else [])
        case ["--fast"]:
            names = [part for part in have if part not in {"cometbft", "kubernetes", "docker"}]
            return [*(path for part in names for path in have[part]), "-m", "not slow and not soak"]
        case ["--soak"]:
            return [*(path for paths in have.values() for path in paths), "--soak", "-m", "soak"]
        case [part] if part in have:
            return have[part]
        case [part, *_]:
            why = "has no tests yet" if part in PARTS else "is not a part"
            raise SystemExit(f"make test: PART={part} {why}; there are: {', '.join(have)}")
    raise SystemExit(f"make test: unreadable arguments {list(arguments)}")


BUILDERS = {
    "cometbft": "tests.cometbft.program",
    "kubernetes": "tests.kubernetes.cluster build",
}
"""Folder -> what builds the programs that its tests run."""


@contextmanager
def building(chosen: Sequence[str]) -> Iterator[None]:
    """Build CometBFT and Kubernetes beside the other tests when their tests were chosen.

    They wait for their build; where they did not, it ends with them.
    """
    wanted = [
        command
        for folder, command in BUILDERS.items()
        if any(path.endswith(f"/{folder}") for path in chosen) and can_run(folder)
    ]
    with ExitStack() as builders:
        for command in wanted:
            builders.enter_context(_builder(command))
        yield


def can_run(folder: str) -> bool:
    """Whether tests that need a built program can run here: Kubernetes needs root."""
    return folder != "kubernetes" or os.geteuid() == 0


@contextmanager
def _builder(command: str) -> Iterator[None]:
    with subprocess.Popen(
        ["nice", "-n", "5", sys.executable, "-m", *command.split()],
        cwd=HERE.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as builder:
        try:
            yield
        finally:
            if builder.poll() is None:
                os.killpg(builder.pid, signal.SIGTERM)  # Go's compilers are of its group


def main() -> int:
    """Run what was asked with pytest and return its exit status."""
    chosen = choose(sys.argv[1:])
    with building(chosen):
        return int(pytest.main(["-q", *chosen]))


if __name__ == "__main__":
    raise SystemExit(main())
