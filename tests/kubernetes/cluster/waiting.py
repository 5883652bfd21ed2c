"""Waiting for something outside this process, with a limit and the reason it did not come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_S = 0.1
"""Between two looks: short beside what is waited for, long beside what a look costs."""


def wait_for(check: Callable[[], T], what: str, *, limit_s: float) -> T:
    """The first true answer of `check`, asked again while it is false or fails.

    Raises TimeoutError with the last error or answer.
    """
    deadline = time.monotonic() + limit_s
    last: object = None
    while time.monotonic() < deadline:
        try:
            answer = check()
        except (OSError, ValueError, KeyError, RuntimeError, AssertionError) as error:
            last = error
        else:
            if answer:
                return answer
            last = answer
        time.sleep(PAUSE_S)
    raise TimeoutError(f"waited {limit_s:g} s for {what}; the last answer was: {last}")
