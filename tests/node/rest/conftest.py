"""A REST port over the real chain, and a browser's or wallet's way to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from akashpy.node.rest import serve
from akashpy.node.rest_settings import RestSettings
from tests.node.realchain import RealChain, real_chain


class Port:
    """Requests by path, as written; `chain` is behind it."""

    def __init__(self, chain: RealChain, url: str, http: aiohttp.ClientSession) -> None:
        self.chain = chain
        self.url = url
        self.session = http

    async def ask(
        self, path: str, verb: str = "GET", **options: Any
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON (or bytes where it is none) and headers."""
        target = URL(self.url + path, encoded=True)
        async with self.session.request(verb, target, allow_redirects=False, **options) as response:
            body = await response.read()
            is_json = response.content_type == "application/json" and body
            content = await response.json() if is_json else body
            return response.status, content, dict(response.headers)

    async def refused(self, path: str, verb: str = "GET", **options: Any) -> tuple[int, int, str]:
        """HTTP status, gRPC code and text of a refusal."""
        status, body, _ = await self.ask(path, verb, **options)
        assert sorted(body) == ["code", "details", "message"]
        assert body["details"] == []
        return status, body["code"], body["message"]


Open = Callable[..., AbstractAsyncContextManager[Port]]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Opens a port with these settings."""

    @asynccontextmanager
    async def open_port(**settings: Any) -> AsyncIterator[Port]:
        async with (
            real_chain(tmp_path) as chain,
            serve(chain.core, "127.0.0.1", 0, RestSettings(**settings)) as url,
            aiohttp.ClientSession() as http,
        ):
            yield Port(chain, url, http)

    return open_port


@pytest.fixture
async def port(opened: Open) -> AsyncIterator[Port]:
    """A port with default settings."""
    async with opened() as found:
        yield found
