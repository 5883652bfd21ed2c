"""A journal counts without gaps, keeps its bounds, and survives a torn line."""

from __future__ import annotations

import asyncio
from pathlib import Path

from provider.cluster.process.journal import Journal, newest, read
from provider.cluster.process.spec import Bounds

SMALL = Bounds(file_bytes=100, files=3)


def test_records_are_numbered_on_across_openings(tmp_path: Path) -> None:
    for word in ("a", "b"):
        with Journal(tmp_path, SMALL) as journal:
            journal.append({"m": word})
    assert [(r["n"], r["m"]) for r in read(tmp_path)] == [(1, "a"), (2, "b")]
    assert newest(tmp_path) == 2


def test_the_oldest_go_when_the_bounds_are_reached(tmp_path: Path) -> None:
    with Journal(tmp_path, SMALL) as journal:
        for number in range(100):
            journal.append({"m": f"line {number}"})
    kept = [r["n"] for r in read(tmp_path)]
    assert kept == list(range(kept[0], 101))
    assert kept[0] > 1
    assert sum(f.stat().st_size for f in tmp_path.iterdir()) <= 3 * 100


def test_reading_begins_after_a_number(tmp_path: Path) -> None:
    with Journal(tmp_path, SMALL) as journal:
        for number in range(9):
            journal.append({"m": str(number)})
        assert [r["n"] for r in journal.records(after=7)] == [8, 9]
        assert list(journal.records(after=9)) == []


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    with Journal(tmp_path, SMALL) as journal:
        journal.append({"m": "whole"})
    (file,) = tmp_path.iterdir()
    with file.open("a") as handle:
        handle.write('{"n": 2, "m": "to')
    assert [r["m"] for r in read(tmp_path)] == ["whole"]
    with Journal(tmp_path, SMALL) as journal:
        journal.append({"m": "next"})
    assert [(r["n"], r["m"]) for r in read(tmp_path)] == [(1, "whole"), (2, "next")]


async def test_waiting_ends_with_a_record_or_the_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path, SMALL)
    waiting = asyncio.create_task(journal.wait(after=0))
    await asyncio.sleep(0)
    journal.append({"m": "x"})
    assert await waiting is True
    waiting = asyncio.create_task(journal.wait(after=1))
    await asyncio.sleep(0)
    journal.close()
    assert await waiting is False
