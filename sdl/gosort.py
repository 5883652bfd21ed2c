"""Go's sort algorithms, where their treatment of ties shows in the version hash.

`sort.Sort` is stable up to twelve elements and a pattern-defeating quicksort above;
`sort.SliceStable` differs from any stable sort when its comparison contradicts itself, as the
one for volumes does. Knows nothing of what is sorted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Less = Callable[[int, int], bool]

_INSERTION = 12
_BLOCK = 20
_UNKNOWN, _INCREASING, _DECREASING = 0, 1, 2


def go_sort(items: list[T], key: Callable[[T], Any]) -> list[T]:
    """Sort a copy as Go's sort.Sort orders it, ties included."""
    ordered = sorted(items, key=key)
    if len(items) <= _INSERTION:
        return ordered
    keys = [key(item) for item in ordered]
    if all(keys[i] != keys[i + 1] for i in range(len(keys) - 1)):
        return ordered
    return _Quicksort(items, key).run()


class _Quicksort:
    """Pattern-defeating quicksort over (key, item) pairs."""

    def __init__(self, items: list[T], key: Callable[[T], Any]) -> None:
        self.items: list[Any] = list(items)
        self.keys: list[Any] = [key(item) for item in items]

    def run(self) -> list[Any]:
        n = len(self.items)
        self._sort(0, n, n.bit_length())
        return self.items

    def _less(self, i: int, j: int) -> bool:
        return bool(self.keys[i] < self.keys[j])

    def _swap(self, i: int, j: int) -> None:
        items, keys = self.items, self.keys
        items[i], items[j] = items[j], items[i]
        keys[i], keys[j] = keys[j], keys[i]

    def _sort(self, a: int, b: int, limit: int) -> None:
        balanced = partitioned = True
        while True:
            length = b - a
            if length <= _INSERTION:
                self._insertion(a, b)
                return
            if limit == 0:
                self._heapsort(a, b)
                return
            if not balanced:
                self._scramble(a, b)
                limit -= 1
            pivot, hint = self._choose_pivot(a, b)
            if hint == _DECREASING:
                self._reverse(a, b)
                pivot = (b - 1) - (pivot - a)
                hint = _INCREASING
            if balanced and partitioned and hint == _INCREASING and self._nearly_sorted(a, b):
                return
            if a > 0 and not self._less(a - 1, pivot):
                a = self._partition_equal(a, b, pivot)
                continue
            middle, partitioned = self._partition(a, b, pivot)
            left, right = middle - a, b - middle
            if left < right:
                balanced = left >= length // 8
                self._sort(a, middle, limit)
                a = middle + 1
            else:
                balanced = right >= length // 8
                self._sort(middle + 1, b, limit)
                b = middle

    def _insertion(self, a: int, b: int) -> None:
        for i in range(a + 1, b):
            j = i
            while j > a and self._less(j, j - 1):
                self._swap(j, j - 1)
                j -= 1

    def _heapsort(self, a: int, b: int) -> None:
        n = b - a
        for start in range((n - 1) // 2, -1, -1):
            self._sift_down(start, n, a)
        for end in range(n - 1, -1, -1):
            self._swap(a, a + end)
            self._sift_down(0, end, a)

    def _sift_down(self, root: int, end: int, first: int) -> None:
        while (child := 2 * root + 1) < end:
            if child + 1 < end and self._less(first + child, first + child + 1):
                child += 1
            if not self._less(first + root, first + child):
                return
            self._swap(first + root, first + child)
            root = child

    def _scramble(self, a: int, b: int) -> None:
        length = b - a
        if length < 8:
            return
        random, mask = length, 2**64 - 1
        modulus = 1 << length.bit_length()
        start = a + (length // 4) * 2 - 1
        for i in range(3):
            random ^= (random << 13) & mask
            random ^= random >> 7
            random ^= (random << 17) & mask
            other = random % modulus
            if other >= length:
                other -= length
            self._swap(start + i, a + other)

    def _choose_pivot(self, a: int, b: int) -> tuple[int, int]:
        length = b - a
        quarter = length // 4
        i, j, k = a + quarter, a + 2 * quarter, a + 3 * quarter
        swaps = [0]
        if length >= 50:
            i = self._median(i - 1, i, i + 1, swaps)
            j = self._median(j - 1, j, j + 1, swaps)
            k = self._median(k - 1, k, k + 1, swaps)
        j = self._median(i, j, k, swaps)
        hint = {0: _INCREASING, 12: _DECREASING}.get(swaps[0], _UNKNOWN)
        return j, hint

    def _median(self, a: int, b: int, c: int, swaps: list[int]) -> int:
        if self._less(b, a):
            swaps[0] += 1
            a, b = b, a
        if self._less(c, b):
            swaps[0] += 1
            b, c = c, b
        if self._less(b, a):
            swaps[0] += 1
            a, b = b, a
        return b

    def _reverse(self, a: int, b: int) -> None:
        self.items[a:b] = self.items[a:b][::-1]
        self.keys[a:b] = self.keys[a:b][::-1]

    def _nearly_sorted(self, a: int, b: int) -> bool:
        i = a + 1
        for _ in range(5):
            while i < b and not self._less(i, i - 1):
                i += 1
            if i == b:
                return True
            if b - a < 50:
                return False
            self._swap(i, i - 1)
            if i - a >= 2:
                for j in range(i - 1, 0, -1):
                    if not self._less(j, j - 1):
                        break
                    self._swap(j, j - 1)
            if b - i >= 2:
                for j in range(i + 1, b):
                    if not self._less(j, j - 1):
                        break
                    self._swap(j, j - 1)
        return False

    def _partition_equal(self, a: int, b: int, pivot: int) -> int:
        self._swap(a, pivot)
        i, j = a + 1, b - 1
        while True:
            while i <= j and not self._less(a, i):
                i += 1
            while i <= j and self._less(a, j):
                j -= 1
            if i > j:
                return i
            self._swap(i, j)
            i += 1
            j -= 1

    def _partition(self, a: int, b: int, pivot: int) -> tuple[int, bool]:
        self._swap(a, pivot)
        i, j = a + 1, b - 1
        first = True
        while True:
            while i <= j and self._less(i, a):
                i += 1
            while i <= j and not self._less(j, a):
                j -= 1
            if i > j:
                self._swap(j, a)
                return j, first
            first = False
            self._swap(i, j)
            i += 1
            j -= 1


def go_stable(items: list[T], less: Callable[[T, T], bool]) -> list[T]:
    """Sort a copy as Go's sort.SliceStable does, also when `less` contradicts itself."""
    found = list(items)
    n = len(found)
    for start in range(0, n, _BLOCK):
        _insert(found, less, start, min(start + _BLOCK, n))
    block = _BLOCK
    while block < n:
        for start in range(0, n - block, 2 * block):
            _merge(found, less, start, start + block, min(start + 2 * block, n))
        block *= 2
    return found


def _insert(items: list[T], less: Callable[[T, T], bool], a: int, b: int) -> None:
    for i in range(a + 1, b):
        j = i
        while j > a and less(items[j], items[j - 1]):
            items[j], items[j - 1] = items[j - 1], items[j]
            j -= 1


def _merge(items: list[T], less: Callable[[T, T], bool], a: int, m: int, b: int) -> None:
    """SymMerge (Kim and Kutzner) of the sorted runs [a,m) and [m,b)."""
    if m - a == 1:
        low, high = m, b
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if less(items[middle], items[a]) else (low, middle)
        items[a:low] = [*items[a + 1 : low], items[a]]
        return
    if b - m == 1:
        low, high = a, m
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if less(items[m], items[middle]) else (middle + 1, high)
        items[low : m + 1] = [items[m], *items[low:m]]
        return
    mid = (a + b) // 2
    n = mid + m
    start, r = (n - b, mid) if m > mid else (a, m)
    p = n - 1
    while start < r:
        c = (start + r) // 2
        start, r = (start, c) if less(items[p - c], items[c]) else (c + 1, r)
    end = n - start
    if start < m < end:
        items[start:end] = items[m:end] + items[start:m]
    if a < start < mid:
        _merge(items, less, a, start, mid)
    if mid < end < b:
        _merge(items, less, mid, end, b)
