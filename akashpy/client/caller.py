"""Calls: a typed request to a path, and lists followed page by page.

Reads may be repeated, so a connection that is being made anew is tried a few times; nothing else
is. Must not know any module.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from google.protobuf.message import Message

from akashpy.client import lenient
from akashpy.client.errors import ClientError, Unreachable
from akashpy.client.transport import Transport
from akashpy.types.errors import InvalidHeight
from akashpy.wire.base import PageRequest

M = TypeVar("M", bound=Message)

PAUSES = (0.1, 0.3)
"""Seconds before a read is tried again."""
PAGE_SIZE = 100


class Caller:
    """Sends typed requests over a transport; `timeout` is seconds per call."""

    def __init__(self, transport: Transport, *, timeout: float = 10.0) -> None:
        self.transport = transport
        self.timeout = timeout

    async def call(
        self,
        path: str,
        request: Message,
        response: type[M],
        *,
        height: int | None = None,
        timeout: float | None = None,
    ) -> M:
        """The response to a read. Raises ChainError, Unreachable."""
        data = request.SerializeToString()
        for pause in PAUSES:
            try:
                return await self._once(path, data, response, height, timeout)
            except Unreachable:
                await asyncio.sleep(pause)
        return await self._once(path, data, response, height, timeout)

    async def call_once(
        self, path: str, request: Message, response: type[M], *, timeout: float | None = None
    ) -> M:
        """The response to a request that must not be repeated unasked."""
        return await self._once(path, request.SerializeToString(), response, None, timeout)

    async def _once(
        self,
        path: str,
        data: bytes,
        response: type[M],
        height: int | None,
        timeout: float | None,
    ) -> M:
        patience = self.timeout if timeout is None else timeout
        try:
            reply = await self.transport.unary(path, data, timeout=patience, height=height)
        except InvalidHeight as error:
            if height is not None:
                raise
            # nobody asked for a height: a Go node that has just started has none to read from yet
            raise Unreachable(f"the node is not ready: {error}") from error
        return lenient.decode(response, reply)

    async def pages(
        self,
        path: str,
        request: Any,
        response: type[M],
        *,
        height: int | None = None,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[M]:
        """Every page of a list; `request` has a field `pagination`, which is set here.

        Raises ClientError when a node hands out the same page key twice.
        """
        key, seen = b"", set[bytes]()
        while True:
            request.pagination.CopyFrom(PageRequest(key=key, limit=page_size))
            page: Any = await self.call(path, request, response, height=height)
            yield page
            key = page.pagination.next_key
            if not key:
                return
            if key in seen:
                raise ClientError(f"{path}: the node gave page key {key.hex()} twice")
            seen.add(key)
