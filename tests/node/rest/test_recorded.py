"""REST beside a Go node's recorded answers: status, error code and text, JSON keys and types.

Where ours differ a row of docs/differences.md says in which field and why; a row that nothing
needs fails, and so does an entry that waits for a module that is there.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.node.rest.recorded import Entry, answers, differences, entries, shape_of

PAGE = Path(__file__).parents[3] / "docs" / "differences.md"
ROW = re.compile(r"^\| REST `(/[^`]*)` \| `([^`]*)` \|", re.MULTILINE)
EXCEPTIONS = ROW.findall(PAGE.read_text())
MISSING = (501, {"code": 12, "message": "Not Implemented", "details": []})
ASKED = [entry for entry in entries() if not entry.waits_for]
WAITING = [entry for entry in entries() if entry.waits_for]

Answers = dict[str, tuple[int, Any]]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Our answers to all requests, of one chain."""
    return asyncio.run(answers(tmp_path_factory.mktemp("recorded")))


def found(entry: Entry, given: Answers) -> dict[str, str]:
    """The fields in which our answer differs, and how."""
    status, body = given[entry.request]
    lines = list(differences(shape_of(body), entry.shape))
    if status != entry.status:
        lines.append(f"status: {status} instead of {entry.status}: {body}")
    elif status != 200 and (body["code"], body["message"]) != (entry.code, entry.text):
        lines.append(f"message: {body} instead of {entry.code} {entry.text!r}")
    return {line.partition(":")[0]: line for line in lines}


@pytest.mark.parametrize("entry", ASKED, ids=lambda entry: entry.request)
def test_answers_as_recorded(entry: Entry, given: Answers) -> None:
    excused = {field for request, field in EXCEPTIONS if request == entry.request}
    differing = found(entry, given)
    assert [line for field, line in differing.items() if field not in excused] == []
    assert excused <= set(differing), "rows of docs/differences.md that nothing needs any more"


def test_what_waits_for_a_module_says_so(given: Answers) -> None:
    answered = [entry.request for entry in WAITING if given[entry.request] != MISSING]
    assert answered == [], "answered now: remove their waits_for in tests/vectors/rest.json"


def test_every_exception_names_an_entry() -> None:
    assert {request for request, _ in EXCEPTIONS} <= {entry.request for entry in ASKED}


def test_the_comparison_sees_what_differs() -> None:
    theirs = {"a": "string", "list": [{"k": "null"}], "none": []}
    assert list(differences(theirs, theirs)) == []
    ours = {"a": "null", "list": [{"k": "null", "more": "string"}], "none": ["string"]}
    assert list(differences(ours, theirs)) == [
        "a: null instead of string",
        "list[].more: not recorded",
    ]
    assert list(differences({"a": "string", "list": []}, theirs)) == [
        "list: empty",
        "none: absent",
    ]
