"""What a deploy's log and one writer's calls look like, laid over each other at one offset: one call, one operation.

In come the operations of a deploy, the pairs of a writer (or of several that are one principal) and an offset. Out goes
a `Fit`: which calls are taken, and what speaks for it that another run of the same stack would not show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.verdicts.alignment.offsets import Operation, Pair

MOMENT = 5.0
"""Seconds within which operations start at one moment."""

_SPREAD = 12.0
"""Seconds by which the delays of two runs of one stack differ."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One explanation of a deploy's calls.

    Attributes:
        writers: who made them; the first is the one that was voted for.
        low: the least offset at which all of it holds.
        high: the largest.
        taken: the calls of each operation that is matched.
        attempts: all calls that are taken, refused ones too.
        of: operations that made calls, as the log says, or as it shows.
        misses: those that the log says made calls, and that have none.
        own: matched operations that put keys which no other run in reach put.
        births: creates whose call is the first on the namespace, less creates and updates where that is otherwise.
        moments: how many times matched operations without keys of their own began.
        worth: what these moments are worth.
        partial: matched operations with fewer keys in their calls than they have.
    """

    writers: tuple[int, ...]
    low: float
    high: float
    taken: Mapping[int, tuple[Pair, ...]]
    attempts: frozenset[int]
    of: int
    misses: int
    own: int
    births: int
    moments: int
    worth: float
    partial: int

    @property
    def matched(self) -> int:
        """How many operations are matched."""
        return len(self.taken)

    @property
    def offset(self) -> float:
        """The offset in the middle."""
        return (self.low + self.high) / 2


def fit(
    operations: Sequence[Operation],
    pairs: Mapping[int, Sequence[Pair]],
    writers: tuple[int, ...],
    offset: float,
    claimed: Collection[int] = (),
) -> Fit:
    """Lays the operations over the calls of `writers` at `offset`.

    Args:
        operations: of the deploy, by earliest end.
        pairs: of each operation, by time.
        writers: whose calls count.
        offset: the log's clock minus CloudTrail's, in seconds.
        claimed: calls of other deploys.
    """
    used: set[int] = set()
    taken: dict[int, tuple[Pair, ...]] = {}
    missed, of = 0, 0
    for operation in operations:
        free = [
            pair
            for pair in pairs.get(operation.number, ())
            if pair.low <= offset <= pair.high
            and pair.writer in writers
            and pair.attempt not in used
            and pair.attempt not in claimed
        ]
        own = _own(operation, free)
        used.update(pair.attempt for pair in own)
        known = [pair for pair in own if pair.ok is not None]
        if any(pair.ok or not operation.succeeded for pair in known):
            taken[operation.number] = tuple(known)
            of += 1
        elif operation.expected and not (own and not known):
            missed += 1
            of += 1
    return _fit(operations, taken, writers, offset, frozenset(used), of, missed)


def _own(operation: Operation, free: Sequence[Pair]) -> list[Pair]:
    """The operation's calls among those that are free: its successes, and the refused tries before the last of them."""
    successes = [pair for pair in free if pair.ok][: max(operation.batches, 1)]
    if not successes or not operation.route:
        return successes + [pair for pair in free if not pair.ok]
    until = successes[-1].at
    return successes + [pair for pair in free if not pair.ok and pair.at <= until]


def _fit(
    operations: Sequence[Operation],
    taken: Mapping[int, tuple[Pair, ...]],
    writers: tuple[int, ...],
    offset: float,
    used: frozenset[int],
    of: int,
    missed: int,
) -> Fit:
    low, high = -math.inf, math.inf
    own = births = partial = moments = 0
    worth = 0.0
    started: list[float] = []
    for operation in sorted(operations, key=lambda one: one.start):
        mine = taken.get(operation.number)
        if mine is None:
            continue
        low, high = max(low, *(pair.low for pair in mine)), min(high, *(pair.high for pair in mine))
        named = sum(pair.size for pair in mine if pair.ok)
        births += _birth(operation.born, first=any(pair.first for pair in mine))
        partial += operation.succeeded and named < operation.keys
        its_own = operation.keys > 1 and 2 * named >= operation.keys and any(pair.sole for pair in mine)
        own += its_own
        later = all(abs(operation.start - other) > MOMENT for other in started)
        if not its_own and later:
            worth += math.log(_SPREAD / (operation.end - operation.start + 2)) if moments else 0.0
            moments += 1
        if later:
            started.append(operation.start)
    if not taken:
        low = high = offset
    return Fit(writers, low, high, taken, used, of, missed, own, births, moments, worth, partial)


def _birth(born: int, *, first: bool) -> int:
    """1 for a create whose call is the first on its namespace; -1 for one where it is not, or an update where it is."""
    if born > 0:
        return 1 if first else -1
    return -1 if born < 0 and first else 0
