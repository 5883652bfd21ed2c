"""Recorded verdicts of Akash's parser: groups, manifest, hash, and the row of each error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sdl
from tests.sdl.catalogue import rows_of

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "vectors" / "cases.jsonl").read_text().splitlines()
]

BY_CHANCE = {"dupmount"}
"""Where Akash's parser names one of two volumes by chance of its map order."""


def _ids(cases: list[dict[str, Any]]) -> list[str]:
    return [case["name"] for case in cases]


ACCEPTED = [case for case in CASES if case["ok"]]
REFUSED = [case for case in CASES if not case["ok"]]


def test_every_case_is_there() -> None:
    assert (len(ACCEPTED), len(REFUSED)) == (136, 124)


@pytest.mark.parametrize("case", ACCEPTED, ids=_ids(ACCEPTED))
def test_accepted(case: dict[str, Any]) -> None:
    definition = sdl.load(case["sdl"])
    assert definition.groups() == case["groups"]
    assert definition.manifest() == case["manifest"]
    assert definition.version().hex() == case["version"]
    assert definition.reclamation() == case.get("reclamation")
    sdl.check_manifest(definition.manifest(), definition.groups())


@pytest.mark.parametrize("case", ACCEPTED, ids=_ids(ACCEPTED))
def test_accepted_has_no_problems(case: dict[str, Any]) -> None:
    assert sdl.problems_of(case["sdl"]) == []


@pytest.mark.parametrize("case", REFUSED, ids=_ids(REFUSED))
def test_refused(case: dict[str, Any]) -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(case["sdl"])
    error = caught.value
    assert error.code == rows_of(case["error"])[0]
    if case["error"].startswith("PANIC") or case["name"] in BY_CHANCE:
        assert error.code in rows_of(error.text)
    else:
        assert error.text == case["error"]
        assert str(error).startswith(case["error"])


@pytest.mark.parametrize("case", REFUSED, ids=_ids(REFUSED))
def test_refused_says_where_and_what_to_do(case: dict[str, Any]) -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(case["sdl"])
    error = caught.value
    lines = max(1, len(case["sdl"].splitlines()))
    assert 1 <= error.line <= lines + 1
    assert error.column >= 1
    assert error.remedy


@pytest.mark.parametrize("case", REFUSED, ids=_ids(REFUSED))
def test_check_finds_the_first_problem_too(case: dict[str, Any]) -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(case["sdl"])
    found = sdl.problems_of(case["sdl"])
    assert caught.value.code in {error.code for error in found}
