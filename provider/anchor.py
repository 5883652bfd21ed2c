"""The block by which a provider recognises its chain again.

A chain id says little: a test network that is made anew keeps its name. So the provider remembers
height and hash of one block it saw, on disk, and believes a node only while that block still
stands there. It knows files, not nodes.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from provider.errors import GiveUp


@dataclass(frozen=True, slots=True)
class Anchor:
    """A chain's id, and a block that was seen on it."""

    chain_id: str
    height: int
    hash: bytes


class AnchorFile:
    """Keeps the anchor in a small file; with `path` None only in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._anchor = None if path is None else _read(path)

    @property
    def anchor(self) -> Anchor | None:
        """The block seen last, None before the first."""
        return self._anchor

    def move(self, anchor: Anchor) -> None:
        """Remember another block of the same chain."""
        self._anchor = anchor
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        content = {
            "chain_id": anchor.chain_id, "height": anchor.height, "hash": anchor.hash.hex()
        }  # fmt: skip
        fresh.write_text(json.dumps(content))
        os.replace(fresh, self._path)


def _read(path: Path) -> Anchor | None:
    try:
        found = json.loads(path.read_text())
        return Anchor(str(found["chain_id"]), int(found["height"]), bytes.fromhex(found["hash"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise GiveUp(
            f"anchor file {path} is damaged ({error}): delete it only if you are sure that the "
            "node belongs to the chain on which your leases are"
        ) from error
