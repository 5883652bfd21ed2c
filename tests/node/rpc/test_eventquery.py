"""The query language: what parses, what does not and with which words, what matches."""

from __future__ import annotations

import pytest

from akashpy.node.eventquery import QueryError, parse

EVENTS = {
    "transfer.amount": ["12uakt", "7uakt"],
    "transfer.sender": ["alice"],
    "tx.height": ["5"],
    "block.time": ["2026-01-02T03:04:05Z"],
    "block.date": ["2026-01-02"],
    "tm.event": ["Tx"],
}


@pytest.mark.parametrize(
    "text",
    [
        "tm.event='Tx'",
        "tm.event = 'Tx' AND tx.height=5",
        "transfer.amount > 11",
        "transfer.amount < 8 AND transfer.amount >= 12",
        "transfer.amount = 12",
        "transfer.sender CONTAINS 'lic'",
        "transfer.sender EXISTS",
        "transfer EXISTS",
        "block.time >= TIME 2026-01-02T03:04:05Z",
        "block.time < TIME 2026-01-02T04:04:06+01:00",
        "block.date = DATE 2026-01-02",
        "tx.height <= 5.5",
    ],
)
def test_it_matches(text: str) -> None:
    assert parse(text).matches(EVENTS)


@pytest.mark.parametrize(
    "text",
    [
        "tm.event='NewBlock'",
        "transfer.amount > 12",
        "transfer.sender = 'ALICE'",
        "transfer.sender > 3",
        "trans EXISTS",
        "nothing.here EXISTS",
        "block.date > DATE 2026-01-02",
        "tx.height=5 AND tx.height=6",
    ],
)
def test_it_does_not_match(text: str) -> None:
    assert not parse(text).matches(EVENTS)


def test_nothing_matches_no_events() -> None:
    assert not parse("a.b EXISTS").matches({})


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "offset 0: EOF"),
        ("tm.event", "offset 8: EOF"),
        ("tm.event=", "offset 9: EOF"),
        ("= 'x'", "offset 0: got = operator, wanted tag"),
        ("a.b > 'x'", "offset 6: got string, wanted number, timestamp or datestamp"),
        ("a.b CONTAINS 5", "offset 13: got number, wanted string"),
        ("a.b='x' c.d='y'", "offset 8: got tag, want AND operator"),
        ("a.b ! 'x'", "offset 4: invalid input ! at offset 5"),
        ("a.b > DATE 1800-01-01", "offset 6: datestamp year 1800 out of range"),
    ],
)
def test_errors_say_where_and_why(text: str, error: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value) == error


def test_a_query_is_shown_in_one_way() -> None:
    text = "tm.event='Tx'  AND a.b>=5 AND c EXISTS AND d < DATE 2026-01-01"
    assert str(parse(text)) == "tm.event = 'Tx' AND a.b >= 5 AND c EXISTS AND d < DATE 2026-01-01"


def test_strings_may_hold_what_ends_a_word() -> None:
    assert parse("a.b='x AND y = z'").matches({"a.b": ["x AND y = z"]})
