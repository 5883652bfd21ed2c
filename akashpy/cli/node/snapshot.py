"""`akashpy node snapshot`: whole states of a node that is not running, as files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from akashpy.cli.chain_home import node_home
from akashpy.cli.node.home import opened, refusing
from akashpy.cli.output import say, show

if TYPE_CHECKING:
    from akashpy.node.abci.snapshots import Shelf
    from akashpy.node.home import Home
    from akashpy.state.snapshot import Manifest

FOLDER = "snapshots"


@click.group()
def snapshot() -> None:
    """Take, list and restore snapshots of the state.

    A running node takes them by itself (`node start --snapshot-interval`) and gives them to nodes
    that join by state sync.
    """


@snapshot.command()
@node_home
def take(home: Path) -> None:
    """Write a snapshot of the latest state."""
    from akashpy.state.store import Store

    def main() -> None:
        store = Store.open(opened(home).data / "state")
        try:
            if not store.height:
                raise click.ClickException(f"{home}: no block yet; start the node first")
            shelf = _shelf(home)
            for _ in shelf.take(store):
                pass
            _tell(shelf, store.height)
        finally:
            store.close()

    refusing(main)


@snapshot.command("list")
@node_home
def list_(home: Path) -> None:
    """The snapshots of this home, newest first."""
    refusing(lambda: show([_row(each) for each in _shelf(home).manifests()], "json"))


@snapshot.command()
@node_home
@click.argument("height", type=click.IntRange(min=1))
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the snapshots.  [default: the home's own]",
)
def restore(home: Path, height: int, source: Path | None) -> None:
    """Replace the state by the snapshot of HEIGHT; the node executes later blocks again.

    The snapshot must be of this chain: its app hash is compared with the block's, where it is kept.
    """

    def main() -> None:
        found = opened(home)
        shelf = _shelf(home, source)
        manifest = next((each for each in shelf.manifests() if each.height == height), None)
        if manifest is None:
            raise click.ClickException(f"no snapshot of height {height}; see `node snapshot list`")
        _require_of_this_chain(found, manifest)
        _replace(found, shelf, manifest)
        say(f"Restored state of height {height} and hash {manifest.app_hash.hex().upper()}")

    refusing(main)


def _shelf(home: Path, folder: Path | None = None) -> Shelf:
    from akashpy.node.abci.snapshots import Shelf

    return Shelf(folder or opened(home).data / FOLDER)


def _row(manifest: Manifest) -> dict[str, object]:
    return {
        "height": manifest.height,
        "app_hash": manifest.app_hash.hex().upper(),
        "chunks": len(manifest.chunk_hashes),
        "hash": manifest.hash.hex().upper(),
    }


def _tell(shelf: Shelf, height: int) -> None:
    show(next(_row(each) for each in shelf.manifests() if each.height == height), "json")


def _require_of_this_chain(home: Home, manifest: Manifest) -> None:
    from akashpy.node.blockstore import BlockStore

    blocks = BlockStore.open(home.data / "blocks")
    try:
        outcome = blocks.outcome(manifest.height)
    finally:
        blocks.close()
    if outcome is not None and outcome.app_hash != manifest.app_hash:
        raise click.ClickException(
            f"the block at height {manifest.height} has app hash {outcome.app_hash.hex().upper()}, "
            f"the snapshot {manifest.app_hash.hex().upper()}: choose a snapshot of this chain"
        )


def _replace(home: Home, shelf: Shelf, manifest: Manifest) -> None:
    """The restored state takes the old one's place only when it is whole.

    Raises SnapshotInvalid, StoreError when the node is running.
    """
    from akashpy.node.abci.snapshots import Restoration
    from akashpy.state.store import Store

    place = home.data / "state"
    Store.open(place).close()  # refuses while a node has it open
    restoration = Restoration(manifest, manifest.app_hash, home.data / "restoring")
    try:
        for index in range(len(manifest.chunk_hashes)):
            restoration.add(shelf.chunk(manifest.height, index) or b"")
        built = restoration.build(pruning="default")
        shutil.rmtree(place)
        os.replace(built, place)
    finally:
        restoration.close()
