"""Snapshots: taken while blocks go on, taken over only when every hash fits."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from akashpy.state.errors import SnapshotInvalid, StoreError
from akashpy.state.pruning import Pruning
from akashpy.state.snapshot import Manifest, chunk_hash, export_chunks, manifest_of, restore
from akashpy.state.store import Store
from tests.state.model import POOL, State, applied, changes_of


def source(blocks: int) -> tuple[Store, State]:
    store = Store.open(None, buckets=64, pruning=Pruning(2, 1))
    state: State = {}
    for height in range(1, blocks + 1):
        changes = {**changes_of(height), **dict.fromkeys(POOL, b"%d" % height)}
        state = applied(state, changes)
        store.commit(store.stage(height, changes))
    return store, state


def taken(store: Store) -> tuple[Manifest, list[bytes]]:
    chunks = list(export_chunks(store, chunk_bytes=500))
    return manifest_of(store, store.height, map(chunk_hash, chunks)), chunks


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_restored_store_goes_on_as_the_original(tmp_path: Path, on_disk: bool) -> None:
    store, state = source(12)
    manifest, chunks = taken(store)
    assert len(chunks) > 5
    path = tmp_path / "copy" if on_disk else None
    copy = restore(path, Manifest.decode(manifest.encode()), chunks, app_hash=store.app_hash)
    assert (copy.height, copy.oldest, copy.app_hash) == (12, 12, store.app_hash)
    assert dict(copy.iterate(b"", None)) == state
    for height in range(13, 16):
        store.commit(store.stage(height, changes_of(height)))
        copy.commit(copy.stage(height, changes_of(height)))
        assert copy.app_hash == store.app_hash
    assert copy.prove(b"key/1", 13) == store.prove(b"key/1", 13)
    copy.rollback()
    copy.close()
    if path is not None:
        copy = Store.open(path)
        assert (copy.height, copy.app_hash) == (14, store.app_hash_at(14))
        copy.check()
        copy.close()


def test_an_export_keeps_its_height_while_blocks_go_on() -> None:
    store, state = source(12)
    root, chunks = store.app_hash, []
    for chunk in export_chunks(store, chunk_bytes=300):
        chunks.append(chunk)
        height = store.height + 1
        store.commit(store.stage(height, changes_of(height)))
    assert store.height > 20
    assert store.oldest == 12
    hashes = tuple(sha256(chunk).digest() for chunk in chunks)
    copy = restore(None, Manifest(12, root, 64, hashes), chunks, app_hash=root)
    assert dict(copy.iterate(b"", None)) == state
    for _ in range(8):  # removal catches up in bounded steps
        store.commit(store.stage(store.height + 1, {}))
    assert store.oldest == store.height - 2


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda chunks: [chunks[0][:-1] + b"!", *chunks[1:]], "snapshot hashes to"),
        (lambda chunks: [chunks[1], chunks[1], *chunks[2:]], "snapshot hashes to"),
        (lambda chunks: chunks[:-1], "chunks by its manifest"),
        (lambda chunks: [*chunks, b""], "chunks by its manifest"),
        (lambda chunks: [], "chunks by its manifest"),
    ],
)
def test_spoiled_chunks_are_refused(tmp_path: Path, spoil, text: str) -> None:
    store, _ = source(3)
    manifest, chunks = taken(store)
    with pytest.raises(SnapshotInvalid, match=text):
        restore(tmp_path, manifest, spoil(chunks), app_hash=store.app_hash)


def test_a_chunk_is_held_against_the_manifest() -> None:
    store, _ = source(3)
    manifest, chunks = taken(store)
    for place, chunk in enumerate(chunks):
        manifest.require_chunk(place, chunk)
    for spoiled in (chunks[0][:-1] + b"!", chunks[1], b""):
        with pytest.raises(SnapshotInvalid, match="chunk 0 does not match its hash"):
            manifest.require_chunk(0, spoiled)


def test_an_unfinished_restore_is_not_opened(tmp_path: Path) -> None:
    store, _ = source(3)
    manifest, chunks = taken(store)
    with pytest.raises(SnapshotInvalid):
        restore(tmp_path, manifest, chunks[:-1], app_hash=store.app_hash)
    with pytest.raises(StoreError, match="did not finish: delete the directory"):
        Store.open(tmp_path)


def test_consistent_chunks_of_another_state_are_refused() -> None:
    store, _ = source(3)
    manifest, chunks = taken(store)
    chunks[0] = chunks[0][:-1] + bytes((chunks[0][-1] ^ 1,))
    forged = manifest_of(store, 3, map(chunk_hash, chunks))
    with pytest.raises(SnapshotInvalid, match="snapshot hashes to"):
        restore(None, forged, chunks, app_hash=store.app_hash)
    with pytest.raises(SnapshotInvalid, match="the chain has"):
        restore(None, replace(manifest, app_hash=bytes(32)), chunks, app_hash=store.app_hash)


@pytest.mark.parametrize("chunk", [b"\0\0\0", b"\0\0\0\x05\0\0\0\0ab", b"\0\0\0\1\0\0\0\0a"])
def test_chunks_cut_short_are_refused(chunk: bytes) -> None:
    manifest = Manifest(1, bytes(32), 64, (sha256(chunk).digest(),))
    with pytest.raises(SnapshotInvalid, match="cut short"):
        restore(None, manifest, [chunk], app_hash=bytes(32))


def test_a_snapshot_is_not_restored_over_a_state(tmp_path: Path) -> None:
    store, _ = source(3)
    manifest, chunks = taken(store)
    restore(tmp_path, manifest, chunks, app_hash=store.app_hash).close()
    with pytest.raises(SnapshotInvalid, match="already holds a state"):
        restore(tmp_path, manifest, chunks, app_hash=store.app_hash)
    Store.open(tmp_path).close()


@pytest.mark.parametrize("data", [b"", b"x" * 47, b"\0\0\0\7" + bytes(44)])
def test_impossible_manifests_are_refused(data: bytes) -> None:
    with pytest.raises(SnapshotInvalid):
        Manifest.decode(data)
