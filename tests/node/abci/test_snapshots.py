"""State sync: offered, loaded, applied; what does not hash as promised is refused and undone."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from akashpy.state.store import Store
from akashpy.wire import abci as pb
from tests.node.abci.calls import Caller

OFFER, APPLY = pb.ResponseOfferSnapshot, pb.ResponseApplySnapshotChunk


async def taken(giver: Caller) -> tuple[Any, bytes]:
    """A snapshot of height 3 and its app hash."""
    await giver.begun(3)
    hash = giver.chain.app.app_hash
    task = giver.application._snapshot
    assert task is not None
    await task
    (found,) = (await giver.call("list_snapshots")).snapshots
    return found, hash


async def load(giver: Caller, found: Any, chunk: int = 0) -> bytes:
    answer = await giver.call(
        "load_snapshot_chunk", height=found.height, format=found.format, chunk=chunk
    )
    loaded: bytes = answer.chunk
    return loaded


async def test_a_snapshot_is_taken_over(giver: Caller, caller: Caller) -> None:
    found, hash = await taken(giver)
    offered = await caller.call("offer_snapshot", snapshot=found, app_hash=hash)
    assert offered.result == OFFER.ACCEPT
    for index in range(found.chunks):
        chunk = await load(giver, found, index)
        done = await caller.call("apply_snapshot_chunk", index=index, chunk=chunk, sender="peer")
        assert done.result == APPLY.ACCEPT
    (path,) = caller.heard.states
    assert not path.exists()  # the hook has built it; it is put away with the restoration
    assert found.height == 3


async def test_the_restored_state_has_the_same_hash(giver: Caller, tmp_path: Path) -> None:
    from akashpy.node.abci.snapshots import Restoration

    found, hash = await taken(giver)
    (manifest,) = giver.shelf.manifests()
    restoration = Restoration(manifest, hash, tmp_path / "restoring")
    restoration.add(await load(giver, found))
    store = Store.open(restoration.build(pruning="default"))
    assert (store.height, store.app_hash) == (3, hash)
    store.close()


async def test_a_wrong_app_hash_is_refused(giver: Caller, caller: Caller) -> None:
    found, _ = await taken(giver)
    offered = await caller.call("offer_snapshot", snapshot=found, app_hash=b"\x01" * 32)
    assert offered.result == OFFER.REJECT
    done = await caller.call("apply_snapshot_chunk", index=0, chunk=await load(giver, found))
    assert done.result == APPLY.ABORT


@pytest.mark.parametrize(
    ("field", "value", "result"),
    [("format", 9, OFFER.REJECT_FORMAT), ("height", 7, OFFER.REJECT), ("chunks", 5, OFFER.REJECT),
     ("hash", b"\x02" * 32, OFFER.REJECT), ("metadata", b"short", OFFER.REJECT)],
)  # fmt: skip
async def test_a_contradiction_is_refused(
    giver: Caller, caller: Caller, field: str, value: Any, result: int
) -> None:
    found, hash = await taken(giver)
    setattr(found, field, value)
    assert (await caller.call("offer_snapshot", snapshot=found, app_hash=hash)).result == result


async def test_a_bad_chunk_is_asked_for_again_of_others(giver: Caller, caller: Caller) -> None:
    found, hash = await taken(giver)
    await caller.call("offer_snapshot", snapshot=found, app_hash=hash)
    good = await load(giver, found)
    bad = await caller.call("apply_snapshot_chunk", index=0, chunk=good + b"x", sender="liar")
    assert bad.result == APPLY.RETRY
    assert list(bad.refetch_chunks) == [0]
    assert list(bad.reject_senders) == ["liar"]
    done = await caller.call("apply_snapshot_chunk", index=0, chunk=good, sender="peer")
    assert done.result == APPLY.ACCEPT


async def test_a_chunk_out_of_turn_is_put_off(giver: Caller, caller: Caller) -> None:
    found, hash = await taken(giver)
    await caller.call("offer_snapshot", snapshot=found, app_hash=hash)
    early = await caller.call("apply_snapshot_chunk", index=4, chunk=b"x", sender="peer")
    assert (early.result, list(early.refetch_chunks)) == (APPLY.RETRY, [0])
    assert not early.reject_senders


async def test_a_whole_that_does_not_hash_as_promised_is_refused(
    giver: Caller, caller: Caller
) -> None:
    from akashpy.state.snapshot import Manifest

    found, hash = await taken(giver)
    good = await load(giver, found)
    forged = good[:-1] + bytes([good[-1] ^ 1])
    (true,) = giver.shelf.manifests()
    lie = Manifest(3, hash, true.buckets, (sha256(forged).digest(),))
    found.metadata, found.hash = lie.encode(), lie.hash
    offered = await caller.call("offer_snapshot", snapshot=found, app_hash=hash)
    assert offered.result == OFFER.ACCEPT
    done = await caller.call("apply_snapshot_chunk", index=0, chunk=forged, sender="liar")
    assert done.result == APPLY.REJECT_SNAPSHOT
    assert not caller.heard.states


async def test_a_chunk_that_is_not_there_is_empty(giver: Caller) -> None:
    found, _ = await taken(giver)
    assert await load(giver, found, 99) == b""
    found.format = 1
    assert await load(giver, found) == b""


async def test_only_the_newest_are_kept_and_blocks_that_they_need(tmp_path: Path) -> None:
    giver = Caller(tmp_path, snapshot_interval=2, retain_blocks=1)
    try:
        await giver.init()
        for height in range(1, 9):
            await giver.finalize(height)
            retain = (await giver.call("commit")).retain_height
            if giver.application._snapshot is not None:
                await giver.application._snapshot
        assert [each.height for each in giver.shelf.manifests()] == [8, 6]
        assert retain <= 6
    finally:
        await giver.close()
