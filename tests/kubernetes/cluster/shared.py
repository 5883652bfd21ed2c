"""Folders of the machine that clusters use side by side, removed by the last one that leaves.

A folder over which one cluster has mounted its own must stay while any cluster runs: removing it
takes the mounts of all of them away. Each user leaves a file; the one that made the folder says so.
"""

from __future__ import annotations

from pathlib import Path

MADE = ".made-for-tests"
TRIES = 10


def take(folder: Path, user: str) -> None:
    """Use a folder, which is made if need be. Raises OSError when others keep removing it."""
    for left in reversed(range(TRIES)):
        is_new = not folder.exists()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _mark(user)).touch()
            if is_new:
                (folder / MADE).touch()
            return
        except FileNotFoundError:  # its last user left between our steps
            if not left:
                raise


def leave(folder: Path, user: str) -> None:
    """Use it no more; a folder that was made for tests goes with its last user."""
    (folder / _mark(user)).unlink(missing_ok=True)
    if any(folder.glob(_mark("*"))) or not (folder / MADE).exists():
        return
    (folder / MADE).unlink()
    try:
        folder.rmdir()
    except OSError:  # somebody came meanwhile, or it is in use by more than tests
        (folder / MADE).touch()


def _mark(user: str) -> str:
    return f".used-by-{user}"
