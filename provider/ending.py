"""How the provider's tasks end: when they are told to, only then, and certainly.

A library may take a cancellation for a failure of its own and go on, or raise one that nobody asked
for. Neither may keep an ended lease alive, nor leave a running one without its keeper.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN = 1.0
"""Seconds after which a task that goes on is told once more."""


def is_asked() -> bool:
    """Whether somebody told the present task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Tell tasks to end, as often as it takes, and wait until they have, however."""
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        done, going = await asyncio.wait(going, timeout=AGAIN)
        await asyncio.gather(*done, return_exceptions=True)
