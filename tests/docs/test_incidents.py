"""docs/incidents.md: each incident has a test of its name, or a reason why not."""

import re

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "incidents.md"
ROW = re.compile(r"^\| E(\d)\.(\d\d) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
WANTED = [("1", n) for n in range(1, 28)] + [("3", n) for n in range(52, 61)]
DEFINED = re.compile(r"^(?:async )?def (test_e\d_\d\d)_", re.MULTILINE)


def rows() -> dict[tuple[str, int], str]:
    return {(part, int(number)): shown for part, number, shown in ROW.findall(PAGE.read_text())}


def incidents() -> set[str]:
    folder = ROOT / "tests" / "incidents"
    return {name for file in folder.glob("*.py") for name in DEFINED.findall(file.read_text())}


def test_every_row_is_there() -> None:
    assert list(rows()) == WANTED


def test_each_has_its_test_or_a_reason() -> None:
    there = incidents()
    for (part, number), shown in rows().items():
        if shown.startswith("None"):
            assert len(shown) > 20
        else:
            assert shown == f"test_e{part}_{number:02}"
            assert shown in there


def test_no_test_lacks_its_row() -> None:
    named = {f"test_e{part}_{number:02}" for part, number in rows()}
    assert incidents() <= named
