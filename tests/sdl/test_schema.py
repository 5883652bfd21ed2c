"""The JSON Schema against the recorded verdicts: nothing Akash accepts fails it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import sdl
from sdl.schema import json_schema
from sdl.source import read
from sdl.tree import compose
from tests.sdl.plain import plain_value

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "vectors" / "cases.jsonl").read_text().splitlines()
]
VALIDATOR = Draft202012Validator(json_schema())

SEEN_BY_SCHEMA = {
    sdl.Code.FLOAT_SYNTAX,
    sdl.Code.UNKNOWN_FIELD,
    sdl.Code.YAML_TYPE,
    sdl.Code.PROTOCOL,
    sdl.Code.STORAGE_ATTRIBUTE,
    sdl.Code.GPU_ATTRIBUTE,
    sdl.Code.GPU_INTERFACE,
    sdl.Code.HTTP_BODY_SIZE,
    sdl.Code.HTTP_SEND_TIMEOUT,
    sdl.Code.HTTP_PROXY_BUFFER,
    sdl.Code.HTTP_NEXT_CASE,
    sdl.Code.TEE_TYPE,
    sdl.Code.VERSION_MISSING,
    sdl.Code.GROUPS_EMPTY,
}
"""Rules about one place alone; the others need the whole file."""

OUT_OF_SIGHT = {
    "undeployed-bad",  # a service with a bad protocol that nothing deploys
    "cpu:0x10",  # a number by YAML's rules, whose text Akash then refuses
}
"""Where a schema cannot see what decides."""


def _value(text: str) -> Any:
    root = compose(read(text))
    return None if root is None else plain_value(root)


def test_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(json_schema())


ACCEPTED = [c for c in CASES if c["ok"] and c["name"] not in OUT_OF_SIGHT]
REFUSED = [c for c in CASES if not c["ok"] and c["name"] not in OUT_OF_SIGHT]


@pytest.mark.parametrize("case", ACCEPTED, ids=[c["name"] for c in ACCEPTED])
def test_accepted_files_pass(case: dict[str, Any]) -> None:
    found = VALIDATOR.iter_errors(_value(case["sdl"]))
    assert [f"{list(error.path)}: {error.message[:80]}" for error in found] == []


@pytest.mark.parametrize("case", REFUSED, ids=[c["name"] for c in REFUSED])
def test_refused_files_fail_where_one_place_decides(case: dict[str, Any]) -> None:
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(case["sdl"])
    if caught.value.code in SEEN_BY_SCHEMA:
        assert not VALIDATOR.is_valid(_value(case["sdl"]))


def test_a_misspelt_root_key_is_refused() -> None:
    assert not VALIDATOR.is_valid({"version": "2.0", "deployment": {"a": {}}, "service": {}})
