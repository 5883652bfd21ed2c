"""Taking turns: order is kept, a slice ends, a closed lane holds, errors reach who waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator

import pytest

from akashpy.node.slices import Lane, LaneFull, run_sliced


async def test_work_runs_at_once_when_nobody_waits() -> None:
    assert await Lane().run(lambda: 3) == 3


async def test_a_closed_lane_holds_everything_in_order() -> None:
    lane, done = Lane(), []
    lane.close()
    tasks = [
        asyncio.ensure_future(lane.run(lambda at=at: done.append(at)))  # type: ignore[misc]
        for at in range(5)
    ]
    for _ in range(3):
        await asyncio.sleep(0)
    assert done == []
    lane.open()
    await asyncio.gather(*tasks)
    assert done == [0, 1, 2, 3, 4]


async def test_others_get_a_turn_after_a_slice() -> None:
    lane = Lane(budget=0.001)
    turns = 0

    def work() -> int:
        until = time.perf_counter() + 0.002
        while time.perf_counter() < until:
            pass
        return turns

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counter = asyncio.ensure_future(count())
    seen = await asyncio.gather(*(lane.run(work) for _ in range(4)))
    counter.cancel()
    assert len(set(seen)) == 4
    assert seen == sorted(seen)


async def test_too_many_waiting_are_refused() -> None:
    lane = Lane(capacity=1)
    lane.close()
    first = asyncio.ensure_future(lane.run(lambda: 1))
    await asyncio.sleep(0)
    with pytest.raises(LaneFull, match=r"1 requests wait \(max: 1\)"):
        await lane.run(lambda: 2)
    lane.open()
    assert await first == 1


async def test_an_error_reaches_who_waits_for_it() -> None:
    lane = Lane()
    lane.close()
    failing = asyncio.ensure_future(lane.run(lambda: 1 // 0))
    following = asyncio.ensure_future(lane.run(lambda: 5))
    await asyncio.sleep(0)
    lane.open()
    with pytest.raises(ZeroDivisionError):
        await failing
    assert await following == 5


async def test_sliced_work_gives_its_value_and_lets_others_run() -> None:
    turns = 0

    def steps() -> Generator[None, None, str]:
        for _ in range(5):
            yield
        return "done"

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counter = asyncio.ensure_future(count())
    assert await run_sliced(steps(), budget=0) == "done"
    counter.cancel()
    assert turns >= 4
