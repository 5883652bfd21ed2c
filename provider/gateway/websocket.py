"""Websockets as a real provider speaks them: the upgrade, pings, and ends without a goodbye.

Knows frames and connections, not what is in them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from provider.ending import ended
from provider.gateway.answers import plain

PING_SECONDS = 10.0
"""Between pings; a client that does not answer for half of it more is dropped."""
GOODBYE_SECONDS = 2.0
"""How long a closing client may take to answer."""
FRAME_BYTES = 1 << 20


def refusal(request: web.Request) -> web.Response | None:
    """Why this request cannot become a websocket, in gorilla's words and order; None if it can."""
    headers = request.headers
    version = {"Sec-Websocket-Version": "13"}
    is_upgrade = (
        _has_token(headers.getall("Connection", []), "upgrade")
        and _has_token(headers.getall("Upgrade", []), "websocket")
        and _has_token(headers.getall("Sec-Websocket-Version", []), "13")
    )
    if not is_upgrade:
        return plain(400, "Bad Request", version)
    if request.method != "GET":
        return plain(405, "Method Not Allowed", version)
    origin = headers.get("Origin")
    if origin and urlsplit(origin).netloc.lower() != request.host.lower():
        return plain(403, "Forbidden", version)
    if not headers.get("Sec-Websocket-Key"):
        return plain(400, "Bad Request", version)
    return None


def is_upgrade(request: web.Request) -> bool:
    """True when the client wants a websocket."""
    return _has_token(request.headers.getall("Upgrade", []), "websocket")


async def accept(request: web.Request) -> web.WebSocketResponse:
    """Take the upgrade; `refusal` has said that it can be."""
    socket = web.WebSocketResponse(
        heartbeat=PING_SECONDS,
        timeout=GOODBYE_SECONDS,
        compress=False,
        max_msg_size=FRAME_BYTES,
    )
    await socket.prepare(request)
    return socket


async def attend(
    socket: web.WebSocketResponse,
    work: Awaitable[None],
    take: Callable[[bytes], Awaitable[bool]] | None = None,
) -> bool:
    """Do the work until it is done or the client is gone; False when it went first.

    Binary frames go to `take` until it says False; all else the client sends is dropped.
    """

    async def listen() -> None:
        wants_more = take is not None
        async for message in socket:
            if wants_more and take is not None and isinstance(message.data, bytes):
                wants_more = await take(message.data)

    working = asyncio.ensure_future(work)
    listening = asyncio.ensure_future(listen())
    try:
        await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        return False
    except ConnectionError:
        return False
    finally:
        await ended((working, listening))


def cut(request: web.Request) -> None:
    """End the connection below the websocket: what was sent still arrives, no close frame does."""
    if request.transport is not None:
        request.transport.close()


def _has_token(values: list[str], token: str) -> bool:
    return any(token == part.strip().lower() for value in values for part in value.split(","))
