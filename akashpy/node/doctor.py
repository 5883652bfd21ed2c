"""Looks over a home that is not running: every finding says what is wrong and what to do.

Exists so that an operator finds out before a start, or after a refused one, in one go. Nothing is
written. Must not know how findings are shown. A home in use is told by its locked ports.
"""

from __future__ import annotations

import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import lmdb

from akashpy.node.blockstore import BlockStore, BlockStoreError
from akashpy.node.comet.keys import KeyFileError, SigningKey, load_node_key, load_validator_key
from akashpy.node.comet.signer import Signed, SignerError
from akashpy.node.cometbft.process import CometError, find
from akashpy.node.home import Home, HomeError
from akashpy.node.txindex import TxIndex
from akashpy.state.errors import StoreError
from akashpy.state.store import Store

OK, WARNING, ERROR = "ok", "warning", "error"
OWNER_ONLY = 0o077
GIB = 1 << 30
ROOM_LEAST, ROOM_LOW = 1 * GIB, 10 * GIB
SECOND = 10**9
YOUNGEST_CLOCK = 1_704_067_200
"""2024-01-01: a clock before this has never been set."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `level` is ok, warning or error."""

    what: str
    level: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """What a start would use: addresses by the name of their setting, CometBFT's program."""

    ports: Mapping[str, str] = field(default_factory=dict)
    supervised: bool = False
    embedded: bool = True
    cometbft: str | None = None


def examine(root: Path, places: Places, clock: Callable[[], float] = time.time) -> list[Finding]:
    """Everything that can be seen from outside, in the order in which to mend it."""
    home = Home(root)
    found = [*_programs(places), *_clock(clock), *_home(home)]
    if not home.is_initialised:
        return found
    found += [*_room(root), *_keys(home), *_ports(places)]
    return [*found, *_data(home, places)]


def _programs(places: Places) -> Iterator[Finding]:
    try:
        own = version("akashpy")
    except PackageNotFoundError:  # run from a checkout that is not installed
        own = "not installed"
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("versions", OK, f"akashpy {own}, Python {python}")
    if places.supervised:
        try:
            yield Finding("CometBFT", OK, find(places.cometbft))
        except CometError as error:
            yield Finding("CometBFT", ERROR, str(error), "set `cometbft` to the program's path")


def _clock(clock: Callable[[], float]) -> Iterator[Finding]:
    if clock() < YOUNGEST_CLOCK:
        text = f"the machine says {time.strftime('%Y-%m-%d', time.gmtime(clock()))}"
        yield Finding("clock", ERROR, text, "set the time, and let NTP keep it")
    else:
        yield Finding("clock", OK, time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(clock())))


def _home(home: Home) -> Iterator[Finding]:
    if not home.is_initialised:
        yield Finding(
            "home", ERROR, f"{home.root}: no chain here", "make one with `akashpy node init`"
        )
        return
    try:
        genesis = home.load_genesis()
    except HomeError as error:
        yield Finding("genesis", ERROR, str(error), "restore the chain's own genesis.json")
        return
    yield Finding("genesis", OK, f"{genesis.chain_id}, hash {genesis.hash.hex().upper()}")


def _room(root: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(root).free
    text = f"{free / GIB:.1f} GiB free"
    if free < ROOM_LEAST:
        yield Finding("disk", ERROR, text, "make room, or set min_retain_blocks and pruning")
    elif free < ROOM_LOW:
        yield Finding("disk", WARNING, text, "make room, or set min_retain_blocks and pruning")
    else:
        yield Finding("disk", OK, text)


def _keys(home: Home) -> Iterator[Finding]:
    loaders: tuple[tuple[str, Path, Callable[[Path], SigningKey]], ...] = (
        ("validator key", home.validator_key, load_validator_key),
        ("node key", home.node_key, load_node_key),
    )
    for what, path, load in loaders:
        try:
            key = load(path)
        except KeyFileError as error:
            yield Finding(what, ERROR, str(error), "restore the file from a backup")
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & OWNER_ONLY:
            yield Finding(what, ERROR, f"{path} can be read by others ({mode:o})",
                          f"chmod 600 {path}")  # fmt: skip
        else:
            yield Finding(what, OK, key.address.hex().upper())


def _ports(places: Places) -> Iterator[Finding]:
    for name, address in places.ports.items():
        host, _, port = address.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host.strip("[]"), int(port)))
            except OSError as error:
                yield Finding(
                    name, ERROR, f"{address}: {error.strerror or error}",
                    f"end what listens there (this node, if it runs), or set {name}",
                )  # fmt: skip
            else:
                yield Finding(name, OK, f"{address} is free")


def _data(home: Home, places: Places) -> Iterator[Finding]:
    """State, blocks, index and signer: each readable, and level with each other."""
    if not (home.data / "state").exists():
        yield Finding("data", OK, "empty: the node has not run yet")
        return
    try:
        state, blocks, base, index = _heights(home)
    except (StoreError, BlockStoreError, HomeError, lmdb.Error) as error:
        yield Finding(
            "data", ERROR, str(error), "restore data/ from a backup; the node must not be running"
        )
        return
    text = f"state {state}, blocks {base} to {blocks}, index {index}"
    if places.embedded and state > blocks:
        yield Finding(
            "data", ERROR, f"{text}: the state is ahead of the blocks",
            "run `akashpy node rollback` until they agree, or restore data/blocks",
        )  # fmt: skip
    elif state and base > state + 1:
        yield Finding(
            "data", ERROR, f"{text}: blocks between the state and the first one are gone",
            "restore a newer state, or older blocks",
        )  # fmt: skip
    elif places.embedded and blocks > state:
        yield Finding("data", WARNING, text, f"a start executes {blocks - state} blocks again")
    elif index < min(state, blocks):
        yield Finding("data", WARNING, text, "a start indexes the blocks that are missing")
    else:
        yield Finding("data", OK, text)
    yield from _signer(home, places, blocks)


def _signer(home: Home, places: Places, blocks: int) -> Iterator[Finding]:
    what = "signer"
    try:
        signed = Signed.load(home.signer_state)
    except SignerError as error:
        yield Finding(what, ERROR, str(error))
        return
    if places.embedded and signed.height > blocks:
        yield Finding(
            what, ERROR, f"height {signed.height} is signed, the blocks end at {blocks}",
            "restore the newest data/; only if nobody has seen the blocks above: "
            "`akashpy node rollback --sign-again`",
        )  # fmt: skip
    elif not home.signer_state.exists():
        yield Finding(what, WARNING, f"{home.signer_state} is not there",
                      "the next block makes it; keep it with the validator's key")  # fmt: skip
    else:
        yield Finding(what, OK, f"signed up to height {signed.height}")


def _heights(home: Home) -> tuple[int, int, int, int]:
    """State, newest and oldest block, index. Raises StoreError, BlockStoreError, HomeError."""
    genesis = home.load_genesis()
    state = Store.open(home.data / "state")
    try:
        if not (home.data / "blocks").exists():
            return state.height, 0, 0, 0
        blocks = BlockStore.open(home.data / "blocks")
        try:
            blocks.bind(genesis.hash)
            index = TxIndex.covered(home.data / "index")
            return state.height, blocks.height, blocks.base, index
        finally:
            blocks.close()
    finally:
        state.close()
