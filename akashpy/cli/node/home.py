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


@dataclass(frozen=True, slots=True)
class Saved:
    """What `init` leaves for `start`: nanoseconds between blocks."""

    block_interval: int = SECOND

    @staticmethod
    def path(home: Path) -> Path:
        """The file."""
        return home / "config" / "akashpy.json"

    @classmethod
    def load(cls, home: Path) -> Saved:
        """As saved, or the defaults. Raises ClickException for a file that is none."""
        path = cls.path(home)
        try:
            return cls(block_interval=int(json.loads(path.read_text())["block_interval"]))
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError) as error:
            raise click.ClickException(
                f'{path}: {error!r}; write {{"block_interval": nanoseconds}} or remove the file'
            ) from error

    def save(self, home: Path) -> None:
        """Write the file."""
        self.path(home).write_text(json.dumps({"block_interval": self.block_interval}) + "\n")


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
    from akashpy.node.home import HomeError
    from akashpy.node.solo import ChainHalted
    from akashpy.state.errors import StoreError
    from akashpy.types.errors import ChainError
    from akashpy.types.upgrade import UpgradeNeeded, WrongProgram

    try:
        main()
    except (
        BlockStoreError, ChainError, ChainHalted, HomeError, KeyFileError, OSError, StoreError,
        UpgradeNeeded, WrongProgram,
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from error
