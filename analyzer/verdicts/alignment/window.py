"""A deploy that several runs of the trail fit, and a person who says when it ran (`--since`, `--until`).

A person knows from the list of CI's jobs which run it was. The window is in the trail's time; it decides where the
calls of one explanation lie within it, and none of another's. A window that is shorter than the log's own time is none,
nor does one help that may be meant for another deploy. It is a claim, as a clock is: it proves no drop, and what landed
by it did so with low confidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from analyzer.verdicts.alignment.score import FARTHEST

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.verdicts.alignment.decide import Placed
    from analyzer.verdicts.alignment.logs import Log
    from analyzer.verdicts.alignment.score import Scored

_AS_TOLD: Final = 2.0
"""Seconds by which a window may be shorter than the log's own time."""


@dataclass(frozen=True, slots=True)
class Given:
    """When the deploy ran, as a person says, in seconds since 1970: infinite on the side that was not given."""

    since: float
    until: float

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None) -> Given | None:
        """The window of two times; None where neither was given."""
        if since is None and until is None:
            return None
        return cls(
            float("-inf") if since is None else since.timestamp(),
            float("inf") if until is None else until.timestamp(),
        )


def chosen(place: Placed, log: Log, given: Given) -> Placed:
    """`place`, with the one explanation whose calls lie in the window that was `given`, if it is ambiguous.

    Args:
        place: where the deploy lies.
        log: the deploy.
        given: the window.
    """
    if place.state != "ambiguous" or place.doubt is not None or place.best is None or log.narrow:
        return place
    if given.until - given.since < log.end - log.start - _AS_TOLD:
        return place
    runs = [place.best, *place.rivals]
    inside = [run for run in runs if _touches(run, given)]
    if len(inside) != 1 or not _holds(inside[0], given) or abs(inside[0].fit.offset) > FARTHEST:
        return place
    others = tuple(run for run in runs if run is not inside[0])
    most = max((run.fit.matched for run in others), default=0)
    return replace(
        place, state="aligned", best=inside[0], rivals=others, runner_up=most, tied=True, by_window=True
    )


def _touches(run: Scored, given: Given) -> bool:
    """Whether some of its calls lie in the window, or about it."""
    first, last = _span(run)
    return first <= given.until and last >= given.since


def _holds(run: Scored, given: Given) -> bool:
    first, last = _span(run)
    return given.since <= first and last <= given.until


def _span(run: Scored) -> tuple[float, float]:
    times = [pair.at for pairs in run.fit.taken.values() for pair in pairs]
    return min(times), max(times)
