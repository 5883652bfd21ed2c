"""A process that commits blocks until it is killed: `python -m tests.state.committer DIRECTORY`.

It prints each height once it is committed. Blocks are written in a thread beside, as a node does.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from akashpy.state import history
from akashpy.state.pruning import Pruning
from akashpy.state.store import Store
from tests.state.model import changes_of

PRUNING = Pruning(15, 10)
CHECKPOINTS = (3000, 3000)
BUCKETS = 64


def main(path: Path) -> None:
    """Commit without end."""
    history.CHECKPOINT_EVERY = CHECKPOINTS
    store = Store.open(path, pruning=PRUNING, buckets=BUCKETS, map_size=2**17)
    print("open", store.height, flush=True)
    with ThreadPoolExecutor(1) as writer:
        while True:
            height = store.height + 1
            store.meta_set(b"height", b"%d" % height)
            staged = store.stage(height, changes_of(height))
            writer.submit(store.write, staged).result()
            store.commit(staged)
            print(height, store.app_hash.hex(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
