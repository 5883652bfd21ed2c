"""The store's directory: survives kill -9, grows, and refuses what it cannot read."""

import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lmdb
import pytest

from akashpy.state import history, layout
from akashpy.state.disk import DiskEngine
from akashpy.state.engine import Batch, Engine, Table
from akashpy.state.errors import StoreCorrupt, StoreError, StoreFormatError, StoreInUse
from akashpy.state.proof import verify
from akashpy.state.rows import U64
from akashpy.state.store import Store
from tests.state.committer import BUCKETS, CHECKPOINTS, PRUNING
from tests.state.model import State, applied, changes_of

ROOT = Path(__file__).parents[2]
PAGE = 4096


def spawn(module_or_code: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *module_or_code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("seed", range(3))
def test_kill_9_at_any_moment_leaves_a_committed_height(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_killed(tmp_path, seed, monkeypatch)


def check_killed(path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill a committing process three times and compare what is left with a replay."""
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", CHECKPOINTS)
    dice = random.Random(seed)
    replay, state = Store.open(None, buckets=BUCKETS), State()
    for _ in range(3):
        seen = killed_committer(path, dice)
        store = Store.open(path, pruning=PRUNING)
        assert store.height in (seen, seen + 1)
        while replay.height < store.height:
            height = replay.height + 1
            state = applied(state, changes_of(height))
            replay.commit(replay.stage(height, changes_of(height)))
        assert store.app_hash == replay.app_hash
        assert dict(store.view().iterate(b"", None)) == state
        assert store.meta_get(b"height") == b"%d" % store.height
        store.check()
        for height in range(store.oldest, store.height + 1):
            assert store.app_hash_at(height) == replay.app_hash_at(height)
        before = store.height - 1
        if before >= store.oldest:
            store.rollback()
            assert store.app_hash == replay.app_hash_at(before)
            store.check()
            store.commit(store.stage(before + 1, changes_of(before + 1)))
        store.close()


def killed_committer(path: Path, dice: random.Random) -> int:
    """Run the committer, kill it at a random moment; the last height it said it had committed."""
    with spawn(["-m", "tests.state.committer", str(path)]) as process:
        assert process.stdout is not None
        seen = int(process.stdout.readline().split()[1])
        for _ in range(dice.randrange(1, 40)):
            seen = int(process.stdout.readline().split()[0])
        try:
            process.wait(timeout=dice.random() * 0.02)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        for line in process.stdout.readlines():
            if line.endswith("\n"):
                seen = int(line.split()[0])
    return seen


def test_the_map_grows_when_it_is_full(tmp_path: Path) -> None:
    store = Store.open(tmp_path, map_size=16 * PAGE)
    rows = {b"%05d" % n: bytes(500) for n in range(5000)}
    store.commit(store.stage(1, dict(rows)))
    store.close()
    store = Store.open(tmp_path, map_size=16 * PAGE)
    assert dict(store.iterate(b"", None)) == rows
    store.close()


def test_a_write_that_finds_the_map_full_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DiskEngine, "reserve", lambda self, batch: None)
    store = Store.open(tmp_path, map_size=40 * PAGE)
    before = (store.height, store.app_hash)
    staged = store.stage(1, {b"%05d" % n: bytes(500) for n in range(5000)})
    with ThreadPoolExecutor(1) as writer:
        writer.submit(store.write, staged).result()
    assert not staged.is_written
    assert (store.height, store.app_hash) == before
    store.commit(staged)
    assert store.get(b"00042") == bytes(500)
    store.check()
    store.close()


def test_reads_see_the_block_before_while_another_thread_writes(tmp_path: Path) -> None:
    store = Store.open(tmp_path, buckets=64)
    keys = [b"%05d" % n for n in range(3000)]
    store.commit(store.stage(1, dict.fromkeys(keys, b"1")))
    reads = 0
    with ThreadPoolExecutor(1) as writer:
        for height in range(2, 12):
            old, new = b"%d" % (height - 1), b"%d" % height
            staged = store.stage(height, dict.fromkeys(keys, new))
            view, root = store.view(), store.app_hash
            writing = writer.submit(store.write, staged)
            while not writing.done():
                key = keys[reads * 7 % 3000]
                assert (view.get(key), store.get(key)) == (old, new)
                assert verify(store.prove(key), root, key, old)
                reads += 1
            writing.result()
            assert view.get(keys[0]) == old
            store.commit(staged)
            assert view.get(keys[0]) == old
    assert reads > 10
    store.check()
    store.close()


def test_a_large_map_takes_no_disk(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.commit(store.stage(1, {b"a": b"1"}))
    assert (tmp_path / "data.mdb").stat().st_blocks * 512 < 2**20
    store.close()


def test_two_processes_do_not_share_a_directory(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with pytest.raises(StoreInUse, match=r"in use by another process: stop"):
        Store.open(tmp_path)
    store.close()
    Store.open(tmp_path).close()


def test_readers_that_were_killed_are_cleared(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    code = (
        "import lmdb, signal, sys; env = lmdb.open(sys.argv[1], max_dbs=9, readonly=True); "
        "txn = env.begin(); print(env.readers(), flush=True); signal.pause()"
    )
    # LMDB forgets all readers when nobody is left, so one stays alive beside the killed one.
    with spawn(["-c", code, str(tmp_path)]) as alive, spawn(["-c", code, str(tmp_path)]) as killed:
        for process in (alive, killed):
            assert process.stdout is not None
            assert "pid" in process.stdout.readline()
        killed.kill()
        killed.wait()
        store = Store.open(tmp_path)
        listing = "import lmdb, sys; print(lmdb.open(sys.argv[1], readonly=True).readers())"
        readers = subprocess.run(
            [sys.executable, "-c", listing, str(tmp_path)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        alive.kill()
        store.close()
    assert str(alive.pid) in readers
    assert str(killed.pid) not in readers


def test_a_newer_format_is_refused_with_the_remedy(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    write_meta(tmp_path, layout.FORMAT_KEY, U64.pack(layout.FORMAT + 1))
    with pytest.raises(StoreFormatError, match=r"has format 3, this program reads up to 2: use"):
        Store.open(tmp_path)
    write_meta(tmp_path, layout.FORMAT_KEY, U64.pack(layout.FORMAT))
    Store.open(tmp_path).close()


def test_an_older_format_is_brought_up_step_by_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path)
    store.commit(store.stage(1, {b"a": b"1"}))
    store.close()
    monkeypatch.setattr(layout, "FORMAT", 4)
    with pytest.raises(StoreFormatError, match=r"cannot bring to 4: export the chain with the rel"):
        Store.open(tmp_path)

    def mark(number: bytes):
        def step(engine: Engine, batch: Batch) -> None:
            batch.put(Table.META, b"meta/step" + number, b"done")

        return step

    monkeypatch.setattr(layout, "MIGRATIONS", {2: mark(b"1"), 3: mark(b"2")})
    for _ in range(2):
        store = Store.open(tmp_path)
        assert (store.meta_get(b"step1"), store.meta_get(b"step2")) == (b"done", b"done")
        assert store.get(b"a") == b"1"
        store.close()


def test_the_bucket_count_is_the_directorys(tmp_path: Path) -> None:
    Store.open(tmp_path, buckets=64).close()
    store = Store.open(tmp_path)
    assert store.buckets == 64
    store.close()
    with pytest.raises(StoreError, match="has 64 buckets, genesis asks for 128"):
        Store.open(tmp_path, buckets=128)


def test_rows_that_do_not_match_their_hash_are_noticed(tmp_path: Path) -> None:
    store = Store.open(tmp_path, buckets=4)
    store.commit(store.stage(1, {b"a": b"1", b"b": b"2"}))
    store.close()
    write_meta(tmp_path, next(key for key in rows_of(tmp_path) if key.endswith(b"a")), b"3", "rows")
    store = Store.open(tmp_path)
    with pytest.raises(StoreCorrupt, match="restore the directory"):
        store.check()
    store.close()
    write_meta(tmp_path, U64.pack(1), bytes(36), "blocks")
    with pytest.raises(StoreCorrupt, match="state at height 1"):
        Store.open(tmp_path)


def rows_of(path: Path) -> list[bytes]:
    with lmdb.open(str(path), max_dbs=9) as env:
        rows = env.open_db(b"rows")
        with env.begin() as txn:
            return [bytes(key) for key, _ in txn.cursor(rows)]


def write_meta(path: Path, key: bytes, value: bytes, table: str = "meta") -> None:
    with lmdb.open(str(path), max_dbs=9) as env:
        database = env.open_db(table.encode())
        with env.begin(write=True) as txn:
            txn.put(key, value, db=database)


def test_roots_do_not_depend_on_hash_seeds_or_processes() -> None:
    code = (
        "from akashpy.state.store import Store; from tests.state.model import changes_of\n"
        "store = Store.open(None, buckets=64)\n"
        "for height in range(1, 30): store.commit(store.stage(height, changes_of(height)))\n"
        "print(store.app_hash.hex(), store.prove(b'key/1', 20).encode().hex())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(answers) == 1
