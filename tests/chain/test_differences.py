"""docs/differences.md names every fix, and every test it points at exists."""

import re
from pathlib import Path

import pytest

from akashpy.types.chainparams import FIXES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "differences.md").read_text()


@pytest.mark.parametrize("name", sorted(FIXES))
def test_every_fix_has_a_row(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_every_test_it_names_exists() -> None:
    named = set(re.findall(r"tests/[\w/]+(?:\.py)?", PAGE))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
