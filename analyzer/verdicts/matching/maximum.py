"""A maximum matching of writes and calls: the algorithm of Hopcroft and Karp, on ranges instead of pairs.

In come the rows (calls in an order in which those that a write may have are neighbours), the ranges of each write, and
a matching to begin with. Out goes a matching of the most writes; no write that had a call is left without.

Each round finds the shortest augmenting paths and uses as many of them as have nothing in common. A row is looked at
once in a round, whatever the number of ranges that hold it, so the time of a round grows with the rows and the writes,
not with their pairs. The rounds grow with the square root of the writes, and are few where the first matching is good.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NONE: Final = -1
"""In place of the call of a write that has none."""


class _Unseen:
    """The rows that were not looked at yet; each is given once. Union-find leads from a row to the next one left."""

    def __init__(self, rows: Sequence[int]) -> None:
        self._rows = rows
        self._next = list(range(len(rows) + 1))

    def among(self, ranges: Sequence[tuple[int, int]]) -> Iterator[int]:
        """Takes the rows of the ranges (from the first on, up to but without the second) one by one."""
        return chain.from_iterable(self._within(first, past) for first, past in ranges)

    def _within(self, first: int, past: int) -> Iterator[int]:
        place = self._left(bisect_left(self._rows, first))
        while place < len(self._rows) and self._rows[place] < past:
            self._next[place] = place + 1
            yield self._rows[place]
            place = self._left(place)

    def _left(self, place: int) -> int:
        onward = self._next
        while onward[place] != place:
            onward[place] = onward[onward[place]]
            place = onward[place]
        return place


class _Matching:
    """A matching that grows until it is a maximum."""

    def __init__(
        self, ranges: Sequence[Sequence[tuple[int, int]]], rows: Sequence[int], holds: Sequence[int]
    ) -> None:
        self.holds = list(holds)
        self._ranges = ranges
        self._rows = rows
        self._owner = {call: write for write, call in enumerate(holds) if call != NONE}
        self._rows_of: dict[int, list[int]] = {}
        for row, call in enumerate(rows):
            self._rows_of.setdefault(call, []).append(row)

    def layers(self) -> list[_Unseen]:
        """The rows at each distance from the writes without a call, up to the first free calls; none without any."""
        unseen, seen = _Unseen(range(len(self._rows))), set[int]()
        found: list[_Unseen] = []
        nearest = self._without()
        while nearest:
            reached = []
            for write in nearest:
                for row in unseen.among(self._ranges[write]):
                    if self._rows[row] not in seen:
                        seen.add(self._rows[row])
                        reached.append(self._rows[row])
            free = [call for call in reached if call not in self._owner]
            found.append(_Unseen(sorted(row for call in free or reached for row in self._rows_of[call])))
            if free:
                return found
            nearest = [self._owner[call] for call in reached]
        return []

    def augment(self, layers: Sequence[_Unseen]) -> None:
        """Hands calls on along paths through the layers, each path to the end of one that no other has used."""
        used: set[int] = set()
        for root in self._without():
            path: list[int] = []
            work = [(root, layers[0].among(self._ranges[root]))]
            while work:
                call = next((self._rows[row] for row in work[-1][1] if self._rows[row] not in used), NONE)
                if call == NONE:
                    work.pop()
                    del path[-1:]
                    continue
                used.add(call)
                path.append(call)
                if len(path) == len(layers):
                    break
                holder = self._owner[call]
                work.append((holder, layers[len(path)].among(self._ranges[holder])))
            for (write, _), call in zip(work, path, strict=True):
                self.holds[write], self._owner[call] = call, write

    def _without(self) -> list[int]:
        return [write for write, call in enumerate(self.holds) if call == NONE]


def maximum(
    ranges: Sequence[Sequence[tuple[int, int]]], rows: Sequence[int], holds: Sequence[int]
) -> list[int]:
    """The call of each write, or `NONE`, in a matching of the most writes.

    Args:
        ranges: of each write the ranges of rows whose calls it may have: from the first on, up to but without the
            second. Writes that come first are served first.
        rows: the call of each row; one call may have several.
        holds: the matching to begin with: the call of each write, or `NONE`.
    """
    matching = _Matching(ranges, rows, holds)
    while layers := matching.layers():
        matching.augment(layers)
    return matching.holds
