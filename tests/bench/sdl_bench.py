"""How many SDL files a second one process reads: load, groups, manifest and hash of each.

Aim: more than the 1,680 files/s of Akash's Go parser on the same kind of machine. Nothing is kept
between files. The figure is the best of several rounds, because other work on the machine only
ever makes it worse.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import sdl  # found through the path above when run as a program
from tests.bench.sdl_corpus import corpus

ROUNDS = 7


def run(rounds: int = ROUNDS) -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit)."""
    texts = corpus()
    for text in texts:
        _whole(text)
    return [
        ("SDL: load, groups, manifest, hash", _rate(texts, _whole, rounds), "files/s"),
        ("SDL: load alone", _rate(texts, sdl.load, rounds), "files/s"),
        ("SDL: files of the corpus", float(len(texts)), "files"),
        ("SDL: mean size of a file", sum(map(len, texts)) / len(texts), "bytes"),
    ]


def _whole(text: str) -> bytes:
    definition = sdl.load(text)
    definition.groups()
    definition.manifest()
    return definition.version()


def _rate(texts: list[str], work: Callable[[str], object], rounds: int) -> float:
    best = 0.0
    for _ in range(rounds):
        start = process_time()
        for text in texts:
            work(text)
        best = max(best, len(texts) / (process_time() - start))
    return best


if __name__ == "__main__":
    for what, figure, unit in run():
        print(f"{what:40} {figure:12.1f} {unit}")
