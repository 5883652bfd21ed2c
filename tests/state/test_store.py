"""The store against a plain dict per height, in memory and on disk."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akashpy.state import history, proof
from akashpy.state import store as store_module
from akashpy.state.engine import MemoryEngine, Row, Table
from akashpy.state.errors import HeightNotAvailable, StageError
from akashpy.state.proof import Proof, verify
from akashpy.state.pruning import Pruning
from akashpy.state.store import ReadView, Store
from akashpy.state.tree import drained
from akashpy.types.errors import InvalidHeight, InvalidRequest
from tests.state.model import POOL, State, applied, changes_of, root_of

KEYS = st.sampled_from(POOL)
BOUNDS = st.sampled_from((b"", *POOL))
CHANGES = st.dictionaries(KEYS, st.none() | st.binary(max_size=3), max_size=6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("commit"), CHANGES),
        st.tuples(st.just("commit"), CHANGES),
        st.tuples(st.sampled_from(["rollback", "discard", "reopen"]), CHANGES),
    ),
    max_size=14,
)
KEEP = 3


def rows_in(state: State, start: bytes, end: bytes | None) -> list[tuple[bytes, bytes]]:
    return sorted(i for i in state.items() if i[0] >= start and (end is None or i[0] < end))


def check_view(view: ReadView, state: State, start: bytes, end: bytes | None) -> None:
    assert all(view.get(key) == state.get(key) for key in POOL)
    for low, high in ((b"", None), (start, end)):
        assert list(view.iterate(low, high)) == rows_in(state, low, high)
        assert list(view.iterate(low, high, reverse=True)) == rows_in(state, low, high)[::-1]


def check_all(store: Store, states: dict[int, State], start: bytes, end: bytes | None) -> None:
    assert store.app_hash == root_of(states[store.height], store.buckets)
    store.check()
    for height in range(max(store.oldest, 1), store.height + 1):
        state, root = states[height], root_of(states[height], store.buckets)
        check_view(store.view(height), state, start, end)
        assert store.app_hash_at(height) == root
        for key in POOL[:: 1 + height % 3]:
            assert verify(store.prove(key, height), root, key, state.get(key))
    for gone in range(1, store.oldest):
        with pytest.raises(HeightNotAvailable):
            store.view(gone)


def run(open_store: Callable[[], Store], steps, start: bytes, end: bytes | None) -> None:
    store = open_store()
    states: dict[int, State] = {0: {}}
    for action, changes in steps:
        height = store.height + 1
        if action == "commit":
            staged = store.stage(height, changes)
            states[height] = applied(states[height - 1], changes)
            assert all(store.get(key) == states[height].get(key) for key in POOL)
            assert list(store.iterate(b"", None)) == rows_in(states[height], b"", None)
            assert staged.app_hash == root_of(states[height], store.buckets)
            if height % 2:
                drained(store.learn_steps())
            store.commit(staged)
        elif action == "discard":
            store.discard(store.stage(height, changes))
        elif action == "rollback" and store.height > store.oldest:
            assert store.rollback() == height - 2
        elif action == "reopen":
            store.close()
            store = open_store()
        if store.height:
            check_all(store, states, start, end)
        assert store.height - store.oldest <= KEEP
    store.close()


@contextmanager
def split_at(rows: int) -> Iterator[None]:
    """Leaves hold at most so many rows."""
    usual, proof.SPLIT = proof.SPLIT, rows
    try:
        yield
    finally:
        proof.SPLIT = usual


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([1, 4, 64]), st.sampled_from([1, 2, 16]), STEPS, BOUNDS, st.none() | BOUNDS)
def test_memory_answers_as_a_dict_per_height(buckets: int, split: int, steps, start, end) -> None:
    with split_at(split):
        answer_as_a_dict(buckets, steps, start, end)


def answer_as_a_dict(buckets: int, steps, start: bytes, end: bytes | None) -> None:
    once: list[Store] = []

    def open_store() -> Store:
        if not once:
            once.append(Store.open(None, buckets=buckets, pruning=Pruning(KEEP, 1)))
        return once[0]

    run(open_store, [step for step in steps if step[0] != "reopen"], start, end)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([1, 4, 64]), st.sampled_from([1, 2, 16]), STEPS, BOUNDS, st.none() | BOUNDS)
def test_disk_answers_as_a_dict_per_height(buckets: int, split: int, steps, start, end) -> None:
    with tempfile.TemporaryDirectory() as name, split_at(split):
        path = Path(name)
        run(lambda: Store.open(path, buckets=buckets, pruning=Pruning(KEEP, 1)), steps, start, end)


def filled(blocks: int, **options) -> tuple[Store, dict[int, State]]:
    store, states = Store.open(None, buckets=64, **options), {0: {}}
    for height in range(1, blocks + 1):
        states[height] = applied(states[height - 1], changes_of(height))
        store.commit(store.stage(height, changes_of(height)))
    return store, states


@pytest.mark.parametrize("near", [0, 30, 10**6])
def test_trees_of_old_heights_by_both_ways(near: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", (2000, 2000))
    monkeypatch.setattr(store_module, "_NEAR", near)
    store, states = filled(60, pruning=Pruning(40, 1))
    for height in range(store.oldest, 61):
        root = root_of(states[height], 64)
        assert verify(store.prove(b"key/1", height), root, b"key/1", states[height].get(b"key/1"))
    assert store.oldest == 20
    while store.height > store.oldest:
        store.rollback()
        assert store.app_hash == root_of(states[store.height], 64)
        store.check()
    with pytest.raises(HeightNotAvailable):
        store.rollback()
    for height in range(21, 61):
        store.commit(store.stage(height, changes_of(height)))
    assert store.app_hash == root_of(states[60], 64)


@pytest.mark.parametrize("buckets", [1, 2, 16])
def test_buckets_are_parted_and_joined_again_with_their_rows(buckets: int, tmp_path: Path) -> None:
    """A store that grows and shrinks has at each height the hash that a new one has at once."""
    store, rows = Store.open(tmp_path, buckets=buckets, pruning=Pruning(3, 1)), State()
    sizes = (3, 17, 400, 380, 900, 899, 60, 17, 16, 1, 0, 300)
    for height, size in enumerate(sizes, 1):
        wanted = {b"row/%d" % n: b"%d" % (n % 7 + height % 2) for n in range(size)}
        staged = store.stage(height, {**dict.fromkeys(rows), **wanted})
        assert staged.app_hash == root_of(wanted, buckets)
        store.commit(staged)
        store.check()
        for key in (b"row/0", b"row/%d" % (size // 2), b"row/5000"):
            found = store.prove(key)
            assert verify(found, store.app_hash, key, wanted.get(key))
            assert Proof.decode(found.encode()) == found
            assert len(found.rows) <= proof.SPLIT
        before, rows = rows, wanted
        if height % 3 == 0:  # as if it had not been, then again after a new start
            store.rollback()
            assert store.app_hash == root_of(before, buckets)
            store.close()
            store = Store.open(tmp_path, pruning=Pruning(3, 1))
            store.commit(store.stage(height, {**dict.fromkeys(before), **wanted}))
            assert store.app_hash == root_of(wanted, buckets)
    store.close()


def test_the_cost_of_a_change_does_not_grow_with_the_bucket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bucket of 5,000 rows is read whole once; from then on only a leaf of it is."""
    store = Store.open(None, buckets=1)
    store.commit(store.stage(1, {b"row/%d" % n: b"1" for n in range(5000)}))
    read: list[int] = []
    rows = MemoryEngine.rows

    def counted(self: MemoryEngine, table: Table, *args: Any, **kwargs: Any) -> list[Row]:
        found = rows(self, table, *args, **kwargs)
        if table is Table.ROWS:
            read.append(len(found))
        return found

    monkeypatch.setattr(MemoryEngine, "rows", counted)
    store.commit(store.stage(2, {b"row/7": b"2"}))
    assert sum(read) <= proof.SPLIT
    store.rollback()
    read.clear()
    store.commit(store.stage(2, {b"row/7": b"3"}))
    store.commit(store.stage(3, {b"row/8": b"3", b"row/9": None, b"new": b"1"}))
    assert 5000 <= sum(read) <= 5000 + 3 * proof.SPLIT
    store.rollback()
    drained(store.learn_steps())
    read.clear()
    store.commit(store.stage(3, {b"row/7": b"4"}))
    assert sum(read) <= proof.SPLIT


