"""Every recorded request gets the recorded status, headers and body.

`recorded_rest.json` holds what a real provider answered. Bodies of manifests are not kept there;
where the answer depends on one, the fake provider gives that verdict.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from provider.gateway.backend import Refused
from tests.provider.gateway.fake import FakeBackend

RECORDED: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded_rest.json").read_text()
)
SILENT = {"date", "connection"}
"""Headers of ours that the recordings leave out."""


def _name(case: dict[str, Any]) -> str:
    return f"{case['note']} {case['method']} {case['path']} {case['auth']}"


@pytest.mark.parametrize("case", RECORDED, ids=_name)
async def test_the_answer_is_as_recorded(
    case: dict[str, Any],
    backend: FakeBackend,
    anyone: aiohttp.ClientSession,
    tenant: aiohttp.ClientSession,
) -> None:
    body = case["body"]
    if case["status"] == 200 and case["path"] == "/status":
        backend.status_body = json.loads(body)
    if case["status"] == 200 and case["path"].endswith("/manifest"):
        backend.manifest_body = json.loads(body or "[]")
    if case.get("decided_by_backend") and case["status"] != 200:
        backend.verdict = Refused(case["status"], body.removesuffix("\n"))
    headers = dict(_header(line) for line in case["headers_in"])
    client = tenant if case["auth"] == "cert" else anyone
    async with client.request(
        case["method"],
        URL(case["path"], encoded=True),
        data=case["body_in"],
        headers=headers,
        allow_redirects=False,
        skip_auto_headers=["Content-Type"],
    ) as answer:
        assert answer.status == case["status"]
        assert await answer.text() == body
        said = {n.lower(): v for n, v in answer.headers.items() if n.lower() not in SILENT}
    assert said == dict(_header(line) for line in case["headers"])


def _header(line: str) -> tuple[str, str]:
    """One header line; curl writes a header without a value with a semicolon."""
    name, colon, value = line.partition(":")
    return (name.lower(), value.strip()) if colon else (line.removesuffix(";"), "")
