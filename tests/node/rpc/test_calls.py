"""What calls do: URI forms, limits, batches, broadcasts, searches, subscriptions."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from typing import Any

import aiohttp
import pytest

from akashpy.node.comet.block import tx_hash
from akashpy.node.mempool import MempoolLimits
from akashpy.node.rpc.post import RpcLimits
from akashpy.node.rpc.server import serve
from tests.node.conftest import Parts, Start
from tests.node.rpc.conftest import Client


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


async def subscribe(socket: Any, query: str, id: int = 1) -> Any:
    await socket.send_json(
        {"jsonrpc": "2.0", "id": id, "method": "subscribe", "params": {"query": query}}
    )
    return await socket.receive_json()


async def test_a_uri_takes_numbers_hex_and_quoted_text(client: Client, parts: Parts) -> None:
    await parts.core.broadcast(b"alice:0")
    await parts.blocks(1)
    hash = tx_hash(b"alice:0").hex().upper()
    assert (await client.get("/block?height=1"))[1]["id"] == -1
    assert (await client.get('/block?height="1"'))[1]["result"]["block"]["header"]["height"] == "1"
    assert (await client.get(f"/tx?hash=0x{hash}"))[1]["result"]["hash"] == hash
    found = await client.get('/tx_search?query="tx.height=1"&per_page=5')
    assert found[1]["result"]["total_count"] == "1"


async def test_a_uri_error_has_status_500(client: Client) -> None:
    status, answer = await client.get("/block?height=9")
    assert (status, answer["error"]["code"]) == (500, -32603)
    status, answer = await client.get("/block?height=abc")
    assert answer["error"]["data"] == (
        "error converting http params to arguments: "
        "invalid character 'a' looking for beginning of value"
    )


async def test_broadcast_by_uri_takes_the_quoted_text_as_bytes(
    client: Client, parts: Parts
) -> None:
    status, answer = await client.get('/broadcast_tx_sync?tx="alice:0"')
    assert (status, answer["result"]["code"]) == (200, 0)
    assert [entry.raw for entry in parts.core.mempool] == [b"alice:0"]


async def test_unknown_paths_are_not_found(client: Client) -> None:
    async with client.http.get(client.url + "/nothing") as response:
        assert (response.status, await response.text()) == (404, "404 page not found\n")
    async with client.http.post(client.url + "/nothing", json={}) as response:
        assert response.status == 404


async def test_subscribing_without_a_websocket_is_unknown(client: Client) -> None:
    assert (await client.get("/subscribe?query=1"))[0] == 404
    assert (await client.error("subscribe", query="tm.event='Tx'"))["code"] == -32601


async def test_an_empty_request_lists_the_methods(client: Client) -> None:
    async with client.http.get(client.url + "/") as response:
        text = await response.text()
    assert "broadcast_tx_sync?tx=_" in text


async def test_a_body_above_the_limit_is_refused(client: Client) -> None:
    async with client.http.post(client.url, data=b"[" + b" " * 30_000 + b"]") as response:
        assert response.status == 400
        assert (await response.json())["error"] == {
            "code": -32600,
            "message": "Invalid Request",
            "data": "error reading request body: http: request body too large",
        }


async def test_too_many_requests_at_once_are_refused(parts: Parts) -> None:
    limits = RpcLimits(connections=1)
    async with (
        serve(parts.core, "127.0.0.1", 0, limits) as url,
        aiohttp.ClientSession() as http,
        http.ws_connect(url + "/websocket"),
    ):
        status, answer = await Client(http, url).get("/health")
    assert (status, answer["error"]["data"]) == (503, "max_open_connections 1 reached")


async def test_a_batch_above_the_limit_is_refused(client: Client) -> None:
    calls = [{"jsonrpc": "2.0", "id": at, "method": "health"} for at in range(6)]
    _, answer = await client.post(calls)
    assert answer["error"]["data"] == "batch request exceeds maximum (5) allowed number of requests"


async def test_a_notification_gets_no_answer(client: Client) -> None:
    async with client.http.post(client.url, json={"method": "health"}) as response:
        assert (response.status, await response.read()) == (200, b"")


async def test_positional_arguments_must_all_be_there(client: Client, parts: Parts) -> None:
    await parts.blocks(1)
    body = {"jsonrpc": "2.0", "id": 1, "method": "block", "params": ["1"]}
    assert "result" in (await client.post(body))[1]
    body["params"] = []
    error = (await client.post(body))[1]["error"]
    assert error["data"].startswith(
        "error converting json params to arguments: expected 1 parameters ([height]), got 0"
    )


async def test_a_wallet_of_an_allowed_origin_may_ask(client: Client) -> None:
    name = "Access-Control-Allow-Origin"
    for origin, wanted in (("http://wallet.example", True), ("http://other.example", False)):
        async with client.http.get(client.url + "/health", headers={"Origin": origin}) as answer:
            assert (answer.headers.get(name) == origin) is wanted


async def test_an_old_block_may_be_cached_the_latest_not(client: Client, parts: Parts) -> None:
    await parts.blocks(1)
    for path, wanted in (("/block?height=1", True), ("/block", False), ("/status", False)):
        async with client.http.get(client.url + path) as answer:
            assert ("Cache-Control" in answer.headers) is wanted


async def test_the_same_transaction_twice_is_an_error_with_comets_text(client: Client) -> None:
    await client.result("broadcast_tx_sync", tx=b64(b"alice:0"))
    error = await client.error("broadcast_tx_sync", tx=b64(b"alice:0"))
    assert error == {
        "code": -32603,
        "message": "Internal error",
        "data": "tx already exists in cache",
    }


async def test_broadcasts_of_a_batch_are_answered_one_by_one(client: Client, parts: Parts) -> None:
    txs = (b"alice:0", b"alice:0", b"bad", b"alice:1")
    calls = [
        {"jsonrpc": "2.0", "id": at, "method": "broadcast_tx_sync", "params": {"tx": b64(tx)}}
        for at, tx in enumerate(txs)
    ]
    _, answers = await client.post(calls)
    assert [answer["id"] for answer in answers] == [0, 1, 2, 3]
    assert [answer.get("result", {}).get("code") for answer in answers] == [0, None, 2, 0]
    assert answers[1]["error"]["data"] == "tx already exists in cache"
    assert [entry.raw for entry in parts.core.mempool] == [b"alice:0", b"alice:1"]


async def test_a_batch_with_one_bad_argument_serves_the_others(
    client: Client, parts: Parts
) -> None:
    calls = [
        {"jsonrpc": "2.0", "id": at, "method": "broadcast_tx_sync", "params": {"tx": tx}}
        for at, tx in enumerate(("!", b64(b"alice:0")))
    ]
    _, answers = await client.post(calls)
    assert answers[0]["error"]["code"] == -32602
    assert answers[1]["result"]["code"] == 0


async def test_a_full_mempool_is_an_error_with_comets_text(start: Start) -> None:
    parts = start(MempoolLimits(max_txs=1))
    await parts.producer.recover()
    async with serve(parts.core, "127.0.0.1", 0) as url, aiohttp.ClientSession() as http:
        client = Client(http, url)
        await client.result("broadcast_tx_sync", tx=b64(b"alice:0"))
        error = await client.error("broadcast_tx_sync", tx=b64(b"alice:1"))
        commit = await client.error("broadcast_tx_commit", tx=b64(b"alice:1"))
    full = "mempool is full: number of txs 1 (max: 1), total txs bytes 7 (max: 67108864)"
    assert error["data"] == full
    assert commit["data"] == f"error on broadcastTxCommit: {full}"


async def test_async_broadcast_says_nothing_of_the_check(client: Client, parts: Parts) -> None:
    result = await client.result("broadcast_tx_async", tx=b64(b"alice:5"))
    assert (result["code"], result["log"]) == (0, "")
    assert len(parts.core.mempool) == 0


async def test_commit_broadcast_gives_check_and_result(client: Client, parts: Parts) -> None:
    waiting = asyncio.ensure_future(client.result("broadcast_tx_commit", tx=b64(b"alice:0")))
    while not waiting.done():
        await parts.blocks(1)
    result = await waiting
    assert list(result) == ["check_tx", "tx_result", "hash", "height"]
    landed = parts.core.tx(tx_hash(b"alice:0"))
    assert landed is not None
    assert result["height"] == str(landed.height)
    assert result["tx_result"]["data"] == b64(b"ok")


async def test_commit_broadcast_of_a_refused_transaction_gives_the_check(client: Client) -> None:
    result = await client.result("broadcast_tx_commit", tx=b64(b"bad"))
    assert (result["check_tx"]["code"], result["height"]) == (2, "0")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("tx.height=1", ["a:0", "b:0"]),
        ("tx.height>1", ["a:1", "c:0", "a:2"]),
        ("tx.height>=2 AND tx.height<3", ["a:1", "c:0"]),
        ("transfer.sender='a'", ["a:0", "a:1", "a:2"]),
        ("transfer.sender='a' AND tx.height<=2", ["a:0", "a:1"]),
        ("transfer.sender='a' AND transfer.amount>6", ["a:0", "a:1", "a:2"]),
        ("transfer.sender='a' AND transfer.amount>7", []),
        ("transfer.sender CONTAINS 'c'", ["c:0"]),
        ("tm.event='Tx' AND transfer EXISTS", ["a:0", "b:0", "a:1", "c:0", "a:2"]),
        ("nothing.here EXISTS", []),
    ],
)
async def test_search_finds_what_matches(
    client: Client, parts: Parts, query: str, wanted: list[str]
) -> None:
    for block in ((b"a:0", b"b:0"), (b"a:1", b"c:0"), (b"a:2",)):
        for tx in block:
            await parts.core.broadcast(tx)
        await parts.blocks(1)
    result = await client.result("tx_search", query=query)
    assert [tx["tx"] for tx in result["txs"]] == [b64(name.encode()) for name in wanted]
    assert result["total_count"] == str(len(wanted))


async def test_search_by_hash_and_by_page(client: Client, parts: Parts) -> None:
    for at in range(5):
        await parts.core.broadcast(f"a:{at}".encode())
    await parts.blocks(1)
    hash = tx_hash(b"a:3").hex().upper()
    found = await client.result("tx_search", query=f"tx.hash='{hash}'")
    assert [tx["index"] for tx in found["txs"]] == [3]
    page = await client.result(
        "tx_search", query="tx.height=1", page="2", per_page="2", order_by="desc"
    )
    assert ([tx["index"] for tx in page["txs"]], page["total_count"]) == ([2, 1], "5")
    error = await client.error("tx_search", query="tx.height=1", page="9", per_page="2")
    assert error["data"] == "page should be within [1, 3] range, given 9"
    error = await client.error("tx_search", query="tx.height=1", order_by="up")
    assert error["data"] == "expected order_by to be either `asc` or `desc` or empty"


async def test_block_search_looks_at_the_blocks_own_events(client: Client, parts: Parts) -> None:
    await parts.blocks(4)
    found = await client.result("block_search", query="coinbase.amount='3'")
    assert [b["block"]["header"]["height"] for b in found["blocks"]] == ["3"]
    found = await client.result("block_search", query="coinbase.amount>2", order_by="asc")
    assert [b["block"]["header"]["height"] for b in found["blocks"]] == ["3", "4"]


async def test_blocks_by_hash(client: Client, parts: Parts) -> None:
    await parts.blocks(2)
    id = parts.core.meta(1).id.hash
    block = await client.result("block_by_hash", hash=b64(id))
    header = await client.result("header_by_hash", hash=id.hex())
    assert block["block"]["header"] == header["header"]
    assert (await client.result("block_by_hash", hash=b64(b"x" * 32)))["block"] is None


async def test_the_latest_commit_is_not_canonical_yet(client: Client, parts: Parts) -> None:
    await parts.blocks(2)
    assert (await client.result("commit"))["canonical"] is False
    older = await client.result("commit", height="1")
    assert older["canonical"] is True
    assert older["signed_header"]["commit"]["height"] == "1"


async def test_a_transaction_event_reaches_who_asked_for_it(client: Client, parts: Parts) -> None:
    async with client.http.ws_connect(client.url + "/websocket") as socket:
        await subscribe(socket, "tm.event='Tx' AND transfer.sender='bob'")
        await parts.core.broadcast(b"alice:0")
        await parts.core.broadcast(b"bob:0")
        await parts.blocks(1)
        message = await socket.receive_json()
    value = message["result"]["data"]["value"]
    assert message["result"]["data"]["type"] == "tendermint/event/Tx"
    assert value["TxResult"]["tx"] == b64(b"bob:0")
    assert value["TxResult"]["index"] == 1
    assert "code" not in value["TxResult"]["result"]
    assert message["result"]["events"]["tx.height"] == ["1"]
    assert message["result"]["events"]["tx.hash"] == [tx_hash(b"bob:0").hex().upper()]


async def test_subscriptions_are_counted_and_named_once(client: Client) -> None:
    async with client.http.ws_connect(client.url + "/websocket") as socket:
        assert (await subscribe(socket, "tm.event='Tx'"))["result"] == {}
        again = await subscribe(socket, "tm.event = 'Tx'")
        assert again["error"]["data"] == "already subscribed"
        for at in range(4):
            await subscribe(socket, f"tx.height={at}")
        over = await subscribe(socket, "tx.height=9")
        assert over["error"]["data"] == "max_subscriptions_per_client 5 reached"
        long = "a='" + "x" * 600 + "'"
    async with client.http.ws_connect(client.url + "/websocket") as socket:
        assert (await subscribe(socket, long))["error"]["data"] == "maximum query length exceeded"


async def test_after_unsubscribing_nothing_comes(client: Client, parts: Parts) -> None:
    async with client.http.ws_connect(client.url + "/websocket") as socket:
        await subscribe(socket, "tm.event='NewBlock'")
        for method, params in (
            ("unsubscribe", {"query": "tm.event='NewBlock'"}),
            ("unsubscribe_all", {}),
        ):
            await socket.send_json({"jsonrpc": "2.0", "id": 2, "method": method, "params": params})
        assert (await socket.receive_json())["result"] == {}
        assert (await socket.receive_json())["error"]["data"] == "subscription not found"
        await parts.blocks(1)
        await socket.send_json({"jsonrpc": "2.0", "id": 3, "method": "health"})
        assert (await socket.receive_json())["id"] == 3


async def test_leaving_closes_the_subscriptions(client: Client, parts: Parts) -> None:
    async with client.http.ws_connect(client.url + "/websocket") as socket:
        await subscribe(socket, "tm.event='NewBlock'")
        assert parts.core.bus.wants("NewBlock")
    async with asyncio.timeout(60):
        while parts.core.bus.wants("NewBlock"):
            await parts.blocks(1)


async def test_a_websocket_serves_calls_too(client: Client) -> None:
    async with client.http.ws_connect(client.url + "/websocket") as socket:
        await socket.send_json({"jsonrpc": "2.0", "id": "x", "method": "status", "params": {}})
        assert (await socket.receive_json())["result"]["node_info"]["network"] == "fake-1"
        await socket.send_str("nonsense")
        assert (await socket.receive_json())["error"]["code"] == -32700


async def test_genesis_whole_and_in_chunks(client: Client) -> None:
    whole = await client.result("genesis")
    chunk = await client.result("genesis_chunked", chunk="0")
    assert list(whole["genesis"]) == [
        "genesis_time", "chain_id", "initial_height", "consensus_params", "app_hash", "app_state",
    ]  # fmt: skip
    assert whole["genesis"]["initial_height"] == "1"
    assert json.loads(b64decode(chunk["data"])) == whole["genesis"]
    assert (chunk["chunk"], chunk["total"]) == ("0", "1")
    error = await client.error("genesis_chunked", chunk="3")
    assert error["data"] == "there are 0 chunks, 3 is invalid"


async def test_a_failing_method_says_so_and_the_node_goes_on(
    client: Client, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.app, "check_tx", lambda raw, recheck=False: 1 / 0)
    error = await client.error("check_tx", tx=b64(b"alice:0"))
    assert error["data"] == "the node could not answer check_tx; its log says why"
    assert await client.result("health") == {}
