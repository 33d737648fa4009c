"""At which offsets most operations of a deploy could have made calls of one writer: a sweep over intervals.

An operation stamped [s, e] and a call at c, in whole seconds that are cut, fit at offsets (log minus trail) from
s - c - 1 to e + 1 - c (docs/facts/alignment.md#1-event-logs-the-estimator).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

APART = 2.0
"""Seconds between two offsets that are looked at."""


class Operation(NamedTuple):
    """One operation of a log: see `tables.OPERATIONS`."""

    number: int
    start: float
    end: float
    route: bool
    succeeded: bool
    expected: bool
    born: int
    keys: int
    batches: int
    party: str
    list: str | None = None
    unrecorded_since: float | None = None

    def is_unrecorded(self, offset: float) -> bool:
        """Whether it may have ended, at that offset, when calls on its store were recorded no more."""
        return self.unrecorded_since is not None and self.end - offset + 1 >= self.unrecorded_since


class Pair(NamedTuple):
    """A call that may be an operation's own: see `tables.PAIRS`. It is, if the offset lies from `low` to `high`."""

    attempt: int
    at: float
    ok: bool | None
    writer: int
    store: str
    size: int
    sole: bool
    first: bool
    known: bool
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Peak:
    """Offsets from `low` to `high`, at which `count` operations could have made a call."""

    low: float
    high: float
    count: int

    @property
    def middle(self) -> float:
        """The offset in the middle."""
        return (self.low + self.high) / 2


def peaks(intervals: Sequence[Sequence[tuple[float, float]]]) -> list[Peak]:
    """The offsets that are in the intervals of more operations than any next to them, the best first.

    Args:
        intervals: of each operation.
    """
    ends = [end for of_one in intervals for low, high in _united(of_one) for end in ((low, 0), (high, 1))]
    ends.sort()
    found: list[Peak] = []
    count, began = 0, None
    for offset, ends_here in ends:
        if not ends_here:
            count += 1
            began = offset
        else:
            if began is not None:
                found.append(Peak(began, offset, count))
                began = None
            count -= 1
    found.sort(key=lambda peak: (-peak.count, abs(peak.middle)))
    return found


def apart(found: Iterable[Peak], most: int) -> list[Peak]:
    """The first `most` of the peaks that lie apart from those before them."""
    kept: list[Peak] = []
    middles: list[float] = []
    for peak in found:
        middle = peak.middle
        if all(abs(middle - other) >= APART for other in middles):
            kept.append(peak)
            middles.append(middle)
            if len(kept) == most:
                break
    return kept


def _united(intervals: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(intervals) <= 1:
        return list(intervals)
    united: list[tuple[float, float]] = []
    for low, high in sorted(intervals):
        if united and low <= united[-1][1]:
            united[-1] = (united[-1][0], max(high, united[-1][1]))
        else:
            united.append((low, high))
    return united
