"""Typed tables against plain dicts; every item on exactly one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.state.codecs import U64, Bytes, Str, Text
from akashpy.state.collections import Index, IndexedMap, Item, Map, Sequence
from akashpy.state.context import Context
from akashpy.types.errors import NotFound, PlainError

ORDERS: Map[tuple[str, int], str] = Map("m", b"\x01", (Str, U64), Text)
TASKS: IndexedMap[tuple[str, int], str] = IndexedMap(
    "m",
    b"\x03",
    (Str, U64),
    Text,
    {
        "state": Index(b"\x04", Str, lambda key, value: value or None),
        "number": Index(b"\x05", (U64, Str), lambda key, value: (key[1], value)),
    },
)
KEYS = st.tuples(st.sampled_from("abc"), st.integers(0, 5))
ITEMS = st.dictionaries(KEYS, st.sampled_from(["", "open", "done"]), max_size=18)


@pytest.fixture
def ctx() -> Context:
    return Context.scratch()


def test_item(ctx: Context) -> None:
    item = Item("m", b"\x00", Text)
    assert (item.get(ctx), item.has(ctx)) == (None, False)
    with pytest.raises(NotFound, match="no params"):
        item.require(ctx, NotFound, "no params")
    item.put(ctx, "x")
    assert (item.require(ctx, NotFound), ctx.changes) == ("x", {b"m/\x00": b"x"})
    item.remove(ctx)
    assert item.get(ctx) is None


def test_sequence(ctx: Context) -> None:
    sequence = Sequence("m", b"\x00", start=5)
    assert [sequence.next(ctx), sequence.next(ctx), sequence.peek(ctx)] == [5, 6, 7]
    sequence.set(ctx, 1)
    assert sequence.next(ctx) == 1


def test_map_puts_rows_under_store_prefix_and_key(ctx: Context) -> None:
    ORDERS.put(ctx, ("a", 1), "x")
    assert ctx.changes == {b"m/\x01a\0\0\0\0\0\0\0\0\1": b"x"}
    assert ORDERS.key(("a", 1)) in ctx.changes
    assert ORDERS.has(ctx, ("a", 1))
    with pytest.raises(NotFound, match="order a/2"):
        ORDERS.require(ctx, ("a", 2), NotFound, "order a/2")
    ORDERS.remove(ctx, ("a", 1))
    assert ORDERS.get(ctx, ("a", 1)) is None


@given(ITEMS, st.none() | KEYS, st.none() | KEYS, st.booleans())
def test_a_walk_gives_what_sorting_a_dict_gives(items, after, until, reverse: bool) -> None:
    ctx = Context.scratch()
    ctx.set(b"m/\x00", b"before")
    ctx.set(b"m/\x02", b"behind")
    for key, value in items.items():
        ORDERS.put(ctx, key, value)
    wanted = [
        (key, value)
        for key, value in sorted(items.items(), reverse=reverse)
        if (after is None or (key < after if reverse else key > after))
        and (until is None or key < until)
    ]
    assert list(ORDERS.under(ctx, after=after, until=until, reverse=reverse)) == wanted
    own = [item for item in sorted(items.items(), reverse=reverse) if item[0][0] == "b"]
    assert list(ORDERS.under(ctx, "b", reverse=reverse)) == own


def test_until_takes_first_parts(ctx: Context) -> None:
    for owner, number in [("a", 1), ("b", 1), ("b", 2), ("c", 1)]:
        ORDERS.put(ctx, (owner, number), "")
    assert [key for key, _ in ORDERS.under(ctx, until="b")] == [("a", 1)]
    assert [key for key, _ in ORDERS.under(ctx, "b", until=("b", 2))] == [("b", 1)]


@given(st.lists(st.tuples(KEYS, st.none() | st.sampled_from(["", "open", "done"]))))
def test_indexes_follow_their_items(steps) -> None:
    ctx, model = Context.scratch(), {}
    for key, value in steps:
        if value is None:
            TASKS.remove(ctx, key)
            model.pop(key, None)
        else:
            TASKS.put(ctx, key, value)
            model[key] = value
    for state in ("open", "done"):
        wanted = sorted(item for item in model.items() if item[1] == state)
        assert list(TASKS.index("state").under(ctx, state)) == wanted
        assert list(TASKS.index("state").under(ctx, state, reverse=True)) == wanted[::-1]
        assert list(TASKS.index("state").keys(ctx, state)) == [key for key, _ in wanted]
        if wanted:
            rest = TASKS.index("state").under(ctx, state, after=(state, wanted[0][0]))
            assert list(rest) == wanted[1:]
    by_number = sorted(model.items(), key=lambda item: (item[0][1], item[1], item[0]))
    assert list(TASKS.index("number").under(ctx)) == by_number
    assert list(TASKS.index("number").under(ctx, until=3)) == [
        item for item in by_number if item[0][1] < 3
    ]
    live = sum(1 for value in ctx.changes.values() if value is not None)
    with_state = sum(1 for value in model.values() if value)
    assert live == 2 * len(model) + with_state  # nothing stale is left behind


def test_an_unchanged_index_key_is_not_written_again(ctx: Context) -> None:
    TASKS.put(ctx, ("a", 1), "open")
    before = ctx.gas.used
    TASKS.put(ctx, ("a", 1), "open")
    touched = 13 + 4  # bytes of key and value
    assert ctx.gas.used - before == (1000 + 3 * touched) + (2000 + 30 * touched)


@given(ITEMS, st.integers(1, 7), st.booleans(), st.booleans())
def test_pages_hold_every_item_once(items, limit: int, reverse: bool, filtered: bool) -> None:
    ctx = Context.scratch()
    for key, value in items.items():
        TASKS.put(ctx, key, value)
    keep = (lambda key, value: value == "open") if filtered else None
    whole = [item for item in sorted(items.items(), reverse=reverse) if not filtered or keep(*item)]
    for table in (TASKS, TASKS.index("number")):
        seen, key = [], b""
        while True:
            page = table.page(ctx, key=key, limit=limit, reverse=reverse, keep=keep)
            seen += page.items
            assert len(page.items) <= limit
            key = page.next_key
            if not key:
                break
        assert sorted(seen, reverse=reverse) == whole
        by_offset = []
        for offset in range(0, len(items) + limit, limit):
            page = table.page(
                ctx, offset=offset, limit=limit, reverse=reverse, count_total=True, keep=keep
            )
            by_offset += page.items
            assert page.total == len(whole)
        assert by_offset == seen


def test_pages_of_a_prefix_name_keys_relative_to_it(ctx: Context) -> None:
    for number in range(3):
        ORDERS.put(ctx, ("a", number), "x")
        ORDERS.put(ctx, ("b", number), "y")
    page = ORDERS.page(ctx, "b", limit=2)
    assert page.items == [(("b", 0), "y"), (("b", 1), "y")]
    assert page.values == ["y", "y"]
    assert page.next_key == (2).to_bytes(8, "big")
    assert (page.total, ORDERS.page(ctx, "b").total) == (0, 3)


def test_a_page_takes_key_or_offset(ctx: Context) -> None:
    with pytest.raises(PlainError) as caught:
        ORDERS.page(ctx, key=b"x", offset=1)
    assert str(caught.value) == "invalid request, either offset or key is expected, got both"


def test_no_limit_means_a_hundred_and_a_count(ctx: Context) -> None:
    many: Map[bytes, str] = Map("m", b"\x09", Bytes, Text)
    for number in range(150):
        many.put(ctx, number.to_bytes(2, "big"), "")
    page = many.page(ctx)
    assert (len(page.items), page.total, page.next_key) == (100, 150, (100).to_bytes(2, "big"))
