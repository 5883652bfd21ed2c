"""CometBFT's RPC with Akash's method beside it: answered here, everything else by CometBFT."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import aiohttp

from tests.cometbft.net import Net
from tests.nodes import CHAIN_ID


def posted(url: str, method: str) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": {}}).encode()
    request = Request(url, data=body, headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as response:
        return json.load(response)


async def events(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/websocket") as socket:
        params = {"query": "tm.event='NewBlock'"}
        await socket.send_json({"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": params})
        async with asyncio.timeout(60):
            assert await socket.receive_json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
            return await socket.receive_json()


def test_akashs_method_and_all_others(cometbft: str, tmp_path: Path) -> None:
    with Net.made(tmp_path, cometbft, 1) as net:
        peer = net.peers[0]
        peer.start("--akash-rpc-address", "127.0.0.1:0")
        peer.reach(2)
        door = peer.ready["akash_rpc"]
        found = posted(door, "akash")
        assert (found["id"], found["result"]["chain_id"]) == (7, CHAIN_ID)
        assert posted(peer.rpc, "akash")["error"]["code"] == -32601
        assert posted(door, "nothing") == posted(peer.rpc, "nothing")
        assert posted(door, "status")["result"]["node_info"]["network"] == CHAIN_ID
        with urlopen(f"{door}/block?height=1", timeout=60) as response:
            assert json.load(response)["result"]["block"]["header"]["height"] == "1"
        with urlopen(f"{door}/akash", timeout=60) as response:
            assert json.load(response)["result"]["chain_id"] == CHAIN_ID
        block = asyncio.run(events(door))
        assert block["result"]["data"]["type"] == "tendermint/event/NewBlock"
