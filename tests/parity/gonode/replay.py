"""A Go chain's blocks, executed again by our rules from the same genesis.

What the Go program did with a block (its events, results and the state after it) can then be
compared with what ours does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from google.protobuf.timestamp_pb2 import Timestamp

from akashpy.chain import registry
from akashpy.chain.app import App
from akashpy.node.queries.table import QUERIES
from akashpy.state.store import Store
from akashpy.state.tree import drained
from akashpy.types.abci import BlockInput, BlockResult, VoteInfo
from akashpy.types.errors import ChainError
from akashpy.wire import to_json
from tests.parity.gonode.gochain import GoChain


@dataclass(frozen=True)
class Block:
    """One block of the Go chain: what it was given, and what it answered."""

    given: BlockInput
    results: dict[str, Any]


def rpc(chain: GoChain, path: str) -> Any:
    """One call of CometBFT's RPC."""
    with urlopen(f"{chain.rpc}/{path}", timeout=20) as response:
        return json.load(response)["result"]


def blocks(chain: GoChain, until: int) -> Iterator[Block]:
    """Blocks 1 to `until` of the Go chain."""
    for height in range(1, until + 1):
        block = rpc(chain, f"block?height={height}")["block"]
        yield Block(_input(chain, height, block), rpc(chain, f"block_results?height={height}"))


def _input(chain: GoChain, height: int, block: dict[str, Any]) -> BlockInput:
    votes: tuple[VoteInfo, ...] = ()
    if height > 1:
        voters = rpc(chain, f"validators?height={height - 1}")["validators"]
        signed = block["last_commit"]["signatures"]
        votes = tuple(
            VoteInfo(
                bytes.fromhex(voter["address"]), int(voter["voting_power"]), seen["block_id_flag"]
            )
            for voter, seen in zip(voters, signed, strict=True)
        )
    return BlockInput(
        height,
        nanoseconds(block["header"]["time"]),
        bytes.fromhex(block["header"]["proposer_address"]),
        [base64.b64decode(tx) for tx in block["data"]["txs"] or ()],
        votes,
    )


def nanoseconds(text: str) -> int:
    """RFC 3339 with up to nine decimals, as unix nanoseconds."""
    stamp = Timestamp()
    stamp.FromJsonString(text)
    return int(stamp.seconds) * 10**9 + int(stamp.nanos)


def document(home: Path) -> dict[str, Any]:
    """The Go chain's genesis, less the modules that we do not have."""
    found: dict[str, Any] = json.loads((home / "config/genesis.json").read_text())
    known = {module.name for module in registry.MODULES} | {"genutil"}
    found["app_state"] = {name: part for name, part in found["app_state"].items() if name in known}
    return found


class Replay:
    """Our rules on the Go chain's blocks."""

    def __init__(self, home: Path) -> None:
        self.app = App(Store.open(None), check_invariants=True)
        self.app.init_chain(document(home))

    def block(self, given: BlockInput) -> BlockResult:
        """Execute and commit the next block."""
        result = drained(self.app.execute_block(given))
        self.app.commit()
        return result

    def query(self, path: str, request: Any) -> Any:
        """A query's answer as JSON, or the refusal's text."""
        try:
            return to_json(QUERIES[path].respond(self.app.query_context(), request))
        except ChainError as error:
            return str(error)


def told(events: list[dict[str, Any]]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Events of the Go chain's RPC in our form."""
    return [
        (event["type"], tuple((each["key"], each["value"]) for each in event["attributes"]))
        for event in events
    ]
