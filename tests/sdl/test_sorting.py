"""Go's sorts: stable below thirteen, exact above, and the volumes' odd comparison."""

from __future__ import annotations

from random import Random

import pytest

from sdl.gosort import go_sort, go_stable
from sdl.model import Volume
from sdl.volumes import sort_volumes


@pytest.mark.parametrize("count", [0, 1, 2, 11, 12])
def test_few_elements_keep_the_order_of_ties(count: int) -> None:
    items = [(i % 3, i) for i in range(count)]
    assert go_sort(items, key=lambda item: item[0]) == sorted(items, key=lambda item: item[0])


@pytest.mark.parametrize("seed", range(40))
def test_many_elements_come_out_sorted_and_complete(seed: int) -> None:
    random = Random(seed)
    kinds = random.choice((1, 2, 5, 1000))
    items = [(random.randrange(kinds), i) for i in range(random.randrange(13, 400))]
    if seed % 4 == 1:
        items.sort()
    if seed % 4 == 2:
        items.sort(reverse=True)
    found = go_sort(items, key=lambda item: item[0])
    assert [key for key, _ in found] == sorted(key for key, _ in items)
    assert sorted(found) == sorted(items)


def test_heapsort_takes_over_from_a_killer_sequence() -> None:
    # Organ pipes make the pivots bad often enough to leave the balanced path.
    items = [(min(i, 600 - i), i) for i in range(600)]
    found = go_sort(items, key=lambda item: item[0])
    assert [key for key, _ in found] == sorted(key for key, _ in items)


@pytest.mark.parametrize("count", [1, 5, 20, 21, 40, 41, 100])
def test_a_consistent_comparison_is_a_stable_sort(count: int) -> None:
    random = Random(count)
    items = [(random.randrange(4), i) for i in range(count)]
    found = go_stable(items, lambda one, other: one[0] < other[0])
    assert found == sorted(items, key=lambda item: item[0])


@pytest.mark.parametrize("count", [2, 20, 21, 45])
def test_equal_ephemeral_volumes_come_out_reversed(count: int) -> None:
    volumes = [Volume(f"v{i}", 2**30, [], i) for i in range(count)]
    assert [volume.index for volume in sort_volumes(volumes)] == list(range(count))[::-1]


def test_equal_persistent_volumes_come_out_by_name() -> None:
    volumes = [
        Volume(name, 2**30, [("class", "beta1"), ("persistent", "true")], i)
        for i, name in enumerate("cab")
    ]
    assert [volume.name for volume in sort_volumes(volumes)] == ["a", "b", "c"]


def test_smaller_volumes_come_first() -> None:
    volumes = [Volume("a", 3, [], 0), Volume("b", 1, [], 1), Volume("c", 2, [], 2)]
    assert [volume.size for volume in sort_volumes(volumes)] == [1, 2, 3]
