"""What the fuzz tests share: how many inputs, and what must be as before afterwards."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fuzz.town import found_town
from tests.node.realchain import RealChain, real_chain

ROUNDS = 10_000
"""Mutated inputs of each kind; ten times as many in a soak."""
GROWTH = 64 * 2**20
"""Bytes a process may grow by while it refuses inputs: what allocators keep, not what piles up."""


@pytest.fixture(
    params=[
        pytest.param(ROUNDS, id="10k", marks=pytest.mark.timeout(1200)),
        pytest.param(10 * ROUNDS, id="100k", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ]
)
def rounds(request: pytest.FixtureRequest) -> int:
    """How many inputs."""
    count: int = request.param
    return count


@pytest.fixture
async def chain(tmp_path: Path) -> AsyncIterator[RealChain]:
    """The town's chain, at rest."""
    async with real_chain(tmp_path) as found:
        await found_town(found)
        yield found


def resident() -> int:
    """Bytes of memory this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Memory:
    """Watches a loop's memory: `look` in each round, the first tenth being its warming up."""

    def __init__(self, rounds: int) -> None:
        self._warm, self._turn, self._after_warming = rounds // 10, 0, 0

    def look(self) -> None:
        """Count a round."""
        self._turn += 1
        if self._turn == self._warm:
            gc.collect()
            self._after_warming = resident()

    def require_flat(self) -> None:
        """Fail when the rounds after warming have piled something up."""
        gc.collect()
        assert self._after_warming, "no round was counted"
        assert resident() - self._after_warming < GROWTH


@contextmanager
def unchanged(chain: RealChain) -> Iterator[None]:
    """Whatever happens inside leaves state, chain and mempool as they were, and nothing paniced."""
    app = chain.app
    before = (app.height, app.app_hash, chain.core.height, len(chain.core.mempool))
    app.take_panics()
    yield
    assert app.take_panics() == []
    assert (app.height, app.app_hash, chain.core.height, len(chain.core.mempool)) == before
    chain.store.check()


@contextmanager
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing inside is logged as an error: an error in the log is a failure nobody foresaw."""
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        yield
    told = [f"{record.name}: {record.message} {record.exc_text}" for record in caplog.records]
    assert told == []
