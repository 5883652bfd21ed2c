"""CometBFT's JSON of blocks, results and events: 64-bit numbers as text, hashes in upper hex.

Exists so that the exact shapes are in one place. Pure functions from values to plain data. Two
forms of a result exist: the full one with every field, and the short one inside event messages,
which leaves out what is zero, as CometBFT does.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any

from akashpy.node.blockstore import BlockMeta, BlockOutcome
from akashpy.node.comet import times
from akashpy.node.comet.block import (
    BlockID,
    BlockIDFlag,
    Commit,
    CommitSig,
    Header,
    Validator,
)
from akashpy.node.comet.keys import PUBLIC_TYPE
from akashpy.node.comet.merkle import Proof
from akashpy.node.comet.params import ConsensusParams
from akashpy.types.abci import CheckResult, TxResult
from akashpy.types.events import Event

Json = dict[str, Any]


def upper_hex(value: bytes) -> str:
    """A hash as CometBFT shows it."""
    return value.hex().upper()


def b64(value: bytes) -> str:
    """Bytes as standard base64."""
    return b64encode(value).decode("ascii")


def b64_or_null(value: bytes) -> str | None:
    """Bytes as base64, empty ones as null."""
    return b64encode(value).decode("ascii") if value else None


def block_id(id: BlockID) -> Json:
    return {
        "hash": upper_hex(id.hash),
        "parts": {"total": id.parts.total, "hash": upper_hex(id.parts.hash)},
    }


def header(value: Header) -> Json:
    version = {"block": "11"}
    if value.app_version:
        version["app"] = str(value.app_version)
    return {
        "version": version,
        "chain_id": value.chain_id,
        "height": str(value.height),
        "time": times.show(value.time),
        "last_block_id": block_id(value.last_block_id),
        "last_commit_hash": upper_hex(value.last_commit_hash),
        "data_hash": upper_hex(value.data_hash),
        "validators_hash": upper_hex(value.validators_hash),
        "next_validators_hash": upper_hex(value.next_validators_hash),
        "consensus_hash": upper_hex(value.consensus_hash),
        "app_hash": upper_hex(value.app_hash),
        "last_results_hash": upper_hex(value.last_results_hash),
        "evidence_hash": upper_hex(value.evidence_hash),
        "proposer_address": upper_hex(value.proposer_address),
    }


def commit(value: Commit) -> Json:
    return {
        "height": str(value.height),
        "round": value.round,
        "block_id": block_id(value.block_id),
        "signatures": [
            {
                "block_id_flag": int(sig.flag),
                "validator_address": upper_hex(sig.validator_address),
                "timestamp": _vote_time(sig),
                "signature": b64_or_null(sig.signature),
            }
            for sig in value.signatures
        ],
    }


def _vote_time(sig: CommitSig) -> str:
    return "0001-01-01T00:00:00Z" if sig.flag is BlockIDFlag.ABSENT else times.show(sig.timestamp)


def block(meta: BlockMeta, txs: Iterable[bytes]) -> Json:
    """The block itself; `full_block` adds its ID."""
    return {
        "header": header(meta.header),
        "data": {"txs": [b64(tx) for tx in txs]},
        "evidence": {"evidence": []},
        "last_commit": commit(meta.last_commit),
    }


def full_block(meta: BlockMeta, txs: Iterable[bytes]) -> Json:
    return {"block_id": block_id(meta.id), "block": block(meta, txs)}


def block_meta(meta: BlockMeta) -> Json:
    return {
        "block_id": block_id(meta.id),
        "block_size": str(meta.size),
        "header": header(meta.header),
        "num_txs": str(meta.num_txs),
    }


def signed_header(meta: BlockMeta, of: Commit, *, canonical: bool) -> Json:
    return {
        "signed_header": {"header": header(meta.header), "commit": commit(of)},
        "canonical": canonical,
    }


def event(value: Event) -> Json:
    kind, attributes = value
    return {
        "type": kind,
        "attributes": [{"key": k, "value": v, "index": True} for k, v in attributes],
    }


def events(values: Iterable[Event]) -> list[Json]:
    return [event(value) for value in values]


def tx_result(value: TxResult) -> Json:
    """A transaction's result with every field."""
    return {
        "code": value.code,
        "data": b64_or_null(value.data),
        "log": value.log,
        "info": value.info,
        "gas_wanted": str(value.gas_wanted),
        "gas_used": str(value.gas_used),
        "events": events(value.events),
        "codespace": value.codespace,
    }


