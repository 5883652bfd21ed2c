"""Time that passes only when everybody waits: a wait of an hour takes no time and is exact.

An event loop whose clock jumps to the next timer when nothing else can happen. A program that
waits for nothing at all is a failure at once, not a hanging test.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class StuckError(AssertionError):
    """Everybody waits and nothing will ever happen."""


class _Selector(selectors.DefaultSelector):
    """Looks without waiting; the wait itself moves the loop's clock."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout is None:
            raise StuckError("every task waits and no timer is set")
        if not ready and timeout is not None and timeout > 0:
            self.loop.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own; threads are run in place."""

    def __init__(self) -> None:
        selector = _Selector()
        self.now = 1_000.0
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now

    def run_in_executor(  # type: ignore[override]  # a done future serves every caller here
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  # whatever it was, its waiter gets it
            done.set_exception(error)
        return done


class VirtualPolicy(asyncio.DefaultEventLoopPolicy):
    """Makes such loops."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return VirtualLoop()
