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

    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.logs import Log

_MOST = 20
_STEP = 2.5


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
            if abs(candidate.offset - best.offset) > _STEP:
                other = fit(rest, candidate, taken)
                repeated = fit(log, candidate, taken).taken.keys() & best.taken.keys()
                if other.taken and not repeated and _in_order(best, other):
                    return other
    return None


def _in_order(one: Fit, other: Fit) -> bool:
    """Whether the operations of one come before those of the other, and their calls too."""
    first, second = sorted((one, other), key=lambda fit: min(fit.taken))
    if max(first.taken) > min(second.taken):
        return False
    last = max(pair.at for pairs in first.taken.values() for pair in pairs)
    return last <= min(pair.at for pairs in second.taken.values() for pair in pairs)