def short_tx_result(value: TxResult) -> Json:
    """A transaction's result inside an event message: nothing that is zero."""
    full = tx_result(value)
    return {key: item for key, item in full.items() if item and item != "0"}


def check_result(value: CheckResult) -> Json:
    return {
        "code": value.code,
        "data": b64_or_null(value.data),
        "log": value.log,
        "info": "",
        "gas_wanted": str(value.gas_wanted),
        "gas_used": str(value.gas_used),
        "events": events(value.events),
        "codespace": value.codespace,
    }


def validator(value: Validator) -> Json:
    return {
        "address": upper_hex(value.address),
        "pub_key": public_key(value.pub_key),
        "voting_power": str(value.power),
        "proposer_priority": str(value.proposer_priority),
    }


def public_key(value: bytes) -> Json:
    return {"type": PUBLIC_TYPE, "value": b64(value)}


def validator_updates(values: Sequence[Validator]) -> list[Json]:
    """Updates as the application sent them: power left out when it is zero."""
    shown = []
    for value in values:
        key = {"ed25519": b64(value.pub_key)}
        kind = "tendermint.crypto.PublicKey_Ed25519"
        update: Json = {"pub_key": {"Sum": {"type": kind, "value": key}}}
        if value.power:
            update["power"] = str(value.power)
        shown.append(update)
    return shown


def outcome(value: BlockOutcome) -> Json:
    """The tail of block_results: everything but the transactions' results."""
    return {
        "finalize_block_events": events(value.events) or None,
        "validator_updates": validator_updates(value.validator_updates) or None,
        "consensus_param_updates": consensus_updates(value.consensus_params),
        "app_hash": b64(value.app_hash),
    }


def consensus_params(value: ConsensusParams) -> Json:
    """All parameters, zero ones included."""
    return {
        "block": {"max_bytes": str(value.max_bytes), "max_gas": str(value.max_gas)},
        "evidence": {
            "max_age_num_blocks": str(value.evidence_max_age_blocks),
            "max_age_duration": str(value.evidence_max_age),
            "max_bytes": str(value.evidence_max_bytes),
        },
        "validator": {"pub_key_types": list(value.pub_key_types)},
        "version": {"app": str(value.app_version)},
        "abci": {"vote_extensions_enable_height": str(value.vote_extensions_height)},
    }


def consensus_updates(value: ConsensusParams | None) -> Json | None:
    """Parameters as an answer of the application: zero versions are left out."""
    if value is None:
        return None
    shown = consensus_params(value)
    for part in ("version", "abci"):
        shown[part] = {key: text for key, text in shown[part].items() if text != "0"}
    return shown


def finalize_block(results: Any | None, value: BlockOutcome) -> Json:
    """The application's answer inside a NewBlock message; `results` is the shown list, or None."""
    shown: Json = {}
    if value.events:
        shown["events"] = events(value.events)
    if results is not None:
        shown["tx_results"] = results
    shown["validator_updates"] = validator_updates(value.validator_updates)
    if value.consensus_params is not None:
        shown["consensus_param_updates"] = consensus_updates(value.consensus_params)
    shown["app_hash"] = b64(value.app_hash)
    return shown


def proof(root: bytes, leaf: bytes, value: Proof) -> Json:
    """That a transaction is in its block's data hash."""
    return {
        "root_hash": upper_hex(root),
        "data": b64(leaf),
        "proof": {
            "total": str(value.total),
            "index": str(value.index),
            "leaf_hash": b64(value.leaf_hash),
            "aunts": [b64(aunt) for aunt in value.aunts],
        },
    }
