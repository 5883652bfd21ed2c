"""The document a chain starts from, as the node needs it: its head always, its state seldom.

Exists because a genesis may hold a million accounts, which must not stay in memory as objects. The
state is read again from the file for whoever asks. Must not know what is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from akashpy.node.comet import times
from akashpy.node.comet.params import ConsensusParams
from akashpy.node.packing import to_json
from akashpy.node.rpc import render

_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class GenesisError(ValueError):
    """A genesis that cannot be used; the text names the field and the remedy."""


@dataclass(frozen=True, slots=True)
class Genesis:
    """The head of a genesis.json. `time` is unix nanoseconds, `hash` that of the whole text."""

    chain_id: str
    time: int
    initial_height: int
    params: ConsensusParams
    hash: bytes
    _read: Callable[[], bytes]

    @classmethod
    def load(cls, path: Path) -> Genesis:
        """Read a file's head. Raises GenesisError, FileNotFoundError."""
        return cls._from(path.read_bytes(), path.read_bytes, str(path))

    @classmethod
    def of(cls, document: dict[str, Any]) -> Genesis:
        """The genesis of a document that lies in memory. Raises GenesisError."""
        text = msgspec.json.encode(document)
        return cls._from(text, lambda: text, "genesis")

    @classmethod
    def _from(cls, text: bytes, read: Callable[[], bytes], where: str) -> Genesis:
        try:
            parts = _PARTS.decode(text)
        except msgspec.DecodeError as error:
            raise GenesisError(f"{where}: not JSON ({error}); restore the file") from error
        head: dict[str, Any] = {
            name: msgspec.json.decode(parts[name])
            for name in (
                "chain_id",
                "genesis_time",
                "initial_height",
                "consensus",
                "consensus_params",
            )
            if name in parts
        }
        for name in ("chain_id", "genesis_time"):
            if not isinstance(head.get(name), str) or not head[name]:
                raise GenesisError(f"{where}: {name} is missing; restore the file")
        try:
            time = times.parse(head["genesis_time"])
        except ValueError as error:
            raise GenesisError(f"{where}: genesis_time: {error}") from error
        return cls(
            head["chain_id"],
            time,
            int(head.get("initial_height") or 1),
            ConsensusParams.from_genesis(head),
            sha256(text).digest(),
            read,
        )

    def document(self) -> dict[str, Any]:
        """The whole document, parsed anew."""
        found: dict[str, Any] = msgspec.json.decode(self._read())
        return found

    def comet_json(self) -> bytes:
        """The document in CometBFT's form, as JSON."""
        parts = _PARTS.decode(self._read())
        return to_json(
            {
                "genesis_time": times.show(self.time),
                "chain_id": self.chain_id,
                "initial_height": str(self.initial_height),
                "consensus_params": render.consensus_params(self.params),
                "app_hash": "",
                "app_state": parts.get("app_state", msgspec.Raw(b"{}")),
            }
        )
