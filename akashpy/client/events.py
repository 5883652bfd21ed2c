"""Events block by block, in order and without gaps, whatever happens to the connection.

A websocket only says that there is something new; what a block did is read by its height. So a
lost connection, a missed message or a restarted node costs time, never a block. Must not know what
events mean, apart from reading Akash's typed ones.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from google.protobuf.message import Message

from akashpy import wire
from akashpy.client.errors import ClientError, Unreachable
from akashpy.types.events import Event

log = logging.getLogger(__name__)

CALL_TIMEOUT = 30.0
HEARTBEAT = 15.0
"""Seconds after which a silent websocket is taken for dead."""
FALLBACK_POLL = 2.0
"""Seconds between looks at the height while no websocket tells."""
MAX_PAUSE = 10.0
NEW_BLOCK = "tm.event='NewBlockHeader'"
NOT_STORED = "is not available, lowest height is"


@dataclass(frozen=True, slots=True)
class TxEvents:
    """What one transaction did; `code` 0 is success. A failed one still paid its fee."""

    index: int
    code: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class BlockEvents:
    """What one block did: its transactions in order, then the block itself."""

    height: int
    txs: tuple[TxEvents, ...]
    block: tuple[Event, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of transactions that succeeded, in order, then those of the block."""
        done = [event for tx in self.txs if tx.code == 0 for event in tx.events]
        return (*done, *self.block)


class EventSource(Protocol):
    """Something that tells what each block did."""

    def follow(self, since_height: int | None = None) -> AsyncIterator[BlockEvents]:
        """Blocks from a height on (None: the next one), without gaps."""

    async def close(self) -> None:
        """Release connections."""


def message_of(event: Event) -> Message | None:
    """Akash's typed event as its message; None for events that are none.

    Raises wire.WireError when one cannot be read.
    """
    if "." not in event.type:
        return None
    try:
        kind = wire.class_named(event.type)
    except wire.UnknownType:
        return None
    known = kind.DESCRIPTOR.fields_by_name
    content = {key: json.loads(value) for key, value in event.attributes if key in known}
    return wire.from_json(kind, content)


class RpcEvents:
    """Events from a node's CometBFT JSON-RPC port, like "http://127.0.0.1:26657"."""

    def __init__(self, endpoint: str) -> None:
        text = endpoint.replace("tcp://", "http://", 1)
        self._url = (text if "://" in text else f"http://{text}").rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def follow(self, since_height: int | None = None) -> AsyncIterator[BlockEvents]:
        """Blocks from a height on (None: the next one), without gaps.

        Raises ClientError when a block that is needed is no longer stored.
        """
        latest = await self._latest_patiently()
        height = latest + 1 if since_height is None else since_height
        news = asyncio.Event()
        watching = asyncio.create_task(self._watch(news), name="block notices")
        try:
            while True:
                while height <= latest:
                    yield await self._block(height)
                    height += 1
                news.clear()
                latest = await self._latest_patiently()
                if height > latest:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(FALLBACK_POLL):
                            await news.wait()
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _watch(self, news: asyncio.Event) -> None:
        """Set `news` whenever the node says that there is a block; reconnect for ever."""
        pause = 0.1
        request = {"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": {"query": NEW_BLOCK}}
        while True:
            try:
                async with self._http().ws_connect(
                    f"{self._url}/websocket", heartbeat=HEARTBEAT, max_msg_size=0
                ) as socket:
                    await socket.send_json(request)
                    async for _ in socket:
                        pause = 0.1
                        news.set()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.info("block notices interrupted", extra={"reason": str(error)})
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)

    async def _latest_patiently(self) -> int:
        """The node's height; an outage is sat out."""
        pause = 0.1
        while True:
            try:
                found = await self._call("status", {})
            except (Unreachable, RpcError) as error:
                log.warning("node does not answer", extra={"reason": str(error)})
                await asyncio.sleep(pause)
                pause = min(2 * pause, MAX_PAUSE)
            else:
                return int(found["sync_info"]["latest_block_height"])

    async def _block(self, height: int) -> BlockEvents:
        """One block's events; an outage is sat out. Raises ClientError for a block that is gone."""
        pause = 0.1
        while True:
            try:
                return _read_block(await self._call("block_results", {"height": str(height)}))
            except Unreachable as error:
                log.warning("node does not answer", extra={"reason": str(error)})
            except RpcError as error:
                if NOT_STORED in str(error):
                    raise ClientError(
                        f"events of height {height}: {error}; use a node that keeps more blocks"
                    ) from error
                log.info("block not readable yet", extra={"reason": str(error)})
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            async with self._http().post(self._url, json=body) as response:
                reply = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unreachable(f"no answer from {self._url}: {error}") from error
        if reply.get("error"):
            raise RpcError(f"{reply['error'].get('message')}: {reply['error'].get('data')}")
        return reply["result"]

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session


class RpcError(Exception):
    """The node refused a JSON-RPC call; the text is its own."""


def _read_block(result: dict[str, Any]) -> BlockEvents:
    txs = tuple(
        TxEvents(index, int(each.get("code") or 0), _read_events(each.get("events")))
        for index, each in enumerate(result.get("txs_results") or ())
    )
    block = _read_events(result.get("finalize_block_events"))
    return BlockEvents(int(result["height"]), txs, block)


def _read_events(found: list[dict[str, Any]] | None) -> tuple[Event, ...]:
    return tuple(
        Event(
            each["type"],
            tuple((a["key"], a["value"] or "") for a in each.get("attributes") or ()),
        )
        for each in found or ()
    )
