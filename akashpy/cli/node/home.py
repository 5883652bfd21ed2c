"""What the verbs of `akashpy node` share: the home, what `init` left there, refusals."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.node.configuration import COMETBFT as COMETBFT
from akashpy.node.configuration import CONSENSUS as CONSENSUS
from akashpy.node.configuration import EMBEDDED as EMBEDDED
from akashpy.node.configuration import EXTERNAL as EXTERNAL

if TYPE_CHECKING:
    from akashpy.config import Layers
    from akashpy.node.home import Home

SECOND = 10**9
NOTE = """\
# Settings of this node: `akashpy node config show` lists them all and says where each comes from.
# What is not here has its default. AKASHPY_NODE_... in the environment and flags go before it.
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """What `init` leaves for `start`: nanoseconds between blocks, and one of CONSENSUS."""

    block_interval: int = SECOND
    consensus: str = EMBEDDED

    def save(self, home: Path) -> None:
        """Write the file."""
        from akashpy.node.configuration import path_of, shown

        lines = [
            f"consensus = {shown('consensus', self.consensus)}",
            f"block_interval = {shown('block_interval', self.block_interval)}",
        ]
        path_of(home).write_text(NOTE + "\n".join(lines) + "\n", encoding="utf-8")


def configured(home: Path, flags: Mapping[str, Any] | None = None) -> Layers:
    """The settings of a home: its file, the environment, flags. Raises UsageError."""
    from akashpy.config import ConfigError
    from akashpy.node.configuration import layers, path_of

    path = path_of(home)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return layers(content, str(path), os.environ, flags or {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path}: {error}; correct it") from error
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def opened(path: Path) -> Home:
    """A home with a chain in it. Raises ClickException."""
    from akashpy.node.home import Home

    home = Home(path)
    if not home.is_initialised:
        raise click.ClickException(f"{path}: no chain here; make one with `akashpy node init`")
    return home


def split_address(text: str) -> tuple[str, int | None]:
    """Host and port of an address setting; no port for an empty one."""
    host, _, port = text.rpartition(":")
    return (host or "127.0.0.1", int(port)) if port else ("127.0.0.1", None)


def refusing(main: Callable[[], None]) -> None:
    """Run it; what keeps a node from starting ends the command with one sentence."""
    from akashpy.node.blockstore import BlockStoreError
    from akashpy.node.comet.keys import KeyFileError
    from akashpy.node.cometbft.process import CometError
    from akashpy.node.home import HomeError
    from akashpy.node.solo import ChainHalted
    from akashpy.state.errors import StoreError
    from akashpy.types.errors import ChainError
    from akashpy.types.upgrade import UpgradeNeeded, WrongProgram

    try:
        main()
    except (
        BlockStoreError, ChainError, ChainHalted, CometError, HomeError, KeyFileError, OSError,
        StoreError, UpgradeNeeded, WrongProgram,
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from error
