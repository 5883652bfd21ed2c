"""Builds CometBFT with Go, once per version of it and of Go.

What is built goes below the user's cache folder; two builders at once wait for each other.
`python -m tests.cometbft.program` builds and prints the path. It starts nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from akashpy.node.cometbft.process import INSTALL, PROGRAM

LIMIT_S = 1800
PACKAGE = INSTALL.split()[-1]
"""What the node's own advice names, so that the two cannot differ."""


def go_program() -> str | None:
    """Where the Go tool is, if this machine has it."""
    return shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")


def place() -> Path:
    """Where the program of the pinned version is or will be."""
    go = go_program()
    assert go is not None, "go: not found; install Go and put its bin folder in PATH"
    asked = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, timeout=60, check=True
    )
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = PACKAGE.rpartition("@")[2]
    return cache / "akashpy" / "cometbft" / f"{version}-{asked.stdout.strip()}" / PROGRAM


def build() -> Path:
    """The program; built when it is missing. Raises CalledProcessError with Go's words."""
    program = place()
    if program.exists():
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    with (program.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if program.exists():
            return program
        new = program.parent / "new"
        go = go_program()
        assert go is not None
        subprocess.run(
            [go, "install", "-trimpath", "-ldflags=-s -w", PACKAGE],
            env=os.environ | {"GOBIN": str(new), "CGO_ENABLED": "0", "GOFLAGS": ""},
            stdin=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=True,
        )
        (new / PROGRAM).rename(program)
        shutil.rmtree(new)
    return program


if __name__ == "__main__":
    print(build())
