"""The compatibility table: nothing of Akash's vocabulary is missing, and the page is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import compatibility

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"


@pytest.mark.parametrize("module", list(compatibility.VOCABULARY))
def test_nothing_is_missing(module: str) -> None:
    missing = [
        f"{entry.kind}: {entry.name}"
        for entry in compatibility.entries()
        if entry.module == module and not entry.present
    ]
    assert missing == []


def test_a_name_we_do_not_have_is_found_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {"messages": ["/akash.market.v1beta5.MsgNothing"], "queries": ["/a.Query/Nothing"]}
    more |= {"events": ["akash.market.v1.EventNothing"], "errors": [["market", 999, "ErrNothing"]]}
    more |= {"params": ["nothing"], "genesis": ["nothing"]}
    monkeypatch.setattr(compatibility, "VOCABULARY", {"market": more})
    found = list(compatibility.entries())
    assert [entry.kind for entry in found] == list(compatibility.KINDS)
    assert not any(entry.present for entry in found)


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == compatibility.page(), "run: make docs"
