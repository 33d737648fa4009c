"""Whether a log's clock stepped within the deploy: then the operations after the step match calls at another offset.

Told by the same writer's other calls on operations that have none at the first offset. Another run of the same stack
would repeat the operations that are matched, and its calls do not follow the log's order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.candidates import Candidate, votes
from analyzer.verdicts.alignment.fit import fit

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.verdicts.alignment.decide import Placed
    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.logs import Log

_MOST = 20
_STEP = 2.5
_LASTING = 60.0
"""Seconds from an operation's last write to its end: a list of what to purge takes less, unless it is throttled."""


def step(log: Log, best: Fit, claimed: Collection[int], ran: Collection[int] = ()) -> Fit | None:
    """The explanation of the operations that `best` leaves without a call, if the clock stepped.

    Args:
        log: the deploy.
        best: the explanation that is taken.
        claimed: calls of deploys.
        ran: operations that ran at the first offset, as their writer's reads show.
    """
    if not best.taken:  # a request id in the log alone tells the offset
        return None
    taken = frozenset(claimed) | best.attempts
    known = best.taken.keys() | set(ran)
    # An operation that failed may well be made good by a later run.
    missing = [one for one in log.operations if one.succeeded and one.number not in known]
    rest = replace(log, operations=missing)
    for peaks in (votes(rest, taken).get(writer, ()) for writer in best.writers):
        for peak in peaks[:_MOST]:
            candidate = Candidate(best.writers, peak.low, peak.high, peak.count)
            apart = abs(candidate.offset - best.offset)
            if apart > _STEP:
                other = fit(rest, candidate, taken)
                repeated = fit(log, candidate, taken).taken.keys() & best.taken.keys()
                if other.taken and not _any_shorter(log, repeated, apart) and _in_order(best, other):
                    return other
    return None


def lasting(log: Log, best: Fit) -> int | None:
    """The operation that seems to last on long after its last call, where a later one has none.

    An operation ends when its last call is answered. What comes after it may be at another offset, where nothing was
    looked for.

    Args:
        log: the deploy.
        best: the explanation that is taken.
    """
    latest = max(
        (one.start for one in log.operations if one.expected and one.number not in best.taken), default=None
    )
    if latest is None:
        return None
    for one in log.operations:
        pairs = best.taken.get(one.number)
        if pairs and one.end <= latest and one.end - best.offset - max(pair.at for pair in pairs) > _LASTING:
            return one.number
    return None


def parted(place: Placed, log: Log, claimed: Collection[int]) -> Placed:
    """`place`, which is ambiguous, told as a step if two offsets explain all of it and none does alone.

    It stays ambiguous: a rerun that made what the deploy left out looks the same. What would be a rival by one part of
    these calls is none.

    Args:
        place: where the deploy lies.
        log: the deploy.
        claimed: calls of deploys.
    """
    if place.state != "ambiguous" or place.doubt is not None or place.best is None:
        return place
    best = place.best.fit
    other = step(log, best, claimed)
    if other is None or len(best.taken.keys() | other.taken.keys()) < place.expected:
        return place
    return without_parts(replace(place, stepped=other))


def without_parts(place: Placed) -> Placed:
    """`place`, of whose rivals those are taken out that are a part of its own explanation by two offsets."""
    if place.stepped is None or place.best is None:
        return place
    own = place.best.fit.attempts | place.stepped.attempts
    return replace(place, rivals=tuple(one for one in place.rivals if not one.fit.attempts <= own))


def _any_shorter(log: Log, numbers: Collection[int], apart: float) -> bool:
    """Whether any of the operations took less time than the step: a longer one may have been under way meanwhile."""
    return any(one.number in numbers and one.end - one.start < apart - _STEP for one in log.operations)


def _in_order(one: Fit, other: Fit) -> bool:
    """Whether the operations of one come before those of the other, and their calls too."""
    first, second = sorted((one, other), key=lambda fit: min(fit.taken))
    if max(first.taken) > min(second.taken):
        return False
    last = max(pair.at for pairs in first.taken.values() for pair in pairs)
    return last <= min(pair.at for pairs in second.taken.values() for pair in pairs)
