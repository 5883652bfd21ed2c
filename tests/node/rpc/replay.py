"""What a Go node answered over JSON-RPC, and our node's answers to the same requests.

`answers` lives through a deployment on Akash's rules and asks everything that was recorded, with
the heights and the hash of that chain in place of the recorded ones.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp

from akashpy.node.rpc.server import serve
from tests.node.realchain import RealChain, real_chain
from tests.node.rest.recorded import DSEQ, People

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "node" / "rpc_shapes.json").read_text()
)
RECORDED_HEIGHT, RECORDED_LATEST = "1187", "1267"
RECORDED_HASH = "p77M65HlxNxbzgMXZ4L+uSYN5MxkECbIrXpi10q+yKI="
SUBSCRIBED = ("NewBlockHeader", "NewBlock", "Tx", "NewBlockEvents")

Answer = tuple[int, Any]


def names() -> list[str]:
    """Every recorded entry that is asked for by itself."""
    return sorted({*VECTORS["replay"], *VECTORS["errors"], *VECTORS["gets"]})


async def answers(root: Path) -> dict[str, Answer]:
    """HTTP status and JSON of each entry, and of `not_json`, `batch` and `websocket`."""
    async with (
        real_chain(root, interval=0.01, gas_prices="0.0025uakt", preset="akash") as chain,
        serve(chain.core, "127.0.0.1", 0) as url,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http,
    ):
        async with chain.running():
            people = People(chain)
            await people.register()
            hash = (await people.deploy(DSEQ))["create_deployment"]
        asked = Asked(chain, hash, http, url)
        found = {name: await asked.entry(name) for name in names()}
        async with http.post(url, data=b"{not json") as response:
            found["not_json"] = (response.status, await response.text())
        calls = [{"jsonrpc": "2.0", "id": at, "method": "health", "params": {}} for at in (1, 2)]
        async with http.post(url, json=calls) as response:
            found["batch"] = (response.status, await response.json())
        found["websocket"] = (101, await asked.websocket())
        return found


class Asked:
    """Asks one chain, and puts its heights and hash where the recording has others."""

    def __init__(self, chain: RealChain, hash: str, http: aiohttp.ClientSession, url: str) -> None:
        landed = chain.core.tx(bytes.fromhex(hash))
        assert landed is not None
        self._chain, self._http, self._url = chain, http, url
        self._own = (
            (RECORDED_HASH, b64encode(landed.hash).decode()),
            (RECORDED_HEIGHT, str(landed.height)),
        )

    def _substitute(self, value: Any) -> Any:
        text = json.dumps(value)
        for theirs, ours in self._own:
            text = text.replace(theirs, ours)
        return json.loads(text)

    async def entry(self, name: str) -> Answer:
        """The answer to one entry, with the latest height written as recorded."""
        if name in VECTORS["gets"]:
            path = self._substitute(VECTORS["gets"][name]["path"])
            async with self._http.get(self._url + path) as response:
                return response.status, await response.json()
        if name in VECTORS["errors"]:
            request = VECTORS["errors"][name]["request"]
        else:
            params = VECTORS["replay"][name]["params"]
            request = {"method": VECTORS["calls"][name]["method"], "params": params}
        body = {"jsonrpc": "2.0", "id": 7, **self._substitute(request)}
        async with self._http.post(self._url, json=body) as response:
            answer = await response.json()
        if "error" in answer and "data" in answer["error"]:
            latest = f"height {self._chain.core.height}"
            text = answer["error"]["data"].replace(latest, f"height {RECORDED_LATEST}")
            answer["error"]["data"] = text
        return response.status, answer

    async def websocket(self) -> list[Any]:
        """The messages of the recorded conversation, in order."""
        queries = [f"tm.event='{kind}'" for kind in SUBSCRIBED] + ["not a query"]
        async with self._http.ws_connect(self._url + "/websocket") as socket:
            found = []
            for at, query in enumerate(queries):
                call = {"method": "subscribe", "params": {"query": query}}
                await socket.send_json({"jsonrpc": "2.0", "id": at, **call})
                found.append(await socket.receive_json())
            await self._chain.blocks(1)
            for _ in range(3):
                found.append(await socket.receive_json())
            await socket.send_json(
                {"jsonrpc": "2.0", "id": 9, "method": "unsubscribe_all", "params": {}}
            )
            found.append(await socket.receive_json())
        return found


def shape_of(value: Any) -> Any:
    """Kinds instead of values; of a list its first item."""
    if isinstance(value, dict):
        return {name: shape_of(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape_of(item) for item in value[:1]]
    if value is None:
        return "null"
    return {bool: "bool", str: "text"}.get(type(value), "number")


def differences(ours: Any, theirs: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Fields where two shapes differ, and how; a list that was recorded empty must be empty."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in [*theirs, *(name for name in ours if name not in theirs)]:
            inner = f"{at}.{name}".lstrip(".")
            if name in ours and name in theirs:
                yield from differences(ours[name], theirs[name], inner)
            else:
                yield inner, "absent" if name in theirs else "not recorded"
        if sorted(ours) == sorted(theirs) and list(ours) != list(theirs):
            yield at, f"order {list(ours)}"
    elif isinstance(ours, list) and isinstance(theirs, list) and ours and theirs:
        yield from differences(ours[0], theirs[0], f"{at}[]")
    elif ours != theirs:
        yield at, f"{ours} instead of {theirs}"


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value without members, by its path."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from leaves(item, f"{at}.{name}".lstrip("."))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield from leaves(item, f"{at}[{number}]")
    else:
        yield at, value
