"""What the verbs of `akashpy node` share: the home, what `init` left there, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from akashpy.node.home import Home

SECOND = 10**9


EMBEDDED, COMETBFT, EXTERNAL = CONSENSUS = ("embedded", "cometbft", "external")
"""Who decides on blocks: this process alone, CometBFT as its child, CometBFT started elsewhere."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What `init` leaves for `start`: nanoseconds between blocks, and one of CONSENSUS."""

    block_interval: int = SECOND
    consensus: str = EMBEDDED

    @staticmethod
    def path(home: Path) -> Path:
        """The file."""
        return home / "config" / "akashpy.json"

    @classmethod
    def load(cls, home: Path) -> Saved:
        """As saved, or the defaults. Raises ClickException for a file that is none."""
        path = cls.path(home)
        try:
            found = json.loads(path.read_text())
            saved = cls(int(found["block_interval"]), found.get("consensus", EMBEDDED))
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise click.ClickException(
                f'{path}: {error!r}; write {{"block_interval": nanoseconds}} or remove the file'
            ) from error
        if saved.consensus not in CONSENSUS:
            known = ", ".join(CONSENSUS)
            raise click.ClickException(
                f"{path}: consensus is {saved.consensus!r}; write one of {known}"
            )
        return saved

    def save(self, home: Path) -> None:
        """Write the file."""
        found = {"block_interval": self.block_interval, "consensus": self.consensus}
        self.path(home).write_text(json.dumps(found) + "\n")


def opened(path: Path) -> Home:
    """A home with a chain in it. Raises ClickException."""
    from akashpy.node.home import Home

    home = Home(path)
    if not home.is_initialised:
        raise click.ClickException(f"{path}: no chain here; make one with `akashpy node init`")
    return home


def split_address(text: str, name: str) -> tuple[str, int]:
    """Host and port of `host:port`, the value of flag `name`. Raises UsageError."""
    host, colon, port = text.removeprefix("tcp://").rpartition(":")
    if not colon or not port.isdecimal():
        raise click.UsageError(f"{name} {text!r}: write host:port")
    return host or "127.0.0.1", int(port)


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
