"""Long runs of the state's tests: thousands of random histories, dozens of killed processes."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akashpy.state.pruning import Pruning
from akashpy.state.store import Store
from tests.state.test_disk import check_killed
from tests.state.test_store import BOUNDS, KEEP, STEPS, run, split_at

pytestmark = pytest.mark.soak


@settings(max_examples=2000, derandomize=False)
@given(st.sampled_from([1, 4, 64]), st.sampled_from([1, 2, 16]), STEPS, BOUNDS, st.none() | BOUNDS)
def test_disk_answers_as_a_dict_over_many_histories(
    buckets: int, split: int, steps, start, end
) -> None:
    with tempfile.TemporaryDirectory() as name, split_at(split):
        path = Path(name)
        run(lambda: Store.open(path, buckets=buckets, pruning=Pruning(KEEP, 1)), steps, start, end)


@pytest.mark.parametrize("seed", random.Random().sample(range(10**6), 60))
def test_many_kills(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    check_killed(tmp_path, seed, monkeypatch)
