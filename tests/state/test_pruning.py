"""Pruning by the SDK's names."""

import pytest

from akashpy.state.pruning import Pruning


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("default", Pruning(362880, 10)),
        ("nothing", Pruning(None, 10)),
        ("everything", Pruning(2, 10)),
    ],
)
def test_names_mean_what_they_mean_in_the_sdk(name: str, wanted: Pruning) -> None:
    assert Pruning.named(name) == wanted


def test_custom_takes_both_numbers() -> None:
    assert Pruning.named("custom", keep=100, interval=20) == Pruning(100, 20)


@pytest.mark.parametrize(
    ("name", "keep", "interval", "text"),
    [
        ("all", 0, 0, "unknown pruning strategy 'all': use one of"),
        ("custom", 100, 0, "invalid 'Interval' for pruning options"),
        ("custom", 100, 9, "'Interval' must not be less than 10"),
        ("custom", 1, 10, "'KeepRecent' must not be less than 2"),
    ],
)
def test_impossible_settings_are_refused(name: str, keep: int, interval: int, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Pruning.named(name, keep=keep, interval=interval)


@pytest.mark.parametrize(
    ("pruning", "height", "oldest", "wanted"),
    [
        (Pruning(None), 1000, 1, 1),
        (Pruning(2), 1009, 998, 998),
        (Pruning(2), 1010, 998, 1002),
        (Pruning(2), 1011, 1002, 1006),
        (Pruning(2), 1012, 1006, 1008),
        (Pruning(2), 1013, 1008, 1008),
        (Pruning(100), 50, 1, 1),
    ],
)
def test_heights_are_due_at_intervals_and_go_in_bounded_steps(
    pruning: Pruning, height: int, oldest: int, wanted: int
) -> None:
    assert pruning.oldest(height, oldest) == wanted
