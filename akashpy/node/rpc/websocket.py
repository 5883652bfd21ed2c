"""One websocket client: calls, and the events it subscribed to.

Exists apart from HTTP because it lives on: each subscription has a task that shows notices as
they come. Must not know how a block is made. A client that does not keep up loses the
subscription with CometBFT's words; the connection's end closes everything it opened.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from akashpy.node.bus import Notice, Subscription, SubscriptionError
from akashpy.node.core import Core, Finished
from akashpy.node.packing import to_json
from akashpy.node.rpc import calls, render
from akashpy.node.slices import run_sliced

log = logging.getLogger(__name__)

PING_INTERVAL = 27.0
"""Seconds between pings."""
WRITE_TIMEOUT = 10.0
"""Seconds one message may take to be written."""


class WebsocketClient:
    """A connected client. `name` is its address, under which the bus knows it."""

    def __init__(self, core: Core, name: str, socket: web.WebSocketResponse) -> None:
        self._core = core
        self._name = name
        self._socket = socket
        self._tasks: set[asyncio.Task[None]] = set()

    async def talk(self) -> None:
        """Answer until the client leaves."""
        try:
            async for message in self._socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await self._receive(message.data)
        finally:
            self._leave()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _leave(self) -> None:
        try:
            self._core.bus.unsubscribe_all(self._name)
        except SubscriptionError:
            log.debug("client had no subscription", extra={"client": self._name})
        for task in self._tasks:
            task.cancel()

    async def _receive(self, data: bytes | str) -> None:
        try:
            requests, is_batch = calls.read(data)
        except calls.UnreadableRequest as error:
            await self._send(calls.failure(None, calls.PARSE_ERROR, str(error)))
            return
        if is_batch:
            text = (
                "error unmarshaling request: json: cannot unmarshal array into Go value of type "
                "types.RPCRequest"
            )
            await self._send(calls.failure(None, calls.PARSE_ERROR, text))
            return
        call = requests[0]
        if call.id is not None:
            await self._send(await self._serve(call.id, call))

    async def _serve(self, id: str | int, call: calls.Call) -> bytes:
        own = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "unsubscribe_all": self._unsubscribe_all,
        }.get(call.method)
        if own is None:
            return (await calls.serve(self._core, call)).body
        try:
            own(id, _query_text(call.params))
        except SubscriptionError as error:
            return calls.failure(id, calls.INTERNAL_ERROR, str(error))
        return calls.success(id, {})

    def _subscribe(self, id: str | int, query: str) -> None:
        subscription = self._core.bus.subscribe(self._name, query)
        task = asyncio.create_task(self._forward(id, subscription))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _unsubscribe(self, id: str | int, query: str) -> None:
        del id
        self._core.bus.unsubscribe(self._name, query)

    def _unsubscribe_all(self, id: str | int, query: str) -> None:
        del id, query
        self._core.bus.unsubscribe_all(self._name)

    async def _forward(self, id: str | int, subscription: Subscription) -> None:
        await asyncio.sleep(0)  # the answer to subscribe goes out before the first event
        try:
            async for notice in subscription:
                await self._send(await _event(id, subscription.text, notice))
        except SubscriptionError as error:
            text = f"subscription was canceled (reason: {error})"
            await self._send(calls.failure(id, calls.SERVER_ERROR, text))
        except (ConnectionError, TimeoutError):
            log.info("client stopped reading", extra={"client": self._name})
        finally:
            self._core.bus.drop(subscription)

    async def _send(self, body: bytes) -> None:
        if self._socket.closed:
            return
        async with asyncio.timeout(WRITE_TIMEOUT):
            await self._socket.send_str(body.decode())


def _query_text(params: Any) -> str:
    value = params.get("query", "") if isinstance(params, dict) else params
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


async def _event(id: str | int, query: str, notice: Notice) -> bytes:
    """An event message; what depends only on the notice is rendered once for all clients."""
    if notice.shown is None:
        notice.shown = asyncio.ensure_future(run_sliced(_rendered(notice)))
    data = msgspec.Raw(await asyncio.shield(notice.shown))
    return calls.success(id, {"query": query, "data": data, "events": notice.flat})


def _rendered(notice: Notice) -> Generator[None, None, bytes]:
    """The notice's data as JSON, made in steps: a block may hold thousands of transactions."""
    subject, value = notice.subject, _value(notice)
    if notice.kind == "NewBlock" and isinstance(subject, Finished) and subject.results:
        parts = []
        for result in subject.results:
            parts.append(to_json(render.tx_result(result)))
            yield
        results = msgspec.Raw(b"[" + b",".join(parts) + b"]")
        value["result_finalize_block"] = render.finalize_block(results, subject.outcome)
    yield
    return to_json({"type": f"tendermint/event/{notice.kind}", "value": value})


def _value(notice: Notice) -> dict[str, Any]:
    subject = notice.subject
    if not isinstance(subject, Finished):
        shown: dict[str, Any] = {"height": str(subject.height)}
        if subject.index:
            shown["index"] = subject.index
        shown["tx"] = render.b64(subject.tx)
        shown["result"] = render.short_tx_result(subject.result)
        return {"TxResult": shown}
    meta, outcome = subject.meta, subject.outcome
    if notice.kind == "NewBlock":
        return {
            "block": render.block(meta, subject.txs),
            "block_id": render.block_id(meta.id),
            "result_finalize_block": render.finalize_block(None, outcome),
        }
    if notice.kind == "NewBlockHeader":
        return {"header": render.header(meta.header)}
    if notice.kind == "NewBlockEvents":
        return {
            "height": str(meta.height),
            "events": render.events(outcome.events),
            "num_txs": str(meta.num_txs),
        }
    return {"validator_updates": [render.validator(v) for v in outcome.validator_updates]}
