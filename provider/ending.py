"""How the provider's tasks end: when they are told to, only then, and certainly.

A library may take a cancellation for a failure of its own and go on, or raise one that nobody asked
for. Neither may keep an ended lease alive, nor leave a running one without its keeper.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


def is_asked() -> bool:
    """Whether somebody told the present task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def ended(tasks: Iterable[asyncio.Future[Any]], *, again: float | None = None) -> None:
    """Tell tasks to end and wait until they have, however.

    With `again` they are told once more after so many seconds, as often as it takes; without, a
    task that has much to put away is left to it.
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        done, going = await asyncio.wait(going, timeout=again)
        await asyncio.gather(*done, return_exceptions=True)