def test_learning_while_a_block_is_staged_does_not_outlast_it() -> None:
    """The staged block joins a parted bucket, or parts one, that is learned before the commit."""
    many = {b"row/%d" % n: b"1" for n in range(20)}
    for before, after in ((many, dict(list(many.items())[:2])), ({b"row/1": b"1"}, many)):
        store = Store.open(None, buckets=1)
        store.commit(store.stage(1, dict(before)))
        store._branches.clear()  # as after a new start
        staged = store.stage(2, {**dict.fromkeys(before), **after})
        drained(store.learn_steps())
        store.commit(staged)
        store.commit(store.stage(3, {b"row/1": b"3"}))
        assert store.app_hash == root_of({**after, b"row/1": b"3"}, 1)
        store.check()


def test_a_key_removed_twice_is_walked_at_old_heights_after_two_rollbacks() -> None:
    store = Store.open(None, buckets=4, pruning=Pruning(9, 1))
    for height, value in enumerate((b"a", None, b"b", None), 1):
        store.commit(store.stage(height, {b"key": value}))
    for last in (3, 2, 1):
        assert store.rollback() == last
        walked = [list(store.view(height).iterate(b"", None)) for height in range(1, last + 1)]
        assert walked == [[(b"key", b"a")], [], [(b"key", b"b")]][:last]


