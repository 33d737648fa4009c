"""What a deploy's log and its candidate's calls look like, laid over each other: one call, one operation.

In come a log and a candidate. Out goes a `Fit`: which calls are taken, and what speaks for it that another run of the
same stack would not show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.verdicts.alignment.candidates import Candidate
    from analyzer.verdicts.alignment.logs import Log
    from analyzer.verdicts.alignment.offsets import Operation, Pair

MOMENT = 5.0
"""Seconds within which operations start at one moment."""

_SPREAD = 12.0
"""Seconds by which the delays of two runs of one stack differ."""

_ESTIMATE = 2.0
"""Seconds by which the offset that a group shares may be another: the middle of what its logs say."""

_FEW = 2
"""Operations that must match, and as many things that tell them from another run's."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One explanation of a deploy's calls.

    Attributes:
        writers: who made them; the first is the one that was voted for.
        low: the least offset at which all of it holds.
        high: the largest.
        taken: the calls of each operation that is matched.
        attempts: all calls that are taken, those of operations that are not matched too.
        of: operations that made calls, as the log says, or as it shows.
        misses: those that the log says made calls, and that have none.
        surprises: misses that nothing known explains: of the operations on one list, of which none made a call, one
            (SST 3.10.0 writes no list that is not there yet: docs/facts/sst-output.md#44-fixes, f3342e55f), and none
            that may have ended when calls on the store were recorded no more.
        evidence: what it shows.
        fixed: a request id in the log names a call.
        centre: the offset that is expected, where it is near.
        lists: the operations on lists that others write too.
    """

    writers: tuple[int, ...]
    low: float
    high: float
    taken: Mapping[int, tuple[Pair, ...]]
    attempts: frozenset[int]
    of: int
    misses: int
    surprises: int
    evidence: Evidence
    fixed: bool = False
    centre: float | None = None
    lists: frozenset[int] = frozenset()

    @property
    def matched(self) -> int:
        """How many operations are matched."""
        return len(self.taken)

    @property
    def offset(self) -> float:
        """The offset that is taken: the one that is expected, where it is possible; else the middle."""
        possible = self.centre is not None and self.low <= self.centre <= self.high
        return self.centre if possible and self.centre is not None else (self.low + self.high) / 2

    @property
    def span(self) -> tuple[float, float]:
        """The least and the largest offset that it may be: a right clock is right, and that of a group is estimated."""
        if self.offset != self.centre:
            return self.low, self.high
        about = _ESTIMATE if self.centre else 0.0
        return max(self.low, self.centre - about), min(self.high, self.centre + about)

    def near(self, centre: float, reach: float) -> Fit:
        """Where some of its offsets lie near the one that is expected: only these; what else would fit is no reason.

        Args:
            centre: the offset that is expected.
            reach: how far from it counts as near.
        """
        low, high = max(self.low, centre - reach), min(self.high, centre + reach)
        return replace(self, low=low, high=high, centre=centre) if low <= high else self

    @property
    def stands_alone(self) -> bool:
        """Whether it may be taken without a clock that says so: one operation an hour away may be anybody's."""
        shown = self.evidence
        return self.matched >= _FEW and shown.moments + shown.own + max(0, shown.births) >= _FEW


@dataclass(slots=True)
class Evidence:
    """What the matched operations of a fit show.

    Attributes:
        own: operations that put keys which no other run in reach put, less those of whose keys others put all.
        births: creates whose call is the first on the namespace, less creates and updates where that is otherwise.
        moments: how many times operations without keys of their own began.
        worth: what these moments are worth.
        partial: operations with fewer keys in their calls than they have.
    """

    own: int = 0
    births: int = 0
    moments: int = 0
    worth: float = 0.0
    partial: int = 0


def fit(log: Log, candidate: Candidate, claimed: Collection[int] = ()) -> Fit:
    """Lays `log` over the calls of `candidate`: operations by earliest end take the first calls that are free.

    Args:
        log: the deploy.
        candidate: the offset, and whose calls count.
        claimed: calls of other deploys.
    """
    used: set[int] = set()
    partners = candidate.partners
    taken: dict[int, tuple[Pair, ...]] = {}
    missing: list[Operation] = []
    called: set[int] = set()
    for operation in log.operations:
        free = [
            pair
            for pair in log.near(operation, candidate.offset)
            if pair.writer in candidate.writers and pair.attempt not in used and pair.attempt not in claimed
            if not partners or partners.get(pair.writer, operation.party) == operation.party
        ]
        if not free:
            if operation.expected:
                missing.append(operation)
            continue
        own = _own(operation, free)
        if own:
            called.add(operation.number)
        used.update(pair.attempt for pair in own)
        known = [pair for pair in own if pair.ok is not None]
        if any(pair.ok or not operation.succeeded for pair in known):
            taken[operation.number] = tuple(known)
        elif operation.expected and (
            known or not own
        ):  # a call whose outcome is unknown may have been the success
            missing.append(operation)
    low, high = (candidate.low, candidate.high) if candidate.fixed or not taken else (-math.inf, math.inf)
    for pairs in taken.values():
        low, high = max(low, *(pair.low for pair in pairs)), min(high, *(pair.high for pair in pairs))
    evidence = _evidence([operation for operation in log.operations if operation.number in taken], taken)
    return Fit(
        candidate.writers,
        low,
        high,
        taken,
        frozenset(used),
        len(taken) + len(missing),
        len(missing),
        _surprises(log, missing, called, candidate.offset),
        evidence,
        candidate.fixed,
        lists=log.lists,
    )


def _surprises(log: Log, missing: Sequence[Operation], called: Collection[int], offset: float) -> int:
    """How many of the operations that have no call nothing known explains: see `Fit`."""
    written = {one.list for one in log.operations if one.number in called}
    recorded = [one for one in missing if not one.is_unrecorded(offset)]
    unwritten = [one.list for one in recorded if one.list is not None and one.list not in written]
    return len(recorded) - len(unwritten) + len(set(unwritten))


def _own(operation: Operation, free: Sequence[Pair]) -> list[Pair]:
    """The operation's calls among those that are free: its successes, and its refused tries before them.

    Of keys that the log does not name there may be any number of batches.
    """
    unknown = operation.keys == 0 and not operation.route and operation.party == "sst"
    successes = [pair for pair in free if pair.ok][: None if unknown else max(operation.batches, 1)]
    others = [pair for pair in free if not pair.ok]
    if operation.route and successes:
        others = [pair for pair in others if pair.at <= successes[-1].at]
    return successes + others


def _evidence(operations: Sequence[Operation], taken: Mapping[int, tuple[Pair, ...]]) -> Evidence:
    found = Evidence()
    latest: float | None = None
    shared = 0
    for operation in sorted(operations, key=lambda one: one.start):
        pairs = taken[operation.number]
        named = sum(pair.size for pair in pairs if pair.ok)
        found.births += _birth(operation.born, pairs)
        found.partial += operation.succeeded and named < operation.keys
        many = operation.keys > 1 and 2 * named >= operation.keys
        own = many and any(pair.sole for pair in pairs)
        found.own += own
        shared += many and not own
        later = latest is None or operation.start - latest > MOMENT
        if later:
            latest = operation.start
        if later and not own:
            # The offset was chosen for the first to fit, so that it fits shows nothing.
            found.worth += math.log(_SPREAD / (operation.end - operation.start + 2)) if found.moments else 0.0
            found.moments += 1
    # Where other runs put sets of the same keys, a set that only one put is one that the others left out.
    found.own = max(0, found.own - shared)
    return found


def _birth(born: int, pairs: Sequence[Pair]) -> int:
    """1 for a create whose call is the first on its namespace; -1 for one where it is not, or an update where it is.

    A trail that begins shortly before the call does not know what was there.
    """
    first = any(pair.first for pair in pairs)
    if born > 0:
        return 1 if first else -1
    return -1 if born < 0 and first and pairs[0].known else 0
