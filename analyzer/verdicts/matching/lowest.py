"""The lowest number in any range of a list: a segment tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

NONE: Final = 2**63
"""Higher than any number."""


class Lowest:
    """Answers for each range in a time that grows with the logarithm of the list."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._size = len(numbers)
        self._tree = [NONE] * self._size + list(numbers)
        for node in range(self._size - 1, 0, -1):
            self._tree[node] = min(self._tree[2 * node], self._tree[2 * node + 1])

    def among(self, first: int, past: int) -> int:
        """The lowest number from `first` on, up to but without `past`; `NONE` where the range is empty."""
        low, high, lowest = first + self._size, past + self._size, NONE
        while low < high:
            if low % 2:
                lowest = min(lowest, self._tree[low])
                low += 1
            if high % 2:
                high -= 1
                lowest = min(lowest, self._tree[high])
            low //= 2
            high //= 2
        return lowest
