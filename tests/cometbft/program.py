"""Builds CometBFT and cosmovisor with Go, once per version of each and of Go.

What is built goes below the user's cache folder; two builders at once wait for each other.
`python -m tests.cometbft.program` builds both and prints where they are. It starts nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from akashpy.node.cometbft.process import INSTALL

LIMIT_S = 1800
PACKAGE = INSTALL.split()[-1]
"""What the node's own advice names, so that the two cannot differ."""
SUPERVISOR = "cosmossdk.io/tools/cosmovisor/cmd/cosmovisor@v1.5.0"
"""What replaces a chain's program at an upgrade; docs/validator.md names the same."""


def go_program() -> str | None:
    """Where the Go tool is, if this machine has it."""
    return shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")


def place(package: str = PACKAGE) -> Path:
    """Where the program of the pinned version is or will be."""
    go = go_program()
    assert go is not None, "go: not found; install Go and put its bin folder in PATH"
    asked = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, timeout=60, check=True
    )
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path, _, version = package.rpartition("@")
    name = path.rpartition("/")[2]
    return cache / "akashpy" / name / f"{version}-{asked.stdout.strip()}" / name


def build(package: str = PACKAGE) -> Path:
    """The program; built when it is missing. Raises CalledProcessError with Go's words."""
    program = place(package)
    if program.exists():
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    with (program.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if program.exists():
            return program
        _compile(package, program)
    return program


def _compile(package: str, program: Path) -> None:
    """Build in a module of our own: `go install` asks a proxy for more than it may give."""
    go = go_program()
    assert go is not None
    path, _, version = package.rpartition("@")
    module = path.partition("/cmd/")[0]
    with TemporaryDirectory(dir=program.parent) as folder:
        wanted = f"module build\n\ngo 1.22\n\nrequire {module} {version}\n"
        (Path(folder) / "go.mod").write_text(wanted)
        new = Path(folder) / program.name
        subprocess.run(
            [go, "build", "-mod=mod", "-trimpath", "-ldflags=-s -w", "-o", str(new), path],
            env=os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=True,
        )
        new.rename(program)


if __name__ == "__main__":
    for package in (PACKAGE, SUPERVISOR):
        print(build(package))
