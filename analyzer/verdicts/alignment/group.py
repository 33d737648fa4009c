"""The vote of all logs of one machine: at which offset most of them have calls.

The gaps between deploys are a pattern that no shift repeats. Logs of machines whose clocks differ agree on nothing, so
any folder of logs may be tried: docs/facts/alignment.md#1-event-logs-the-estimator has what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WINDOW = 3.0
_ELSEWHERE = 6.0
_DEPLOYS = 3
_OPERATIONS = 4
_LEAD = 2
_LEAD_SHARE = 0.15
"""In a large folder chance brings more logs together: the lead grows with it."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One log has calls for `count` of its operations at `offset`."""

    log: int
    offset: float
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """The offset on which `logs` logs agree."""

    offset: float
    logs: int


def group(votes: Sequence[Vote], logs: int) -> Group | None:
    """The offset that the logs share, if they do.

    Args:
        votes: all that any log has, where at least half of its operations match.
        logs: how many logs there are.
    """
    windows = _windows(votes)
    if not windows:
        return None
    operations, agreeing, low, high = max(windows, key=lambda one: (one[0], one[1], -abs(one[2] + one[3])))
    elsewhere = max(
        (one[1] for one in windows if one[2] > high + _ELSEWHERE or one[3] < low - _ELSEWHERE), default=0
    )
    lead = max(_LEAD, _LEAD_SHARE * logs)
    if agreeing < _DEPLOYS or operations < _OPERATIONS or agreeing - elsewhere < lead:
        return None
    inside = sorted(vote.offset for vote in votes if low <= vote.offset <= high)
    return Group(inside[len(inside) // 2], agreeing)


def _windows(votes: Sequence[Vote]) -> list[tuple[int, int, float, float]]:
    """(operations, logs, first offset, last offset) of each window that begins at a vote."""
    ordered = sorted(votes, key=lambda vote: vote.offset)
    found: list[tuple[int, int, float, float]] = []
    inside: dict[int, list[int]] = {}
    total = past = 0
    for first in ordered:
        while past < len(ordered) and ordered[past].offset <= first.offset + _WINDOW:
            counts = inside.setdefault(ordered[past].log, [])
            total += max(ordered[past].count - max(counts, default=0), 0)
            counts.append(ordered[past].count)
            past += 1
        found.append((total, len(inside), first.offset, ordered[past - 1].offset))
        counts = inside[first.log]
        before = max(counts)
        counts.remove(first.count)
        total -= before - max(counts, default=0)
        if not counts:
            del inside[first.log]
    return found