def test_the_order_of_changes_does_not_matter() -> None:
    changes = applied({}, changes_of(1))
    backwards = dict(reversed(changes.items()))
    hashes = {Store.open(None).stage(1, dict(c)).app_hash for c in (changes, backwards)}
    assert len(hashes) == 1


def test_a_block_that_changes_nothing_keeps_the_hash() -> None:
    store, states = filled(3)
    same = {**states[3], b"absent": None}
    staged = store.stage(4, same)
    assert staged.app_hash == store.app_hash
    store.commit(staged)
    assert store.view(3).get(b"key/1") == store.view(4).get(b"key/1")


def test_views_proofs_and_latest_wait_for_the_commit() -> None:
    store, states = filled(2)
    view, root = store.view(), store.app_hash
    staged = store.stage(3, {b"key/1": b"new", b"z": b"1"})
    store.write(staged)
    assert store.get(b"key/1") == b"new"
    assert dict(store.iterate(b"", None))[b"z"] == b"1"
    assert (store.height, store.app_hash) == (2, root)
    assert view.get(b"key/1") == states[2].get(b"key/1")
    assert verify(store.prove(b"z"), root, b"z", None)
    store.commit(staged)
    assert (store.height, store.app_hash) == (3, staged.app_hash)
    assert view.get(b"key/1") == states[2].get(b"key/1")
    assert store.view().get(b"key/1") == b"new"


@pytest.mark.parametrize("reverse", [False, True])
def test_a_walk_goes_on_at_its_height_across_commits(reverse: bool) -> None:
    rows = {b"%04d" % n: b"old" for n in range(1000)}
    store = Store.open(None, buckets=16)
    store.commit(store.stage(1, dict(rows)))
    walk = store.view().iterate(b"", None, reverse=reverse)
    seen = [next(walk)]
    for height in range(2, 6):
        changes = {b"%04d" % n: (None if n % 2 else b"new") for n in range(height, 1000, 3)}
        store.commit(store.stage(height, {**changes, b"00000%d" % height: b"new"}))
        seen += [next(walk) for _ in range(100)]
    assert sorted([*seen, *walk]) == sorted(rows.items())


def test_heights_are_refused_in_the_sdks_words() -> None:
    store, _ = filled(63, pruning="everything")
    assert store.oldest == 58
    with pytest.raises(InvalidRequest) as below:
        store.view(-1)
    with pytest.raises(InvalidHeight) as future:
        store.prove(b"a", 64)
    with pytest.raises(HeightNotAvailable) as pruned:
        store.view(57)
    assert str(below.value) == (
        "cannot query with height < 0; please provide a valid height: invalid request"
    )
    assert str(future.value) == (
        "cannot query with height in the future; please provide a valid height: invalid height"
    )
    assert str(pruned.value) == (
        "failed to load state at height 57; version mismatch on immutable IAVL tree; version does "
        "not exist. Version has either been pruned, or is for a future block height "
        "(latest height: 63): not found"
    )
    assert (pruned.value.codespace, pruned.value.code) == ("sdk", 38)
    assert store.view(0).height == store.view(None).height == 63


def test_a_view_says_so_when_its_height_is_pruned() -> None:
    store, _ = filled(5, pruning=Pruning(2, 1))
    view = store.view()
    for height in range(6, 9):
        store.commit(store.stage(height, changes_of(height)))
    with pytest.raises(HeightNotAvailable):
        view.get(b"key/1")


