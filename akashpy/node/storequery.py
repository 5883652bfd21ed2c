"""Answers abci_query of raw rows, `/store/<name>/key`, with their proofs.

Exists because light clients read state this way and check every byte of it, and because the store
has its own codes and texts. Must not know JSON or HTTP.
Source: SDK 0.53 `baseapp/abci.go` handleQueryStore, `store/rootmulti` and `store/iavl` Query.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from akashpy.node.core import Core
from akashpy.state.errors import HeightNotAvailable
from akashpy.state.proof import OPERATION
from akashpy.types.errors import ForeignError, InvalidHeight, InvalidRequest

STORES = frozenset((
    "consensus", "acc", "feegrant", "authz", "bank", "staking", "mint", "distribution", "slashing",
    "gov", "params", "ibc", "upgrade", "evidence", "transfer", "wasm", "epochs", "escrow",
    "deployment", "market", "provider", "audit", "cert", "awasm", "oracle", "bme", "chain",
))  # fmt: skip
"""Akash's persistent stores, empty where the module is not here yet; `chain` is ours."""
NO_VERSION = "version does not exist"


class Refusal(IntEnum):
    """Codes of the codespace `store`, with the texts of TEXTS."""

    TX_DECODE = 3
    UNKNOWN_REQUEST = 4
    INVALID_REQUEST = 7


TEXTS = {
    Refusal.TX_DECODE: "tx parse error",
    Refusal.UNKNOWN_REQUEST: "unknown request",
    Refusal.INVALID_REQUEST: "invalid request",
}


@dataclass(frozen=True, slots=True)
class ProofOp:
    """One step of a proof; `kind` names its format."""

    kind: str
    key: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """What the store says of a key. `log` says why there is no answer at this height."""

    key: bytes
    value: bytes
    height: int
    proof: tuple[ProofOp, ...] | None = None
    log: str = ""


def check_provable(height: int) -> None:
    """Raises InvalidRequest for a height whose state no header was made for."""
    if height <= 1:
        raise InvalidRequest(
            "cannot query with proof when height <= 1; please provide a valid height"
        )


def read(core: Core, path: str, key: bytes, height: int, prove: bool) -> Row:
    """The row that `path` (what follows "/store") and `key` name, at a height; 0 is the latest.

    Raises ChainError: sdk/18 for a proof at a height that no header follows, else codes of `store`.
    """
    at = height or core.app.height
    if prove:
        check_provable(at)
    name, _, rest = path.removeprefix("/").partition("/")
    if name not in STORES:
        raise _refuse(Refusal.UNKNOWN_REQUEST, f"no such store: {name}")
    if not key:
        raise _refuse(Refusal.TX_DECODE, "query cannot be zero length")
    if rest != "key":
        shown = f"/{rest}" if rest else ""
        raise _refuse(Refusal.UNKNOWN_REQUEST, f"unexpected query path: {shown}")
    full = name.encode() + b"/" + key
    try:
        value, proof = core.app.read_store(full, at, prove=prove)
    except (HeightNotAvailable, InvalidHeight, InvalidRequest):
        if prove:
            raise _refuse(
                Refusal.INVALID_REQUEST,
                "proof is unexpectedly empty; ensure height has not been pruned",
            ) from None
        return Row(key, b"", at, log=NO_VERSION)
    ops = None if proof is None else (ProofOp(OPERATION, full, proof),)
    return Row(key, value or b"", at, ops)


def _refuse(code: Refusal, detail: str) -> ForeignError:
    return ForeignError("store", code, f"{detail}: {TEXTS[code]}")
