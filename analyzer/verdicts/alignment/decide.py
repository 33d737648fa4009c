"""Which explanation of a deploy's calls is taken, if any is: docs/facts/alignment.md#1-event-logs-the-estimator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.verdicts.alignment.score import FARTHEST, THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.score import Scored

_OFF = 1.0
"""Seconds beyond the cut of both times: a clock that is right is not off by so much."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a deploy lies in the trail.

    Attributes:
        deploy: its id.
        state: aligned, ambiguous or unaligned.
        expected: operations that made calls, as the log says.
        best: the explanation that is taken, or would be; null where nothing fits.
        rivals: others that match as many operations, or score nearly as much, the best first.
        runner_up: the most operations that another explanation matches.
        tied: `best` leads a rival only by where its offset lies.
        stepped: the second explanation, where the clock may have stepped within the deploy.
        lasting: an operation before one without a call that ended so long after its last call that the clock may have
            stepped meanwhile.
        doubt: why it is not aligned though the score would allow it: claimed, reader.
        shifted: the same calls by as many other operations, at another offset that is near too.
        by_window: of several explanations that fit, a window that a person gave holds this one alone.
        refused: where nothing else fits, refused calls that could be its own, each at its offset.
    """

    deploy: str
    state: str
    expected: int
    best: Scored | None = None
    rivals: tuple[Scored, ...] = ()
    runner_up: int = 0
    tied: bool = False
    stepped: Fit | None = None
    lasting: int | None = None
    doubt: str | None = None
    shifted: tuple[Fit, ...] = ()
    by_window: bool = False
    refused: tuple[Fit, ...] = ()

    @property
    def score(self) -> float:
        """What the best scores."""
        return float("-inf") if self.best is None else self.best.score

    def parts(self) -> list[Fit]:
        """Its explanations: two where the clock stepped for sure, in the order of the log."""
        fits = [] if self.best is None else [self.best.fit]
        if self.stepped is not None and self.stepped.stands_alone:
            fits.append(self.stepped)
        return sorted(fits, key=lambda fit: min(fit.taken, default=0))


_LEAST = 2
"""Operations of which the log says that they made calls: a deploy that was stopped at once may have made none."""


def decided(deploy: str, expected: int, explanations: Sequence[Scored], *, narrow: bool = False) -> Placed:
    """The best of `explanations`, if it may be taken.

    Args:
        deploy: its id.
        expected: operations that made calls, as its log says.
        explanations: what may be.
        narrow: only offsets near zero were looked at: others may fit as well.
    """
    ordered = sorted(explanations, key=lambda one: (-one.score, one.distance))
    named = next((one for one in ordered if one.fit.fixed), None)
    if named is not None:
        return Placed(deploy, "aligned", expected, named)
    fitting = [one for one in ordered if one.fit.matched and one.fit.matched >= one.fit.surprises]
    if not fitting:
        most = max(ordered, key=lambda one: one.fit.matched, default=None)
        return Placed(deploy, "unaligned", expected, most)
    best = fitting[0]
    others = [
        one
        for one in ordered
        if one is not best and not _is_part(one.fit, best.fit) and not _is_led(one.fit, best.fit)
    ]
    ties = [one for one in others if one.fit.matched >= best.fit.matched]
    shifted = tuple(
        one.fit
        for one in ordered
        if one.fit.attempts == best.fit.attempts and one.fit.taken.keys() != best.fit.taken.keys()
        if one.fit.matched >= best.fit.matched and best.score - one.score < THRESHOLD
    )
    sure = (
        best.score >= THRESHOLD
        and all(best.score - one.score >= THRESHOLD or _by_the_clock(one, best) for one in others)
        and all(one.fit.matched == best.fit.matched or _is_born(one, best) for one in ties)
        and abs(best.fit.offset) <= FARTHEST
        and (best.near or (best.fit.stands_alone and not narrow and expected >= _LEAST))
    )
    return Placed(
        deploy,
        "aligned" if sure else "ambiguous",
        expected,
        best,
        tuple(one for one in others if one in ties or best.score - one.score < THRESHOLD),
        runner_up=max((one.fit.matched for one in others), default=0),
        tied=narrow or bool(shifted) or any(best.evidence - one.evidence < THRESHOLD for one in ties),
        shifted=shifted,
    )


def _is_part(one: Fit, best: Fit) -> bool:
    """Whether it explains fewer operations by some of the same calls: the log shifted by an operation or two."""
    return one.attempts == best.attempts or (one.attempts < best.attempts and one.matched < best.matched)


def _is_led(one: Fit, best: Fit) -> bool:
    """Whether another writer explains less by the same clock, or one more explains no more.

    Another would have to be another run of the stack in the same seconds as that of `best`, and Pulumi locks the state
    of a stack. Lists do not count: another stack may write them. One more, another access key, only shows where
    operations have no call without it.
    """
    same_clock = one.low <= best.high and best.low <= one.high
    less = one.taken.keys() < best.taken.keys() and bool((best.taken.keys() - one.taken.keys()) - best.lists)
    needless = set(best.writers) < set(one.writers) and one.taken.keys() <= best.taken.keys()
    return same_clock and (less or needless)


def _is_born(one: Scored, best: Scored) -> bool:
    """Whether `best` is at a right clock the first run on a namespace, which the log creates, and `one` came later.

    A rerun after a write that was dropped matches more operations than the deploy itself.
    """
    return best.near and best.fit.evidence.births > 0 and one.fit.evidence.births <= 0


def _by_the_clock(one: Scored, best: Scored) -> bool:
    """Whether `best` is what a right clock says, and `one` needs a clock that is off by a second at least."""
    return best.near and best.distance == 0 and one.near and one.distance >= _OFF and one.score <= best.score