def test_a_kept_height_is_not_pruned() -> None:
    store, states = filled(5, pruning=Pruning(2, 1))
    with store.keep(4) as view:
        for height in range(6, 12):
            store.commit(store.stage(height, changes_of(height)))
        assert dict(view.iterate(b"", None)) == states[4]
    for height in range(12, 15):
        store.commit(store.stage(height, changes_of(height)))
    assert store.oldest == 12


def test_a_height_that_a_staged_block_removes_cannot_be_kept() -> None:
    store, _ = filled(5, pruning=Pruning(2, 1))
    staged = store.stage(6, {})
    with pytest.raises(HeightNotAvailable), store.keep(3):
        pytest.fail("kept a height that is going")
    with store.keep(4) as view:
        store.commit(staged)
        assert view.get(b"absent") is None


def test_staging_in_steps_allows_reads_in_between() -> None:
    store, states = filled(3, pruning=Pruning(2, 1))
    changes = {b"%d" % n: b"new" for n in range(3000)}
    view, root, steps = store.view(), store.app_hash, 0
    staging = store.stage_steps(4, dict(changes))
    while True:
        try:
            next(staging)
        except StopIteration as stop:
            staged = stop.value
            break
        steps += 1
        assert store.get(b"1") is None
        assert dict(view.iterate(b"key", None)) == states[3]
        assert verify(store.prove(b"1"), root, b"1", None)
        with pytest.raises(StageError):
            store.stage(4, {})
        with pytest.raises(StageError):
            store.rollback()
    assert steps > 1
    assert store.get(b"1") == b"new"
    assert staged.app_hash == root_of(applied(states[3], changes), 64)
    store.commit(staged)


def test_staging_given_up_halfway_leaves_nothing() -> None:
    store, states = filled(3)
    staging = store.stage_steps(4, {b"%d" % n: b"new" for n in range(3000)})
    next(staging)
    staging.close()
    store.commit(store.stage(4, {b"a": b"1"}))
    assert store.app_hash == root_of({**states[3], b"a": b"1"}, 64)


def test_pruning_leaves_nothing_behind() -> None:
    store, _ = filled(100, pruning=Pruning(2, 1))
    tables = store._engine._tables
    undo, gone, blocks = (len(tables[table].data) for table in (3, 2, 4))
    assert blocks == 3
    assert undo <= 2 * 20
    assert gone <= 2 * 20


def test_blocks_out_of_turn_are_refused() -> None:
    store, _ = filled(2)
    for wrong in (0, 2, 4):
        with pytest.raises(StageError, match="cannot follow"):
            store.stage(wrong, {})
    staged = store.stage(3, {})
    with pytest.raises(StageError, match="is staged"):
        store.stage(4, {})
    with pytest.raises(StageError, match="is staged"):
        store.rollback()
    store.write(staged)
    with pytest.raises(StageError, match="already written"):
        store.discard(staged)
    store.commit(staged)
    with pytest.raises(StageError, match="not the staged"):
        store.commit(staged)


def test_an_empty_key_is_refused() -> None:
    store, _ = filled(2)
    with pytest.raises(ValueError, match="empty key"):
        store.stage(3, {b"": b"1"})


def test_a_chain_may_begin_at_any_height() -> None:
    store = Store.open(None)
    assert (store.height, store.oldest, store.get(b"a")) == (0, 0, None)
    assert list(store.view().iterate(b"", None)) == []
    with pytest.raises(HeightNotAvailable):
        store.rollback()
    store.commit(store.stage(1000, {b"a": b"1"}))
    assert (store.height, store.oldest) == (1000, 1000)
    with pytest.raises(HeightNotAvailable):
        store.view(999)
    with pytest.raises(HeightNotAvailable):
        store.rollback()


def test_metadata_goes_with_its_block() -> None:
    store = Store.open(None)
    store.meta_set(b"header", b"1")
    assert store.meta_get(b"header") == b"1"
    first = store.stage(1, {b"a": b"1"})
    root = first.app_hash
    store.commit(first)
    store.meta_set(b"header", b"2")
    store.meta_set(b"other", b"x")
    staged = store.stage(2, {})
    assert store.meta_get(b"header") == b"2"
    store.discard(staged)
    assert store.meta_get(b"header") == b"2"
    store.commit(store.stage(2, {}))
    assert store.app_hash == root
    store.meta_set(b"header", None)
    store.commit(store.stage(3, {}))
    assert store.meta_get(b"header") is None
    store.rollback()
    assert (store.meta_get(b"header"), store.meta_get(b"other")) == (b"2", b"x")
    store.rollback()
    assert (store.meta_get(b"header"), store.meta_get(b"other")) == (b"1", None)
