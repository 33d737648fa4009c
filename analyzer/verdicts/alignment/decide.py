"""Which explanation of a deploy's calls is taken, if any is: docs/facts/alignment.md#1-event-logs-the-estimator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.score import FARTHEST, THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.verdicts.alignment.score import Scored


_FEW = 2
"""Operations that must match, and as many things that tell them from another run's."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a deploy lies in the trail.

    Attributes:
        deploy: its id.
        state: aligned, ambiguous or unaligned.
        best: the explanation that is taken, or would be; null where nothing fits.
        rivals: others that match as many operations, or nearly score as much, best first.
        tied: only the clock, or the group, decided between `best` and a rival.
        lead: how much better `best` scores than any other.
        stepped: the second explanation, where the clock stepped within the deploy.
        doubt: why it is ambiguous, in a word for the note.
    """

    deploy: str
    state: str
    best: Scored | None
    rivals: tuple[Scored, ...]
    tied: bool
    lead: float
    stepped: Scored | None = None
    doubt: str | None = None


def decided(deploy: str, explanations: Sequence[Scored]) -> Placed:
    """The best of `explanations`, if it may be taken."""
    ordered = sorted(explanations, key=lambda one: (-one.score, abs(one.fit.offset)))
    fitting = [one for one in ordered if one.fit.matched and 2 * one.fit.matched >= one.fit.of]
    if not fitting:
        return Placed(deploy, "unaligned", ordered[0] if ordered else None, (), tied=False, lead=0.0)
    best = fitting[0]
    others = [one for one in ordered if one is not best and one.fit.attempts != best.fit.attempts]
    lead = best.score - max((one.score for one in others), default=float("-inf"))
    rivals = tuple(
        one for one in others if one.fit.matched >= best.fit.matched or best.score - one.score < THRESHOLD
    )
    tied = any(
        one.fit.matched >= best.fit.matched and best.evidence - one.evidence < THRESHOLD for one in others
    )
    sure = (
        best.score >= THRESHOLD
        and lead >= THRESHOLD
        and all(one.fit.matched <= best.fit.matched for one in others)
        and abs(best.fit.offset) <= FARTHEST
        and (best.near or _stands_alone(best))
    )
    return Placed(deploy, "aligned" if sure else "ambiguous", best, rivals, tied=tied, lead=lead)


def _stands_alone(best: Scored) -> bool:
    """Whether it may be taken without a clock that says so: one operation an hour away may be anybody's."""
    fit = best.fit
    return fit.matched >= _FEW and fit.moments + fit.own + max(0, fit.births) >= _FEW
