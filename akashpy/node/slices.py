"""Sharing one event loop between long work and short requests.

Exists because blocks run on the loop: a block thread beside it made every signature check many
times slower. Long work is a generator driven in slices; checks of transactions pass a lane that
gives way after a slice, too, and closes while the check state is being replaced. Must not know
what the work is.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator
from time import perf_counter
from typing import Any, TypeVar

T = TypeVar("T")

SLICE = 0.0025
"""Seconds of work before the loop turns once. A query waits for one slice of a block and one of the
lane, so for twice this and what cannot be cut."""


async def run_sliced(steps: Generator[Any, None, T], *, budget: float = SLICE) -> T:
    """Drive a generator to its end, letting the loop turn after each `budget` seconds."""
    began = perf_counter()
    try:
        while True:
            next(steps)
            if perf_counter() - began >= budget:
                await asyncio.sleep(0)
                began = perf_counter()
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()


class LaneFull(Exception):
    """Too many requests wait for their turn."""


class Lane:
    """First come, first served, a slice at a time; nothing passes while it is closed.

    `run(work)` calls at once when nobody waits and the slice is not used up; otherwise the work
    is queued, up to `capacity` items.
    """

    def __init__(self, *, budget: float = SLICE, capacity: int = 20_000) -> None:
        self._budget = budget
        self._capacity = capacity
        self._waiting: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._spent = 0.0
        self._turn_planned = False
        self._closed = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_open(self) -> bool:
        return self._closed == 0

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, called in turn. Raises LaneFull, or what `work` raises."""
        if self._closed == 0 and not self._waiting and self._spent < self._budget:
            return self._timed(work)
        if len(self._waiting) >= self._capacity:
            raise LaneFull(f"{len(self._waiting)} requests wait (max: {self._capacity})")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        self._plan_turn()
        return await future

    def close(self) -> None:
        """Let nothing pass until `open`; calls nest."""
        self._closed += 1

    def open(self) -> None:
        """Undo one `close`."""
        self._closed -= 1
        self._plan_turn()

    def _timed(self, work: Callable[[], T]) -> T:
        began = perf_counter()
        try:
            return work()
        finally:
            self._spent += perf_counter() - began
            self._plan_turn()

    def _plan_turn(self) -> None:
        if not self._turn_planned:
            self._turn_planned = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._turn_planned = False
        self._spent = 0.0
        while self._waiting and self._closed == 0 and self._spent < self._budget:
            work, future = self._waiting.popleft()
            if future.cancelled():
                continue
            began = perf_counter()
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001  # whatever it is belongs to the waiting caller
                future.set_exception(error)
            self._spent += perf_counter() - began
        if self._waiting and self._closed == 0:
            self._plan_turn()
