"""Generated documents through the whole pipeline: no crash, one answer, whatever the hash seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sdl
from sdl.check import check
from sdl.emit import emit
from sdl.estimate import Scales
from sdl.report import as_json, as_sarif
from sdl.report import as_text as show_text
from tests.sdl.generator import as_text, documents, flawed_documents

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(documents())
@SETTINGS
def test_valid_documents_pass_the_whole_pipeline(document: dict[str, Any]) -> None:
    definition = sdl.load(as_text(document))
    groups, manifest = definition.groups(), definition.manifest()
    assert definition.version() == sdl.version(manifest)
    sdl.check_manifest(manifest, groups)
    sdl.check_manifest(json.loads(json.dumps(manifest)), json.loads(json.dumps(groups)))
    names = [group["name"] for group in groups]
    assert names == sorted(names)
    assert [group["name"] for group in manifest] == names


@given(documents())
@SETTINGS
def test_block_style_means_the_same(document: dict[str, Any]) -> None:
    assert sdl.load(emit(document)).version() == sdl.load(as_text(document)).version()


@given(flawed_documents())
@SETTINGS
def test_flawed_documents_are_refused_with_a_place_or_accepted(document: dict[str, Any]) -> None:
    report = check(as_text(document), Scales(), file="f")
    assert (report.definition is None) == bool(report.errors)
    for error in report.errors:
        assert error.line >= 1
        assert error.remedy
        assert error.code in set(sdl.Code)
    if report.first is not None:
        assert report.first.code in {error.code for error in report.errors}
    assert show_text([report])
    json.loads(as_json([report]))
    json.loads(as_sarif([report], "1"))


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
@SETTINGS
def test_any_text_is_refused_cleanly(text: str) -> None:
    assert check(text, Scales()).errors


PROGRAM = """
import json, sys
import sdl
for line in sys.stdin:
    try:
        d = sdl.load(json.loads(line))
        print(d.version().hex(), json.dumps(d.groups()), json.dumps(d.manifest()))
    except sdl.SdlError as error:
        print(error.code, str(error))
    print([str(e) for e in sdl.problems_of(json.loads(line))])
"""


def test_the_answer_does_not_depend_on_the_hash_seed() -> None:
    cases = (Path(__file__).parent / "vectors" / "cases.jsonl").read_text().splitlines()
    lines = "\n".join(json.dumps(json.loads(line)["sdl"]) for line in cases)
    answers = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=lines,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(answers) == 1
