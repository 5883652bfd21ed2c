"""Long runs of the property tests: thousands of random marketplaces and of settlement plans."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akashpy.chain.escrow import condense
from akashpy.chain.escrow.condense import OTHERS
from tests.chain.properties.test_escrow_oracle import agree, plans
from tests.chain.properties.test_marketplace import live, steps

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("preset", ["default", "akash"])
@pytest.mark.parametrize("room", [None, OTHERS, 1])
@settings(max_examples=1500, deadline=None, derandomize=False)
@given(plan=plans)
def test_many_plans_agree_with_exact_rationals(
    room: int | None, preset: str, plan: list[tuple[Any, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(condense, "OTHERS", room or OTHERS)
        agree(preset, plan, room)


@pytest.mark.parametrize("preset", ["default", "akash"])
@settings(max_examples=1500, deadline=None, derandomize=False)
@given(plan=st.lists(steps, min_size=10, max_size=80))
def test_many_marketplaces_stay_in_order(preset: str, plan: list[tuple[Any, ...]]) -> None:
    live(preset, plan)
