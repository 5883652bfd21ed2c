"""What the state kernel costs: per changed key, per read, per start, per proof, at three sizes.

Blocks change 4,000 random keys, as 2,000 sends between random accounts do. The garbage collector is
frozen as the daemon freezes it. Figures are the best of several rounds, and CPU time where nothing
waits for the disk, because other work on the machine only ever makes them worse; each row has the
load average.
"""

import gc
import os
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time
from typing import Any

from akashpy.state.context import Context
from akashpy.state.gas import GasMeter
from akashpy.state.overlay import Overlay
from akashpy.state.store import Store

SIZES = ((1_000, 2**16), (100_000, 2**16), (1_000_000, 2**16))
"""Rows and buckets of each run."""
ROUNDS = 12
PER_BLOCK = 4_000
SAMPLE = 5_000


def run(sizes: tuple[tuple[int, int], ...] = SIZES) -> list[dict[str, Any]]:
    """Rows with name, value, unit, aim and load."""
    rows = []
    for count, buckets in sizes:
        with TemporaryDirectory() as folder:
            for name, value, unit, aim in _measure(Path(folder), count, buckets):
                rows.append(
                    {
                        "name": f"state, {count:,} rows, 2^{buckets.bit_length() - 1}: {name}",
                        "value": round(value, 2),
                        "unit": unit,
                        "aim": aim,
                        "load": round(os.getloadavg()[0], 1),
                    }
                )
    return rows


Figure = tuple[str, float, str, str]


def _measure(folder: Path, count: int, buckets: int) -> list[Figure]:
    dice = Random(1)
    keys = [b"bank/" + dice.randbytes(22) + b"uakt" for _ in range(count)]
    started = perf_counter()
    store = Store.open(folder, buckets=buckets, pruning="everything")
    store.commit(store.stage(1, {key: dice.randbytes(60) for key in keys}))
    load = (perf_counter() - started) / count * 1e6
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000_000)
    try:
        figures = [("first block (genesis), per row", load, "us", "")]
        figures += _blocks(store, keys, dice)
        figures += _reads(store, keys[:SAMPLE])
    finally:
        store.close()
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)
    started = perf_counter()
    store = Store.open(folder)
    figures.append(("reopen", (perf_counter() - started) * 1e3, "ms", ""))
    store.close()
    return figures


def _blocks(store: Store, keys: list[bytes], dice: Random) -> list[Figure]:
    stage: list[float] = []
    write: list[float] = []
    finish: list[float] = []
    for height in range(2, 2 + ROUNDS):
        chosen = dice.sample(keys, min(PER_BLOCK, len(keys)))
        changes = {key: dice.randbytes(60) for key in chosen}
        busy = thread_time()
        staged = store.stage(height, changes)
        stage.append((thread_time() - busy) / len(changes) * 1e6)
        started = perf_counter()
        store.write(staged)
        write.append((perf_counter() - started) / len(changes) * 1e6)
        busy = thread_time()
        store.commit(staged)
        finish.append((thread_time() - busy) / len(changes) * 1e6)
    return [
        ("hash and undo, per changed key", min(stage), "us", "5-11"),
        ("write with fsync, per changed key", min(write), "us", "10-27"),
        ("take over, per changed key", min(finish), "us", ""),
    ]


def _reads(store: Store, keys: list[bytes]) -> list[Figure]:
    old = store.height - 2
    ctx = Context(Overlay(store), gas=GasMeter(10**15))
    figures = [
        ("row get from disk", _each(store.view().get, keys), "us", "0.7"),
        ("tip get", _each(store.get, keys), "us", "0.7"),
        ("metered get", _each(ctx.get, keys), "us", "1.0"),
        ("metered set", _each(lambda key: ctx.set(key, b"1"), keys), "us", "0.5"),
        ("metered get of a change", _each(ctx.get, keys), "us", "0.6"),
    ]
    view = store.view(old)
    figures.append(("get two blocks back", _each(view.get, keys), "us", ""))
    started = perf_counter()
    walked = sum(1 for _ in zip(store.view().iterate(b"", None), range(SAMPLE), strict=False))
    figures.append(("walk, per row", (perf_counter() - started) / walked * 1e6, "us", ""))
    proofs = [store.prove(key) for key in keys[:200]]
    figures += [
        ("proof", _each(store.prove, keys[:200]), "us", ""),
        ("proof size", sum(len(proof.encode()) for proof in proofs) / len(proofs), "bytes", "5000"),
    ]
    started = perf_counter()
    store.prove(keys[0], old)
    figures.append(("first proof of an old height", (perf_counter() - started) * 1e3, "ms", ""))
    return figures


def _each(work: Any, keys: list[bytes]) -> float:
    best = float("inf")
    for _ in range(3):
        busy = thread_time()
        for key in keys:
            work(key)
        best = min(best, thread_time() - busy)
    return best / len(keys) * 1e6


if __name__ == "__main__":
    for row in run():
        print(f"{row['name']:<62} {row['value']:>10} {row['unit']:<6} {row['aim']:>6}")
