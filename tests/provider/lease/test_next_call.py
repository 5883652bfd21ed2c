"""When a provider settles because an escrow ends: before the end, after it, and never in a loop."""

from __future__ import annotations

import pytest

from provider.lease.settle import AFTER_END, next_call

MARGIN = 10


@pytest.mark.parametrize(
    ("dry", "warned", "asked", "height"),
    [
        (0, 0, 0, 0),  # nothing draws on it, or nobody knows
        (100, 0, 0, 90),
        (11, 0, 0, 1),
        (100, 100, 0, 100 + AFTER_END),
        (101, 100, 0, 101 + AFTER_END),  # dropped fractions are no new end
        (100, 100, 100, 0),
        (200, 100, 100, 190),  # somebody paid
        (105, 100, 100, 105 + AFTER_END),  # somebody paid for a few blocks
    ],
)
def test_the_next_call(dry: int, warned: int, asked: int, height: int) -> None:
    assert next_call(dry, warned, asked, MARGIN) == height


def test_a_rate_below_one_is_not_settled_in_every_block() -> None:
    """Half a unit per block: settling each block pays nothing and moves the end on for ever."""
    warned = asked = calls = 0
    for dry in range(100, 200):
        call = next_call(dry, warned, asked, MARGIN)
        if not call or call > dry:
            asked = dry if call else asked
        else:
            warned, calls = dry, calls + 1
    assert calls <= 100 // MARGIN
