"""What a validator has signed last, in CometBFT's priv_validator_state.json: no second signature.

Exists so that a node whose blocks were restored from an older backup, or whose home was copied,
never signs two blocks of one height. Must not know how blocks are made or stored.
Source: CometBFT 0.38 `privval/file.go`.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from akashpy.node.comet.block import BlockID, vote_sign_bytes
from akashpy.node.comet.keys import SigningKey

PRECOMMIT = 3
"""CometBFT's number of the last step of a round."""


class SignerError(Exception):
    """A signature that must not be given, or a state file that is none; names the remedy."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The last signature: `sign_bytes` are what it covers; both empty before the first."""

    height: int = 0
    round: int = 0
    step: int = 0
    signature: bytes = b""
    sign_bytes: bytes = b""

    @classmethod
    def load(cls, path: Path) -> Signed:
        """As in the file; nothing signed where there is no file. Raises SignerError."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                int(found["height"]),
                int(found["round"]),
                int(found["step"]),
                # CometBFT leaves both out before the first signature
                _bytes64(found.get("signature")),
                bytes.fromhex(found.get("signbytes") or ""),
            )
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SignerError(
                f"{path}: not a signer's state ({error!r}); restore the newest copy of it: without "
                "it this validator may sign a height twice"
            ) from error

    def save(self, path: Path) -> None:
        """Write the file durably, readable by its owner only."""
        found: dict[str, object] = {
            "height": str(self.height),
            "round": self.round,
            "step": self.step,
        }
        if self.signature:
            found["signature"] = b64encode(self.signature).decode()
            found["signbytes"] = self.sign_bytes.hex().upper()
        unfinished = path.with_name(path.name + ".new")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(found, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)


class Signer:
    """Signs blocks with one key, each height once; `path` None keeps nothing on disk.

    A signature counts once `keep` has written it: give it away only after that.
    """

    def __init__(self, key: SigningKey, path: Path | None = None) -> None:
        self.key = key
        self._path = path
        self.last = Signed() if path is None else Signed.load(path)
        """The last signature. Raises SignerError when the file is none."""
        self._block = BlockID()

    def sign(self, chain_id: str, height: int, block: BlockID, time: int) -> bytes:
        """The signature of our vote for `block`, cast at `time` (unix ns).

        A block may be signed again with another time. Raises SignerError for another block of a
        height that was signed, and for a lower height.
        """
        message = vote_sign_bytes(chain_id, height, 0, block, time)
        if height < self.last.height:
            raise SignerError(
                f"height {height} is below {self.last.height}, which this validator has signed"
                f"{self._remedy()}"
            )
        if height == self.last.height:
            if message != self.last.sign_bytes and block != self._block:
                raise SignerError(
                    f"this validator has signed another block of height {height}{self._remedy()}"
                )
            return self.key.sign(message)
        signature = self.key.sign(message)
        self.last = Signed(height, 0, PRECOMMIT, signature, message)
        self._block = block
        return signature

    def keep(self) -> None:
        """Write what was signed last; blocks."""
        if self._path is not None:
            self.last.save(self._path)

    def take_up(self, chain_id: str, height: int, voted: dict[int, BlockID]) -> None:
        """Compare with the newest stored block: `voted` holds its ID by the times of our votes.

        Raises SignerError when something else or something later was signed.
        """
        last = self.last
        if last.height > height:
            raise SignerError(
                f"this validator has signed height {last.height}, the blocks end at {height}"
                f"{self._remedy()}"
            )
        if last.height < height:
            return
        if not last.sign_bytes:  # a signature above was forgotten; this block stands
            self._block = next(iter(voted.values()), BlockID())
            return
        for time, block in voted.items():
            if vote_sign_bytes(chain_id, height, last.round, block, time) == last.sign_bytes:
                self._block = block
                return
        raise SignerError(
            f"this validator has signed another block of height {height} than the stored one"
            f"{self._remedy()}"
        )

    def _remedy(self) -> str:
        return (
            f" ({self._path}): signing it again is double-signing. Restore the newest data/, or, "
            "only if nobody has seen that block, run `akashpy node rollback --sign-again`"
        )


def forget_above(path: Path, height: int) -> bool:
    """Let a validator sign what is above `height` again; whether that changed anything.

    Raises SignerError when the file is none.
    """
    if Signed.load(path).height <= height:
        return False
    Signed(height, 0, PRECOMMIT).save(path)
    return True


def _bytes64(text: str | None) -> bytes:
    return b64decode(text or "", validate=True)
