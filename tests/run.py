"""Runs the tests by part and says at the end what did not run.

`run.py` runs every part this machine can, `run.py PART` one of them, `run.py --fast` the ones for
every commit, `run.py --soak` the long runs. The parts are the units in which time is budgeted; this
module knows only which folders belong to which part.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent

PARTS: dict[str, tuple[str, ...]] = {
    "sdl": ("sdl",),
    "chain": ("wire", "types", "keys", "tx", "state", "match", "chain", "node", "client"),
    "stories": (
        "provider/bid",
        "provider/daemon",
        "provider/inventory",
        "provider/lease",
        "provider/manifest",
        "stories",
    ),
    "cometbft": ("cometbft",),
    "kubernetes": ("kubernetes",),
    "docker": ("docker",),
    "gateway": ("provider/cluster", "provider/gateway"),
    "people": ("cli", "docs"),
}
"""Part -> folders of tests/. A part without a folder has no tests yet."""

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


def main() -> int:
    """Run what was asked with pytest and return its exit status."""
    return int(pytest.main(["-q", *choose(sys.argv[1:])]))


if __name__ == "__main__":
    raise SystemExit(main())
