"""CometBFT's RPC with the one method more that Akash's programs ask: `akash`, the discovery.

Akash's node carries CometBFT in itself and adds that method; a CometBFT beside us has no place for
it. Everything else goes to CometBFT and back as it is. It must not know any other method.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
from aiohttp import web

from akashpy.node.core import Core
from akashpy.node.rpc.methods import akash

METHOD = "akash"
MAX_BODY = 1_000_000
"""Bytes of a request, CometBFT's own bound."""
TIMEOUT = aiohttp.ClientTimeout(total=60)


@asynccontextmanager
async def serve(core: Core, rpc: str, host: str, port: int) -> AsyncIterator[str]:
    """Serve before the CometBFT at `rpc` until left; gives the address. Raises OSError."""
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        application = web.Application(client_max_size=MAX_BODY)
        door = _Door(core, rpc, session)
        application.add_routes(
            [
                web.get("/websocket", door.websocket),
                web.get(f"/{METHOD}", door.discover),
                web.route("*", "/{path:.*}", door.forward),
            ]
        )
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            yield f"http://{host}:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


class _Door:
    """Answers the one method, hands the others on."""

    def __init__(self, core: Core, rpc: str, session: aiohttp.ClientSession) -> None:
        self._core = core
        self._rpc = rpc
        self._session = session

    async def discover(self, request: web.Request) -> web.Response:
        """The method as a path."""
        del request
        return web.json_response(await self._answer(-1))

    async def _answer(self, id: Any) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": id, "result": await akash(self._core)}

    async def forward(self, request: web.Request) -> web.Response:
        """A call; CometBFT's answer unless it is the one method."""
        body = await request.read()
        with suppress(ValueError):
            asked = json.loads(body) if body else None
            if isinstance(asked, dict) and asked.get("method") == METHOD:
                return web.json_response(await self._answer(asked.get("id")))
        headers = {"Content-Type": request.headers.get("Content-Type", "application/json")}
        url = self._rpc + request.raw_path
        try:
            async with self._session.request(
                request.method, url, data=body or None, headers=headers
            ) as found:
                return web.Response(
                    status=found.status,
                    body=await found.read(),
                    headers={"Content-Type": found.headers.get("Content-Type", "text/plain")},
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            return _silent(error)

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """A connection for events, in both directions until one side ends."""
        try:
            theirs = await self._session.ws_connect(f"{self._rpc}/websocket")
        except (aiohttp.ClientError, TimeoutError) as error:
            return _silent(error)
        async with theirs:
            ours = web.WebSocketResponse()
            await ours.prepare(request)
            pumps = [asyncio.create_task(_pump(*pair)) for pair in ((ours, theirs), (theirs, ours))]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
            await ours.close()
        return ours


def _silent(error: Exception) -> web.Response:
    return web.Response(status=502, text=f"CometBFT does not answer: {error!r}")


async def _pump(source: Any, target: Any) -> None:
    async for message in source:
        if message.type is aiohttp.WSMsgType.TEXT:
            await target.send_str(message.data)
