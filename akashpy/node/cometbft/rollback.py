"""Takes the newest block of a stopped node under CometBFT back, on both of its sides.

CometBFT's state goes first and its block last: stopped in between, the node executes the block
again when it starts, and the command can be given again. It must not know commands.
Source: CometBFT 0.38 state/rollback.go, SDK 0.53 server/rollback.go.
"""

from __future__ import annotations

import re
import subprocess

from akashpy.node.blockstore import BlockStore
from akashpy.node.comet.signer import Signed, forget_above
from akashpy.node.cometbft.process import CometError
from akashpy.node.home import Home
from akashpy.node.rollback import RolledBack, drop_last
from akashpy.state.store import Store

LIMIT_S = 600.0
ANSWER = re.compile(r"Rolled back .* to height (\d+) and hash ([0-9A-F]*)")


def roll_back_ours(home: Home, *, sign_again: bool = False) -> RolledBack:
    """Undo the newest block of our state alone, where CometBFT is somebody else's.

    `sign_again` forgets signatures above it, for a CometBFT that has removed its block. Raises
    StoreError, BlockStoreError, SignerError, HeightNotAvailable.
    """
    store = Store.open(home.data / "state")
    try:
        store.rollback()
        _forget_blocks(home, store.height)
        if sign_again:
            forget_above(home.signer_state, store.height)
        signed = Signed.load(home.signer_state).height
        return RolledBack(store.height, store.app_hash, store.height + 1, signed)
    finally:
        store.close()


def roll_back(
    home: Home, program: str, *, hard: bool = False, sign_again: bool = False
) -> RolledBack:
    """Undo the newest block of CometBFT's state and of ours; with `hard` remove the block, too.

    A block that CometBFT has stored but not executed is undone alone. `sign_again` forgets
    signatures above the newest block. Raises CometError, StoreError, BlockStoreError, SignerError,
    HeightNotAvailable.
    """
    store = Store.open(home.data / "state")  # refuses while a node has it open
    try:
        height, app_hash = _comet(program, home)
        while store.height > height:
            store.rollback()
        if store.height == height and store.app_hash != app_hash:
            raise CometError(
                f"the state of height {height} has app hash {store.app_hash.hex().upper()}, the "
                f"chain has {app_hash.hex().upper()}: roll back further, or restore a snapshot"
            )
        _forget_blocks(home, height)
        if hard:
            _comet(program, home, "--hard")
        newest = height if hard else height + 1
        if sign_again:
            forget_above(home.signer_state, newest)
        signed = Signed.load(home.signer_state).height
        return RolledBack(store.height, store.app_hash, newest, signed)
    finally:
        store.close()


def _comet(program: str, home: Home, *words: str) -> tuple[int, bytes]:
    """CometBFT's own rollback; the height and the app hash where it stands then."""
    try:
        done = subprocess.run(
            [program, "rollback", "--home", str(home.root), *words],
            capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CometError(f"`cometbft rollback` did not end in {LIMIT_S:.0f} s") from error
    found = ANSWER.search(done.stdout)
    if done.returncode or found is None:
        told = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise CometError(
            f"`cometbft rollback --home {home.root}` failed and said: {told[0]}; stop whatever "
            "runs on this home, and see that it has more than one block"
        )
    return int(found[1]), bytes.fromhex(found[2])


def _forget_blocks(home: Home, height: int) -> None:
    """Drop what we hold of the blocks above; they are read from CometBFT again."""
    blocks = BlockStore.open(home.data / "blocks")
    try:
        while blocks.height > height:
            drop_last(home, blocks)
    finally:
        blocks.close()
