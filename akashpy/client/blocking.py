"""The client for scripts that do not use asyncio: the same names, answers instead of awaitables.

`with connect("127.0.0.1:9090") as client: client.query.bank.balance(owner, "uakt")`. Lists and
events become plain iterators. A thread of its own runs the loop; it ends with the `with` block.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from inspect import isasyncgen, iscoroutine
from typing import Any, TypeVar

from akashpy.client.broadcast import BroadcastSettings
from akashpy.client.client import Client
from akashpy.client.query import Queries

T = TypeVar("T")

PLAIN = (str, bytes, int, float, bool, tuple, list, dict, type(None))


class LoopThread:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="akashpy", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine. An interruption of the caller cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def iterate(self, items: AsyncIterator[T]) -> Iterator[T]:
        """The items of an async iterator, which is closed when the caller stops."""
        end: Any = object()

        async def following() -> T:
            return await anext(items, end)

        try:
            while (item := self.run(following())) is not end:
                yield item
        finally:
            if isasyncgen(items):
                self.run(_closed(items))

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _closed(items: Any) -> None:
    await items.aclose()


class Facade:
    """An object of the client whose coroutines are run and whose async iterators are iterated."""

    def __init__(self, inner: Any, loop: LoopThread) -> None:
        self._inner = inner
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if isinstance(found, PLAIN):
            return found
        if callable(found):
            return self._method(found)
        return Facade(found, self._loop)

    def _method(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*positional: Any, **named: Any) -> Any:
            result = method(*positional, **named)
            if iscoroutine(result):
                return self._loop.run(result)
            if isinstance(result, AsyncIterator):
                return self._loop.iterate(result)
            return result

        return call


class BlockingClient(Facade):
    """`Client` without asyncio: `query`, `node`, `broadcast`, `send`, `events`, `status`, ..."""

    query: Queries


@contextmanager
def connect(
    grpc_endpoint: str,
    rpc_endpoint: str = "",
    *,
    settings: BroadcastSettings | None = None,
    timeout: float = 10.0,
) -> Iterator[Any]:
    """Connect as `Client.connect` does; gives a BlockingClient."""
    loop = LoopThread()
    context = Client.connect(grpc_endpoint, rpc_endpoint, settings=settings, timeout=timeout)
    try:
        client = loop.run(_entered(context))
        try:
            yield BlockingClient(client, loop)
        finally:
            loop.run(_left(context))
    finally:
        loop.stop()


async def _entered(context: Any) -> Client:
    client: Client = await context.__aenter__()
    return client


async def _left(context: Any) -> None:
    await context.__aexit__(None, None, None)
