"""Proofs: right ones verify, and no byte of them can be changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akashpy.state.proof import Proof, leaf_hash, physical_key, row_key, verify, widths
from akashpy.state.store import Store
from akashpy.state.tree import EMPTY, Tree
from tests.state.model import LONG, POOL, root_of

ROWS = {key: b"value of " + key[-3:] for key in POOL}


def store_of(rows: dict[bytes, bytes], buckets: int) -> Store:
    store = Store.open(None, buckets=buckets)
    store.commit(store.stage(1, dict(rows)))
    return store


@pytest.mark.parametrize("buckets", [1, 2, 16, 32, 1024, 2**16])
def test_presence_and_absence_are_proved(buckets: int) -> None:
    store = store_of(ROWS, buckets)
    assert store.app_hash == root_of(ROWS, buckets)
    for key in (*POOL, b"no", LONG + b"no"):
        proof = store.prove(key)
        value = ROWS.get(key)
        assert Proof.decode(proof.encode()) == proof
        assert verify(proof, store.app_hash, key, value)
        assert not verify(proof, store.app_hash, key, b"other")
        assert not verify(proof, store.app_hash, key, None if value is not None else b"")
        assert not verify(proof, EMPTY, key, value)


@pytest.mark.parametrize(
    ("buckets", "key", "more"),
    [(2, b"a", 0), (32, b"no", 0), (2**16, LONG + b"x", 0), (1, b"a", 300), (4, b"no", 900)],
)
def test_a_proof_with_any_byte_changed_is_refused(buckets: int, key: bytes, more: int) -> None:
    """Also with `more` rows, so that buckets are parted."""
    store = store_of({**ROWS, **{b"more/%d" % n: b"1" for n in range(more)}}, buckets)
    data = store.prove(key).encode()
    for place in range(len(data)):
        for flip in (1, 0x80):
            forged = bytearray(data)
            forged[place] ^= flip
            try:
                proof = Proof.decode(bytes(forged))
            except ValueError:
                continue
            assert not verify(proof, store.app_hash, key, ROWS.get(key)), place


def test_a_proof_of_another_depth_is_refused() -> None:
    """Neither a node passed off as a leaf nor one level too many, at any place of a full tree."""
    store = store_of({b"%d" % n: b"1" for n in range(3000)}, 2)
    for key in (b"7", b"8", b"no"):
        value = None if key == b"no" else b"1"
        right = store.prove(key)
        assert len(right.path) == 3
        assert verify(right, store.app_hash, key, value)
        for path in (right.path[1:], right.path[:1] + right.path):
            assert not verify(Proof(2, right.rows, path), store.app_hash, key, value)
            assert not verify(Proof(2, (), path), store.app_hash, key, None)
        deep = Proof(2, right.rows, right.path[:1] * 8 + right.path)
        assert not verify(deep, store.app_hash, key, value)


@given(st.binary(max_size=80))
def test_bytes_that_are_no_proof_are_refused(data: bytes) -> None:
    try:
        proof = Proof.decode(data)
    except ValueError:
        return
    assert not verify(proof, EMPTY, b"a", None)


def test_a_proof_cut_or_lengthened_is_refused() -> None:
    store = store_of(ROWS, 32)
    data = store.prove(b"a").encode()
    for wrong in (data[:-1], data + b"\0", data[:5], b""):
        with pytest.raises(ValueError, match="proof"):
            Proof.decode(wrong)


def test_absence_is_not_shown_by_another_buckets_proof() -> None:
    store = store_of(ROWS, 1024)
    own = row_key(b"a")[:1]
    other = next(key for key in POOL if row_key(physical_key(key))[:1] != own)
    assert not verify(store.prove(other), store.app_hash, b"a", None)


def test_a_row_left_out_or_added_is_refused() -> None:
    store = store_of(ROWS, 1)
    proof = store.prove(b"a")
    without = Proof(1, tuple(row for row in proof.rows if row[0][4:] != b"a"), proof.path)
    assert not verify(without, store.app_hash, b"a", None)
    added = Proof(1, (*proof.rows, (b"\0\0\0\0zz", b"1")), proof.path)
    assert not verify(added, store.app_hash, b"zz", b"1")


def test_a_path_of_another_shape_is_refused() -> None:
    store = store_of(ROWS, 32)
    proof = store.prove(b"a")
    assert not verify(Proof(32, proof.rows, proof.path[:1]), store.app_hash, b"a", ROWS[b"a"])
    assert not verify(Proof(33, proof.rows, proof.path), store.app_hash, b"a", ROWS[b"a"])
    assert not verify(Proof(16, proof.rows, proof.path[:1]), store.app_hash, b"a", ROWS[b"a"])


@pytest.mark.parametrize("buckets", [0, 3, 48, 2**25, -16])
def test_impossible_bucket_counts_are_refused(buckets: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        widths(buckets)


@given(
    st.sampled_from([1, 2, 16, 64, 512]),
    st.lists(st.dictionaries(st.integers(0, 511), st.binary(min_size=32, max_size=32))),
)
def test_a_tree_kept_up_to_date_equals_one_built_anew(buckets: int, steps) -> None:
    tree, leaves = Tree(buckets), [EMPTY] * buckets
    assert tree.root == Tree.of(b"".join(leaves)).root
    for step in steps:
        changed = {place % buckets: digest for place, digest in step.items()}
        for place, digest in changed.items():
            leaves[place] = digest
        before = tree.root
        plan = tree.plan(changed)
        assert tree.root == before
        tree.apply(plan)
        whole = Tree.of(b"".join(leaves))
        assert (tree.root, tree.leaves) == (whole.root, whole.leaves)
        assert all(tree.siblings(place) == whole.siblings(place) for place in changed)
    assert tree.occupied() == [place for place, leaf in enumerate(leaves) if leaf != EMPTY]


def test_rows_cannot_be_read_two_ways() -> None:
    assert leaf_hash([(b"ab", b"c")]) != leaf_hash([(b"a", b"bc")])
    assert leaf_hash([(b"a", b"b"), (b"c", b"d")]) != leaf_hash([(b"a", b"bcd")])
    assert leaf_hash([(b"", b"")]) != EMPTY
