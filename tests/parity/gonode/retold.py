"""A Go node's blocks, told again to our App: the same genesis, the same transactions, times, votes.

It must not know what the transactions mean.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from google.protobuf.timestamp_pb2 import Timestamp

from akashpy.chain import registry
from akashpy.chain.app import App
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput, BlockResult, Misbehavior, VoteInfo
from tests.chain.app.conftest import drain


@dataclass(frozen=True)
class Told:
    """One block: what the Go node made of it, and what our App did."""

    height: int
    theirs: dict[str, Any]
    ours: BlockResult


def ask(rpc: str, path: str) -> dict[str, Any]:
    """An answer of the Go node's RPC."""
    with urlopen(f"{rpc}/{path}", timeout=10) as response:
        found: dict[str, Any] = json.load(response)["result"]
    return found


def our_genesis(document: dict[str, Any]) -> dict[str, Any]:
    """A Go genesis with the modules that we have, its genesis transactions included."""
    known = {module.name for module in registry.MODULES} | {"genutil"}
    state = document["app_state"]
    document["app_state"] = {name: part for name, part in state.items() if name in known}
    document["app_state"]["chain"] = registry.module("chain").default_genesis("akash")
    return document


def retell(rpc: str, document: dict[str, Any], last: int) -> Iterator[tuple[App, Told]]:
    """Our App after each block up to `last`."""
    app = App(Store.open(None), check_invariants=True)
    app.init_chain(document)
    for height in range(1, last + 1):
        block = ask(rpc, f"block?height={height}")["block"]
        results = ask(rpc, f"block_results?height={height}")
        validators = _validators(rpc, height - 1) if height > 1 else {}
        given = BlockInput(
            height,
            nanoseconds(block["header"]["time"]),
            bytes.fromhex(block["header"]["proposer_address"]),
            [b64decode(raw) for raw in block["data"]["txs"]],
            tuple(
                VoteInfo(bytes.fromhex(address), power, flag)
                for address, power, flag in _votes(block, validators)
            ),
            tuple(_proof(each["value"]) for each in block["evidence"]["evidence"] or ()),
            next_validators_hash=bytes.fromhex(block["header"]["next_validators_hash"]),
        )
        ours = drain(app.execute_block(given))
        app.commit()
        yield app, Told(height, results, ours)


def _validators(rpc: str, height: int) -> dict[str, int]:
    found = ask(rpc, f"validators?height={height}&per_page=100")["validators"]
    return {each["address"]: int(each["voting_power"]) for each in found}


def _votes(block: dict[str, Any], validators: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    signatures = (block.get("last_commit") or {}).get("signatures") or []
    for (address, power), signature in zip(validators.items(), signatures, strict=False):
        yield address, power, int(signature["block_id_flag"])


def _proof(value: dict[str, Any]) -> Misbehavior:
    return Misbehavior(
        1,
        bytes.fromhex(value["vote_a"]["validator_address"]),
        int(value["ValidatorPower"]),
        int(value["vote_a"]["height"]),
        nanoseconds(value["Timestamp"]),
        int(value["TotalVotingPower"]),
    )


def nanoseconds(text: str) -> int:
    """RFC 3339 with up to nine decimals, as unix nanoseconds."""
    stamp = Timestamp()
    stamp.FromJsonString(text)
    return stamp.ToNanoseconds()
