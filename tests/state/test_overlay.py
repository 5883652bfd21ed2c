"""Branches over a reader: same answers as a plain dict, whatever is written, kept or undone."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.state.overlay import EmptyReader, Overlay, end_of

KEYS = st.binary(max_size=3)
WRITES = st.lists(st.tuples(KEYS, st.none() | st.binary(max_size=2)), max_size=8)


class Rows:
    """A reader over a dict that counts what it is asked."""

    def __init__(self, rows: dict[bytes, bytes]) -> None:
        self.rows = rows
        self.gets = 0

    def get(self, key: bytes) -> bytes | None:
        self.gets += 1
        return self.rows.get(key)

    def iterate(
        self, start: bytes, end: bytes | None, *, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        found = [k for k in self.rows if k >= start and (end is None or k < end)]
        return iter([(k, self.rows[k]) for k in sorted(found, reverse=reverse)])


def apply(overlay: Overlay, model: dict[bytes, bytes], writes: list) -> None:
    for key, value in writes:
        overlay.put(key, value)
        if value is None:
            model.pop(key, None)
        else:
            model[key] = value


def same(overlay: Overlay, model: dict[bytes, bytes], start: bytes, end: bytes | None) -> None:
    wanted = sorted(i for i in model.items() if i[0] >= start and (end is None or i[0] < end))
    assert list(overlay.iterate(start, end)) == wanted
    assert list(overlay.iterate(start, end, reverse=True)) == wanted[::-1]
    assert all(overlay.get(key) == model.get(key) for key in {*model, start, b"a"})


@given(
    st.dictionaries(KEYS, st.binary(max_size=2)),
    st.lists(st.tuples(WRITES, st.sampled_from(["open", "keep", "drop"]))),
    KEYS,
    st.none() | KEYS,
)
def test_branches_answer_as_a_dict_does(base, steps, start, end) -> None:
    overlay, model, saved = Overlay(Rows(base)), dict(base), []
    for writes, action in steps:
        apply(overlay, model, writes)
        if action == "open":
            saved.append((overlay.open_branch(), dict(model)))
        elif saved and action == "keep":
            saved.pop()
            overlay.keep_branch()
        elif saved:
            mark, model = saved.pop()
            overlay.drop_branch(mark)
        same(overlay, model, start, end)


@given(WRITES, st.lists(WRITES, max_size=3))
def test_overlays_stack(first, more) -> None:
    overlay, model = Overlay(EmptyReader()), {}
    apply(overlay, model, first)
    for writes in more:
        overlay = Overlay(overlay)
        apply(overlay, model, writes)
    same(overlay, model, b"", None)


def test_many_new_keys_are_sorted_in() -> None:
    overlay = Overlay(Rows({b"%03d" % n: b"old" for n in range(0, 300, 2)}))
    assert len(list(overlay.iterate(b"", None))) == 150
    for n in range(299, 0, -2):
        overlay.put(b"%03d" % n, b"new")
    assert [key for key, _ in overlay.iterate(b"", None)] == [b"%03d" % n for n in range(300)]


@pytest.mark.parametrize("depth", [0, 1, 50])
def test_a_read_costs_one_step_at_any_depth(depth: int) -> None:
    rows = Rows({b"below": b"1"})
    overlay = Overlay(rows)
    for level in range(depth):
        overlay.open_branch()
        overlay.put(b"level", b"%d" % level)
    assert overlay.get(b"below") == b"1"
    assert rows.gets == 1
    overlay.put(b"own", b"2")
    assert overlay.get(b"own") == b"2"
    assert rows.gets == 1


@pytest.mark.parametrize("reverse", [False, True])
def test_rows_removed_ahead_of_a_walk_are_not_seen(reverse: bool) -> None:
    overlay = Overlay(Rows({b"a": b"1", b"c": b"1"}))
    overlay.put(b"b", b"1")
    overlay.put(b"d", b"1")
    seen = []
    for key, _ in overlay.iterate(b"", None, reverse=reverse):
        seen.append(key)
        overlay.put(b"b", None)
        overlay.put(b"c", None)
    assert sorted(seen) == [b"a", b"d"]


def test_end_of_a_prefix() -> None:
    assert end_of(b"ab") == b"ac"
    assert end_of(b"a\xff\xff") == b"b"
    assert end_of(b"\xff") is None
    assert end_of(b"") is None
