"""A node's RPC port over the fake application, and a client that speaks plain HTTP to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from akashpy.node.rpc.post import RpcLimits
from akashpy.node.rpc.server import serve
from tests.node.conftest import Parts


class Client:
    """JSON-RPC by hand, so that every byte of the answer is seen."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url

    async def call(self, method: str, **params: Any) -> Any:
        """The response object of one call with ID 7."""
        body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        return (await self.post(body))[1]

    async def result(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self.call(method, **params)
        assert "error" not in answer, answer
        return answer["result"]

    async def error(self, method: str, **params: Any) -> Any:
        """The error of a call that must fail."""
        return (await self.call(method, **params))["error"]

    async def post(self, body: Any) -> tuple[int, Any]:
        """Status and JSON of a POST."""
        async with self.http.post(self.url, json=body) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        async with self.http.get(self.url + path) as response:
            return response.status, await response.json()


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[Client]:
    """A client of the node `parts`."""
    limits = RpcLimits(body_bytes=20_000, batch=5, cors_origins=("http://wallet.example",))
    async with (
        serve(parts.core, "127.0.0.1", 0, limits) as url,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http,
    ):
        yield Client(http, url)
