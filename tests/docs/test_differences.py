"""docs/differences.md: each fix has its row, each row names tests that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from akashpy.types.chainparams import FIXES
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "differences.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
FLAG = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)
TESTS = re.compile(r"[\w/]*(?:tests/|test_)[\w/]*(?:\.py)?")


def test_every_fix_has_its_row_and_every_row_its_fix() -> None:
    assert sorted(FLAG.findall(PAGE.read_text())) == sorted(FIXES)


def test_every_row_names_tests_that_exist() -> None:
    missing = []
    for row in _rows():
        named = list(_files(row.rsplit("|", 2)[1]))
        if not named or not all((ROOT / name).exists() for name in named):
            missing.append((row[:60], named))
    assert missing == []


def test_decisions_name_tests_that_exist() -> None:
    for page in DECISIONS:
        shown = page.read_text().rpartition("Shown by:")[2]
        named = list(_files(shown))
        assert named, page.name
        assert [name for name in named if not (ROOT / name).exists()] == [], page.name


def _rows() -> Iterator[str]:
    """The rows of the tables, without their heads."""
    lines = PAGE.read_text().splitlines()
    for before, line in pairwise(lines):
        if line.startswith("| ") and not before.startswith("#") and before.startswith("|"):
            yield line


def _files(cell: str) -> Iterator[str]:
    """Paths in a cell; a bare file name lies beside the one before it."""
    folder = ""
    for name in TESTS.findall(cell):
        if "/" in name:
            folder = name.rpartition("/")[0]
            yield name
        else:
            yield f"{folder}/{name}"
