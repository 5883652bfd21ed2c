"""What a provider counts as it goes: how often something ended how, and how long it took.

Numbers that can be read from the parts at any time are not counted here. It must not know who reads
it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]
BOUNDS = tuple(150_000 * 2**step for step in range(10))
"""Upper bounds of durations in microseconds.

Source: facts of the provider, metrics (11).
"""


@dataclass(slots=True)
class Durations:
    """How many took at most each of BOUNDS, how many there were, and their sum in microseconds."""

    buckets: list[int] = field(default_factory=lambda: [0] * len(BOUNDS))
    count: int = 0
    total: int = 0

    def add(self, microseconds: int) -> None:
        """One more."""
        self.count += 1
        self.total += microseconds
        for place, bound in enumerate(BOUNDS):
            self.buckets[place] += microseconds <= bound


class Tally:
    """Counts since the start."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, Labels]] = Counter()
        self.durations: dict[str, Durations] = {}

    def count(self, name: str, **labels: str) -> None:
        """One more of this kind."""
        self.counts[name, tuple(labels.items())] += 1

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time what is inside, however it ends."""
        began = time.perf_counter_ns()
        try:
            yield
        finally:
            took = (time.perf_counter_ns() - began) // 1000
            self.durations.setdefault(name, Durations()).add(took)
