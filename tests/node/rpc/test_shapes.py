"""Answers have the shape of a real node's: the same keys in the same order, the same kinds."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from akashpy.node.comet.block import tx_hash
from tests.node.conftest import Parts
from tests.node.rpc.conftest import Client

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "node" / "rpc_shapes.json").read_text()
)
TX = b"alice:0"

ARGUMENTS: dict[str, dict[str, Any]] = {
    "tx": {"hash": b64encode(tx_hash(TX)).decode(), "prove": True},
    "block": {"height": "2"},
    "block_results": {"height": "2"},
    "commit": {"height": "2"},
    "header": {"height": "2"},
    "consensus_params": {"height": "2"},
    "validators": {"height": "2"},
    "blockchain": {"minHeight": "2", "maxHeight": "2"},
    "tx_search": {"query": "tx.height=2", "prove": False, "page": "1", "per_page": "2"},
    "block_search": {"query": "block.height=2", "page": "1", "per_page": "2"},
    "broadcast_garbage": {"tx": b64encode(b"bad").decode()},
    "check_tx_garbage": {"tx": b64encode(b"bad").decode()},
}
NO_PARAMS_CHANGE = {"consensus_param_updates"}
"""The fake application names no consensus parameters; the real one does."""
NO_QUERIES = {"abci_query_grpc", "abci_query_store"}


def assert_same_shape(found: Any, wanted: Any, at: str) -> None:
    """`found` has the kinds of `wanted`, with keys in its order; lists by their first item."""
    if at.rpartition(".")[2] in NO_PARAMS_CHANGE:
        return
    if isinstance(wanted, dict):
        assert isinstance(found, dict), at
        assert list(found) == list(wanted), at
        for key, value in wanted.items():
            assert_same_shape(found[key], value, f"{at}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(found, list), at
        if wanted:
            assert_same_shape(found[0], wanted[0], f"{at}[0]")
        else:
            assert found == [], at
    else:
        kinds = {"null": type(None), "bool": bool, "number": int, "text": str}
        assert type(found) is kinds[wanted], f"{at}: {found!r}"


@pytest.fixture
async def lived(parts: Parts) -> Parts:
    """Three blocks, the second with a transaction."""
    await parts.blocks(1)
    await parts.core.broadcast(TX)
    await parts.blocks(2)
    return parts


@pytest.mark.parametrize("name", sorted(set(VECTORS["calls"]) - NO_QUERIES))
async def test_an_answer_has_the_recorded_shape(client: Client, lived: Parts, name: str) -> None:
    recorded = VECTORS["calls"][name]
    body = {"jsonrpc": "2.0", "id": 7, "method": recorded["method"],
            "params": ARGUMENTS.get(name, {})}  # fmt: skip
    status, answer = await client.post(body)
    assert status == recorded["http"]
    assert_same_shape(answer, recorded["shape"], name)


@pytest.mark.parametrize("name", sorted(VECTORS["errors"]))
async def test_an_error_is_the_recorded_one(client: Client, lived: Parts, name: str) -> None:
    recorded = VECTORS["errors"][name]
    status, answer = await client.post({"jsonrpc": "2.0", "id": 7, **recorded["request"]})
    assert status == recorded["http"]
    wanted = json.loads(json.dumps(recorded["response"]).replace("height 1267", "height 3"))
    if name == "tx_missing":
        wanted["error"]["data"] = wanted["error"]["data"].replace("\u0000", "")
    assert answer == wanted


async def test_a_body_that_is_no_json_gives_status_500(client: Client) -> None:
    async with client.http.post(client.url, data=b"{not json") as response:
        assert response.status == VECTORS["not_json"]["http"]
        assert await response.json() == json.loads(VECTORS["not_json"]["text"])


async def test_a_batch_is_answered_in_order(client: Client) -> None:
    calls = [{"jsonrpc": "2.0", "id": at, "method": "health", "params": {}} for at in (1, 2)]
    assert await client.post(calls) == (VECTORS["batch"]["http"], VECTORS["batch"]["response"])


async def test_events_come_in_the_recorded_shape(client: Client, lived: Parts) -> None:
    recorded = {w["kind"]: w["shape"] for w in VECTORS["websocket"]}
    kinds = ("NewBlockHeader", "NewBlock", "NewBlockEvents")
    async with client.http.ws_connect(client.url + "/websocket") as socket:
        for at, kind in enumerate(kinds):
            await socket.send_json(
                {"jsonrpc": "2.0", "id": at, "method": "subscribe",
                 "params": {"query": f"tm.event='{kind}'"}}
            )  # fmt: skip
            assert await socket.receive_json() == {"jsonrpc": "2.0", "id": at, "result": {}}
        await lived.blocks(1)
        for _ in kinds:
            message = await socket.receive_json()
            data = message["result"]["data"]
            message["result"]["events"] = {"tm.event": message["result"]["events"]["tm.event"]}
            if "result_finalize_block" in data["value"]:
                updates = recorded[data["type"]]["result"]["data"]["value"]
                updates["result_finalize_block"].pop("consensus_param_updates", None)
            assert_same_shape(message, recorded[data["type"]], data["type"])
