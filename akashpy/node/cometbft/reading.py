"""What CometBFT's RPC shows, as our values.

Every function takes decoded JSON and raises KeyError, TypeError or ValueError for what CometBFT
never says. It must not know who asked for what, or why.
Source: CometBFT 0.38 rpc/core/types/responses.go, libs/json.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from typing import Any

from akashpy.node.blockstore import BlockOutcome
from akashpy.node.comet import times
from akashpy.node.comet.block import (
    BlockID,
    BlockIDFlag,
    Commit,
    CommitSig,
    Header,
    PartSetHeader,
    Validator,
)
from akashpy.node.comet.params import ConsensusParams
from akashpy.types.abci import TxResult
from akashpy.types.events import Event


def read_header(found: dict[str, Any]) -> Header:
    """A header as RPC shows it."""
    return Header(
        chain_id=found["chain_id"],
        height=int(found["height"]),
        time=times.parse(found["time"]),
        last_block_id=read_block_id(found["last_block_id"]),
        app_version=int(found["version"].get("app") or 0),
        **{
            name: bytes.fromhex(found[name])
            for name in (
                "last_commit_hash", "data_hash", "validators_hash", "next_validators_hash",
                "consensus_hash", "app_hash", "last_results_hash", "evidence_hash",
                "proposer_address",
            )
        },
    )  # fmt: skip


def read_block_id(found: dict[str, Any]) -> BlockID:
    """A block ID as RPC shows it."""
    parts = found["parts"]
    return BlockID(
        bytes.fromhex(found["hash"]),
        PartSetHeader(int(parts["total"]), bytes.fromhex(parts["hash"])),
    )


def read_commit(found: dict[str, Any]) -> Commit:
    """A commit as RPC shows it."""
    return Commit(
        height=int(found["height"]),
        round=int(found["round"]),
        block_id=read_block_id(found["block_id"]),
        signatures=tuple(_signature(each) for each in found["signatures"] or ()),
    )


def _signature(found: dict[str, Any]) -> CommitSig:
    flag = BlockIDFlag(int(found["block_id_flag"]))
    absent = flag is BlockIDFlag.ABSENT
    return CommitSig(
        flag,
        bytes.fromhex(found["validator_address"]),
        0 if absent else times.parse(found["timestamp"]),
        b64decode(found["signature"] or ""),
    )


def read_results(found: dict[str, Any]) -> tuple[BlockOutcome, list[TxResult]]:
    """The outcome and the results of `block_results`."""
    params = found.get("consensus_param_updates")
    outcome = BlockOutcome(
        events=_events(found["finalize_block_events"]),
        validator_updates=tuple(
            Validator(_key(each["pub_key"]), int(each.get("power") or 0))
            for each in found["validator_updates"] or ()
        ),
        consensus_params=(
            ConsensusParams.from_genesis({"consensus_params": params}) if params else None
        ),
        app_hash=b64decode(found.get("app_hash") or ""),
    )
    results = [
        TxResult(
            code=int(each["code"]),
            codespace=each.get("codespace") or "",
            data=b64decode(each.get("data") or ""),
            log=each.get("log") or "",
            info=each.get("info") or "",
            gas_wanted=int(each.get("gas_wanted") or 0),
            gas_used=int(each.get("gas_used") or 0),
            events=_events(each.get("events")),
        )
        for each in found["txs_results"] or ()
    ]
    return outcome, results


def _key(found: dict[str, Any]) -> bytes:
    """An ABCI public key, whose JSON names a Go type in one form and a oneof in another."""
    if "Sum" in found:
        return b64decode(found["Sum"]["value"]["ed25519"])
    return b64decode(found["value"])


def _events(found: Sequence[dict[str, Any]] | None) -> tuple[Event, ...]:
    return tuple(
        Event(
            each["type"],
            tuple((pair["key"], pair.get("value") or "") for pair in each["attributes"] or ()),
        )
        for each in found or ()
    )
